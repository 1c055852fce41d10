/*
 * takedown.h - blocks and erasures, on a running server
 *
 * A tombstone first: on disk and in effect, so that nothing comes in any more.
 * Then what is stored goes, by the same rules as what comes in; then what
 * erased rows left on free pages. The store notes which tombstones it has been
 * through: after a crash between the two, or when another store was put in
 * place, takedown_catch_up goes through everything.
 *
 * Each row that goes or shrinks is a change of origin admin without a delta:
 * no letter goes out for it.
 *
 * Memory:  an order and its items are the caller's; texts are borrowed.
 * Threads: one order at a time; not the writer's nor a worker's.
 * Errors:  IO, BUSY, CLOSED with the reason: it may be done in part, and can be
 *          done again. LIMIT: too many.
 * Source:  spec openpgp section 10.
 */
#ifndef KEYPOST_INGEST_TAKEDOWN_H
#define KEYPOST_INGEST_TAKEDOWN_H

#include "ingest/ingest.h"

enum { TAKEDOWN_ITEMS_MAX = 100000 }; /* of one order */

struct takedown_item {
	struct bytes word; /* a fingerprint, an address, ...; or "id:" and the
			      id that a list tells */
	/* made by takedown_parse */
	enum tombstone_kind kind;
	struct digest id;
	uint8_t octets[32]; /* of a fingerprint */
	size_t octet_count;
	const char *fault; /* it cannot be read: why */
	/* filled by an order */
	bool was_there; /* there was a tombstone for it */
	size_t certs;   /* how many certificates it was found in */
};

struct takedown_order {
	enum tombstone_kind kind; /* UID takes user IDs, too */
	const char *reason;
	const char *ticket;
	const char *by;
	bool dry_run; /* looks, and changes nothing */
	struct takedown_item *items;
	size_t count;
	/* Called now and then with how many certificates were looked at. */
	void (*progress)(void *ctx, size_t seen);
	void *ctx;
	/* results */
	size_t faults;  /* items that could not be read */
	size_t erased;  /* certificates of which nothing is left */
	size_t reduced; /* and of which something is */
	bool lingers;   /* a reader kept the store's log from being emptied */
};

/* Reads the words of all items, each once. */
MUST_CHECK enum status takedown_parse(
	struct ingest *in, struct takedown_order *o, struct err *err);
MUST_CHECK enum status takedown_add(
	struct ingest *in, struct takedown_order *o, struct err *err);
MUST_CHECK enum status takedown_remove(
	struct ingest *in, struct takedown_order *o, struct err *err);
/* At start, before anything is served. */
MUST_CHECK enum status takedown_catch_up(struct ingest *in,
	void (*progress)(void *ctx, size_t seen), void *ctx, struct err *err);

#endif
