#include "mail/draft.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/counter.h"
#include "base/frame.h"
#include "mail/seen.h"
#include "pgp/armor.h"

enum {
	CHANGES_AT_ONCE = 128,
	CHANGES_LOOKED_AT = 4096, /* in one call, so that all get a turn */
	KEYS_MAX = 1000,          /* certificates in any letter */
	PARTS_ARENA = 64 * 1024 * 1024,
	ROW_ARENA = 192 * 1024 * 1024,
	LETTER_MAX = 10 * 1024 * 1024 /* what a frame carries */
};

/* One certificate of the letter. */
struct entry {
	struct cert_id id;
	struct bytes digests; /* all that the changes brought */
	struct bytes octets;  /* what will be written */
};

struct draft {
	struct arena *parts; /* of the letter being made */
	struct arena *row;   /* of the certificate being cut */
	struct buf octets;
	struct entry *entries;
	size_t count;
	size_t total; /* octets of all entries */
	struct seen_list seen;
	bool seen_any; /* a first change set the list */
	bool alone;    /* it holds one that travels by itself */
	struct counter *modern, *skipped;
};

struct draft *
draft_new(void)
{
	struct draft *d = xcalloc(1, sizeof(*d));

	d->parts = arena_new(PARTS_ARENA);
	d->row = arena_new(ROW_ARENA);
	d->entries = xcalloc(KEYS_MAX, sizeof(*d->entries));
	d->modern = counter_get("mail_skipped_modern");
	d->skipped = counter_get("mail_skipped");
	return d;
}

void
draft_free(struct draft *d)
{
	if (d == NULL)
		return;
	arena_free(d->parts);
	arena_free(d->row);
	buf_done(&d->octets);
	free(d->entries);
	free(d);
}

bool
draft_wants(const struct draft_peer *p, const struct change *c)
{
	const struct peer_settings *peer = &p->mail->peers[p->index];

	if (c->delta.len == 0 || strcmp(c->origin, "load") == 0 ||
		strcmp(c->origin, "admin") == 0 ||
		strcmp(c->origin, peer->name) == 0)
		return false;
	if ((c->flags & CHANGE_MODERN) && !peer->accept_modern)
		return false;
	return !known_in_list(p->known, p->index, c->seen);
}

/* Cuts what `digests` name out of the stored row. NOT_FOUND: all is gone. */
static enum status
cut(struct draft *d, struct store_session *s, const struct draft_peer *p,
	struct entry *e, struct err *err)
{
	const struct peer_settings *peer = &p->mail->peers[p->index];
	struct cert_row row;
	struct bytes digests = e->digests;
	enum status st;

	arena_reset(d->row);
	buf_clear(&d->octets);
	st = store_get_cert(s, &e->id, d->row, &row, err);
	if (st != STATUS_OK)
		return st;
	if (peer->full_key_max > 0 && armor_written_size(row.octets.len, NULL,
					      true) <= peer->full_key_max)
		digests = bytes_make(NULL, 0);
	st = draft_cut(d->row, &row, digests, peer->dialect, &d->octets, err);
	if (st == STATUS_OK)
		st = arena_copy(d->parts, buf_view(&d->octets), &e->octets);
	/* A damaged row is one that no letter can carry. */
	return st == STATUS_MALFORMED ? STATUS_LIMIT : st;
}

static size_t
written_size(const struct draft *d, size_t octets)
{
	return armor_written_size(octets, NULL, true) + COMPOSE_HEAD_ROOM +
	       seen_octets(&d->seen);
}

static size_t
size_limit(const struct draft_peer *p)
{
	size_t max = p->mail->batch_octets;

	if (p->relay_max > 0 && p->relay_max < max)
		max = (size_t)p->relay_max;
	return max > LETTER_MAX ? LETTER_MAX : max;
}

static size_t
key_limit(const struct draft_peer *p, bool limits)
{
	size_t max = p->mail->batch_keys;

	return !limits || max == 0 || max > KEYS_MAX ? KEYS_MAX : max;
}

static struct entry *
find_entry(struct draft *d, const struct cert_id *id)
{
	for (size_t i = 0; i < d->count; i++) {
		if (cert_id_eq(&d->entries[i].id, id))
			return &d->entries[i];
	}
	return NULL;
}

