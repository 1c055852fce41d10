/*
 * relay_guard.h - bounds what a server may answer
 *
 * libetpan's line buffer grows as long as a server writes; this stands
 * between the two and ends the stream when a line or an answer is too long.
 *
 * Threads: one session for each process.
 * Units:   octets, lines.
 * Source:  reliability L19.
 */
#ifndef KEYPOST_MAILAGENT_RELAY_GUARD_H
#define KEYPOST_MAILAGENT_RELAY_GUARD_H

#include <libetpan/libetpan.h>

#include <stdbool.h>

enum { GUARD_LINE_MAX = 4096, GUARD_LINES_MAX = 100 };

/* From now on the stream's reads are counted. */
void relay_guard_set(mailstream *stream);
/* A new answer is awaited: count from zero. */
void relay_guard_reset(void);
/* True when an answer since then was too long. */
bool relay_guard_tripped(void);

#endif
