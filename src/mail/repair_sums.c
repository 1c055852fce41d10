#include <stdlib.h>

#include "base/log.h"
#include "mail/repair_state.h"

/*
 * Sums of all digests. They are counted once, by walking over an index in
 * steps of a few milliseconds, and follow the change log from then on. What
 * comes to the store without a change (a load into an empty one, rows raised
 * to another level) they do not see: so the log's beginning and the number of
 * rows are compared each time, and they are counted anew when in doubt.
 */

enum { TURNS_AT_ONCE = 512 };

static enum status
list_stored(void *ctx, enum store_ids by, uint64_t from, uint64_t *list,
	size_t max, size_t *count, struct err *err)
{
	const struct repair *r = ctx;

	return store_list_ids(r->session, by, from, list, max, count, err);
}

static uint64_t
id_of(const struct sks_digest *d)
{
	uint64_t id = 0;

	for (size_t i = 0; i < 8; i++)
		id = id << 8 | d->octets[i];
	return id;
}

static bool
is_none(const struct sks_digest *d)
{
	for (size_t i = 0; i < sizeof(d->octets); i++) {
		if (d->octets[i] != 0)
			return false;
	}
	return true;
}

static struct sum *
part_of(struct repair *r, uint64_t id)
{
	return &r->cache[id >> (64 - SUMMARY_CACHE_BITS)];
}

/* OK with nothing kept: the log does not reach back to what was counted. */
static enum status
follow_log(struct repair *r, struct err *err)
{
	struct change_turn list[TURNS_AT_ONCE];
	size_t n;

	do {
		enum status st = store_read_turns(
			r->session, r->cache_seq, list, TURNS_AT_ONCE, &n, err);

		if (st != STATUS_OK)
			return st;
		if (n > 0 && list[0].seq != r->cache_seq + 1)
			r->cache_seq = -1;
		for (size_t i = 0; r->cache_seq >= 0 && i < n; i++) {
			uint64_t old = id_of(&list[i].old_digest);
			uint64_t new = id_of(&list[i].new_digest);

			if (!is_none(&list[i].old_digest))
				sum_drop(part_of(r, old), old);
			if (!is_none(&list[i].new_digest))
				sum_add(part_of(r, new), new);
			r->cache_seq = list[i].seq;
		}
	} while (n == TURNS_AT_ONCE && r->cache_seq >= 0);
	return STATUS_OK;
}

static enum status
is_doubtful(struct repair *r, bool *doubt, struct err *err)
{
	struct store_facts facts;
	uint64_t count = 0;
	enum status st = store_get_facts(r->session, &facts, err);

	*doubt = true;
	if (st != STATUS_OK || r->cache_seq < 0)
		return st;
	for (size_t i = 0; i < (size_t)1 << SUMMARY_CACHE_BITS; i++)
		count += r->cache[i].count;
	*doubt = count != (uint64_t)facts.certs ||
		 r->cache_seq != facts.last_seq;
	return STATUS_OK;
}

/* What commits while it counts is taken once more out of the log: as the log
 * says what went and what came, being told twice would count twice. */
static enum status
count_all(
	struct repair *r, const struct summary_source *source, struct err *err)
{
	int64_t before, after;
	int tries = 3;
	enum status st;

	do {
		st = store_last_seq(r->session, &before, err);
		if (st == STATUS_OK)
			st = summary_fill_cache(
				source, IDS_DIGEST, r->cache, err);
		if (st == STATUS_OK)
			st = store_last_seq(r->session, &after, err);
	} while (st == STATUS_OK && before != after && --tries > 0);
	if (st == STATUS_OK)
		r->cache_seq = before == after ? after : -1;
	return st;
}

enum status
repair_source(struct repair *r, struct summary_source *source, struct err *err)
{
	bool doubt = true;
	enum status st = STATUS_OK;

	*source = (struct summary_source){.list = list_stored, .ctx = r};
	if (r->cache == NULL) {
		r->cache = xcalloc(
			(size_t)1 << SUMMARY_CACHE_BITS, sizeof(*r->cache));
		r->cache_seq = -1;
	}
	/* A change may come between the two: once more, then. */
	for (int tries = 3; st == STATUS_OK && doubt && tries > 0; tries--) {
		if (r->cache_seq >= 0)
			st = follow_log(r, err);
		if (st == STATUS_OK)
			st = is_doubtful(r, &doubt, err);
	}
	if (st == STATUS_OK && doubt)
		st = count_all(r, source, err);
	/* A store that changes all the time is walked over each time. */
	if (st == STATUS_OK && r->cache_seq >= 0)
		source->cache[IDS_DIGEST] = r->cache;
	return st;
}
