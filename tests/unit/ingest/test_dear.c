/*
 * What takes long to verify holds up nobody else: it waits for a thread of its
 * own, and a flooded row below the level is left for the background. Counted
 * in work, never timed.
 */
#include "fixture.h"

#include <pthread.h>
#include <string.h>

#include "../pgp/forge.h"
#include "flooded.h"
#include "ingest/worker.h"

enum { BORN = FLOODED_BORN, SHARE = 4000 / WORKER_CHEAP_SHARE };

/* A door that a thread stands before until it is opened. */
struct door {
	pthread_mutex_t lock;
	pthread_cond_t moved;
	bool open;
	size_t ended;
};

/* ---- the thread of its own --------------------------------------------- */

static void
stand_before(void *ctx, const char *thread)
{
	struct door *d = ctx;

	if (strcmp(thread, "worker-dear") != 0)
		return;
	pthread_mutex_lock(&d->lock);
	while (!d->open)
		pthread_cond_wait(&d->moved, &d->lock);
	pthread_mutex_unlock(&d->lock);
}

static void
note_end(struct submission *sub)
{
	struct door *d = sub->ctx;

	pthread_mutex_lock(&d->lock);
	d->ended++;
	pthread_cond_broadcast(&d->moved);
	pthread_mutex_unlock(&d->lock);
}

static struct submission *
submit_later(struct fixture *f, struct bytes body, struct door *d)
{
	struct submission *sub =
		submission_new(ingest_policy(f->in)->max_arena);

	sub->origin = "http";
	sub->body = body;
	sub->done = note_end;
	sub->ctx = d;
	assert_ok(ingest_submit(f->in, sub));
	return sub;
}

/* One worker, and before it what would take it for seconds. */
static void
test_nobody_waits_for_what_takes_long(void **state)
{
	static struct door d = {
		PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, 0};
	struct fixture *f = *state;
	struct buf dear = {0}, cheap = {0};
	struct submission *slow[3], *sub;
	size_t i, early;

	f->settings.policy.level = LEVEL_CLEAN;
	f->settings.policy.workers = 1;
	f->settings.beat = stand_before;
	f->settings.beat_ctx = &d;
	fixture_start(f);
	make_flooded(1, SHARE, &dear);
	make_flooded(2, SHARE - 1, &cheap);
	for (i = 0; i < 3; i++)
		slow[i] = submit_later(f, buf_view(&dear), &d);
	sub = fixture_submit(f, buf_view(&cheap));
	/* No promise is checked before the thread can go on. */
	pthread_mutex_lock(&d.lock);
	early = d.ended;
	d.open = true;
	pthread_cond_broadcast(&d.moved);
	while (d.ended < 3)
		pthread_cond_wait(&d.moved, &d.lock);
	pthread_mutex_unlock(&d.lock);
	assert_int_equal(early, 0);
	assert_ok(sub->status);
	assert_int_equal(sub->outcomes[0].kind, OUTCOME_NEW);
	submission_free(sub);
	for (i = 0; i < 3; i++) {
		assert_ok(slow[i]->status);
		assert_int_equal(slow[i]->outcome_count, 1);
		assert_int_equal(slow[i]->outcomes[0].kind,
			i == 0 ? OUTCOME_NEW : OUTCOME_UNCHANGED);
		submission_free(slow[i]);
	}
	assert_int_equal(fixture_certs(f), 2);
	buf_done(&dear);
	buf_done(&cheap);
}

/* So many revocations, without the key, that nobody made. */
static void
make_revocations(uint64_t seed, uint32_t n, struct buf *out)
{
	struct forge f;
	uint32_t i;

	forge_open(&f, seed);
	for (i = 0; i < n; i++) {
		struct forge_sig s = {.type = SIG_KEY_REVOCATION,
			.created = BORN + i,
			.names = &f,
			.names_hashed = true};

		forge_put_sig(&f, &s, out);
	}
	forge_close(&f);
}

/* What they take is known only when their keys are found. */
static void
test_nobody_waits_for_revocations_without_keys(void **state)
{
	static struct door d = {
		PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, false, 0};
	enum { FEW = 10 };
	struct fixture *f = *state;
	struct buf key = {0}, few = {0}, many = {0};
	struct submission *slow, *sub;
	size_t early;

	f->settings.policy.level = LEVEL_CLEAN;
	f->settings.policy.workers = 1;
	f->settings.policy.max_verifications = FEW * WORKER_CHEAP_SHARE;
	f->settings.beat = stand_before;
	f->settings.beat_ctx = &d;
	fixture_start(f);
	make_flooded(1, 0, &key);
	make_revocations(1, FEW, &few);
	make_revocations(1, FEW + 1, &many);
	submission_free(fixture_submit(f, buf_view(&key)));
	slow = submit_later(f, buf_view(&many), &d);
	sub = fixture_submit(f, buf_view(&few));
	pthread_mutex_lock(&d.lock);
	early = d.ended;
	d.open = true;
	pthread_cond_broadcast(&d.moved);
	while (d.ended < 1)
		pthread_cond_wait(&d.moved, &d.lock);
	pthread_mutex_unlock(&d.lock);
	assert_int_equal(early, 0);
	assert_ok(sub->status);
	assert_int_equal(sub->counts[OUTCOME_REFUSED], FEW);
	assert_ok(slow->status);
	assert_false(slow->too_dear);
	assert_int_equal(slow->counts[OUTCOME_REFUSED], FEW + 1);
	submission_free(sub);
	submission_free(slow);
	buf_done(&key);
	buf_done(&few);
	buf_done(&many);
}

