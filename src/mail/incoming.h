/*
 * incoming.h - one decoded letter as keypost-mail hands it over, checked again
 *
 * keypost-mail reads what strangers wrote, so nothing it says is believed:
 * counts have limits, an address that could not stand in an SMTP command is
 * no address, and text that goes into logs and fields is plain.
 *
 * Memory:  views and strings live in the payload and the arena given.
 * Threads: pure.
 * Errors:  MALFORMED: the frame breaks the protocol. LIMIT: too much of it.
 * Source:  mailagent/protocol.h; design: reliability X1.
 */
#ifndef KEYPOST_MAIL_INCOMING_H
#define KEYPOST_MAIL_INCOMING_H

#include "base/arena.h"
#include "mail/batch.h"
#include "mailagent/protocol.h"

enum {
	INCOMING_BLOCKS_MAX = 100, /* L16: parts */
	INCOMING_SEEN_MAX = 1024,  /* entries looked at; policy cuts sooner */
	INCOMING_SEEN_OCTETS = 16 * 1024,
	INCOMING_TO_MAX = 100,
	INCOMING_RESULTS_MAX = 8,
	INCOMING_TEXT_MAX = 900 /* octets of an id, of references, ... */
};

struct incoming_block {
	enum letter_block kind;
	struct bytes text;
};

/* What a delivery report says; NULL: nothing of the kind. */
struct incoming_bounce {
	const char *to; /* bounce+...@: where it came to */
	const char *envid;
	const char *recipient;
	const char *action;
	const char *status;
	const char *text;
	const char *id; /* a Message-ID in it, without brackets */
};

struct incoming {
	const char *source;
	bool sender_known;      /* the envelope sender is */
	const char *sender;     /* ""; null or not usable */
	const char *from;       /* NULL: none */
	const char *reply_to;   /* NULL: none */
	struct bytes subject;   /* trimmed */
	const char *message_id; /* NULL: none */
	const char *references; /* NULL: none */
	struct bytes precedence;
	bool has_seen;     /* it has a sent list, be it of nothing usable */
	const char **seen; /* bare addresses as received, in order */
	size_t seen_count;
	const char **to; /* whom it is addressed to, bare */
	size_t to_count;
	struct bytes auth;                   /* X-Keypost-Auth; see auth.h */
	struct bytes signed_part, signature; /* of multipart/signed */
	struct bytes results[INCOMING_RESULTS_MAX]; /* from the top */
	size_t result_count;
	bool seen_over; /* the list, or the way here, is too long */
	enum letter_machine machine;
	bool report; /* multipart/report */
	struct incoming_bounce bounce;
	struct batch_value batch; /* what a keypost says of its letter */
	struct bytes repair;      /* the body of a letter of repair */
	struct incoming_block *blocks;
	size_t block_count;
	uint64_t size;
};

MUST_CHECK enum status incoming_read(struct arena *arena, struct bytes payload,
	struct incoming *out, struct err *err);

#endif
