/*
 * reply.h - status, header fields and body of an answer
 *
 * Memory:  the body is owned until it is sent, and memory of up to
 *          REPLY_BODY_KEPT octets is kept for the next one; header values are
 *          static or in the request's arena.
 * Threads: as its request.
 * Errors:  reply_header ends the process for a value with CR, LF or NUL: who
 *          sets one has made sure (reply_safe).
 * Source:  spec hkp sections 1.7 to 1.11 and 11.
 */
#ifndef KEYPOST_HTTP_MESSAGE_REPLY_H
#define KEYPOST_HTTP_MESSAGE_REPLY_H

#include "base/arena.h"
#include "pgp/crypto.h"

enum {
	REPLY_HEADERS_MAX = 12,
	REPLY_ETAG_MAX = 80,
	REPLY_SEARCH_MAX = 512,
	REPLY_BODY_KEPT = 16 * 1024
};

enum reply_type {
	REPLY_NO_TYPE,
	REPLY_TEXT,
	REPLY_HTML,
	REPLY_JSON,
	REPLY_CSS,
	REPLY_SVG,
	REPLY_DOT,       /* Graphviz */
	REPLY_ARMOR,     /* application/pgp-keys */
	REPLY_BINARY,    /* application/pgp */
	REPLY_BARE_KEYS, /* application/pgp-keys;armor=no */
	REPLY_HASHQUERY
};

enum reply_cache {
	REPLY_NO_STORE, /* submissions, 5xx */
	REPLY_REVALIDATE,
	REPLY_MINUTE,
	REPLY_TEN_MINUTES,
	REPLY_HOUR,
	REPLY_DAY /* and it never changes */
};

struct reply_field {
	const char *name;
	const char *value;
};

struct reply {
	unsigned int status;
	enum reply_type type;
	enum reply_cache cache;
	struct buf body;
	struct bytes fixed;        /* instead of body: outlives the server */
	size_t unmade;             /* octets of a body that a 304 leaves out */
	char etag[REPLY_ETAG_MAX]; /* "" for none; with its quotes */
	struct reply_field fields[REPLY_HEADERS_MAX];
	size_t field_count;
	unsigned int retry_after; /* seconds; 0: no such field */
	bool varies;              /* Accept has a say in its form */
	bool varies_language;     /* and Accept-Language in its words */
	const char *language;     /* its tag; NULL: words for programs */
	bool close;               /* end the connection after it */
	struct err err;           /* for a handler that does not return OK */
};

void reply_init(struct reply *r);
/* As new, for the next request. */
void reply_reset(struct reply *r);
void reply_done(struct reply *r);
/* Drops what a handler wrote so far; `err` stays. */
void reply_clear(struct reply *r);

const char *reply_type_text(enum reply_type t);
const char *reply_cache_text(enum reply_cache c);

/* May this be the value of a header field? */
bool reply_safe(const char *value);
void reply_header(struct reply *r, const char *name, const char *value);
/* X-HKP-Results-Count and others; the text is in the arena. */
void reply_header_number(
	struct reply *r, struct arena *a, const char *name, uint64_t n);

/* "digest-suffix", quotes included. */
void reply_etag(struct reply *r, struct bytes digest, const char *suffix);
/* The same with a hash of these octets: `size` octets of it. */
void reply_etag_hash(
	struct reply *r, struct bytes octets, size_t size, const char *suffix);
/* Is the tag, compared weakly, in an If-None-Match value? */
bool reply_etag_matches(struct bytes if_none_match, const char *etag);

/* How a status of ours is told: HTTP code and the first words of the text. */
struct reply_error {
	unsigned int status;
	const char *words; /* "Bad request" */
	unsigned int retry_after;
};
const struct reply_error *reply_error_of(enum status st);
/* The same for an HTTP code; a code not in the table is an assertion. */
const struct reply_error *reply_error_for(unsigned int status);

#endif
