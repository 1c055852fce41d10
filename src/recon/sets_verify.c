/* Is the saved tree what the certificates are? For keypost db check. */

#include <stdlib.h>
#include <string.h>

#include "recon/sets_state.h"

enum {
	DOUBTS_MAX = 4096,
	SETTLE_TRIES = 100 /* beside a daemon that writes */
};

/* Digests that were in one of both, when each was read. */
struct doubts {
	struct sks_digest list[DOUBTS_MAX];
	size_t count;
	bool many;
};

/* A list in pages. */
struct pages {
	size_t (*read)(void *ctx, struct sks_digest *list, size_t max);
	void *ctx;
	struct sks_digest list[SETS_PAGE];
	size_t at, count;
};

struct tree_pages {
	const struct prefix_tree *tree;
	struct sks_digest last;
	bool began;
};

static size_t
read_tree(void *ctx, struct sks_digest *list, size_t max)
{
	struct tree_pages *t = ctx;
	size_t n = prefix_tree_list(
		t->tree, t->began ? &t->last : NULL, list, max);

	if (n > 0)
		t->last = list[n - 1];
	t->began |= n > 0;
	return n;
}

/* NULL at the end. */
static const struct sks_digest *
next_of(struct pages *p)
{
	if (p->at == p->count) {
		p->at = 0;
		p->count = p->read(p->ctx, p->list, SETS_PAGE);
	}
	return p->at < p->count ? &p->list[p->at] : NULL;
}

static void
doubt(struct doubts *d, const struct sks_digest *digest)
{
	if (zp_is_point(zp_of_digest(digest)))
		return;
	if (d->count == DOUBTS_MAX)
		d->many = true;
	else
		d->list[d->count++] = *digest;
}

static void
compare_lists(struct pages *a, struct pages *b, struct doubts *d)
{
	const struct sks_digest *x = next_of(a), *y = next_of(b);
	int order;

	while ((x != NULL || y != NULL) && !d->many) {
		order = x == NULL   ? 1
			: y == NULL ? -1
				    : memcmp(x, y, sizeof(*x));
		if (order != 0)
			doubt(d, order < 0 ? x : y);
		if (order <= 0) {
			a->at++;
			x = next_of(a);
		}
		if (order >= 0) {
			b->at++;
			y = next_of(b);
		}
	}
}

static enum status
compare(struct sets *s, struct doubts *d, struct err *err)
{
	struct sets_scan *scan = xmalloc(sizeof(*scan));
	struct tree_pages tree = {.tree = s->trees[0]};
	struct pages *both = xcalloc(2, sizeof(*both));
	enum status st;

	sets_scan_begin(scan, s, s->profiles[0]);
	both[0].read = sets_scan_read;
	both[0].ctx = scan;
	both[1].read = read_tree;
	both[1].ctx = &tree;
	compare_lists(&both[0], &both[1], d);
	st = scan->st;
	if (st != STATUS_OK)
		*err = scan->why;
	free(both);
	free(scan);
	return st;
}

/* ---- what changed meanwhile ---------------------------------------------- */

/* BUSY: the store is ahead. */
static enum status
settle_doubts(struct sets *s, const struct doubts *d,
	struct store_session *session, bool *wrong, struct err *err)
{
	int64_t last;
	bool has;
	enum status st = store_last_seq(session, &last, err);

	if (st == STATUS_OK && last != s->facts.seq) {
		err_set(err, "the store changes faster than it is compared");
		return STATUS_BUSY;
	}
	for (size_t i = 0; st == STATUS_OK && i < d->count && !*wrong; i++) {
		st = store_has_digest(session, &d->list[i],
			s->profiles[0]->without, &has, err);
		*wrong = st == STATUS_OK &&
			 has != prefix_tree_has(s->trees[0], &d->list[i]);
	}
	return st;
}

static enum status
settle_once(struct sets *s, const struct doubts *d, const char **why,
	bool *wrong, struct err *err)
{
	struct store_session *session;
	enum status st = sets_catch_up(s, why, err);

	if (st == STATUS_OK)
		st = sets_take_snapshot(s, &session, err);
	if (st != STATUS_OK)
		return st;
	st = settle_doubts(s, d, session, wrong, err);
	sets_drop_snapshot(s, session);
	return st;
}

/* NOT_FOUND: the log does not reach back, and why. */
static enum status
verify(struct sets *s, bool *wrong, const char **why, struct err *err)
{
	struct doubts *d = xcalloc(1, sizeof(*d));
	enum status st = sets_catch_up(s, why, err);

	*wrong = false;
	if (st == STATUS_OK)
		st = compare(s, d, err);
	if (st == STATUS_OK && !d->many) {
		st = STATUS_BUSY;
		for (int i = 0; i < SETTLE_TRIES && st == STATUS_BUSY; i++)
			st = settle_once(s, d, why, wrong, err);
	}
	*wrong |= d->many;
	free(d);
	return st;
}

/* ---- the file ------------------------------------------------------------ */

static enum status
check_with(struct sets *s, struct sets_file *out, struct err *err)
{
	bool wrong = false;
	enum status st = sets_load(s, &out->why, err);

	out->state = st == STATUS_MALFORMED ? SETS_FILE_WRONG : SETS_FILE_OLD;
	if (st == STATUS_OK) {
		out->digests = sets_tree_size(s, 0);
		st = verify(s, &wrong, &out->why, err);
		if (st == STATUS_OK)
			out->state = wrong ? SETS_FILE_WRONG : SETS_FILE_RIGHT;
		if (wrong)
			out->why = "it is not what the certificates are";
	}
	return st == STATUS_NOT_FOUND || st == STATUS_MALFORMED ? STATUS_OK
								: st;
}

enum status
sets_check_file(const char *file, struct store *store, struct sets_file *out,
	struct err *err)
{
	struct sets_settings settings = {.file = file, .profile_count = 1};
	const struct profile *profile;
	enum status st = STATUS_OK;
	size_t i;

	*out = (struct sets_file){SETS_FILE_NONE, sets_no_file, 0};
	/* A server has one profile: that of its file is found by trying. */
	for (i = 0; st == STATUS_OK && (profile = profile_at(i)) != NULL; i++) {
		struct sets *s;

		settings.profiles = &profile;
		s = sets_new(&settings, store);
		st = check_with(s, out, err);
		sets_free(s);
		if (out->why != sets_other_profiles)
			break;
	}
	if (out->why == sets_no_file)
		out->state = SETS_FILE_NONE;
	return st;
}
