/*
 * imap_client_state.h - what the files of one IMAP session share
 *
 * Threads: one session for each process.
 */
#ifndef KEYPOST_MAILAGENT_IMAP_CLIENT_STATE_H
#define KEYPOST_MAILAGENT_IMAP_CLIENT_STATE_H

#include "mailagent/imap_client.h"

enum { IMAP_LITERALS_MAX = 4096 /* octets, where none is asked for */ };

struct imap_client {
	const struct imap_target *target;
	struct imap_progress *progress;
	mailimap *session;
	int fd; /* the stream's */
	bool has_uidplus, has_idle;
	bool broken; /* no LOGOUT any more */
};

/* Before what waits for the server; and with what it came to. */
void imap_enter(struct imap_client *c, enum imap_step step, size_t literals);
void imap_leave(struct imap_client *c);
/* `r` of a libetpan call, as a status; `what` was asked for. */
MUST_CHECK enum status imap_result(
	struct imap_client *c, int r, const char *what, struct err *err);
/* To be freed. */
struct mailimap_set *imap_set_of(const uint32_t *uids, size_t count);

#endif
