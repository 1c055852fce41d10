/*
 * crash.h - die here, if a test asked for it
 *
 * crash_point("committed") ends the process as kill -9 would, when it was
 * built with --enable-crash-points and the environment variable
 * KEYPOST_CRASH_POINT names that point: `committed`, or `committed:3` for the
 * third time it is reached. In any other build it is nothing at all.
 *
 * Threads: any; the count is one for the process.
 */
#ifndef KEYPOST_BASE_CRASH_H
#define KEYPOST_BASE_CRASH_H

#include "config.h"

#ifdef CRASH_POINTS
void crash_point(const char *name);
#else
#define crash_point(name) ((void)0)
#endif

#endif
