/*
 * Trees by the change log. The log says which digests to look at, the index
 * of digests what is to be done about them: so it does not matter how often a
 * certificate changed, in what order that is read, or whether two of them
 * share a digest.
 */

#include <stdlib.h>
#include <string.h>

#include "pgp/digest.h"
#include "recon/sets_state.h"

struct stretch {
	struct change_turn turns[SETS_PAGE];
	size_t turn_count;
	struct sks_digest digests[2 * SETS_PAGE];
	size_t count;
	bool at_end; /* there is no change behind these */
};

/* Does the digest take part, as the session sees the store? */
static enum status
settle(struct sets *s, struct store_session *session,
	const struct sks_digest *d, struct err *err)
{
	enum status st = STATUS_OK;
	bool has;
	size_t i;

	for (i = 0; st == STATUS_OK && i < s->count; i++) {
		st = store_has_digest(
			session, d, s->profiles[i]->without, &has, err);
		if (st != STATUS_OK)
			break;
		st = has ? prefix_tree_insert(s->trees[i], d)
			 : prefix_tree_delete(s->trees[i], d);
		/* A sample point stays out; what is not there is out. */
		if (st == STATUS_REJECTED || st == STATUS_NOT_FOUND)
			st = STATUS_OK;
	}
	return st;
}

static void
add_digest(struct stretch *x, const struct sks_digest *d)
{
	static const struct sks_digest none;

	if (memcmp(d, &none, sizeof(none)) != 0)
		x->digests[x->count++] = *d;
}

/* In the order of the index, each once. */
static void
name_digests(struct stretch *x)
{
	size_t i;

	x->count = 0;
	for (i = 0; i < x->turn_count; i++) {
		add_digest(x, &x->turns[i].old_digest);
		add_digest(x, &x->turns[i].new_digest);
	}
	x->count = digest_sks_sort(x->digests, x->count);
}

/* NULL: the log has all that came after `seq`. */
static enum status
look_at_log(struct store_session *session, int64_t seq, bool *at_end,
	const char **why, struct err *err)
{
	int64_t last, first, time;
	enum status st = store_last_seq(session, &last, err);

	*why = NULL;
	*at_end = st == STATUS_OK && last == seq;
	if (st != STATUS_OK || *at_end)
		return st;
	if (last < seq) {
		*why = "the store is older than the tree";
		return STATUS_OK;
	}
	st = store_log_start(session, &first, &time, err);
	if (st == STATUS_NOT_FOUND || (st == STATUS_OK && first > seq + 1)) {
		*why = "the log does not reach back so far";
		st = STATUS_OK;
	}
	return st;
}

static enum status
follow_stretch(struct sets *s, struct store_session *session, struct stretch *x,
	const char **why, struct err *err)
{
	size_t i;
	enum status st =
		look_at_log(session, s->facts.seq, &x->at_end, why, err);

	if (st != STATUS_OK || *why != NULL || x->at_end)
		return st;
	st = store_read_turns(session, s->facts.seq, x->turns, SETS_PAGE,
		&x->turn_count, err);
	if (st == STATUS_OK && x->turn_count == 0)
		*why = "the log has a gap";
	if (st != STATUS_OK || *why != NULL)
		return st;
	name_digests(x);
	for (i = 0; st == STATUS_OK && i < x->count; i++)
		st = settle(s, session, &x->digests[i], err);
	if (st == STATUS_OK)
		s->facts.seq = x->turns[x->turn_count - 1].seq;
	return st;
}

/* One stretch is one snapshot: with the last of them the trees are what the
 * store was in it, whatever came between the others. */
static enum status
follow_once(
	struct sets *s, struct stretch *x, const char **why, struct err *err)
{
	struct store_session *session;
	enum status st = sets_beat(s, err);

	if (st == STATUS_OK)
		st = sets_take_snapshot(s, &session, err);
	if (st != STATUS_OK)
		return st;
	st = follow_stretch(s, session, x, why, err);
	sets_drop_snapshot(s, session);
	return st;
}

enum status
sets_catch_up(struct sets *s, const char **why, struct err *err)
{
	struct stretch *x = xcalloc(1, sizeof(*x));
	enum status st = STATUS_OK;

	*why = NULL;
	while (st == STATUS_OK && *why == NULL && !x->at_end) {
		st = follow_once(s, x, why, err);
		/* A stretch with room was the last of its snapshot. */
		x->at_end |= x->turn_count > 0 && x->turn_count < SETS_PAGE;
	}
	free(x);
	if (st == STATUS_OK && *why != NULL)
		return STATUS_NOT_FOUND;
	if (st == STATUS_OK)
		store_hold(s->store, s->facts.seq);
	return st;
}
