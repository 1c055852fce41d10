/*
 * digest.h - packet digest (SHA-256) and SKS digest of a certificate (MD5)
 *
 * Threads: pure.
 * Source:  spec openpgp sections 5 and 7.
 */
#ifndef KEYPOST_PGP_DIGEST_H
#define KEYPOST_PGP_DIGEST_H

#include "pgp/cert.h"

/* SHA-256(tag || u32 length || body). */
void digest_packet(uint8_t tag, struct bytes body, struct digest *out);
/* SHA-256(component's packet id || signature's packet id). */
void digest_placed(const struct digest *component, const struct digest *sig,
	struct digest *out);
/* LIMIT when the arena is full. */
MUST_CHECK enum status digest_sks(
	struct arena *arena, const struct cert *cert, struct sks_digest *out);
/*
 * The same of packets as they came, in whatever order and how often: what SKS
 * knows them by. LIMIT when the arena is full, MALFORMED when it is no row of
 * whole packets.
 */
MUST_CHECK enum status digest_sks_packets(
	struct arena *arena, struct bytes octets, struct sks_digest *out);
/* Of two struct sks_digest, for qsort. */
int digest_sks_cmp(const void *a, const void *b);
/* Ascending, each once; how many are left. */
size_t digest_sks_sort(struct sks_digest *list, size_t count);
int digest_cmp(const struct digest *a, const struct digest *b);
/* Is `d` one of the sorted digests? */
bool digest_in(struct bytes sorted, const struct digest *d);

#endif
