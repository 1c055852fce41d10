/*
 * lmtp.h - the server's side of one LMTP session; octets in, octets out
 *
 * Knows nothing of sockets: lmtp_feed takes what came, replies gather in
 * `out`. When a letter is complete the session waits (LMTP_VERDICT) until
 * lmtp_answer; input that came with it is kept.
 *
 * Memory:  `data` is the letter of LMTP_VERDICT: the owner may take it.
 * Threads: one.
 * Units:   octets.
 * Errors:  a line over 4 KiB ends the session (reliability L19).
 * Source:  RFC 2033; RFC 5321 sections 4.1, 4.5.2 and 4.5.3; RFC 2920, 1870,
 *          2034. Only CRLF.CRLF ends a letter.
 */
#ifndef KEYPOST_MAILAGENT_LMTP_H
#define KEYPOST_MAILAGENT_LMTP_H

#include "base/bytes.h"
#include "base/mailaddr.h"

enum {
	LMTP_LINE_MAX = 4096,
	LMTP_LETTER_MAX = 10 * 1024 * 1024, /* L16 */
	LMTP_RCPT_MAX = 100,
	LMTP_ERRORS_MAX = 20, /* then the session ends */
	LMTP_OUT_MAX = 256 * 1024
};

enum lmtp_state {
	LMTP_COMMAND,
	LMTP_DATA,
	LMTP_VERDICT, /* a letter waits for lmtp_answer */
	LMTP_QUIT     /* write `out`, then close */
};

enum lmtp_answer {
	LMTP_ACCEPTED, /* 250 */
	LMTP_LATER,    /* 451 */
	LMTP_REFUSED   /* 554 */
};

struct lmtp_settings {
	const char *host;    /* our name */
	const char *address; /* letters for it are taken; "": for anybody */
	size_t held_max;     /* octets of all letters being received */
};

struct lmtp {
	const struct lmtp_settings *settings;
	enum lmtp_state state;
	struct buf in, out, data;
	size_t *held; /* shared by all sessions */
	bool greeted, has_mail;
	bool has_sender;
	struct mailaddr sender;
	size_t rcpt_count;
	bool to_bounces;
	char bounce_to[MAILADDR_MAX + 1]; /* then: the first such */
	size_t errors;
	/* While receiving a letter: */
	bool at_start; /* of a line */
	uint8_t last;  /* octet received */
	bool too_long, no_room;
};

/* Puts the greeting into `out`. `held` is borrowed. */
void lmtp_init(
	struct lmtp *s, const struct lmtp_settings *settings, size_t *held);
void lmtp_done(struct lmtp *s);
void lmtp_feed(struct lmtp *s, struct bytes more);
/* In LMTP_VERDICT: one reply for each recipient; then goes on. */
void lmtp_answer(struct lmtp *s, enum lmtp_answer answer, const char *reason);
/* Goes on with input that is there already; after lmtp_answer. */
void lmtp_resume(struct lmtp *s);
/* Octets of input that wait; the owner stops reading above a bound. */
size_t lmtp_backlog(const struct lmtp *s);
/* `421 text`, and the end. */
void lmtp_close(struct lmtp *s, const char *text);

#endif
