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

static struct bucket *
row_of(const struct rate *r, const struct digest *name)
{
	uint64_t number;

	memcpy(&number, name->octets + 16, sizeof(number));
	return &r->buckets[(number % r->rows) * WAYS];
}

/* NULL: it has none. */
static struct bucket *
find_bucket(const struct rate *r, const struct digest *name)
{
	struct bucket *row = row_of(r, name);

	for (size_t i = 0; i < WAYS; i++) {
		if (row[i].used && memcmp(row[i].name, name->octets, 16) == 0)
			return &row[i];
	}
	return NULL;
}

/* The stalest of its row, made ready for this name. */
static struct bucket *
make_bucket(struct rate *r, const struct digest *name, int64_t times,
	int64_t now_ms)
{
	struct bucket *row = row_of(r, name), *oldest = row;

	for (size_t i = 0; i < WAYS; i++) {
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

static void
hash_name(const struct rate *r, struct bytes name, struct digest *hash)
{
	struct bytes parts[2] = {
		bytes_make(r->secret, sizeof(r->secret)), name};

	crypto_sha256(parts, 2, hash);
}

/* What is in it by now. */
static struct bucket
refilled(const struct rate *r, const struct bucket *b, int64_t times,
	int64_t now_ms)
{
	struct bucket now = *b;

	now.letters = refill(b->letters, r->letters.most * 1000 * times,
		r->letters.window_ms, now_ms - b->at_ms);
	now.octets = refill(b->octets, r->octets.most * times,
		r->octets.window_ms, now_ms - b->at_ms);
	now.at_ms = now_ms;
	return now;
}

bool
rate_take(struct rate *r, struct bytes name, int64_t octets, int64_t times,
	int64_t now_ms)
{
	struct bucket *b, now;
	struct digest hash;

	hash_name(r, name, &hash);
	b = find_bucket(r, &hash);
	if (b == NULL)
		b = make_bucket(r, &hash, times, now_ms);
	now = refilled(r, b, times, now_ms);
	if (now.letters < 1000 || now.octets < octets)
		return false;
	*b = now;
	b->letters -= 1000;
	b->octets -= octets;
	return true;
}

bool
rate_has(const struct rate *r, struct bytes name, int64_t octets, int64_t times,
	int64_t now_ms)
{
	const struct bucket *b;
	struct bucket now;
	struct digest hash;

	hash_name(r, name, &hash);
	b = find_bucket(r, &hash);
	if (b == NULL)
		return octets <= r->octets.most * times;
	now = refilled(r, b, times, now_ms);
	return now.letters >= 1000 && now.octets >= octets;
}
