/* Snapshots that sessions of the pool keep between two searches (txn.h). */
#include "../unit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>

#include "backend.h"
#include "base/clock.h"

enum { THREADS = 3, ROUNDS = 300, BATCH = 100 };

static int64_t
log_size(const struct fixture *f)
{
	char path[512];
	struct stat sb;

	(void)snprintf(path, sizeof(path), "%s/keypost.db-wal", f->where);
	return stat(path, &sb) == 0 ? (int64_t)sb.st_size : -1;
}

static void
store_many(struct fixture *f, uint32_t from)
{
	struct made m;
	uint32_t i;

	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	for (i = from; i < from + BATCH; i++) {
		made_init(&m, 4, i, 2400);
		assert_int_equal(
			store_put_cert(f->w, &m.row, &m.search, &f->err),
			STATUS_OK);
	}
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
}

static enum status
search_key(struct store_session *s, const struct made *m, struct arena *arena,
	struct cert_rows *rows)
{
	struct store_query q = {.kind = QUERY_FINGERPRINT};
	struct err err;

	arena_reset(arena);
	q.octets = bytes_make(m->row.id.fpr.octets, m->row.id.fpr.len);
	return store_find(s, &q, 10, arena, rows, &err);
}

/* Borrows, searches and puts it back: its snapshot is kept. */
static void
search_once(struct fixture *f)
{
	struct store_session *s;
	struct cert_rows rows;
	struct made m;

	made_init(&m, 4, 0, 2400);
	assert_int_equal(session_borrow(f->store, &s, &f->err), STATUS_OK);
	(void)search_key(s, &m, f->arena, &rows);
	session_return(f->store, s);
}

static void
checkpoint_when_idle(struct fixture *f, int64_t later_ms)
{
	clock_set_for_test(clock_mono_ms() + later_ms, -1);
	store_checkpoint(f->w, true);
	clock_set_for_test(-1, -1);
}

static void
test_every_call_sees_what_was_committed_before(void **state)
{
	struct fixture *f = *state;
	struct store_session *s;
	struct cert_rows rows;
	struct cert_row row;
	struct made m;
	int64_t seq, stored;

	assert_int_equal(session_borrow(f->store, &s, &f->err), STATUS_OK);
	made_init(&m, 4, 1, 2400);
	assert_int_equal(search_key(s, &m, f->arena, &rows), STATUS_NOT_FOUND);
	stored = made_store(f, &m);
	assert_int_equal(search_key(s, &m, f->arena, &rows), STATUS_OK);
	assert_row(&rows.list[0], &m);
	made_change(&m, 7);
	stored = made_store(f, &m);
	assert_int_equal(store_get_cert(s, &m.row.id, f->arena, &row, &f->err),
		STATUS_OK);
	assert_row(&row, &m);
	assert_int_equal(search_key(s, &m, f->arena, &rows), STATUS_OK);
	stored = made_store(f, &m);
	assert_int_equal(store_last_seq(s, &seq, &f->err), STATUS_OK);
	assert_int_equal(seq, stored);
	session_return(f->store, s);
}

static void
test_snapshot_begun_after_a_search_is_of_now_and_stays(void **state)
{
	struct fixture *f = *state;
	struct store_session *s;
	struct cert_rows rows;
	struct made a, b;

	made_init(&a, 4, 1, 100);
	made_init(&b, 4, 2, 100);
	assert_int_equal(session_borrow(f->store, &s, &f->err), STATUS_OK);
	(void)search_key(s, &a, f->arena, &rows);
	(void)made_store(f, &a);
	assert_int_equal(session_begin(s, &f->err), STATUS_OK);
	(void)made_store(f, &b);
	assert_int_equal(search_key(s, &a, f->arena, &rows), STATUS_OK);
	assert_int_equal(search_key(s, &b, f->arena, &rows), STATUS_NOT_FOUND);
	session_end(s);
	assert_int_equal(search_key(s, &b, f->arena, &rows), STATUS_OK);
	session_return(f->store, s);
}