/*
 * Adds one change. LIMIT: the letter is full, and what it holds is untouched.
 * NOT_FOUND: there is nothing left of it to send.
 */
static enum status
add_change(struct draft *d, struct store_session *s, const struct draft_peer *p,
	const struct change *c, bool limits, struct err *err)
{
	struct entry *old = find_entry(d, &c->cert), e;
	size_t total;
	enum status st;

	if (old == NULL && d->count >= key_limit(p, limits))
		return STATUS_LIMIT;
	e = (struct entry){.id = c->cert};
	st = arena_copy(d->parts, c->delta, &e.digests);
	if (st == STATUS_OK && old != NULL)
		st = delta_union(d->parts, old->digests, c->delta, &e.digests);
	if (st == STATUS_OK)
		st = cut(d, s, p, &e, err);
	if (st != STATUS_OK)
		return st;
	total = d->total + e.octets.len - (old == NULL ? 0 : old->octets.len);
	if (d->count > 0 && limits && written_size(d, total) > size_limit(p))
		return STATUS_LIMIT;
	if (old == NULL)
		old = &d->entries[d->count++];
	*old = e;
	d->total = total;
	if (d->seen_any)
		seen_intersect(&d->seen, c->seen);
	else
		seen_set(&d->seen, c->seen);
	d->seen_any = true;
	return STATUS_OK;
}

static void
clear(struct draft *d)
{
	arena_reset(d->parts);
	d->count = 0;
	d->total = 0;
	d->seen_any = false;
	d->alone = false;
}

/* What joins no other: kinds that a reader may choke on. */
static bool
is_alone(const struct change *c)
{
	return (c->flags & CHANGE_MODERN) != 0;
}

/*
 * Takes one change into the letter or steps over it. LIMIT: it belongs into
 * the next letter.
 */
static enum status
take_change(struct draft *d, struct store_session *s,
	const struct draft_peer *p, const struct change *c, bool limits,
	struct draft_letter *out, struct err *err)
{
	enum status st;

	if (!draft_wants(p, c)) {
		counter_add(d->skipped, 1);
		if (c->flags & CHANGE_MODERN)
			counter_add(d->modern, 1);
		return STATUS_OK;
	}
	if (limits && d->count > 0 && (d->alone || is_alone(c)))
		return STATUS_LIMIT;
	if (limits &&
		brake_holds(p->brake, p->index, &c->cert, clock_mono_ms())) {
		if (d->count > 0)
			return STATUS_LIMIT;
		out->held = true;
		out->too_big = true;
		out->first = c->seq;
		out->last = c->seq;
		return STATUS_OK;
	}
	st = add_change(d, s, p, c, limits, err);
	if (st == STATUS_NOT_FOUND)
		return STATUS_OK;
	if (st == STATUS_LIMIT && d->count == 0) {
		out->too_big = true;
		out->first = c->seq;
		out->last = c->seq;
		return STATUS_OK;
	}
	if (st != STATUS_OK)
		return st;
	if (out->keys == 0)
		out->first = c->seq;
	out->last = c->seq;
	out->keys = d->count;
	d->alone = is_alone(c);
	return STATUS_OK;
}

void
draft_count(const struct draft *d, struct brake *b, int peer, int64_t now_ms)
{
	for (size_t i = 0; i < d->count; i++)
		brake_count(b, peer, &d->entries[i].id, now_ms);
}

static enum status
write_letter(
	struct draft *d, const struct draft_peer *p, struct draft_letter *out)
{
	const struct peer_settings *peer = &p->mail->peers[p->index];
	char auth[AUTH_VALUE_SIZE];
	struct bytes *parts;
	enum status st;

	parts = arena_array(d->parts, d->count, sizeof(*parts));
	if (parts == NULL)
		return STATUS_LIMIT;
	for (size_t i = 0; i < d->count; i++)
		parts[i] = d->entries[i].octets;

