/*
 * lock.h - conditions whose deadlines a jump of the wall clock does not move
 *
 * Memory:  the condition is the caller's, who destroys it.
 * Threads: any.
 * Units:   milliseconds.
 */
#ifndef KEYPOST_BASE_LOCK_H
#define KEYPOST_BASE_LOCK_H

#include <pthread.h>
#include <stdint.h>
#include <time.h>

/* For pthread calls that fail only when this program is wrong. */
void lock_must(int rc);

/* Its deadlines are those of lock_until. */
void lock_cond_init(pthread_cond_t *cond);
/* So long from now, by the machine's clock whatever a test has set. */
struct timespec lock_until(int64_t ms);

#endif