static void
test_idle_sessions_do_not_hold_up_the_checkpoint(void **state)
{
	struct fixture *f = *state;

	store_many(f, 0);
	search_once(f);
	store_many(f, BATCH);
	assert_true(log_size(f) > 100000);
	checkpoint_when_idle(f, 5000);
	assert_int_equal(log_size(f), 0);
	/* Nor do those that searched after the last commit. */
	store_many(f, 2 * BATCH);
	search_once(f);
	checkpoint_when_idle(f, 10000);
	assert_int_equal(log_size(f), 0);
}

/* A session that searches all the time has a snapshot at every moment. */
static void
test_log_is_written_from_its_beginning_again_under_searches(void **state)
{
	struct fixture *f = *state;
	int64_t largest = 0, size = 0;
	uint32_t i;

	for (i = 0; i < 160; i++) {
		store_many(f, i * BATCH);
		search_once(f);
		store_checkpoint(f->w, false);
		search_once(f);
		size = log_size(f);
		if (size > largest)
			largest = size;
	}
	/* Some 60 MiB have passed through it. */
	assert_in_range(largest, 32 << 20, 40 << 20);
}

static void
test_clean_stop_beside_idle_sessions_leaves_an_empty_log(void **state)
{
	struct fixture *f = *state;

	store_many(f, 0);
	search_once(f);
	session_close(f->w);
	f->w = NULL;
	assert_int_equal(log_size(f), 0);
}

struct searchers {
	struct store *store;
	atomic_bool stop;
	atomic_int wrong;
	atomic_int found;
	atomic_int committed; /* the newest round */
	pthread_t thread[THREADS];
};

/* Not older than the round committed before the search began, nor newer than
 * the one that may be under way after it. A row tells its round in 8 bits. */
static bool
is_current(const struct cert_row *row, int before, int after)
{
	uint8_t fill = row->octets.data[0];

	return row->sks_digest.octets[0] == fill &&
	       (uint8_t)(fill - before) <= after + 1 - before;
}

static void *
search_main(void *ctx)
{
	struct searchers *t = ctx;
	struct arena *arena = arena_new(1 << 20);
	struct store_session *s;
	struct cert_rows rows;
	struct made m;
	struct err err;
	int before;

	made_init(&m, 4, 1, 2400);
	while (!atomic_load(&t->stop)) {
		if (session_borrow(t->store, &s, &err) != STATUS_OK)
			continue;
		before = atomic_load(&t->committed);
		if (search_key(s, &m, arena, &rows) == STATUS_OK &&
			is_current(&rows.list[0], before,
				atomic_load(&t->committed)))
			(void)atomic_fetch_add(&t->found, 1);
		else
			(void)atomic_fetch_add(&t->wrong, 1);
		session_return(t->store, s);
	}
	arena_free(arena);
	return NULL;
}

static void
test_searches_beside_commits_are_never_older_than_they(void **state)
{
	struct fixture *f = *state;
	struct searchers t = {.store = f->store};
	struct made m;
	int i;

	made_init(&m, 4, 1, 2400);
	made_change(&m, 0);
	(void)made_store(f, &m);
	for (i = 0; i < THREADS; i++)
		assert_int_equal(
			pthread_create(&t.thread[i], NULL, search_main, &t), 0);
	for (i = 0; i < ROUNDS || atomic_load(&t.found) < 100; i++) {
		made_change(&m, (uint8_t)i);
		(void)made_store(f, &m);
		atomic_store(&t.committed, i);
		store_checkpoint(f->w, i % 10 == 0);
		if (atomic_load(&t.wrong) > 0)
			break;
	}
	atomic_store(&t.stop, true);
	for (i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(t.thread[i], NULL), 0);
	assert_int_equal(atomic_load(&t.wrong), 0);
	assert_true(atomic_load(&t.found) >= 100);
}

#define CASE(name)                                                             \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_every_call_sees_what_was_committed_before),
		CASE(test_snapshot_begun_after_a_search_is_of_now_and_stays),
		CASE(test_idle_sessions_do_not_hold_up_the_checkpoint),
		CASE(test_log_is_written_from_its_beginning_again_under_searches),
		CASE(test_clean_stop_beside_idle_sessions_leaves_an_empty_log),
		CASE(test_searches_beside_commits_are_never_older_than_they),
	};

	return cmocka_run_group_tests_name("snapshots", tests, NULL, NULL);
}
