/*
 * clock.h - wall and monotonic time; tests replace both; times as text
 *
 * Deadlines, back-off and rates use the monotonic clock; wall time is only
 * stored and shown.
 *
 * Threads: any. The test clock is set before threads start.
 */
#ifndef KEYPOST_BASE_CLOCK_H
#define KEYPOST_BASE_CLOCK_H

#include <stdint.h>

/* Milliseconds since some start; never goes back. */
int64_t clock_mono_ms(void);
/* Microseconds of the same clock: for benchmarks and log lines. */
int64_t clock_mono_us(void);
/* Seconds since 1970 UTC. */
int64_t clock_wall_s(void);

struct clock_text {
	char text[32];
};

/* Such seconds as programs read them, 2026-01-31T12:00:00Z, and the day alone;
 * "" for a time that no calendar has. */
struct clock_text clock_utc(int64_t s);
struct clock_text clock_day(int64_t s);

/* For tests: both clocks stand still at these until set again; -1 undoes. */
void clock_set_for_test(int64_t mono_ms, int64_t wall_s);

#endif
