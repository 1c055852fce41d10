/*
 * gather.h - keeps a snapshot of the server's state
 *
 * Changes are counted by whoever calls gather_step again and again
 * (log_count.h); the numbers of certificates and of peers are read when a
 * snapshot is made. A snapshot serves every request for GATHER_AGE_MS.
 *
 * Memory:  gather_take lends a snapshot until gather_give.
 * Threads: any; gather_step and gather_make run on the search thread.
 * Errors:  those of the store.
 * Source:  spec hkp section 9.
 */
#ifndef KEYPOST_HTTP_STATE_GATHER_H
#define KEYPOST_HTTP_STATE_GATHER_H

#include "http/server/server.h"
#include "http/state/site_state.h"

enum {
	GATHER_AGE_MS = 10000,
	GATHER_PAUSE_MS = 1000, /* between steps that caught up */
	GATHER_HURRY_MS = 100,  /* between those that did not */
	GATHER_ARENA_MAX = 4 << 20
};

struct gather;
struct writer;

struct gather *gather_new(const struct http_settings *settings);
void gather_free(struct gather *g);

/* Who the peers are now, after a reload; copied. */
void gather_tell(struct gather *g, const struct http_settings *settings);

/* Counts what is new in the log. In how many ms to come back. */
MUST_CHECK enum status gather_step(struct gather *g, struct store *store,
	int64_t *again_ms, struct err *err);

/* As log_count_keep. */
void gather_keep(struct gather *g, struct writer *writer, bool now);

/* A snapshot that is young enough, or NULL. */
const struct site_state *gather_take(struct gather *g);
/* The same, made now if need be. */
MUST_CHECK enum status gather_make(struct gather *g, struct store *store,
	const struct site_state **state, struct err *err);
void gather_give(struct gather *g, const struct site_state *state);

#endif
