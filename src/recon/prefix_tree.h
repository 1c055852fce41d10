/*
 * prefix_tree.h - the set of digests, with size and samples of every node
 *
 * An inner node has more than 50 digests below it and four children; when a
 * deletion leaves it with 25 or fewer it becomes a leaf again. A leaf keeps
 * its digests in order. The shape is private: any prefix can be asked for,
 * also one below a leaf, where nothing is stored.
 *
 * Memory:  some 16 octets a digest and 120 a node, malloced; the tree owns
 *          them. About 30 MiB for a million digests.
 * Threads: one at a time.
 * Errors:  as said at each function.
 * Source:  spec sks-recon sections 4 and 15.
 */
#ifndef KEYPOST_RECON_PREFIX_TREE_H
#define KEYPOST_RECON_PREFIX_TREE_H

#include "recon/field.h"
#include "recon/prefix.h"

enum {
	PREFIX_TREE_SPLIT = 50, /* a leaf with more is split */
	PREFIX_TREE_JOIN = 25,  /* an inner node with no more is joined */
	PREFIX_TREE_DEPTH = 60  /* levels; digests may be ground to be alike */
};

struct prefix_tree;

struct node_view {
	uint32_t size;
	bool inner; /* else a leaf, or below one */
	struct samples samples;
};

struct prefix_tree_stats {
	size_t inner, leaves;
	unsigned int depth; /* levels below the root */
	size_t octets;      /* of memory, without malloc's own */
};

struct prefix_tree *prefix_tree_new(void);
void prefix_tree_free(struct prefix_tree *t);
/*
 * Replaces what is in the tree. Ascending digests, each once, else MALFORMED
 * and nothing changes; sample points among them are left out.
 */
MUST_CHECK enum status prefix_tree_build(
	struct prefix_tree *t, const struct sks_digest *sorted, size_t count);
/*
 * The same from a list that nobody has whole in memory: `read` gives the next
 * digests, at most max; 0 is the end. After MALFORMED the tree is empty.
 */
struct prefix_source {
	size_t (*read)(void *ctx, struct sks_digest *list, size_t max);
	void *ctx;
};
MUST_CHECK enum status prefix_tree_build_from(
	struct prefix_tree *t, const struct prefix_source *source);
/* REJECTED for a sample point. OK, too, when it is there already. */
MUST_CHECK enum status prefix_tree_insert(
	struct prefix_tree *t, const struct sks_digest *d);
/* NOT_FOUND when it is not there. */
MUST_CHECK enum status prefix_tree_delete(
	struct prefix_tree *t, const struct sks_digest *d);
bool prefix_tree_has(const struct prefix_tree *t, const struct sks_digest *d);
/* Of any prefix: what is nowhere in the tree is an empty leaf. */
void prefix_tree_view(const struct prefix_tree *t, const struct prefix *prefix,
	struct node_view *out);
/* The first `max` digests below the prefix, ascending; how many. */
size_t prefix_tree_copy(const struct prefix_tree *t,
	const struct prefix *prefix, struct sks_digest *out, size_t max);
/* The next digests behind `after` (NULL: from the first), ascending, at most
 * max; how many. */
size_t prefix_tree_list(const struct prefix_tree *t,
	const struct sks_digest *after, struct sks_digest *out, size_t max);
/*
 * Is the node what is below it: an inner one the sum and product of its
 * children, a leaf that of its digests? MALFORMED: the tree must be rebuilt.
 * For a prefix below a leaf the leaf is looked at.
 */
MUST_CHECK enum status prefix_tree_check(
	const struct prefix_tree *t, const struct prefix *prefix);
void prefix_tree_measure(
	const struct prefix_tree *t, struct prefix_tree_stats *out);

#endif
