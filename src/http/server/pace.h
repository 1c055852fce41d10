/*
 * pace.h - is a connection slower than anyone honest would be?
 *
 * libmicrohttpd's own timeout is one of inactivity: one octet a second keeps
 * a connection open for ever. So each connection notes what it is doing since
 * when, and a sweep once a second asks these rules.
 *
 * Threads: pure rules; the notes are atomics, written by a pool thread and
 *          read by the sweep.
 * Units:   milliseconds of the monotonic clock; octets.
 * Source:  design: reliability section 6, T1.
 */
#ifndef KEYPOST_HTTP_SERVER_PACE_H
#define KEYPOST_HTTP_SERVER_PACE_H

#include <stdatomic.h>

#include "base/bytes.h"

enum pace_phase {
	PACE_IDLE, /* between two requests */
	PACE_HEAD, /* accepted, or the request line has come */
	PACE_BODY, /* the head is complete */
	PACE_WAIT, /* suspended: our turn, never the client's fault */
	PACE_REPLY /* the answer is on its way */
};

enum {
	PACE_HEAD_MS = 10000,
	PACE_IDLE_MS = 15000,
	PACE_GRACE_MS = 10000, /* before a rate is asked for */
	PACE_REQUEST_MS = 120000,
	PACE_REPLY_MS = 300000,
	PACE_RATE = 1024, /* octets a second */
	PACE_REQUESTS_MAX = 100
};

struct pace {
	_Atomic int phase;
	_Atomic int64_t since;   /* when this phase began */
	_Atomic int64_t begun;   /* when the request began */
	_Atomic uint64_t octets; /* of the body, received */
	/* the sweep's own: how much of a reply the other side has taken */
	int64_t reply_since;
	uint64_t reply_base;
};

void pace_init(struct pace *p, int64_t now);
/* A new phase begins now. PACE_HEAD begins a request. */
void pace_enter(struct pace *p, enum pace_phase phase, int64_t now);
void pace_add_octets(struct pace *p, uint64_t n);
/*
 * NULL, or the rule that is broken ("head", "idle", "body", "request",
 * "reply"). `taken` counts what the other side has acknowledged since the
 * connection began; it is looked at in PACE_REPLY only.
 */
const char *pace_broken(struct pace *p, int64_t now, uint64_t taken);

#endif
