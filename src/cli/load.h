/*
 * load.h - where a bulk load goes: to the running daemon, or into the store
 *
 * Memory:  a piece is copied, or sent, before `piece` returns. The name of
 *          a file is borrowed until its pieces are settled.
 * Threads: main; the local target's ingest threads report under a lock.
 * Errors:  CLOSED: the daemon went away. IO: the store cannot write. A piece
 *          that was refused is a count, no error.
 */
#ifndef KEYPOST_CLI_LOAD_H
#define KEYPOST_CLI_LOAD_H

#include <stdatomic.h>

#include "cli/cli.h"
#include "cli/material.h"

enum { LOAD_REASONS_MAX = 32, LOAD_PLACES_MAX = 1000 };

/* How often for each reason: a word of a verdict, or a sentence. */
struct load_reasons {
	struct {
		char word[64];
		uint64_t count;
	} list[LOAD_REASONS_MAX];
	size_t count;
};

/* Where something is that was not loaded. */
struct load_place {
	const char *file;
	uint64_t at;  /* octet of it, as it is unpacked */
	bool within;  /* a place in the octets is one in the file */
	bool unknown; /* there is no telling */
};

/* What is told of it. */
struct load_told {
	bool all;     /* each of them on stderr, packets too; else the first */
	size_t told;  /* so far */
	json_t *list; /* at most LOAD_PLACES_MAX */
	size_t warned;
	json_t *warnings; /* as many */
};

struct load_sums {
	uint64_t counts[OUTCOME_REFUSED + 1];
	uint64_t failed; /* pieces and faults of files */
	uint64_t warnings;
	struct load_reasons refused; /* certificates */
	struct load_reasons dropped; /* packets of those that were taken, too */
};

void load_count(struct load_reasons *r, const char *word, uint64_t n);
/* {"word": n, ...} of what `r` has beyond `before`. */
json_t *load_reasons_json(
	const struct load_reasons *r, const struct load_reasons *before);
/* A line for each, with its sentence. */
void load_reasons_show(const char *one, const char *many, json_t *reasons);

/* load_places.c; of the octets at `at` of the piece, SIZE_MAX: unknown */
struct load_place load_place_of(const struct load_place *piece, size_t at);
/* A certificate that was refused, or a part that is damaged. `fpr` and `why`
 * may be NULL, `what` is a sentence. */
void load_tell(struct load_told *t, const struct load_place *place,
	const char *fpr, const char *why, const char *what);
/* Of a file, what is odd. */
void load_warn(struct load_told *t, const char *file, const char *what);
/* Packets of one that was taken: {"word": n}. */
void load_tell_packets(struct load_told *t, const struct load_place *place,
	const char *fpr, const json_t *dropped);
/* How many there were beyond those that were told. */
void load_tell_end(const struct load_told *t);

struct load_target {
	enum status (*piece)(struct load_target *t, struct bytes octets,
		const struct load_place *place, struct err *err);
	/* Waits until all pieces are taken, and what follows meets them. */
	enum status (*settle)(struct load_target *t, struct err *err);
	/* The same, and they are on disk. */
	enum status (*sync)(struct load_target *t, struct err *err);
	/* After the last piece, once: the same, and what is left to do. */
	enum status (*finish)(struct load_target *t, struct err *err);
	void (*close)(struct load_target *t);
	struct load_sums *sums;
	struct load_told *told;
	bool counts_early;        /* the sums are of what sync makes last */
	const char *note;         /* for the operator, or NULL */
	_Atomic uint64_t waiting; /* octets of pieces that are under way */
	/* On the caller's thread, as it waits for one of them; or NULL. */
	void (*tick)(void *ctx);
	void *tick_ctx;
};

/* What became of the octets of this place, in sums and in words. */
void load_count_submission(const struct load_target *t,
	const struct load_place *piece, const struct submission *sub);

/* CLOSED when no daemon runs. */
MUST_CHECK enum status load_to_daemon(
	struct cli *c, struct load_target **target, struct err *err);
/* What takes long as it is opened is shown to `watch`. */
struct care_watch;
MUST_CHECK enum status load_to_store(struct cli *c,
	const struct care_watch *watch, struct load_target **target,
	struct err *err);
/* Reads, and says what would be refused by what it is; stores nothing. */
MUST_CHECK enum status load_to_nowhere(
	struct cli *c, struct load_target **target, struct err *err);

#endif
