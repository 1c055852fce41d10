#include "mail/rate.h"

#include <stdlib.h>
#include <string.h>

#include "pgp/crypto.h"

enum { WAYS = 8 }; /* entries of a row: where a name may stand */

struct bucket {
	uint8_t name[16]; /* keyed hash */
	int64_t letters;  /* in thousandths */
	int64_t octets;
	int64_t at_ms; /* when these counts were right */
	bool used;
};

struct rate {
	struct rate_limit letters, octets;
	struct bucket *buckets;
	size_t rows;
	uint8_t secret[16];
};

struct rate *
rate_new(struct rate_limit letters, struct rate_limit octets, size_t entries)
{
	struct rate *r = xcalloc(1, sizeof(*r));

	r->letters = letters;
	r->octets = octets;
	r->rows = entries < WAYS ? 1 : entries / WAYS;
	r->buckets = xcalloc(r->rows * WAYS, sizeof(*r->buckets));
	crypto_random(r->secret, sizeof(r->secret));
	return r;
}

void
rate_free(struct rate *r)
{
	if (r == NULL)
		return;
	free(r->buckets);
	free(r);
}

/* The bucket of this name, or the stalest of its row made ready for it. */
static struct bucket *
find_bucket(struct rate *r, const struct digest *name, int64_t times,
	int64_t now_ms)
{
	struct bucket *row, *oldest;
	uint64_t number;

	memcpy(&number, name->octets + 16, sizeof(number));
	row = &r->buckets[(number % r->rows) * WAYS];
	oldest = row;
	for (size_t i = 0; i < WAYS; i++) {
		if (row[i].used && memcmp(row[i].name, name->octets, 16) == 0)
			return &row[i];
		if (oldest->used &&
			(!row[i].used || row[i].at_ms < oldest->at_ms))
			oldest = &row[i];
	}
	memcpy(oldest->name, name->octets, 16);
	oldest->used = true;
	oldest->letters = r->letters.most * 1000 * times;
	oldest->octets = r->octets.most * times;
	oldest->at_ms = now_ms;
	return oldest;
}

/* What `most` over a window gives in `ms`, at most `most`. */
static int64_t
refill(int64_t have, int64_t most, int64_t window_ms, int64_t ms)
{
	int64_t sum;

	if (ms >= window_ms)
		return most;
	/* Both below 2^31 in every table we have; a wild one only fills up. */
	if (__builtin_mul_overflow(most, ms, &sum))
		return most;
	sum = sum / window_ms + have;
	return sum > most ? most : sum;
}

bool
rate_take(struct rate *r, struct bytes name, int64_t octets, int64_t times,
	int64_t now_ms)
{
	struct bytes parts[2] = {
		bytes_make(r->secret, sizeof(r->secret)), name};
	struct digest hash;
	struct bucket *b;
	int64_t letters_had, octets_had;

	crypto_sha256(parts, 2, &hash);
	b = find_bucket(r, &hash, times, now_ms);
	letters_had = refill(b->letters, r->letters.most * 1000 * times,
		r->letters.window_ms, now_ms - b->at_ms);
	octets_had = refill(b->octets, r->octets.most * times,
		r->octets.window_ms, now_ms - b->at_ms);
	if (letters_had < 1000 || octets_had < octets)
		return false;
	b->letters = letters_had - 1000;
	b->octets = octets_had - octets;
	b->at_ms = now_ms;
	return true;
}
