/*
 * site_harness.h - a whole server on a free port, and raw requests to it
 *
 * Store in a temporary folder, ingest with its threads, the HTTP server; the
 * tests speak to it over plain sockets, so that they say exactly what goes
 * over the wire.
 */
#ifndef KEYPOST_TESTS_UNIT_HTTP_SITE_HARNESS_H
#define KEYPOST_TESTS_UNIT_HTTP_SITE_HARNESS_H

#include "http/server/server.h"
#include "tests/bench/gen_cert.h"

struct site {
	char dir[64];
	struct endpoint listen;
	struct http_settings settings;
	struct ingest_settings ingest_settings;
	struct store_settings store_settings;
	struct store *store;
	struct ingest *ingest;
	struct server *server;
	uint16_t port;
	bool keep; /* what it holds outlives site_stop */
};

/* The defaults; change what a test needs, then start. */
void site_init(struct site *s);
/* Only the listeners, for who is to wait before the start. */
void site_listen(struct site *s);
void site_start(struct site *s);
void site_stop(struct site *s);

struct answer {
	int status; /* 0: the connection ended without one */
	struct buf raw;
	struct bytes head; /* with its empty line */
	struct bytes body;
	bool closed; /* the server ended the connection after it */
};

int site_connect(const struct site *s);
/* -1 when it is refused: for threads, where nothing may be asserted. */
int site_try_connect(const struct site *s);
void site_send(int fd, struct bytes b);
void site_sends(int fd, const char *text);
/* One answer; `head_only` for HEAD. */
struct answer site_read(int fd, bool head_only);
/* Connect, send, read, see whether the server closes (only if asked). */
struct answer site_ask(const struct site *s, struct bytes request);
struct answer site_asks(const struct site *s, const char *request);
/* GET with HTTP/1.1 and Connection: close. */
struct answer site_get(const struct site *s, const char *target);
/* POST of these octets with this type (NULL: none) and extra header lines. */
struct answer site_post(const struct site *s, const char *target,
	const char *type, struct bytes body, const char *extra);
void answer_done(struct answer *a);

/* The value of a header field, or an empty view. */
struct bytes answer_field(const struct answer *a, const char *name);
bool answer_says(const struct answer *a, const char *text);
void answer_must_say(const struct answer *a, const char *text);

/* Submits as gpg does: a form, every octet escaped. */
struct answer site_add(
	const struct site *s, struct bytes armor, const char *extra);
/* op=get by fingerprint. */
struct answer site_get_key(const struct site *s, const char *fpr);
/* Fails unless the status is this and the body has the words; frees it. */
void answer_expect(struct answer a, int status, const char *says);

/* Reads on until the other side closes; false if it does not. */
bool site_is_closed(int fd);
/* Nothing came, and the other side did not close. */
bool site_is_open(int fd);
/* With one thread: what was asked before this is done with when it returns. */
void site_settle(const struct site *s);
/* The clock stands at that time, and slow connections are cut. */
void site_sweep_at(const struct site *s, int64_t now);

/* A certificate, armored, and its fingerprint in upper-case digits. */
void site_key(uint64_t index, struct buf *armor, char fpr[41]);
/* The same with a user ID of one's own. */
void site_key_of(
	uint64_t index, const char *user_id, struct buf *armor, char fpr[41]);

#endif
