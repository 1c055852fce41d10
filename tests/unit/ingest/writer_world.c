#include "writer_world.h"

#include <string.h>

/* ---- faults of the store, by the linker's --wrap ---- */

atomic_int commits, commit_faults, space_faults, head_lies;
atomic_int commit_fault = STATUS_IO;

enum status __real_store_commit(struct store_session *s, struct err *err);
enum status __wrap_store_commit(struct store_session *s, struct err *err);
enum status __real_store_check_space(struct store_session *s, struct err *err);
enum status __wrap_store_check_space(struct store_session *s, struct err *err);
enum status __real_store_get_head(struct store_session *s,
	const struct cert_id *id, struct sks_digest *digest, uint8_t *level,
	struct err *err);
enum status __wrap_store_get_head(struct store_session *s,
	const struct cert_id *id, struct sks_digest *digest, uint8_t *level,
	struct err *err);

static bool
take_one(atomic_int *n)
{
	int left = atomic_load(n);

	while (left > 0)
		if (atomic_compare_exchange_weak(n, &left, left - 1))
			return true;
	return false;
}

enum status
__wrap_store_commit(struct store_session *s, struct err *err)
{
	if (take_one(&commit_faults)) {
		err_set(err, "the disk is on fire");
		return (enum status)atomic_load(&commit_fault);
	}
	atomic_fetch_add(&commits, 1);
	return __real_store_commit(s, err);
}

enum status
__wrap_store_check_space(struct store_session *s, struct err *err)
{
	if (take_one(&space_faults)) {
		err_set(err, "the disk is full");
		return STATUS_BUSY;
	}
	return __real_store_check_space(s, err);
}

/* Lies to the writer only: the workers' sessions are never in a batch. */
static _Thread_local bool is_writer;

enum status
__wrap_store_get_head(struct store_session *s, const struct cert_id *id,
	struct sks_digest *digest, uint8_t *level, struct err *err)
{
	if (is_writer && take_one(&head_lies)) {
		memset(digest, 0xEE, sizeof(*digest));
		*level = 0;
		return STATUS_OK;
	}
	return __real_store_get_head(s, id, digest, level, err);
}

/* ---- jobs ---- */

enum status
task_run(struct write_job *job, struct store_session *w, struct err *err)
{
	struct task *t = (struct task *)job;
	struct peer p = {
		.name = t->peer, .address = "a@example.org", .last_error = ""};
	enum status st = STATUS_OK;

	is_writer = true;
	atomic_fetch_add(&t->runs, 1);
	while (t->gate != NULL && !atomic_load(t->gate))
		pause_ms(1);
	if (t->peer != NULL)
		st = store_put_peer(w, &p, err);
	if (st == STATUS_OK && t->announce != NULL)
		writer_changed(t->announce);
	if (st == STATUS_OK && t->end != STATUS_OK)
		err_set(err, "as told");
	return st != STATUS_OK ? st : t->end;
}

void
task_done(struct write_job *job, enum status st, const struct err *err)
{
	struct task *t = (struct task *)job;

	t->got = st;
	t->why = *err;
	atomic_fetch_add(&t->dones, 1);
}

void
task_put(struct writer *w, struct task *t, const char *peer, enum status end)
{
	t->job.run = task_run;
	t->job.done = task_done;
	t->peer = peer;
	t->end = end;
	assert_ok(writer_put(w, &t->job));
}

bool
has_peer(struct fixture *f, const char *name)
{
	struct peer p;
	struct err err;

	return store_find_peer(f->read, name, f->arena, &p, &err) == STATUS_OK;
}

/* ---- set up ---- */

int
world_setup(void **state)
{
	static struct world world;

	memset(&world, 0, sizeof(world));
	fixture_open(&world.f);
	world.settings.batch = 128;
	world.settings.max_waiting = 100;
	world.settings.retry_ms = 1;
	atomic_store(&commits, 0);
	atomic_store(&commit_faults, 0);
	atomic_store(&commit_fault, STATUS_IO);
	atomic_store(&space_faults, 0);
	atomic_store(&head_lies, 0);
	*state = &world;
	return 0;
}

int
world_teardown(void **state)
{
	struct world *world = *state;

	if (world->w != NULL) {
		writer_stop(world->w);
		writer_free(world->w);
	}
	fixture_close(&world->f);
	return 0;
}

void
world_new(struct world *world)
{
	struct err err;

	assert_ok(
		writer_new(&world->settings, world->f.store, &world->w, &err));
}

void
world_start(struct world *world)
{
	struct err err;

	if (world->w == NULL)
		world_new(world);
	assert_ok(writer_start(world->w, &err));
}
