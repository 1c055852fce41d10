/*
 * request.h - one request: method, path, arguments, body so far
 *
 * Made from the raw request target, because libmicrohttpd hands over a path
 * that is already decoded (a %2F would look like a separator). A handler sees
 * nothing of libmicrohttpd here, so that it can be called from a test.
 *
 * Memory:  everything lives in the request's arena, or with the connection
 *          until the reply is sent. request_reset makes it ready for the next.
 * Threads: one at a time: a pool thread; while suspended, the search thread.
 * Units:   octets.
 * Errors:  MALFORMED with a sentence for the client; LIMIT: over L1, L6.
 * Source:  RFC 9112 section 3; spec hkp section 1; design: reliability L1, L2.
 */
#ifndef KEYPOST_HTTP_MESSAGE_REQUEST_H
#define KEYPOST_HTTP_MESSAGE_REQUEST_H

#include "http/message/form.h"
#include "http/message/reply.h"
#include "http/server/client_rate.h"

enum {
	REQUEST_TARGET_MAX = 8192,    /* L1 */
	REQUEST_HEAD_MAX = 16384,     /* L2 */
	REQUEST_FIELDS_MAX = 100,     /* L2 */
	REQUEST_SEGMENTS_MAX = 8,     /* of a path; more is no route of ours */
	REQUEST_ARENA_MAX = 64 << 20, /* parsing what a listing shows */
};

enum request_method {
	METHOD_GET,
	METHOD_HEAD,
	METHOD_POST,
	METHOD_OPTIONS,
	METHOD_OTHER
};

/* Header fields that decide something; empty views when absent. */
struct request_head {
	struct bytes content_type;
	struct bytes accept;
	struct bytes accept_language;
	struct bytes if_none_match;
	struct bytes pks_sender; /* for the log */
	size_t fields;
	size_t octets;
	size_t lengths; /* fields Content-Length: two are an attack */
	size_t codings; /* fields Transfer-Encoding */
	bool chunked;   /* the only coding is "chunked" */
	bool expects;   /* 100-continue */
	bool broken;    /* a field of no name, with a bare CR, or folded */
	bool hidden;    /* it has octets that are in no field */
	uint64_t length;
};

/* In which form errors are told; of a route (route.h). */
enum request_errors { ERRORS_AS_ASKED, ERRORS_TEXT, ERRORS_JSON };

struct MHD_Connection;
struct services;
struct waiter;

struct request {
	struct arena *arena;
	const struct services *services;
	enum request_method method;
	struct bytes target;                         /* raw */
	struct bytes segments[REQUEST_SEGMENTS_MAX]; /* decoded */
	size_t segment_count; /* SEGMENTS_MAX + 1: there were more */
	struct form query;
	struct request_head head;
	struct buf body;
	enum request_errors errors;
	struct reply reply;
	/*
	 * Set by a handler that needs another thread: asks for it, and
	 * suspends the connection. The handler has returned by then.
	 */
	void (*later)(struct request *req);
	/*
	 * With it: runs on a pool thread once the connection was resumed, and
	 * fills the reply.
	 */
	enum status (*resume)(struct request *req, struct reply *reply);
	void *job;               /* the handler's */
	void (*drop)(void *job); /* when the request ends, unless it gave up */
	struct waiter *waiter;   /* of the suspension; dropped at the end */
	size_t held; /* octets of the gauge of bodies (services.h) */
	const struct peer_address *from;   /* NULL: no rates hold for it */
	struct MHD_Connection *connection; /* NULL in tests */
};

struct request *request_new(void);
void request_free(struct request *req);
void request_reset(struct request *req);
/*
 * Once the answer is on its way, which may take minutes: gives back what only
 * the making of it needed. Views into the request are void from here on.
 */
void request_forget(struct request *req);

enum request_method request_method_of(const char *name);

/* Splits the target into segments and query. `target` is copied. */
MUST_CHECK enum status request_set_target(
	struct request *req, struct bytes target, struct err *err);

/* One header field; both views outlive the request. Fields of a list are
 * joined (RFC 9110 section 5.3). */
void request_add_header(
	struct request *req, struct bytes name, struct bytes value);
/*
 * What is wrong with the head as a whole: smuggling (MALFORMED), too much of
 * it (LIMIT).
 */
MUST_CHECK enum status request_check_head(
	const struct request *req, struct err *err);

/* Rates: false when its address has asked for too much of this. */
bool request_may(
	const struct request *req, enum client_rate kind, uint64_t cost);

/* What the client wants to read, and in which form errors are told. */
enum request_form { FORM_TEXT, FORM_HTML, FORM_JSON };
/* Does Accept decide? Not where an option has, or the route. */
bool request_varies(const struct request *req);
enum request_form request_wants(const struct request *req);
/* The same of an error: some routes have one form whatever is asked for. */
enum request_form request_error_form(const struct request *req);
/* What a client that asked for too much is told: 503 on HKP v1, else 429. */
unsigned int request_rate_status(const struct request *req);

#endif
