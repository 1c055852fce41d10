/*
 * span.h - spans of ids, and sums of the ids in them
 *
 * Memory:  values; the reading buffer is the caller's.
 * Threads: one thread at a time for one reader.
 */
#ifndef KEYPOST_MAIL_SPAN_H
#define KEYPOST_MAIL_SPAN_H

#include "mail/summary.h"

enum { ID_BITS = 64, ID_OCTETS = 8, FAN_MAX = 8, SPAN_IDS_AT_ONCE = 4096 };

/* All ids that begin with these bits. */
struct span {
	enum store_ids by;
	uint8_t bits;
	uint64_t prefix; /* the other bits are 0 */
	uint64_t count;  /* how many of ours are in it */
};

struct span_reader {
	const struct summary_source *source;
	uint64_t ids[SPAN_IDS_AT_ONCE];
};

uint64_t span_last(const struct span *s);
/* Part i of 2^fan. */
struct span span_part(const struct span *s, unsigned int fan, size_t i);
/* Every id of a span, each once, rising. */
typedef void take_id(void *ctx, uint64_t id);
MUST_CHECK enum status span_walk(struct span_reader *r, const struct span *span,
	take_id *take, void *ctx, struct err *err);
/* The sums of its 2^fan parts; from the source's cache where that has them. */
MUST_CHECK enum status span_sums(struct span_reader *r, const struct span *span,
	unsigned int fan, struct sum *sums, struct err *err);

/* Big-endian. */
void span_put_number(uint8_t *out, uint64_t n, size_t octets);
/* What stands in a letter: salted, so that chance does not repeat itself. */
void span_write_sum(
	const struct sum *s, uint32_t salt, uint8_t out[SUM_OCTETS]);

#endif
