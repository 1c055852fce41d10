/*
 * message.h - what is said on the wire, both directions
 *
 * A frame is u32 length of what follows, one octet of type, a body. Between
 * the two Config frames and the rest each side says a verdict, which is no
 * frame: a string, "passed", or "failed" and a second string.
 *
 * Memory:  what is read are views into the octets given.
 * Threads: pure.
 * Units:   octets; big-endian numbers, but for the elements (field.h).
 * Errors:  NOT_FOUND while octets are missing, LIMIT for a frame above the
 *          bound (nothing is allocated for it), MALFORMED else. Writing:
 *          LIMIT when the buffer is full; it may then hold half a frame.
 * Source:  spec sks-recon sections 5, 6 and 15.
 */
#ifndef KEYPOST_RECON_MESSAGE_H
#define KEYPOST_RECON_MESSAGE_H

#include "base/arena.h"
#include "base/reader.h"
#include "recon/field.h"
#include "recon/prefix.h"

enum {
	MESSAGE_MAX_EARLY = 64 * 1024, /* before both verdicts are in */
	MESSAGE_MAX = 1024 * 1024,
	MESSAGE_PAIRS_MAX = 64, /* of a Config */
	MESSAGE_VERDICT_MAX = 4096
};

enum message_type {
	MESSAGE_POLY, /* request: a node's size and samples */
	MESSAGE_FULL, /* request: a node's elements */
	MESSAGE_ELEMENTS,
	MESSAGE_FULL_ELEMENTS,
	MESSAGE_SYNC_FAIL,
	MESSAGE_DONE,
	MESSAGE_FLUSH,
	MESSAGE_ERROR,
	MESSAGE_DB_RQST, /* never used */
	MESSAGE_DB_REPL, /* never used */
	MESSAGE_CONFIG,
	MESSAGE_TYPES
};

enum message_config_has {
	CONFIG_BITQUANTUM = 1,
	CONFIG_FILTERS = 2,
	CONFIG_HTTP_PORT = 4,
	CONFIG_MBAR = 8,
	CONFIG_VERSION = 16,
	CONFIG_ALL = 31
};

struct message_config {
	unsigned int has; /* of message_config_has */
	uint32_t bitquantum, http_port, mbar;
	struct bytes filters, version;
};

/* Only what the type has is set. */
struct message {
	enum message_type type;
	struct prefix prefix;   /* POLY, FULL */
	uint32_t size;          /* POLY */
	struct samples samples; /* POLY; may be zero, may lie */
	struct bytes elements;  /* FULL, ELEMENTS, FULL_ELEMENTS: each 17 */
	struct bytes text;      /* ERROR, DB_RQST, DB_REPL */
	struct message_config config;
};

/* Digests ascending, each once. */
struct message_digests {
	struct sks_digest *list;
	size_t count;
	size_t bad; /* left out: no digest, not below p, or a sample point */
};

/*
 * The frame at the start of `in`, without its length; `used` says how much of
 * `in` it took.
 */
MUST_CHECK enum status message_cut(
	struct bytes in, size_t max, struct bytes *frame, size_t *used);
MUST_CHECK enum status message_read(struct bytes frame, struct message *out);
/* LIMIT when the arena is full. */
MUST_CHECK enum status message_digests(struct arena *arena,
	struct bytes elements, struct message_digests *out);
/* The other side's verdict; `reason` is empty when it passed. */
MUST_CHECK enum status message_read_verdict(
	struct bytes in, bool *passed, struct bytes *reason, size_t *used);

MUST_CHECK enum status message_put_poly(struct buf *out,
	const struct prefix *prefix, uint32_t size,
	const struct samples *samples);
MUST_CHECK enum status message_put_full(struct buf *out,
	const struct prefix *prefix, const struct sks_digest *list,
	size_t count);
/* ELEMENTS or FULL_ELEMENTS. */
MUST_CHECK enum status message_put_elements(struct buf *out,
	enum message_type type, const struct sks_digest *list, size_t count);
/* SYNC_FAIL, DONE or FLUSH. */
MUST_CHECK enum status message_put_bare(
	struct buf *out, enum message_type type);
/* What `has` says, in the order of SKS. */
MUST_CHECK enum status message_put_config(
	struct buf *out, const struct message_config *config);
MUST_CHECK enum status message_put_passed(struct buf *out);
MUST_CHECK enum status message_put_failed(struct buf *out, struct bytes why);

/* ---- for message_config.c --------------------------------------------- */

/* u32 length and that many octets; empty and failure past the end. */
struct bytes message_string(struct reader *r);
MUST_CHECK enum status message_put_string(struct buf *out, struct bytes text);
MUST_CHECK enum status message_config_read(
	struct reader *r, struct message_config *out);
/*
 * Would we talk with whom says `their`? REJECTED, and `why`, which is emptied
 * first, in the words that SKS uses; and for our own people what it is that
 * differs. Both may hold what a stranger said.
 */
MUST_CHECK enum status message_config_judge(const struct message_config *our,
	const struct message_config *their, struct buf *why, struct err *words);

#endif
