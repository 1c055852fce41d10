#include "recon/prefix_tree.h"

#include <stdlib.h>
#include <string.h>

#include "recon/prefix_node.h"

struct prefix_tree {
	struct node root;
};

/* ---- the tree --------------------------------------------------------- */

/* There is no root. */
static void
tree_build(struct prefix_tree *t, struct node_stream *s)
{
	struct prefix root = prefix_root();

	node_build(&t->root, s, &root);
}

static void
tree_empty(struct prefix_tree *t)
{
	struct node_stream nothing = {NULL, 0, NULL};

	tree_build(t, &nothing);
}

struct prefix_tree *
prefix_tree_new(void)
{
	struct prefix_tree *t = xcalloc(1, sizeof(*t));

	tree_empty(t);
	return t;
}

void
prefix_tree_free(struct prefix_tree *t)
{
	if (!t)
		return;
	node_free(&t->root);
	free(t);
}

static size_t
without_points(
	const struct sks_digest *sorted, size_t count, struct sks_digest *out)
{
	size_t i, kept = 0;

	for (i = 0; i < count; i++)
		if (!zp_is_point(zp_of_digest(&sorted[i])))
			out[kept++] = sorted[i];
	return kept;
}

enum status
prefix_tree_build(
	struct prefix_tree *t, const struct sks_digest *sorted, size_t count)
{
	struct sks_digest *clean = NULL;
	struct node_stream s = {NULL, 0, NULL};
	bool points = false;
	size_t i;

	if (count > UINT32_MAX)
		return STATUS_MALFORMED;
	for (i = 0; i < count; i++) {
		if (i && node_order(&sorted[i - 1], &sorted[i]) >= 0)
			return STATUS_MALFORMED;
		points |= zp_is_point(zp_of_digest(&sorted[i]));
	}
	if (points) {
		clean = xcalloc(count, sizeof(*clean));
		count = without_points(sorted, count, clean);
	}
	node_free(&t->root);
	s.next = points ? clean : sorted;
	s.have = count;
	tree_build(t, &s);
	free(clean);
	return STATUS_OK;
}

/* ---- from a source ------------------------------------------------------ */

enum { SOURCE_STEP = 1024 };

struct source_stream {
	struct node_stream s; /* first */
	const struct prefix_source *source;
	struct sks_digest list[SOURCE_STEP], last;
	bool began, ended, bad;
};

/* What was read behind what is there: its order, and without points. */
static void
source_take(struct source_stream *x, size_t count)
{
	struct sks_digest *from = x->list + x->s.have;
	size_t i;

	for (i = 0; i < count; i++) {
		x->bad |= x->began && node_order(&x->last, &from[i]) >= 0;
		x->last = from[i];
		x->began = true;
	}
	x->s.have += without_points(from, count, from);
}

static void
source_more(struct node_stream *s, size_t want)
{
	struct source_stream *x = (struct source_stream *)s;
	size_t count;

	memmove(x->list, s->next, s->have * sizeof(*x->list));
	s->next = x->list;
	while (s->have < want && !x->ended && !x->bad) {
		count = x->source->read(x->source->ctx, x->list + s->have,
			SOURCE_STEP - s->have);
		x->ended = count == 0;
		source_take(x, count);
	}
}

enum status
prefix_tree_build_from(
	struct prefix_tree *t, const struct prefix_source *source)
{
	struct source_stream x = {.source = source};

	x.s.next = x.list;
	x.s.more = source_more;
	node_free(&t->root);
	tree_build(t, &x.s);
	if (!x.bad && !x.s.have)
		return STATUS_OK;
	node_free(&t->root);
	tree_empty(t);
	return STATUS_MALFORMED;
}

/* ---- changes ------------------------------------------------------------ */

/* The leaf where the digest belongs. */
static const struct node *
tree_leaf(const struct prefix_tree *t, const struct sks_digest *d)
{
	const struct node *n = &t->root;
	unsigned int level;

	for (level = 0; n->inner; level++)
		n = &n->of.child[prefix_branch(d, level)];
	return n;
}

bool
prefix_tree_has(const struct prefix_tree *t, const struct sks_digest *d)
{
	const struct node *n = tree_leaf(t, d);
	size_t at = node_list_before(n->of.list, n->size, d);

	return at < n->size && !node_order(&n->of.list[at], d);
}

static void
leaf_insert(struct node *n, const struct sks_digest *d)
{
	size_t at = node_list_before(n->of.list, n->size, d), count = n->size;

	if (node_room(count + 1) > node_room(count))
		n->of.list =
			xrealloc(n->of.list, node_room(count + 1) * sizeof(*d));
	memmove(&n->of.list[at + 1], &n->of.list[at],
		(count - at) * sizeof(*d));
	n->of.list[at] = *d;
}

enum status
prefix_tree_insert(struct prefix_tree *t, const struct sks_digest *d)
{
	struct node *n = &t->root;
	struct samples factor;
	unsigned int level;

	if (zp_is_point(zp_of_digest(d)))
		return STATUS_REJECTED;
	if (prefix_tree_has(t, d))
		return STATUS_OK;
	node_list_samples(d, 1, &factor);
	for (level = 0; n->inner; level++) {
		node_multiply(n, &factor);
		n->size++;
		n = &n->of.child[prefix_branch(d, level)];
	}
	leaf_insert(n, d);
	node_multiply(n, &factor);
	n->size++;
	if (n->size > PREFIX_TREE_SPLIT && level < PREFIX_TREE_DEPTH) {
		struct prefix prefix = prefix_above(d, level);

		node_split(n, &prefix);
	}
	return STATUS_OK;
}

