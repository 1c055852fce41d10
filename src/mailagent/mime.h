/*
 * mime.h - bounded walk over the parts of a letter
 *
 * A letter's leaves in order, multiparts opened, forwarded letters not. An
 * outer boundary ends whatever is open inside of it; a part that the letter's
 * end cuts off counts as it is.
 *
 * Memory:  parts are views into the letter; tables live in `arena`.
 * Threads: pure; any thread.
 * Errors:  LIMIT for more than 100 parts or 10 levels, MALFORMED for a
 *          boundary that RFC 2046 does not allow.
 * Source:  RFC 2045 section 5, RFC 2046 section 5.1, RFC 2183.
 */
#ifndef KEYPOST_MAILAGENT_MIME_H
#define KEYPOST_MAILAGENT_MIME_H

#include "mailagent/head.h"
#include "mailagent/transfer.h"

enum { MIME_PARTS_MAX = 100, MIME_DEPTH_MAX = 10, MIME_BOUNDARY_MAX = 70 };

enum mime_kind {
	MIME_TEXT,
	MIME_HTML,
	MIME_KEYS, /* application/pgp-keys, or a file named like one */
	MIME_MULTIPART,
	MIME_REPAIR, /* application/x-keypost-repair */
	MIME_STATUS, /* message/delivery-status: only of a report */
	MIME_OTHER   /* nothing of it is read */
};

struct mime_part {
	enum mime_kind kind;
	enum transfer transfer;
	bool flowed;     /* text: format=flowed */
	bool top;        /* the letter itself, not a part of it */
	bool was_signed; /* what the letter, multipart/signed, is about */
	bool report;     /* multipart/report */
	bool encrypted;  /* multipart/encrypted */
	bool is_signed;  /* multipart/signed */
	bool digest;     /* multipart/digest: untyped parts are letters */
	struct bytes boundary;
	struct bytes body;
};

struct mime_level {
	struct bytes rest; /* of the multipart's body */
	struct bytes boundary;
	bool digest;
	bool started; /* the preamble is behind */
};

struct mime_walk {
	struct arena *arena;
	struct mime_level levels[MIME_DEPTH_MAX];
	size_t depth;
	size_t parts;
	struct mime_part top; /* until the first mime_next */
	bool begun;
};

/* The parts of a multipart as they stand, heads and all: at most `max`. */
size_t mime_cut(
	const struct mime_part *multipart, struct bytes *parts, size_t max);
/* What the head says of the body; `body` is borrowed. */
MUST_CHECK enum status mime_describe(struct arena *arena,
	const struct head *head, struct bytes body, struct mime_part *out,
	struct err *err);
/* A walk over `top`, which mime_describe made. */
void mime_walk_init(
	struct mime_walk *w, struct arena *arena, const struct mime_part *top);
/* The next leaf; NOT_FOUND at the end. */
MUST_CHECK enum status mime_next(
	struct mime_walk *w, struct mime_part *part, struct err *err);

#endif
