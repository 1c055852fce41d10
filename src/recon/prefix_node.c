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

/* How many come before `d`. */
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

/* How many go to the first `branches` children from that level. */
static size_t
list_branches(const struct sks_digest *list, size_t count, unsigned int level,
	unsigned int branches)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (prefix_branch(&list[middle], level) < branches)
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
leaf_build(struct node *n, const struct sks_digest *list, size_t count)
{
	n->inner = 0;
	n->of.list = NULL;
	if (!count)
		return;
	n->of.list = xcalloc(node_room(count), sizeof(*list));
	memcpy(n->of.list, list, count * sizeof(*list));
}

/* From ascending digests, from that level down: at most the depth bound. */
void
node_build(struct node *n, const struct sks_digest *list, size_t count,
	unsigned int level)
{
	struct samples s;
	unsigned int i;
	size_t from = 0, to;

	n->size = (uint32_t)count;
	if (count <= PREFIX_TREE_SPLIT || level == PREFIX_TREE_DEPTH) {
		leaf_build(n, list, count);
		node_list_samples(list, count, &s);
		node_set_samples(n, &s);
		return;
	}
	n->inner = 1;
	n->of.child = xcalloc(PREFIX_CHILDREN, sizeof(*n->of.child));
	for (i = 0; i < PREFIX_CHILDREN; i++) {
		to = list_branches(list, count, level, i + 1);
		node_build(&n->of.child[i], list + from, to - from, level + 1);
		from = to;
	}
	node_children_samples(n, &s);
	node_set_samples(n, &s);
}

/* Appends what is below n, ascending, up to max in all; how many then. */
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

/* Samples and size are right already. */
void
node_join(struct node *n)
{
	struct sks_digest list[PREFIX_TREE_JOIN];
	size_t count = node_copy(n, list, 0, PREFIX_TREE_JOIN);

	node_free(n);
	leaf_build(n, list, count);
}

void
node_split(struct node *n, unsigned int level)
{
	struct sks_digest *list = n->of.list;

	node_build(n, list, n->size, level);
	free(list);
}
