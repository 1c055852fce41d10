/*
 * sets_world.h - a store of made-up rows, what it holds, and trees of it
 *
 * Rows are known by number; their digests and flags are the test's choice.
 */
#ifndef KEYPOST_UNIT_RECON_SETS_WORLD_H
#define KEYPOST_UNIT_RECON_SETS_WORLD_H

#include "../unit.h"

#include "pgp/cert.h"
#include "recon/sets.h"
#include "store/ids.h"

enum { WORLD_ROWS = 6000 };

struct world_row {
	bool there;
	uint32_t flags;
	struct sks_digest digest;
};

struct world {
	char dir[200], file[240];
	struct store *store;
	struct store_session *w;
	struct sets *sets;
	const struct profile *profiles[2];
	size_t profile_count;
	bool (*beat)(void *ctx);
	void *beat_ctx;
	struct world_row rows[WORLD_ROWS]; /* what the store holds */
};

/* A store without rows; no trees yet. Their profile is sks-1.1.6. */
int world_setup(void **state);
int world_teardown(void **state);
#define WORLD_PROMISE(f)                                                       \
	cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

void world_close_store(struct world *w);
void world_open_store(struct world *w);
/* Trees that nobody opened: as in a process that has just begun. */
void world_new_sets(struct world *w);
/* The same, and opened; what came of it. */
struct sets_facts world_open_sets(struct world *w);

/* A digest that depends on the number alone. */
struct sks_digest world_digest(uint64_t number);
/* Many changes in one transaction. */
void world_begin(struct world *w);
void world_commit(struct world *w);
/* Row `n` is stored, or replaced; in a transaction. */
void world_put(struct world *w, size_t n, const struct sks_digest *digest,
	uint32_t flags);
/* The same, as a first load does it: without a change. */
void world_put_quietly(struct world *w, size_t n,
	const struct sks_digest *digest, uint32_t flags);
void world_delete(struct world *w, size_t n);
/* Rows from..to-1, each with the digest of its number and no flags. */
void world_fill(struct world *w, size_t from, size_t to);
void world_prune(struct world *w, int64_t upto);

/* The trees are what `rows` say, and sound in all their nodes. */
void world_assert_right(struct world *w);
size_t world_root(const struct world *w);

#endif
