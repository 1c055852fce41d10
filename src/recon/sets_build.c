/* Trees from the index of digests. */

#include <stdlib.h>
#include <string.h>

#include "recon/sets_state.h"

void
sets_scan_begin(struct sets_scan *x, const struct sets *s,
	const struct profile *profile)
{
	memset(x, 0, sizeof(*x));
	x->s = s;
	x->profile = profile;
	x->st = STATUS_OK;
}

/*
 * A full page may end between two certificates of one digest, of which the
 * next page shows neither: who takes part is asked for that digest.
 */
static enum status
read_page(struct sets_scan *x, struct store_session *session, size_t max,
	size_t *count, struct err *err)
{
	struct digest_row *end;
	bool has;
	enum status st = store_list_digests(
		session, x->began ? &x->last : NULL, x->rows, max, count, err);

	if (st != STATUS_OK || *count < max)
		return st;
	end = &x->rows[*count - 1];
	if (profile_takes(x->profile, end->flags))
		return STATUS_OK;
	st = store_has_digest(
		session, &end->digest, x->profile->without, &has, err);
	if (st == STATUS_OK && has)
		end->flags = 0;
	return st;
}

static size_t
take_rows(struct sets_scan *x, size_t count, struct sks_digest *list)
{
	size_t i, taken = 0;

	for (i = 0; i < count; i++) {
		const struct digest_row *row = &x->rows[i];

		if (!profile_takes(x->profile, row->flags))
			continue;
		if (taken > 0 &&
			!memcmp(&list[taken - 1], &row->digest, sizeof(*list)))
			continue;
		list[taken++] = row->digest;
	}
	if (count > 0) {
		x->last = x->rows[count - 1].digest;
		x->began = true;
	}
	return taken;
}

static enum status
scan_page(struct sets_scan *x, size_t max, size_t *count)
{
	struct store_session *session;
	enum status st = sets_beat(x->s, &x->why);

	if (st == STATUS_OK)
		st = session_borrow(x->s->store, &session, &x->why);
	if (st != STATUS_OK)
		return st;
	st = read_page(x, session, max, count, &x->why);
	session_return(x->s->store, session);
	return st;
}

size_t
sets_scan_read(void *scan, struct sks_digest *list, size_t max)
{
	struct sets_scan *x = scan;
	size_t count = 0, taken = 0;

	if (max > SETS_PAGE)
		max = SETS_PAGE;
	while (taken == 0 && !x->ended) {
		x->st = scan_page(x, max, &count);
		x->ended = x->st != STATUS_OK || count < max;
		if (x->st == STATUS_OK)
			taken = take_rows(x, count, list);
	}
	return taken;
}

static enum status
build_one(struct sets *s, size_t i, struct err *err)
{
	struct sets_scan *x = xmalloc(sizeof(*x));
	struct prefix_source source = {sets_scan_read, x};
	enum status st;

	sets_scan_begin(x, s, s->profiles[i]);
	st = prefix_tree_build_from(s->trees[i], &source);
	if (x->st != STATUS_OK) {
		*err = x->why;
		st = x->st;
	} else if (st != STATUS_OK) {
		err_set(err, "the index of digests is not in order: run "
			     "keypost db check --repair");
		st = STATUS_IO;
	}
	free(x);
	return st;
}

enum status
sets_build(struct sets *s, struct err *err)
{
	enum status st = STATUS_OK;
	size_t i;

	for (i = 0; st == STATUS_OK && i < s->count; i++)
		st = build_one(s, i, err);
	return st;
}
