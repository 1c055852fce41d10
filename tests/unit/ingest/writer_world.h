/*
 * writer_world.h - a writer on a store that fails when a test says so
 *
 * The linker's --wrap puts the faults between the writer and its store.
 */
#ifndef KEYPOST_UNIT_INGEST_WRITER_WORLD_H
#define KEYPOST_UNIT_INGEST_WRITER_WORLD_H

#include "fixture.h"

#include <stdatomic.h>

/* Commits that succeeded; how many of the next calls fail, or lie. */
extern atomic_int commits, commit_faults, space_faults, head_lies;
/* What a failing commit returns. */
extern atomic_int commit_fault;

struct task {
	struct write_job job;
	const char *peer; /* a row that it writes */
	enum status end;  /* what run returns */
	struct writer *announce;
	atomic_int runs, dones;
	enum status got;
	struct err why;
	atomic_bool *gate; /* run waits for it */
};

/* Also marks its thread as the writer's: lies reach no other. */
enum status task_run(
	struct write_job *job, struct store_session *w, struct err *err);
void task_done(struct write_job *job, enum status st, const struct err *err);
void task_put(
	struct writer *w, struct task *t, const char *peer, enum status end);
bool has_peer(struct fixture *f, const char *name);

struct world {
	struct fixture f;
	struct writer_settings settings;
	struct writer *w;
};

int world_setup(void **state);
int world_teardown(void **state);
/* What a test may change is in `settings`; started: world_start alone. */
void world_new(struct world *world);
void world_start(struct world *world);

#define WORLD_PROMISE(f)                                                       \
	cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

#endif
