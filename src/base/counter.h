/*
 * counter.h - named atomic counters and gauges
 *
 * Where neighbours that may not include each other meet: one counts, the
 * status page reads. A name is a word of lower-case letters and '_', made on
 * first use and kept for the life of the process; at most COUNTER_MAX. With
 * one label the name ends in {label=value}; a value is one of a few known
 * words, never what came from outside.
 *
 * Threads: any.
 */
#ifndef KEYPOST_BASE_COUNTER_H
#define KEYPOST_BASE_COUNTER_H

#include <stdint.h>

/* 256 peers have thirty each. */
enum { COUNTER_MAX = 8192 };

struct counter;

/* Finds or makes; look it up once and keep the pointer. */
struct counter *counter_get(const char *name);
/* The value is of letters, digits, '-', '_' and '.'. */
struct counter *counter_get_labelled(
	const char *name, const char *label, const char *value);
void counter_add(struct counter *c, int64_t n);
void counter_set(struct counter *c, int64_t n);
int64_t counter_value(const struct counter *c);
/* In order of name. */
void counter_each(
	void (*visit)(void *ctx, const char *name, int64_t value), void *ctx);

#endif
