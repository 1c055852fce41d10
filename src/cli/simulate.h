/*
 * simulate.h - what another level or other limits would drop from the store
 *
 * Every row, or a sample of them, is levelled anew and compared; nothing is
 * written. Each thread reads its own rows one at a time.
 *
 * Memory:  of each thread what one row takes; the sums are the caller's.
 * Threads: simulate_run starts them and waits; `stop` may be set by a signal.
 * Errors:  IO, LIMIT, ...: of the store; the sums hold what was seen before.
 */
#ifndef KEYPOST_CLI_SIMULATE_H
#define KEYPOST_CLI_SIMULATE_H

#include "ingest/tombstone.h"
#include "pgp/level.h"
#include "store/store.h"

enum { SIMULATE_RULES_MAX = 48, SIMULATE_EXAMPLES_MAX = 100 };

struct simulate_example {
	struct fingerprint fpr;
	size_t user_ids;
	uint64_t packets;
};

/* A verdict, and for limits which. */
struct simulate_rule {
	enum verdict verdict;
	const char *limit;
	uint64_t packets;
	uint64_t certs;
	uint64_t refused; /* certificates that it refuses whole */
	struct simulate_example *examples;
	size_t example_count;
};

struct simulate_sums {
	struct simulate_rule rules[SIMULATE_RULES_MAX];
	size_t rule_count;
	uint64_t seen, touched, refused, damaged;
	uint64_t octets; /* of what was seen */
	uint64_t saved;
};

struct simulate {
	struct store *store;
	enum level level;
	struct cert_limits limits;
	struct tombstones *taken_down; /* left out, too; NULL: nothing */
	size_t jobs;
	size_t sample;   /* rows drawn at random; 0: all */
	size_t examples; /* kept of each rule */
	volatile int *stop;
	void (*progress)(void *ctx, uint64_t done, uint64_t total);
	void *ctx;
};

MUST_CHECK enum status simulate_run(const struct simulate *how,
	struct simulate_sums *sums, struct err *err);
void simulate_done(struct simulate_sums *sums);

#endif
