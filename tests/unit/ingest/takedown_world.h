/*
 * takedown_world.h - an ingest with tombstones, and orders to it
 */
#ifndef KEYPOST_UNIT_INGEST_TAKEDOWN_WORLD_H
#define KEYPOST_UNIT_INGEST_TAKEDOWN_WORLD_H

#include "fixture.h"

#include "ingest/takedown.h"
#include "pgp/cert.h"

void world_start(struct fixture *f);
/* Stops and starts: another process, the same folder. */
void world_restart(struct fixture *f);
struct takedown_order world_order(
	struct takedown_item *item, enum tombstone_kind kind, const char *word);
struct takedown_order world_down(
	struct fixture *f, enum tombstone_kind kind, const char *word);
void world_lift(struct fixture *f, enum tombstone_kind kind, const char *word);
struct submission *world_submit(struct fixture *f, const struct buf *cert);
void assert_outcome(struct fixture *f, const struct buf *cert,
	enum outcome_kind kind, enum verdict verdict);
void assert_blocked(struct fixture *f, const struct buf *cert);
/* The certificate that was read from these octets. */
struct cert *world_parsed(struct fixture *f, const struct buf *octets);
/* Static storage. */
const char *world_hex(const struct fingerprint *fpr);
size_t stored_user_ids(struct fixture *f, const struct buf *cert);

#endif
