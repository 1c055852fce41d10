/*
 * services.h - what handlers work with, one set for each server
 *
 * Memory:  borrowed by every request; the server owns it.
 * Threads: read-only but for the meters, which are atomic.
 */
#ifndef KEYPOST_HTTP_SERVICES_H
#define KEYPOST_HTTP_SERVICES_H

#include <stdatomic.h>

#include "http/server/server.h"

struct client_rates;
struct gather;
struct health;
struct metrics;
struct slow;
struct vks_key;
struct wait_list;

/* The only part that requests change. */
struct meters {
	_Atomic size_t bodies;   /* L5: octets announced or held */
	_Atomic uint64_t faults; /* numbers the answers 500 */
	_Atomic bool stopping;
	_Atomic int64_t complain_at; /* when overload is told again */
};

struct services {
	const struct http_settings *settings;
	struct store *store;
	struct ingest *ingest;
	struct slow *slow;
	struct wait_list *waits;
	struct client_rates *rates;
	struct gather *gather;
	const char *software; /* the Server field */
	const struct vks_key *vks_key; /* of the tokens of this process */
	struct meters *meters;
	struct metrics *metrics;
	struct health *health;
};

/* L5: false when `n` more octets of bodies would be too many. */
bool services_hold(const struct services *s, size_t n);
void services_release(const struct services *s, size_t n);
/* Somebody was turned away because we cannot keep up: an operator reads that
 * once a minute. Not for who asked for too much. */
void services_overloaded(const struct services *s, const char *why);

#endif
