/*
 * fetch.h - HTTP(S) client: many requests at a time from one poll loop
 *
 * Only http and https, no proxy from the environment, certificates verified,
 * at most two redirects, absolute ones, and none of a POST. With public_only
 * the address is looked at when the socket is made, after the name was
 * resolved and for each redirect: no answer of a name server is a way around.
 *
 * Memory:  requests are copied, but for the body of a POST, which is borrowed
 *          until `done`. A result is borrowed until `done` returns; the buffer
 *          that its body lies in may be taken.
 * Threads: one, but for fetch_wake. Names are resolved on threads of libcurl.
 * Units:   milliseconds; octets.
 * Errors:  in the result: MALFORMED no URL of ours; TIMEOUT; LIMIT over
 *          max_octets; REJECTED a private address, a redirect too many or a
 *          relative one; IO for the rest; CLOSED when the fetcher ends. An
 *          HTTP status is no error.
 */
#ifndef KEYPOST_BASE_FETCH_H
#define KEYPOST_BASE_FETCH_H

#include <poll.h>

#include "base/bytes.h"

enum { FETCH_REDIRECTS = 2, FETCH_URL_MAX = 2048 };

struct fetch_result {
	enum status status;
	struct err err;
	bool reached;             /* somebody took the connection */
	unsigned int http_status; /* 0 unless status is OK */
	const char *type;         /* Content-Type, or "" */
	struct bytes body;
	struct buf *buffer; /* of the body; a zeroed one left in its place
			       makes it the taker's. NULL unless OK */
	void *ctx;
};

struct fetch_request {
	const char *url;
	int64_t deadline_ms; /* from when it begins to its last octet */
	size_t max_octets;
	bool public_only;
	bool is_post;
	struct bytes body;     /* of a POST */
	const char *body_type; /* its Content-Type */
	const char *field;     /* one more field of a POST, or NULL */
	const char *ca_file;   /* authorities to trust instead, or NULL */
	void (*done)(const struct fetch_result *r); /* once; may start more */
	void *ctx;
};

struct fetcher;

/* At most `parallel` run at once; the others wait in their order. */
struct fetcher *fetcher_new(size_t parallel, const char *agent);
/* Calls `done` of all that are left, with CLOSED; none may start more then. */
void fetcher_free(struct fetcher *f);

void fetch_start(struct fetcher *f, const struct fetch_request *request);
/* How many are not done yet. */
size_t fetch_pending(const struct fetcher *f);
/*
 * Waits until something can go on, one of the caller's own descriptors is
 * ready (revents tell), fetch_wake was called, or wait_ms have passed; then
 * goes on, and calls `done` of what has ended.
 */
void fetch_step(struct fetcher *f, struct pollfd *own, size_t own_count,
	int64_t wait_ms);
void fetch_wake(struct fetcher *f);

#endif
