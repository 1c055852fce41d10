/*
 * wire.h - what libetpan reads and writes: a socket with bounds, and TLS
 *
 * The library's own drivers let a line grow as long as a server writes, and
 * verify no certificate. This one counts lines, and speaks TLS by tls.h.
 *
 * Memory:  wire_new takes the descriptor; the stream owns the wire, which is
 *          gone when the library closes the stream.
 * Threads: one.
 * Units:   octets, lines, milliseconds.
 * Source:  reliability L19, T2; spec pks-mail section 9.1.
 */
#ifndef KEYPOST_MAILAGENT_WIRE_H
#define KEYPOST_MAILAGENT_WIRE_H

#include <libetpan/libetpan.h>

#include "mailagent/tls_session.h"

struct wire_limits {
	int64_t wait_ms;  /* for each read and write */
	size_t line_max;  /* octets of a line */
	size_t lines_max; /* of one answer */
};

struct wire;

/* NULL without memory; then the descriptor is closed. */
struct wire *wire_new(int fd, const struct wire_limits *limits);
mailstream *wire_stream(struct wire *w);
/*
 * From now on everything is encrypted. REJECTED when the server has already
 * said more than it was asked: that was said in clear, by anybody.
 */
MUST_CHECK enum status wire_start_tls(
	struct wire *w, const struct tls_trust *trust, struct err *err);
/* NULL: in clear. */
struct tls_session *wire_tls(struct wire *w);
/* A new answer is awaited: count from zero. */
void wire_reset(struct wire *w);
/* Nothing is awaited: if there is something, the stream is of no more use. */
void wire_expect_silence(struct wire *w);
/* Why the stream ended by what was said on it; NULL: it did not. */
const char *wire_fault(const struct wire *w);

#endif
