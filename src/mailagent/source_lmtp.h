/*
 * source_lmtp.h - the LMTP listener: letters straight from an MTA or a peer
 *
 * A session's letter is answered when the daemon's verdict is there, or with
 * 451 after a minute.
 *
 * Threads: one.
 * Errors:  IO when the address cannot be listened on.
 * Source:  reliability D3, L19.
 */
#ifndef KEYPOST_MAILAGENT_SOURCE_LMTP_H
#define KEYPOST_MAILAGENT_SOURCE_LMTP_H

#include "mailagent/intake.h"

enum { LMTP_SESSIONS_MAX = 64, LMTP_HELD_MAX = 64 * 1024 * 1024 };

struct source_lmtp_settings {
	const char *listen;  /* base/net.h; all are copied */
	const char *address; /* ours; "": letters for anybody */
	const char *host;
	int64_t idle_ms;    /* without an octet from the client */
	int64_t verdict_ms; /* then 451 */
};

struct source_lmtp;

/* Listens; letters are taken after source_lmtp_start. */
MUST_CHECK enum status source_lmtp_new(
	const struct source_lmtp_settings *settings, struct source_lmtp **out,
	struct err *err);
void source_lmtp_start(
	struct source_lmtp *s, struct loop *loop, struct intake *intake);
void source_lmtp_free(struct source_lmtp *s);

#endif
