/*
 * cert_build.h - loose packets -> one canonical certificate
 *
 * What cert_read found, in any order and with duplicates, is sorted, folded
 * and hashed here. Work grows as n log n in the number of packets, whatever
 * they are.
 *
 * Memory:  the certificate lives in the arena; packets are borrowed.
 * Threads: pure.
 * Errors:  LIMIT for a full arena.
 * Source:  spec openpgp sections 5 and 6.
 */
#ifndef KEYPOST_PGP_CERT_BUILD_H
#define KEYPOST_PGP_CERT_BUILD_H

#include "pgp/cert.h"

/* A primary key or component as it came, with what followed it. */
struct loose {
	struct packet packet;
	struct public_key key; /* primary and subkeys only */
	const struct packet *sigs;
	size_t sig_count;
};

/* `primaries` have equal bodies: the same key from several places. It has no
 * digests yet. */
MUST_CHECK enum status cert_build(struct arena *arena,
	const struct loose *const *primaries, size_t primary_count,
	const struct loose **parts, size_t part_count, struct cert **cert);

/* Canonical order of two signatures of one component. */
int cert_build_cmp_sigs(const struct signature *a, const struct signature *b);

/* Fills `id`, `packet_count` and `octets` from the rest. */
void cert_build_totals(struct cert *cert);

#endif
