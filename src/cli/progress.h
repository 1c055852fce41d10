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
#include <stdint.h>

struct progress {
	uint64_t total;   /* octets, or what `unit` says; 0: unknown */
	const char *unit; /* NULL: octets of files */
	int64_t start_ms;
	int64_t shown_ms;
	bool quiet;
	bool terminal;
	bool drawn;
};

void progress_start(struct progress *p, uint64_t total, bool quiet);
/* Cheap: call it often. */
void progress_show(struct progress *p, uint64_t done, uint64_t items);
/* The same for work in steps that each have a name and a size. */
void progress_step(
	struct progress *p, const char *step, uint64_t done, uint64_t total);
/* Takes the bar away. */
void progress_end(struct progress *p);

#endif
