/*
 * source_imap.h - letters in a folder of somebody's IMAP server
 *
 * A process of its own speaks to the server (imap_pass.h); this side starts
 * it, watches how long each step takes, offers what it brings, hands verdicts
 * back, and remembers how far the folder is worked off.
 *
 * Threads: one.
 * Units:   milliseconds.
 * Errors:  MALFORMED for a URL, IO for a password or authority file.
 * Source:  spec pks-mail section 9.4; reliability D3, L19, sections 6 and 10.
 */
#ifndef KEYPOST_MAILAGENT_SOURCE_IMAP_H
#define KEYPOST_MAILAGENT_SOURCE_IMAP_H

#include "mailagent/imap_pass.h"
#include "mailagent/intake.h"

struct imap_times {
	int64_t connect_ms, answer_ms, body_ms, pass_ms;
	int64_t soon_ms, soon_most_ms;       /* after a lost connection */
	int64_t refused_ms, refused_most_ms; /* after a refusal */
	int64_t idle_ms, poll_ms, rest_ms;   /* imap_pass.h */
};

extern const struct imap_times imap_times_default;

struct source_imap_settings {
	const char *url; /* all are copied */
	const char *password_file;
	const char *authority_file; /* "": the system's store */
	const char *pin;            /* "": none */
	enum relay_tls tls;
	bool shared;       /* what is not ours stays in the folder */
	const char *state; /* a file to remember in */
	const char *tries; /* a folder to count decodings in */
	const struct imap_times *times;
};

struct source_imap;

/* Reads its files; letters are taken after source_imap_start. */
MUST_CHECK enum status source_imap_new(
	const struct source_imap_settings *settings, struct source_imap **out,
	struct err *err);
void source_imap_start(
	struct source_imap *s, struct loop *loop, struct intake *intake);
void source_imap_free(struct source_imap *s);

#endif
