/*
 * imap_guard.h - bounds what an IMAP server may answer
 *
 * libetpan reads lines and literals of any length and nests as deep as a
 * server's parentheses. This stands between the two, below TLS, and ends the
 * stream when a line, a literal, the nesting or the whole of an answer is more
 * than was to be expected. Lines are not counted: news of other people's mail
 * comes along with any answer; octets are.
 *
 * Threads: one session for each process.
 * Units:   octets.
 * Source:  reliability L19; RFC 9051 sections 4.3 and 9.
 */
#ifndef KEYPOST_MAILAGENT_IMAP_GUARD_H
#define KEYPOST_MAILAGENT_IMAP_GUARD_H

#include <libetpan/libetpan.h>

#include <stdbool.h>

enum {
	IMAP_LINE_MAX = 4096,
	IMAP_ANSWER_MAX = 256 * 1024, /* beside a literal */
	IMAP_DEPTH_MAX = 16
};

/* From now on the stream's reads are counted, from zero; again after
 * STARTTLS. */
void imap_guard_set(mailstream *stream);
/* A new answer is awaited, with literals of so many octets in all. */
void imap_guard_expect(size_t literals);
/* NULL, or what was too much. */
const char *imap_guard_tripped(void);
/* What the read function does with octets: for tests. */
bool imap_guard_count(const char *data, size_t len);

#endif