static bool
is_dear(const struct policy *policy, struct bytes body, bool bulk)
{
	struct submission *sub = submission_new(64 << 20);
	struct err err;
	bool dear;

	sub->body = body;
	sub->bulk = bulk;
	assert_ok(worker_read(policy, sub, &err));
	dear = worker_is_dear(policy, sub);
	worker_forget(sub);
	assert_int_equal(sub->outcome_count, 0);
	submission_free(sub);
	return dear;
}

/* All certificates of a submission together; a load may take all of L13. */
static void
test_dear_is_over_a_share_of_l13(void **state)
{
	struct fixture *f = *state;
	const struct policy *p = &f->settings.policy;
	struct buf at = {0}, over = {0}, load = {0};

	make_flooded(1, SHARE - 2, &at);
	make_flooded(2, 0, &at);
	make_flooded(1, SHARE - 1, &over);
	make_flooded(2, 0, &over);
	make_flooded(1, 4000, &load);
	assert_false(is_dear(p, buf_view(&at), false));
	assert_true(is_dear(p, buf_view(&over), false));
	assert_false(is_dear(p, buf_view(&over), true));
	assert_true(is_dear(p, buf_view(&load), true));
	buf_done(&at);
	buf_done(&over);
	buf_done(&load);
}

/* ---- rows below the level ---------------------------------------------- */

static void
begin(struct fixture *f, enum level level)
{
	if (f->in != NULL) {
		ingest_stop(f->in);
		ingest_free(f->in);
	}
	f->settings.policy.level = level;
	fixture_start(f);
}

/* Stored at level sks with so many false signatures; then one more comes. */
static uint8_t
level_after(struct fixture *f, uint32_t lies, bool *told)
{
	struct buf cert = {0}, more = {0};
	struct submission *sub;
	uint8_t level;

	begin(f, LEVEL_SKS);
	make_flooded(lies, lies, &cert);
	submission_free(fixture_submit(f, buf_view(&cert)));
	begin(f, LEVEL_CLEAN);
	make_flooded(lies, lies + 1, &more);
	sub = fixture_submit(f, buf_view(&more));
	assert_ok(sub->status);
	assert_int_equal(sub->outcomes[0].kind, OUTCOME_UPDATED);
	*told = sub->outcomes[0].detail != NULL;
	level = fixture_row(f, sub).level;
	/* Nothing that came is lost before it was verified. */
	if (level == LEVEL_SKS)
		assert_int_equal(count_packets(fixture_row(f, sub).octets),
			(size_t)(3 + lies + 1));
	submission_free(sub);
	buf_done(&cert);
	buf_done(&more);
	return level;
}

static void
test_a_row_below_the_level_costs_a_share_or_waits(void **state)
{
	struct fixture *f = *state;
	bool told;

	/* The owner's own is one of them. */
	assert_int_equal(level_after(f, SHARE - 1, &told), LEVEL_CLEAN);
	assert_false(told);
	assert_int_equal(level_after(f, SHARE, &told), LEVEL_SKS);
	assert_true(told);
}

/* Many such rows in one submission share it. */
static void
test_all_rows_below_the_level_share_it(void **state)
{
	struct fixture *f = *state;
	struct buf certs = {0}, more = {0};
	size_t i, waits = 0;
	struct submission *sub;

	begin(f, LEVEL_SKS);
	for (i = 0; i < 4; i++) {
		make_flooded(10 + i, SHARE / 2 - 1, &certs);
		make_flooded(10 + i, SHARE / 2, &more);
	}
	submission_free(fixture_submit(f, buf_view(&certs)));
	begin(f, LEVEL_CLEAN);
	sub = fixture_submit(f, buf_view(&more));
	assert_ok(sub->status);
	for (i = 0; i < 4; i++)
		waits += sub->outcomes[i].detail != NULL;
	assert_int_equal(waits, 2);
	submission_free(sub);
	buf_done(&certs);
	buf_done(&more);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_PROMISE(test_nobody_waits_for_what_takes_long),
		FIXTURE_PROMISE(test_nobody_waits_for_revocations_without_keys),
		FIXTURE_PROMISE(test_dear_is_over_a_share_of_l13),
		FIXTURE_PROMISE(
			test_a_row_below_the_level_costs_a_share_or_waits),
		FIXTURE_PROMISE(test_all_rows_below_the_level_share_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
