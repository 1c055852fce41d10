/*
 * digest_map.h - a bounded table by digest, which forgets the oldest
 *
 * Each digest may stand in it once for each of a few numbers. An entry that is
 * found or put counts as the newest one.
 *
 * Memory:  some 64 octets an entry, grown as it is filled, up to its bound.
 * Threads: one at a time.
 */
#ifndef KEYPOST_RECON_DIGEST_MAP_H
#define KEYPOST_RECON_DIGEST_MAP_H

#include "base/bytes.h"
#include "pgp/fingerprint.h"

struct digest_map;

struct digest_entry {
	struct sks_digest digest;
	uint32_t number;
	/* the user's; zero at first */
	uint16_t count, reason;
	int64_t until;
};

struct digest_map *digest_map_new(size_t max);
void digest_map_free(struct digest_map *m);
/* NULL: it is not there. Valid until the next call that puts or removes. */
struct digest_entry *digest_map_find(
	struct digest_map *m, const struct sks_digest *digest, uint32_t number);
/* Finds or makes; the oldest one goes when it is full. */
struct digest_entry *digest_map_put(
	struct digest_map *m, const struct sks_digest *digest, uint32_t number);
void digest_map_remove(
	struct digest_map *m, const struct sks_digest *digest, uint32_t number);
size_t digest_map_count(const struct digest_map *m);
/* Those that end after `now`. */
void digest_map_later(const struct digest_map *m, int64_t now,
	void (*visit)(void *ctx, const struct digest_entry *e), void *ctx);

#endif
