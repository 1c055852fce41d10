/*
 * imap_client.h - one IMAP session through libetpan: the few commands we need
 *
 * Blocks; whoever watches the process knows by `progress` what it waits for.
 * Asks for UID, FLAGS, RFC822.SIZE and BODY.PEEK[] and for nothing that the
 * library's reader would have to take apart.
 *
 * Memory:  what it is given is borrowed until imap_close.
 * Threads: one session for each process.
 * Units:   octets; milliseconds of the monotonic clock.
 * Errors:  `err` says why, in one line. REJECTED: the server refuses us, or we
 *          it: trying again soon helps nobody. IO: the session is over.
 * Source:  RFC 9051, 4315 (UIDPLUS), 2177 (IDLE); spec pks-mail section 9.4.
 */
#ifndef KEYPOST_MAILAGENT_IMAP_CLIENT_H
#define KEYPOST_MAILAGENT_IMAP_CLIENT_H

#include <stdatomic.h>

#include "base/imapurl.h"
#include "mailagent/imap_uids.h"
#include "mailagent/protocol.h"
#include "mailagent/tls.h"

enum {
	IMAP_SIZES_MAX = 16,        /* messages asked about at once */
	IMAP_WINDOW = 256,          /* and searched: their UIDs fit a line */
	IMAP_MESSAGES_MAX = 1000000 /* in a mailbox */
};

/* What the session waits for, in memory shared with who watches. */
enum imap_step { IMAP_NOTHING, IMAP_CONNECT, IMAP_ANSWER, IMAP_BODY };

struct imap_progress {
	atomic_int step;         /* enum imap_step */
	atomic_llong since;      /* of the step */
	atomic_llong pass_since; /* 0: no pass under way */
	atomic_uint fetching;    /* UID whose body is fetched; 0: none */
};

struct imap_target {
	struct imap_url url;
	char password[512];
	enum relay_tls tls; /* for imap:// */
	struct tls_trust trust;
};

struct imap_box {
	uint32_t validity;
	uint32_t next; /* the UID that the next message gets; 0: not told */
	uint32_t exists;
};

struct imap_message {
	uint32_t uid, size;
	bool found, seen, deleted;
};

struct imap_client;

/* Connects, verifies, logs in. */
MUST_CHECK enum status imap_open(const struct imap_target *target,
	struct imap_progress *progress, struct imap_client **out,
	struct err *err);
/* Takes a connected descriptor instead: for tests. */
MUST_CHECK enum status imap_open_fd(const struct imap_target *target, int fd,
	struct imap_progress *progress, struct imap_client **out,
	struct err *err);
/* Says LOGOUT when the session still stands. */
void imap_close(struct imap_client *c);

/* REJECTED when the folder is not to be had, or is read-only. */
MUST_CHECK enum status imap_select(
	struct imap_client *c, struct imap_box *box, struct err *err);
/* Adds the UIDs from `from` on. */
MUST_CHECK enum status imap_list(struct imap_client *c,
	const struct imap_box *box, uint32_t from, struct imap_uids *uids,
	struct err *err);
/* Fills in what is known of up to IMAP_SIZES_MAX messages. */
MUST_CHECK enum status imap_sizes(struct imap_client *c,
	struct imap_message *list, size_t count, struct err *err);
/* The whole message, at most `max` octets; NOT_FOUND: it is gone. */
MUST_CHECK enum status imap_body(struct imap_client *c, uint32_t uid,
	size_t max, struct buf *out, struct err *err);
/*
 * Removes these messages and no others; where the server has no UIDPLUS they
 * are marked \Seen instead.
 */
MUST_CHECK enum status imap_let_go(struct imap_client *c, const uint32_t *uids,
	size_t count, struct err *err);
/* Returns when the server has news, or at `until`; by IDLE if it can. */
MUST_CHECK enum status imap_wait(
	struct imap_client *c, int64_t until, int64_t poll_ms, struct err *err);

#endif
