/*
 * status.h - result codes, and the sentence for a human
 *
 * Every function that can fail returns enum status. A code exists only where
 * a caller acts differently. Results leave through the last pointer
 * arguments, which are untouched on failure.
 *
 * Threads: values only; any thread.
 */
#ifndef KEYPOST_BASE_STATUS_H
#define KEYPOST_BASE_STATUS_H

#define MUST_CHECK __attribute__((warn_unused_result))
#define PRINTF_LIKE(f, a) __attribute__((format(printf, f, a)))

enum status {
	STATUS_OK,
	STATUS_NOT_FOUND,   /* there is no such thing, or no more of them */
	STATUS_MALFORMED,   /* the input is not what it claims to be */
	STATUS_UNSUPPORTED, /* well formed, but of a kind we do not handle */
	STATUS_REJECTED,    /* policy says no */
	STATUS_LIMIT,       /* a bound on what an outsider controls was met */
	STATUS_BUSY,        /* not now: try again later */
	STATUS_TIMEOUT,     /* a deadline passed */
	STATUS_IO,          /* disk, network or database failed */
	STATUS_CLOSED       /* the other side, or this object, is gone */
};

/* The reason, for a human; filled where the fault is known best. */
struct err {
	char text[256];
};

/* "not found", "busy", ...: for logs. Static storage. */
const char *status_name(enum status st);

/* Replaces the text; cuts at the buffer's end. `e` may be NULL. */
void err_set(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Puts "fmt: " before what is there: extends the reason on the way up. */
void err_prefix(struct err *e, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
