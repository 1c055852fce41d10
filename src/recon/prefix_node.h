/*
 * prefix_node.h - a node of the prefix tree (for prefix_tree.c)
 *
 * Memory:  a node owns what is below it, not itself.
 * Threads: one at a time.
 * Source:  spec sks-recon section 4.
 */
#ifndef KEYPOST_RECON_PREFIX_NODE_H
#define KEYPOST_RECON_PREFIX_NODE_H

#include "recon/prefix_tree.h"

/* There are many: samples are kept as octets, children side by side. */
struct node {
	uint32_t size;
	uint8_t wire[RECON_SAMPLES][ZP_WIRE];
	uint8_t inner;
	union {
		struct node *child;      /* PREFIX_CHILDREN of them */
		struct sks_digest *list; /* ascending; NULL when empty */
	} of;
};

/* As memcmp. */
int node_order(const struct sks_digest *a, const struct sks_digest *b);
/* How many of a sorted list come before `d`. */
size_t node_list_before(const struct sks_digest *list, size_t count,
	const struct sks_digest *d);
/* For how many digests a leaf has room that has so many. */
size_t node_room(size_t count);
void node_list_samples(
	const struct sks_digest *list, size_t count, struct samples *s);
void node_children_samples(const struct node *n, struct samples *s);
void node_samples(const struct node *n, struct samples *s);
void node_multiply(struct node *n, const struct samples *factor);

/* Ascending digests, of which the next few can be seen. */
struct node_stream {
	const struct sks_digest *next;
	size_t have; /* of them at `next` */
	/* Sees to it that there are `want` of them, as far as there are any;
	 * NULL: there are no others. */
	void (*more)(struct node_stream *s, size_t want);
};

/* The node of that prefix, of all that the stream has below it. */
void node_build(
	struct node *n, struct node_stream *s, const struct prefix *prefix);
void node_free(struct node *n);
/* Appends what is below n, ascending, up to max in all; how many then. */
size_t node_copy(
	const struct node *n, struct sks_digest *out, size_t have, size_t max);
/* The same of those behind `after`, into an empty list; n is `level` steps
 * below the root. */
size_t node_copy_after(const struct node *n, unsigned int level,
	const struct sks_digest *after, struct sks_digest *out, size_t max);
/* An inner node with few digests becomes a leaf. */
void node_join(struct node *n);
/* A leaf with many digests becomes an inner node. */
void node_split(struct node *n, const struct prefix *prefix);

#endif
