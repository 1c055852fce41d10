/*
 * bench_sample.h - made-up certificates for bench_store
 *
 * 2.4 KB of octets, two keys, 1.3 user IDs, about five words; names and
 * domains are skewed, as real ones are. The same sequence in every run.
 */
#ifndef KEYPOST_TESTS_BENCH_BENCH_SAMPLE_H
#define KEYPOST_TESTS_BENCH_BENCH_SAMPLE_H

#include "store/store.h"

enum {
	OCTETS = 2400,
	DIGESTS = 8 * 32,
	RUN_ROWS = 8000, /* of each measurement */
	GETS = 200000
};

struct sample {
	struct cert_row row;
	struct cert_search search;
	struct key_ref keys[2];
	struct bytes words[8], emails[2], domains[2];
	char word[8][24], email[2][80], domain[2][40];
	uint8_t digests[DIGESTS], octets[OCTETS];
};

uint64_t bench_random(void);
/* Below n, small ones more often. */
unsigned bench_skewed(unsigned n);
/* Of version 4. */
uint64_t bench_key_id(const struct fingerprint *f);
/* Views in it point into it. */
void bench_sample(struct sample *s);

/* A bare SQLite with a like schema and the same settings, in `folder`, that
 * grows to each of `n` numbers of rows and is measured there. */
void bench_bare(const char *folder, const size_t *bases, size_t n);

#endif
