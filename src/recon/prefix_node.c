/* One node of the prefix tree, and what is below it. */

#include "recon/prefix_node.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM_STEP = 4 }; /* digests by which a leaf grows */

/* ---- samples ---------------------------------------------------------- */

void
node_samples(const struct node *n, struct samples *s)
{
	size_t i;

	for (i = 0; i < RECON_SAMPLES; i++)
		s->at[i] = zp_read(n->wire[i]);
}

static void
node_set_samples(struct node *n, const struct samples *s)
{
	size_t i;

	for (i = 0; i < RECON_SAMPLES; i++)
		zp_write(s->at[i], n->wire[i]);
}

void
node_multiply(struct node *n, const struct samples *factor)
{
	struct samples s;

	node_samples(n, &s);
	samples_join(&s, factor);
	node_set_samples(n, &s);
}

void
node_list_samples(
	const struct sks_digest *list, size_t count, struct samples *s)
{
	size_t i;

	samples_none(s);
	for (i = 0; i < count; i++)
		samples_add(s, zp_of_digest(&list[i]));
}

void
node_children_samples(const struct node *n, struct samples *s)
{
	struct samples part;
	size_t i;

	samples_none(s);
	for (i = 0; i < PREFIX_CHILDREN; i++) {
		node_samples(&n->of.child[i], &part);
		samples_join(s, &part);
	}
}

/* ---- lists of digests ------------------------------------------------- */

int
node_order(const struct sks_digest *a, const struct sks_digest *b)
{
	return memcmp(a->octets, b->octets, sizeof(a->octets));
}

size_t
node_list_before(
	const struct sks_digest *list, size_t count, const struct sks_digest *d)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (node_order(&list[middle], d) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

size_t
node_room(size_t count)
{
	return (count + ROOM_STEP - 1) / ROOM_STEP * ROOM_STEP;
}

/* ---- shape ------------------------------------------------------------ */

void
node_free(struct node *n)
{
	size_t i;

	if (!n->inner) {
		free(n->of.list);
		return;
	}
	for (i = 0; i < PREFIX_CHILDREN; i++)
		node_free(&n->of.child[i]);
	free(n->of.child);
}

static void
leaf_add(struct node *n, const struct sks_digest *list, size_t count)
{
	struct samples part;
	size_t room = node_room(n->size + count);

	if (!count)
		return;
	n->of.list = xrealloc(n->of.list, room * sizeof(*list));
	memcpy(n->of.list + n->size, list, count * sizeof(*list));
	n->size += (uint32_t)count;
	node_list_samples(list, count, &part);
	node_multiply(n, &part);
}

static void
leaf_init(struct node *n)
{
	struct samples none;

	n->size = 0;
	n->inner = 0;
	n->of.list = NULL;
	samples_none(&none);
	node_set_samples(n, &none);
}

/* ---- from a stream ------------------------------------------------------ */

/* So many can be seen, at most `want`. */
static size_t
stream_see(struct node_stream *s, size_t want)
{
	if (s->have < want && s->more)
		s->more(s, want);
	return s->have < want ? s->have : want;
}

/* How many of those seen are below the prefix: they come first. */
static size_t
stream_below(
	const struct node_stream *s, size_t seen, const struct prefix *prefix)
{
	size_t low = 0, high = seen;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (prefix_holds(prefix, &s->next[middle]))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* The rest of what is below the prefix, at the end of the tree's depth. */
static void
leaf_take_all(
	struct node *n, struct node_stream *s, const struct prefix *prefix)
{
	size_t count;

	for (;;) {
		count = stream_see(s, PREFIX_TREE_SPLIT + 1);
		count = stream_below(s, count, prefix);
		if (count == 0)
			return;
		leaf_add(n, s->next, count);
		s->next += count;
		s->have -= count;
	}
}

void
node_build(struct node *n, struct node_stream *s, const struct prefix *prefix)
{
	struct samples product;
	unsigned int i;
	size_t count = stream_see(s, PREFIX_TREE_SPLIT + 1);

	leaf_init(n);
	count = stream_below(s, count, prefix);
	if (count <= PREFIX_TREE_SPLIT ||
		prefix->bits == PREFIX_TREE_DEPTH * PREFIX_STEP) {
		leaf_take_all(n, s, prefix);
		return;
	}
	n->inner = 1;
	n->of.child = xcalloc(PREFIX_CHILDREN, sizeof(*n->of.child));
	for (i = 0; i < PREFIX_CHILDREN; i++) {
		struct prefix child = prefix_child(prefix, i);

		node_build(&n->of.child[i], s, &child);
		n->size += n->of.child[i].size;
	}
	node_children_samples(n, &product);
	node_set_samples(n, &product);
}

size_t
node_copy(const struct node *n, struct sks_digest *out, size_t have, size_t max)
{
	size_t i, take;

	if (!n->inner) {
		take = n->size < max - have ? n->size : max - have;
		if (take)
			memcpy(out + have, n->of.list, take * sizeof(*out));
		return have + take;
	}
	for (i = 0; i < PREFIX_CHILDREN && have < max; i++)
		have = node_copy(&n->of.child[i], out, have, max);
	return have;
}

size_t
node_copy_after(const struct node *n, unsigned int level,
	const struct sks_digest *after, struct sks_digest *out, size_t max)
{
	size_t have, i;

	if (n->inner) {
		i = prefix_branch(after, level);
		have = node_copy_after(
			&n->of.child[i], level + 1, after, out, max);
		while (++i < PREFIX_CHILDREN && have < max)
			have = node_copy(&n->of.child[i], out, have, max);
		return have;
	}
	i = node_list_before(n->of.list, n->size, after);
	if (i < n->size && !node_order(&n->of.list[i], after))
		i++;
	have = n->size - i < max ? n->size - i : max;
	if (have)
		memcpy(out, n->of.list + i, have * sizeof(*out));
	return have;
}

void
node_join(struct node *n)
{
	struct sks_digest list[PREFIX_TREE_JOIN];
	size_t count = node_copy(n, list, 0, PREFIX_TREE_JOIN);

	node_free(n);
	leaf_init(n);
	leaf_add(n, list, count);
}

void
node_split(struct node *n, const struct prefix *prefix)
{
	struct sks_digest *list = n->of.list;
	struct node_stream s = {list, n->size, NULL};

	node_build(n, &s, prefix);
	free(list);
}
