/*
 * spent.h - what this process has spent: processor and memory
 *
 * Units: seconds of all its threads; MiB of its own, without files it shares.
 */
#ifndef KEYPOST_TESTS_BENCH_SPENT_H
#define KEYPOST_TESTS_BENCH_SPENT_H

#include <stdio.h>
#include <time.h>
#include <unistd.h>

static inline double
spent_cpu_s(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* 0 where the kernel does not say. */
static inline double
spent_mib(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	long pages = 0, shared = 0;

	if (f == NULL)
		return 0;
	if (fscanf(f, "%*d %ld %ld", &pages, &shared) != 2)
		pages = shared = 0;
	(void)fclose(f);
	return (double)(pages - shared) * (double)sysconf(_SC_PAGESIZE) /
	       (1024 * 1024);
}

#endif
