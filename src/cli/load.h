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

/* How often for each reason: a word of a verdict, or a sentence. */
struct load_reasons {
	struct {
		char word[64];
		uint64_t count;
	} list[LOAD_REASONS_MAX];
	size_t count;
};

struct load_sums {
	uint64_t counts[OUTCOME_REFUSED + 1];
	uint64_t failed;             /* pieces and faults of files */
	struct load_reasons refused; /* certificates */
	struct load_reasons dropped; /* packets of those that were taken, too */
};

void load_count(struct load_reasons *r, const char *word, uint64_t n);
/* {"word": n, ...} of what `r` has beyond `before`. */
json_t *load_reasons_json(
	const struct load_reasons *r, const struct load_reasons *before);
/* A line for each, with its sentence. */
void load_reasons_show(const char *what, json_t *reasons);

struct load_target {
	enum status (*piece)(
		struct load_target *t, struct bytes octets, struct err *err);
	/* Waits until all pieces are taken, and what follows meets them. */
	enum status (*settle)(struct load_target *t, struct err *err);
	/* The same, and they are on disk. */
	enum status (*sync)(struct load_target *t, struct err *err);
	/* After the last piece, once: what is left to do. */
	enum status (*finish)(struct load_target *t, struct err *err);
	void (*close)(struct load_target *t);
	struct load_sums *sums;
};

/* CLOSED when no daemon runs. */
MUST_CHECK enum status load_to_daemon(struct cli *c, struct load_sums *sums,
	struct load_target **target, struct err *err);
MUST_CHECK enum status load_to_store(struct cli *c, struct load_sums *sums,
	struct load_target **target, struct err *err);

#endif
