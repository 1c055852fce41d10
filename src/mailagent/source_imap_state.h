/*
 * source_imap_state.h - what the files of the IMAP source share
 *
 * Threads: one.
 */
#ifndef KEYPOST_MAILAGENT_SOURCE_IMAP_STATE_H
#define KEYPOST_MAILAGENT_SOURCE_IMAP_STATE_H

#include "mailagent/source_imap.h"

/* A message on its way to a verdict. */
struct item {
	struct source_imap *source;
	uint32_t uid, validity;
	struct buf octets; /* until it was offered */
	bool offered;
	struct item *next;
};

struct source_imap {
	struct imap_job job;
	const struct imap_times *times;
	struct buf authority;
	char *state_path;
	int tries_fd;
	bool shared;
	struct intake_source source; /* its tokens are items */
	struct loop *loop;
	struct intake *intake;
	struct imap_progress *progress;
	struct channel *channel; /* NULL: no session */
	pid_t pid;
	struct item *items;
	struct imap_uids named; /* too large, and said so */
	uint32_t deadly;        /* the message that sessions ended at */
	unsigned deaths;
	unsigned failures; /* in a row */
	bool refused;      /* the last failure was a refusal */
	char why[256];     /* of the end under way */
	int64_t next_start, next_state;
	bool dirty; /* the file does not say how far we are */
};

/* source_imap_session.c: the process and what it says */
void imap_session_start(struct source_imap *s, int64_t now);
/* NULL-safe for a session that is none; the next one starts after a while. */
void imap_session_end(struct source_imap *s, const char *why);
bool imap_session_is_overdue(const struct source_imap *s, int64_t now);
void imap_say_verdict(
	struct source_imap *s, const struct item *i, enum imap_verdict v);
/* Keeps a UID, as long as there is room. */
void imap_remember(struct imap_uids *u, uint32_t uid);

#endif
