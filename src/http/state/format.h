/*
 * format.h - times, numbers, names as the statistics show them
 *
 * Memory:  results are in the buffer or arena given.
 * Threads: pure.
 * Errors:  NULL when the arena is full.
 * Source:  spec hkp section 9.1.
 */
#ifndef KEYPOST_HTTP_STATE_FORMAT_H
#define KEYPOST_HTTP_STATE_FORMAT_H

#include <stdint.h>

#include "base/arena.h"

enum { FORMAT_MAX = 96, FORMAT_NO_CODE = -1 };

struct format_text {
	char text[FORMAT_MAX];
};

/* RFC 3339 in UTC; 0001-01-01T00:00:00Z for a time that is not known. */
struct format_text format_time(int64_t t);
/* As strftime, UTC. */
struct format_text format_date(int64_t t, const char *format);
/* The day, and the minute of it, as people write them. */
struct format_text format_day(int64_t t);
struct format_text format_minute(int64_t t);
/* 1,234,567 where `thousand` is "1,000"; 1.234.567 where it is "1.000". */
struct format_text format_number_as(int64_t n, const char *thousand);
/* The same as people write it. */
struct format_text format_number(int64_t n);
/* "1,234 changes": `form` is "%s change" or "%s changes" (base/words.h). */
struct format_text format_count(const char *form, int64_t n);
/* "3 minutes", "2 days": rounded down, the largest unit; translated. */
struct format_text format_span(int64_t seconds);

/* h****t: first and last character. */
const char *format_mask_host(struct arena *a, const char *host);
/* Of an address: the local part, and its domain too for a private peer. */
const char *format_mask_mail(struct arena *a, const char *address,
	bool whole_local, bool mask_domain);
/* A fingerprint as 0xHEX, an address without "mailto:". Always UTF-8. */
const char *format_contact(struct arena *a, const char *contact);
/*
 * What a relay's answer (store/peer.h: last_error) means. The answer itself
 * may name hosts and paths that are nobody's business. `code` is what SMTP
 * said, FORMAT_NO_CODE if the relay said nothing, 0 without an error.
 */
const char *format_mail_error(
	struct arena *a, const char *last_error, int *code);
/* The same of one that is fed over HTTP; `code` is its status. */
const char *format_feed_error(
	struct arena *a, const char *last_error, int *code);

#endif
