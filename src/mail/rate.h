/*
 * rate.h - token buckets by name: so many letters, so many octets a while
 *
 * A table of fixed size in which the oldest entry of a row makes room, so
 * that filling it is no attack; names are hashed with a secret.
 *
 * Memory:  owned by the one who made it; about 48 octets an entry.
 * Threads: one thread at a time.
 * Units:   a window in milliseconds; the clock is the monotonic one.
 * Source:  design: reliability L17; spec pks-mail 8.7 and 8.9.
 */
#ifndef KEYPOST_MAIL_RATE_H
#define KEYPOST_MAIL_RATE_H

#include "base/bytes.h"

struct rate;

/* At most `most` at once, and `most` again over each window. */
struct rate_limit {
	int64_t most;
	int64_t window_ms;
};

struct rate *rate_new(
	struct rate_limit letters, struct rate_limit octets, size_t entries);
void rate_free(struct rate *r);
/*
 * Takes one letter of `octets` from the bucket of `name`, whose limits are
 * `times` as high. False, and nothing is taken, when there is not enough.
 */
bool rate_take(struct rate *r, struct bytes name, int64_t octets, int64_t times,
	int64_t now_ms);
/* Would rate_take take it? Nothing is taken, and no entry is made. */
bool rate_has(const struct rate *r, struct bytes name, int64_t octets,
	int64_t times, int64_t now_ms);

#endif
