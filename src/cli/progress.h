/*
 * progress.h - how far a long command is: a bar on a terminal, lines elsewhere
 *
 * Nothing is shown in the first two seconds, nor with -q.
 *
 * Threads: one.
 */
#ifndef KEYPOST_CLI_PROGRESS_H
#define KEYPOST_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
	uint64_t total;   /* octets, or what `unit` says; 0: unknown */
	const char *unit; /* NULL: octets */
	int64_t start_ms;
	int64_t shown_ms;
	const char *step; /* the one it is at */
	uint64_t step_from;
	int64_t step_ms;
	bool quiet;
	bool terminal;
};

void progress_start(struct progress *p, uint64_t total, bool quiet);
/*
 * Cheap: call it often. Work goes in steps that each have a name (a literal)
 * and a size, 0: unknown; it is told with the rate of this step, and how long
 * it will take still.
 */
void progress_step(
	struct progress *p, const char *step, uint64_t done, uint64_t total);
/* ": 3.1 of 15.4 GB", ": 300 of 1000 rows", ": 12 rows" if `total` is 0, or
 * nothing. */
void progress_write_amount(const char *unit, uint64_t done, uint64_t total,
	char *out, size_t size);
/* "0:13", "1:02:03" */
void progress_write_time(double seconds, char *out, size_t size);
/* ", 49.7 MB/s, 0:13 left", or nothing while there is no rate; `rate` in units
 * a second. */
void progress_write_pace(
	const char *unit, double rate, uint64_t left, char *out, size_t size);
/* Takes the bar away. */
void progress_end(struct progress *p);
/* The same, for a line that is to be read: from any thread. The next step that
 * is told draws it again. */
void progress_hide(void);

#endif
