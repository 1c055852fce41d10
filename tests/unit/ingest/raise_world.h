/*
 * raise_world.h - a store of one level, and the same one raised
 *
 * Memory:  rows live in the fixture's arena.
 */
#ifndef KEYPOST_UNIT_INGEST_RAISE_WORLD_H
#define KEYPOST_UNIT_INGEST_RAISE_WORLD_H

#include "fixture.h"

/* As load does: what came before is no reason to refuse the rest. */
void put_bulk(struct fixture *f, struct bytes octets);
void put_file(struct fixture *f, const char *path);
/* Every file in tests/data/openpgp. */
size_t each_vector(
	void (*take)(struct fixture *f, const char *path), struct fixture *f);
/* Nothing in them that level clean leaves out. */
void put_plain(struct fixture *f, uint64_t from, uint64_t count);

/* Starts ingest at that level; share 0: nothing is raised. */
void begin(struct fixture *f, enum level level, size_t share);
void end(struct fixture *f);
uint8_t floor_of(struct fixture *f);
void await_floor(struct fixture *f, enum level level);
/* Starts it, waits until all is raised, ends it. */
void raise_to(struct fixture *f, enum level level);

/* Every row once: each must have a change. */
size_t rows_of(struct fixture *f, struct cert_row **rows);
size_t count_below(struct fixture *f, enum level level);
/* Changes by an administrator; each must be one. */
size_t count_admin(struct fixture *f);
size_t count_removed(struct fixture *f);
/* What f holds is what a server of that level holds to which each row of
 * `was` was submitted by itself. */
void same_as_fresh(struct fixture *f, const struct cert_row *was, size_t count,
	enum level level);

#endif