static void
leaf_delete(struct node *n, const struct sks_digest *d)
{
	size_t at = node_list_before(n->of.list, n->size, d);

	memmove(&n->of.list[at], &n->of.list[at + 1],
		(n->size - at - 1) * sizeof(*d));
}

enum status
prefix_tree_delete(struct prefix_tree *t, const struct sks_digest *d)
{
	struct node *n = &t->root, *join = NULL;
	struct samples factor, inverse;
	unsigned int level;

	if (!prefix_tree_has(t, d))
		return STATUS_NOT_FOUND;
	node_list_samples(d, 1, &factor);
	samples_none(&inverse);
	samples_part(&inverse, &factor);
	for (level = 0; n->inner; level++) {
		node_multiply(n, &inverse);
		n->size--;
		if (!join && n->size <= PREFIX_TREE_JOIN)
			join = n;
		n = &n->of.child[prefix_branch(d, level)];
	}
	leaf_delete(n, d);
	node_multiply(n, &inverse);
	n->size--;
	if (join)
		node_join(join);
	return STATUS_OK;
}

/* ---- looking ---------------------------------------------------------- */

/* The node of that name, or the leaf above where it would be. */
static const struct node *
tree_node(const struct prefix_tree *t, const struct prefix *prefix, bool *exact)
{
	const struct node *n = &t->root;
	struct sks_digest first;
	unsigned int level = 0;

	prefix_first(prefix, &first);
	for (; n->inner && level * PREFIX_STEP < prefix->bits; level++)
		n = &n->of.child[prefix_branch(&first, level)];
	*exact = level * PREFIX_STEP == prefix->bits;
	return n;
}

/* The part of a leaf below the prefix. */
static struct sks_digest *
leaf_range(const struct node *n, const struct prefix *prefix, size_t *count)
{
	struct sks_digest bound;
	size_t from, to;

	prefix_first(prefix, &bound);
	from = node_list_before(n->of.list, n->size, &bound);
	prefix_last(prefix, &bound);
	to = node_list_before(n->of.list, n->size, &bound);
	if (to < n->size && !node_order(&n->of.list[to], &bound))
		to++;
	*count = to - from;
	return n->of.list ? n->of.list + from : NULL;
}

void
prefix_tree_view(const struct prefix_tree *t, const struct prefix *prefix,
	struct node_view *out)
{
	struct sks_digest *list;
	size_t count;
	bool exact;
	const struct node *n = tree_node(t, prefix, &exact);

	if (exact) {
		out->size = n->size;
		out->inner = n->inner;
		node_samples(n, &out->samples);
		return;
	}
	list = leaf_range(n, prefix, &count);
	out->size = (uint32_t)count;
	out->inner = false;
	node_list_samples(list, count, &out->samples);
}

size_t
prefix_tree_copy(const struct prefix_tree *t, const struct prefix *prefix,
	struct sks_digest *out, size_t max)
{
	struct sks_digest *list;
	size_t count;
	bool exact;
	const struct node *n = tree_node(t, prefix, &exact);

	if (exact)
		return node_copy(n, out, 0, max);
	list = leaf_range(n, prefix, &count);
	count = count < max ? count : max;
	if (count)
		memcpy(out, list, count * sizeof(*out));
	return count;
}

size_t
prefix_tree_list(const struct prefix_tree *t, const struct sks_digest *after,
	struct sks_digest *out, size_t max)
{
	return after ? node_copy_after(&t->root, 0, after, out, max)
		     : node_copy(&t->root, out, 0, max);
}

enum status
prefix_tree_check(const struct prefix_tree *t, const struct prefix *prefix)
{
	struct samples have, want;
	size_t i, size = 0;
	bool exact;
	const struct node *n = tree_node(t, prefix, &exact);

	if (n->inner) {
		for (i = 0; i < PREFIX_CHILDREN; i++)
			size += n->of.child[i].size;
		node_children_samples(n, &want);
	} else {
		size = n->size;
		node_list_samples(n->of.list, size, &want);
	}
	node_samples(n, &have);
	if (size != n->size || !samples_eq(&have, &want))
		return STATUS_MALFORMED;
	return STATUS_OK;
}

static void
node_measure(
	const struct node *n, unsigned int level, struct prefix_tree_stats *out)
{
	size_t i;

	if (level > out->depth)
		out->depth = level;
	out->octets += sizeof(*n);
	if (!n->inner) {
		out->leaves++;
		out->octets += node_room(n->size) * sizeof(*n->of.list);
		return;
	}
	out->inner++;
	for (i = 0; i < PREFIX_CHILDREN; i++)
		node_measure(&n->of.child[i], level + 1, out);
}

void
prefix_tree_measure(const struct prefix_tree *t, struct prefix_tree_stats *out)
{
	memset(out, 0, sizeof(*out));
	node_measure(&t->root, 0, out);
}
