/*
 * log.h - one line per unit of work, key=value
 *
 * LOG_ERROR means that an operator must act; hostile or broken input is
 * LOG_INFO. base, pgp and store never log: the loop that owns the unit of
 * work does, once. Lines go to stderr; a line is one write and is dropped,
 * not waited for, when it would block. At most 10 lines a second for each
 * `event`; then one line says suppressed=n.
 *
 * Threads: any.
 */
#ifndef KEYPOST_BASE_LOG_H
#define KEYPOST_BASE_LOG_H

#include "base/bytes.h"

/* LOG_NONE is no line's: a level of which nothing is logged. */
enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR, LOG_NONE };

void log_set_level(enum log_level level);
enum log_level log_get_level(void);
/* The program's name at the start of each line; a static string. */
void log_set_name(const char *name);
/*
 * `event` is a short constant ("add", "letter", "peer"); fmt continues with
 * key=value words. Values that an outsider controls go through log_quote.
 */
void log_line(enum log_level level, const char *event, const char *fmt, ...)
	PRINTF_LIKE(3, 4);

struct log_quoted {
	char text[256];
};
/*
 * "…" with control characters, quotes and backslashes escaped, cut at 200
 * octets: log_quote(b).text is good as a %s argument.
 */
struct log_quoted log_quote(struct bytes b);
struct log_quoted log_quote_str(const char *s);

#endif