	bool has_proof =
		p->auth != NULL && auth_sign(p->auth, p->index, parts, d->count,
					   clock_wall_s(), auth);
	const struct compose_batch batch = {
		.peer = peer->name,
		.to = peer->mail,
		.first = out->first,
		.last = out->last,
		.tag = p->tag == NULL ? "" : p->tag,
		.ranged = true,
		.mends = peer_mends(p->mail, peer),
		.seen = seen_strings(&d->seen),
		.seen_count = seen_count(&d->seen),
		.parts = parts,
		.part_count = d->count,
		.auth = has_proof ? auth : NULL,
		.is_signed = peer->sign,
		.date = clock_wall_s(),
	};
	buf_init(&out->text, LETTER_MAX);
	st = draft_write(peer, p->site, &batch, &out->text);
	if (st != STATUS_LIMIT)
		return st;
	buf_done(&out->text);
	out->too_big = true;
	return STATUS_OK;
}

/* Reads changes up to `upto` until the letter is full or they end. */
static enum status
gather(struct draft *d, struct store_session *s, const struct draft_peer *p,
	int64_t upto, bool limits, struct draft_letter *out, struct err *err)
{
	struct arena *arena = arena_new(PARTS_ARENA);
	enum status st = STATUS_OK;
	size_t looked = 0, step = key_limit(p, limits) + 1;

	while (!out->full && !out->too_big && !out->at_end &&
		(looked < CHANGES_LOOKED_AT || !limits)) {
		struct change_batch batch;

		/* No more than a letter holds, until there is much to skip. */
		if (step > CHANGES_AT_ONCE)
			step = CHANGES_AT_ONCE;
		arena_reset(arena);
		st = store_read_changes(
			s, out->scanned, step, arena, &batch, err);
		if (st != STATUS_OK)
			break;
		out->at_end = batch.count == 0;
		for (size_t i = 0; i < batch.count; i++) {
			if (batch.list[i].seq > upto) {
				out->at_end = true;
				break;
			}
			st = take_change(
				d, s, p, &batch.list[i], limits, out, err);
			if (st != STATUS_OK)
				break;
			out->scanned = batch.list[i].seq;
			if (out->too_big)
				break;
		}
		looked += batch.count;
		step *= 2;
		if (st == STATUS_LIMIT && out->keys > 0) {
			/* What was planned must not go out in part. */
			out->full = limits;
			out->too_big = !limits;
			st = STATUS_OK;
		}
		if (st != STATUS_OK)
			break;
	}
	arena_free(arena);
	return st;
}

static enum status
draft_range(struct draft *d, struct store_session *s,
	const struct draft_peer *p, int64_t after, int64_t upto, bool limits,
	struct draft_letter *out, struct err *err)
{
	struct draft_letter letter = {.scanned = after};
	enum status st;

	clear(d);
	st = session_begin(s, err);
	if (st != STATUS_OK)
		return st;
	st = gather(d, s, p, upto, limits, &letter, err);
	session_end(s);
	if (st == STATUS_OK && d->alone)
		letter.full = true;
	if (letter.keys > 0)
		letter.first = limits ? p->told + 1 : after + 1;
	if (letter.keys > 0 && upto != INT64_MAX &&
		(!limits || (letter.at_end && !letter.full)))
		letter.last = upto;
	if (st == STATUS_OK && letter.keys > 0 && !letter.too_big)
		st = write_letter(d, p, &letter);
	if (st != STATUS_OK) {
		buf_done(&letter.text);
		return st;
	}
	*out = letter;
	return STATUS_OK;
}

enum status
draft_next(struct draft *d, struct store_session *s, const struct draft_peer *p,
	int64_t after, struct draft_letter *out, struct err *err)
{
	return draft_range(d, s, p, after, INT64_MAX, true, out, err);
}

enum status
draft_upto(struct draft *d, struct store_session *s, const struct draft_peer *p,
	int64_t after, int64_t upto, struct draft_letter *out, struct err *err)
{
	return draft_range(d, s, p, after, upto, true, out, err);
}

enum status
draft_again(struct draft *d, struct store_session *s,
	const struct draft_peer *p, int64_t first, int64_t last,
	struct draft_letter *out, struct err *err)
{
	return draft_range(d, s, p, first - 1, last, false, out, err);
}
