/*
 * show.h - reading what the daemon says of itself
 *
 * Memory:  text is borrowed from the line.
 * Threads: one.
 */
#ifndef KEYPOST_CLI_SHOW_H
#define KEYPOST_CLI_SHOW_H

#include "cli/remote.h"

/* "" when there is no such text; 0 when there is no such number. */
const char *show_text(const json_t *line, const char *key);
int64_t show_number(const json_t *line, const char *key);

struct show_moment {
	char text[32];
};
/* Seconds since 1970 as a date and time in UTC; 0: "never". */
struct show_moment show_moment(int64_t seconds);

/* 2026-01-31 or 2026-01-31T12:00:00Z, in UTC; false: it is neither. */
bool show_parse_time(const char *text, int64_t *time);

/* Of a dry run: "would WHAT WHOM", or JSON. */
enum cli_exit show_would(
	const struct cli *c, const char *what, const char *whom);

/* A verb that changes something: --dry-run only says so. */
enum cli_exit show_change(struct cli *c, const char *noun);

#endif
