/*
 * load.h - where a bulk load goes: to the running daemon, or into the store
 *
 * Memory:  a piece is copied, or sent, before load_piece returns.
 * Threads: main; the local target's ingest threads report under a lock.
 * Errors:  CLOSED: the daemon went away. IO: the store cannot write. A piece
 *          that was refused is a count, no error.
 */
#ifndef KEYPOST_CLI_LOAD_H
#define KEYPOST_CLI_LOAD_H

#include <pthread.h>

#include "cli/cli.h"

enum { LOAD_REASONS_MAX = 32 };

struct load_sums {
	uint64_t counts[OUTCOME_REFUSED + 1];
	uint64_t failed; /* pieces and faults of files */
	struct {
		char word[64];
		uint64_t count;
	} reasons[LOAD_REASONS_MAX];
	size_t reason_count;
};

void load_count_reason(struct load_sums *s, const char *word, uint64_t n);

struct load_target {
	enum status (*piece)(
		struct load_target *t, struct bytes octets, struct err *err);
	/* Waits until all pieces are on disk. */
	enum status (*settle)(struct load_target *t, struct err *err);
	void (*close)(struct load_target *t);
	struct load_sums *sums;
};

/* CLOSED when no daemon runs. */
MUST_CHECK enum status load_to_daemon(struct cli *c, struct load_sums *sums,
	struct load_target **target, struct err *err);
MUST_CHECK enum status load_to_store(struct cli *c, struct load_sums *sums,
	struct load_target **target, struct err *err);

#endif
