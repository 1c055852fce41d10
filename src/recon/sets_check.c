/* Is a tree what it should be? */

#include <stdlib.h>
#include <string.h>

#include "recon/sets_state.h"

/* ---- one leaf ------------------------------------------------------------ */

/* The nodes from the root to the leaf of that digest. */
static const char *
check_path(const struct prefix_tree *t, const struct sks_digest *d,
	struct prefix *leaf)
{
	struct node_view view;
	unsigned int level = 0;

	do {
		*leaf = prefix_above(d, level++);
		if (prefix_tree_check(t, leaf) != STATUS_OK)
			return "a node is not what is below it";
		prefix_tree_view(t, leaf, &view);
	} while (view.inner);
	return NULL;
}

/* The digest before the first below a prefix; false: there is none. */
static bool
before(const struct prefix *p, struct sks_digest *d)
{
	size_t i = sizeof(d->octets);

	prefix_first(p, d);
	while (i-- > 0)
		if (d->octets[i]-- != 0)
			return true;
	return false;
}

struct comparing {
	const struct prefix_tree *tree;
	const struct profile *profile;
	struct prefix leaf;
	size_t size, met; /* digests of the leaf; of them, in the store */
	bool differs, at_end;
	struct sks_digest after; /* the last that was met */
	struct digest_row rows[SETS_PAGE];
};

static void
compare_row(struct comparing *c, const struct digest_row *row)
{
	struct sks_digest last;
	bool again = c->met > 0 &&
		     !memcmp(&c->after, &row->digest, sizeof(row->digest));

	prefix_last(&c->leaf, &last);
	if (memcmp(&row->digest, &last, sizeof(last)) > 0) {
		c->at_end = true;
		return;
	}
	if (!profile_takes(c->profile, row->flags) || again ||
		zp_is_point(zp_of_digest(&row->digest)))
		return;
	c->differs |= !prefix_tree_has(c->tree, &row->digest);
	c->after = row->digest;
	c->met++;
}

/* One page suffices for any leaf but of digests that somebody ground. */
static enum status
compare_leaf(
	struct comparing *c, struct store_session *session, struct err *err)
{
	struct sks_digest from;
	size_t i, count;
	bool began = before(&c->leaf, &from);
	enum status st = store_list_digests(
		session, began ? &from : NULL, c->rows, SETS_PAGE, &count, err);

	if (st != STATUS_OK)
		return st;
	for (i = 0; i < count && !c->at_end; i++)
		compare_row(c, &c->rows[i]);
	if (c->at_end || count < SETS_PAGE)
		c->differs |= c->met != c->size;
	return STATUS_OK;
}

static enum status
probe_store(struct sets *s, struct comparing *c, struct err *err)
{
	struct store_session *session;
	int64_t last = -1;
	enum status st = sets_take_snapshot(s, &session, err);

	if (st != STATUS_OK)
		return st;
	st = store_last_seq(session, &last, err);
	if (st == STATUS_OK && last == s->facts.seq)
		st = compare_leaf(c, session, err);
	sets_drop_snapshot(s, session);
	return st;
}

enum status
sets_probe(struct sets *s, size_t tree, const char **wrong, struct err *err)
{
	struct comparing *c = xcalloc(1, sizeof(*c));
	struct node_view view;
	struct sks_digest d;
	enum status st = STATUS_OK;

	crypto_random(&d, sizeof(d));
	c->tree = s->trees[tree];
	c->profile = s->profiles[tree];
	*wrong = check_path(c->tree, &d, &c->leaf);
	if (*wrong == NULL) {
		prefix_tree_view(c->tree, &c->leaf, &view);
		c->size = view.size;
		st = probe_store(s, c, err);
		if (st == STATUS_OK && c->differs)
			*wrong = "a leaf is not what the store has";
	}
	free(c);
	return st;
}
