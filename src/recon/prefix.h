/*
 * prefix.h - the bit string that names a node of the prefix tree
 *
 * It stands for the digests that begin with it, most significant bit of the
 * first octet first; so a node is a range of digests in the order of memcmp.
 * Two bits lead from a node to a child.
 *
 * Memory:  values only. What is beyond `bits` is zero.
 * Threads: pure.
 * Units:   bits, always an even number.
 * Source:  spec sks-recon section 4.
 */
#ifndef KEYPOST_RECON_PREFIX_H
#define KEYPOST_RECON_PREFIX_H

#include "pgp/crypto.h"

enum {
	PREFIX_STEP = 2, /* bitquantum */
	PREFIX_CHILDREN = 1 << PREFIX_STEP,
	PREFIX_BITS_MAX = 128
};

struct prefix {
	unsigned int bits;
	uint8_t octets[PREFIX_BITS_MAX / 8];
};

struct prefix prefix_root(void);
/*
 * From a stranger: bits beyond the end are cleared. MALFORMED for an odd
 * number of bits, too many, or octets that do not fit their number.
 */
MUST_CHECK enum status prefix_of(
	uint32_t bits, struct bytes octets, struct prefix *out);
/* Of a prefix that has room for it; i is below PREFIX_CHILDREN. */
struct prefix prefix_child(const struct prefix *p, unsigned int i);
/* The octets that hold it. */
struct bytes prefix_octets(const struct prefix *p);
/* The least and the greatest digest below it. */
void prefix_first(const struct prefix *p, struct sks_digest *out);
void prefix_last(const struct prefix *p, struct sks_digest *out);
bool prefix_holds(const struct prefix *p, const struct sks_digest *d);
/* Which child leads to the digest from `level` steps below the root. */
unsigned int prefix_branch(const struct sks_digest *d, unsigned int level);
/* Of the node `level` steps below the root that leads to the digest. */
struct prefix prefix_above(const struct sks_digest *d, unsigned int level);

#endif
