/*
 * A worker that verifies for minutes is no worker that hangs, and no server
 * takes minutes to stop for it. Counted, never timed.
 */
#include "fixture.h"

#include <stdatomic.h>
#include <string.h>

#include "flooded.h"

enum { LIES = 200, MANY = 12 };

struct watch {
	atomic_size_t beats; /* of workers */
	struct fixture *f;
	size_t end_at; /* with this beat: */
	void (*end)(struct ingest *in);
	atomic_size_t ended, given_back;
};

static void
beat(void *ctx, const char *thread)
{
	struct watch *w = ctx;
	size_t n;

	if (strncmp(thread, "worker", 6) != 0)
		return;
	n = atomic_fetch_add(&w->beats, 1) + 1;
	if (w->end != NULL && n == w->end_at)
		w->end(w->f->in);
}

static void
note_end(struct submission *sub)
{
	struct watch *w = sub->ctx;

	if (sub->status == STATUS_CLOSED)
		atomic_fetch_add(&w->given_back, 1);
	else
		assert_ok(sub->status);
	atomic_fetch_add(&w->ended, 1);
}

static struct submission *
submit(struct watch *w, struct bytes body, bool bulk)
{
	struct submission *sub =
		submission_new(ingest_policy(w->f->in)->max_arena);

	sub->origin = bulk ? "load" : "http";
	sub->seen = "";
	sub->bulk = bulk;
	sub->body = body;
	sub->done = note_end;
	sub->ctx = w;
	assert_ok(ingest_submit(w->f->in, sub));
	return sub;
}

static void
start(struct fixture *f, struct watch *w)
{
	w->f = f;
	f->settings.policy.level = LEVEL_CLEAN;
	f->settings.policy.workers = 1;
	f->settings.beat = beat;
	f->settings.beat_ctx = w;
	fixture_start(f);
}

static void
test_a_load_beats_with_each_verification(void **state)
{
	struct watch w = {.end = NULL};
	struct buf cert = {0};
	struct submission *sub;

	start(*state, &w);
	make_flooded(1, LIES, &cert);
	sub = submit(&w, buf_view(&cert), true);
	while (atomic_load(&w.ended) == 0)
		pause_ms(1);
	assert_ok(sub->status);
	assert_true(atomic_load(&w.beats) > LIES);
	submission_free(sub);
	buf_done(&cert);
}

/* What was begun is given back whole: nothing of it is stored. */
static void
test_a_load_ends_in_the_middle_of_a_certificate(void **state)
{
	struct watch w = {.end_at = LIES / 2, .end = ingest_end_loads};
	struct fixture *f = *state;
	struct buf cert = {0}, other = {0};
	struct submission *sub, *next;

	start(f, &w);
	make_flooded(1, LIES, &cert);
	make_flooded(2, 0, &other);
	sub = submit(&w, buf_view(&cert), true);
	while (atomic_load(&w.ended) == 0)
		pause_ms(1);
	assert_status(sub->status, STATUS_CLOSED);
	assert_true(sub->err.text[0] != '\0');
	assert_true(atomic_load(&w.beats) < LIES);
	assert_int_equal(fixture_certs(f), 0);
	/* A load that comes then does not begin; a submission is answered. */
	next = submit(&w, buf_view(&cert), true);
	while (atomic_load(&w.ended) < 2)
		pause_ms(1);
	assert_status(next->status, STATUS_CLOSED);
	submission_free(next);
	next = fixture_submit(f, buf_view(&other));
	assert_ok(next->status);
	assert_int_equal(fixture_certs(f), 1);
	submission_free(next);
	submission_free(sub);
	buf_done(&cert);
	buf_done(&other);
}

/* Those that were written were told so, the others that they were not. */
static void
test_a_server_that_stops_gives_back_what_it_cannot_work_off(void **state)
{
	struct watch w = {.end_at = 3 * LIES, .end = ingest_hurry};
	struct fixture *f = *state;
	struct submission *subs[MANY];
	struct buf certs[MANY] = {{0}};
	size_t i, stored = 0;

	for (i = 0; i < MANY; i++)
		make_flooded(i + 1, LIES, &certs[i]);
	start(f, &w);
	for (i = 0; i < MANY; i++)
		subs[i] = submit(&w, buf_view(&certs[i]), false);
	ingest_drain(f->in);
	assert_int_equal(atomic_load(&w.ended), MANY);
	assert_true(atomic_load(&w.given_back) >= MANY - 4);
	for (i = 0; i < MANY; i++) {
		stored += subs[i]->status == STATUS_OK;
		submission_free(subs[i]);
		buf_done(&certs[i]);
	}
	assert_true(stored > 0);
	assert_int_equal(fixture_certs(f), stored);
}

/* Nobody has to ask for it: it is so some seconds after the stop. */
static void
test_that_comes_by_itself(void **state)
{
	struct watch w = {.end = NULL};
	struct fixture *f = *state;
	struct submission *subs[MANY];
	struct buf certs[MANY] = {{0}};
	size_t i;

	for (i = 0; i < MANY; i++)
		make_flooded(i + 1, 20 * LIES, &certs[i]);
	f->settings.drain_seconds = 1;
	f->settings.policy.max_verifications = 100 * LIES;
	start(f, &w);
	for (i = 0; i < MANY; i++)
		subs[i] = submit(&w, buf_view(&certs[i]), false);
	ingest_drain(f->in);
	assert_int_equal(atomic_load(&w.ended), MANY);
	assert_true(atomic_load(&w.given_back) > 0);
	for (i = 0; i < MANY; i++) {
		submission_free(subs[i]);
		buf_done(&certs[i]);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_PROMISE(test_a_load_beats_with_each_verification),
		FIXTURE_PROMISE(
			test_a_load_ends_in_the_middle_of_a_certificate),
		FIXTURE_PROMISE(
			test_a_server_that_stops_gives_back_what_it_cannot_work_off),
		FIXTURE_PROMISE(test_that_comes_by_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
