/* Sessions beside each other: threads, deadlines, checkpoints (S1, S4). */
#include "../unit.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/stat.h>

#include "backend.h"
#include "base/clock.h"
#include "store/sqlite/db.h"

enum { THREADS = 3, ROUNDS = 200 };

static int64_t
size_of(const struct fixture *f, const char *name)
{
	char path[512];
	struct stat sb;

	(void)snprintf(path, sizeof(path), "%s/%s", f->where, name);
	return stat(path, &sb) == 0 ? (int64_t)sb.st_size : -1;
}

struct reader {
	struct store *store;
	atomic_bool stop;
	atomic_int wrong;
	atomic_int read;
	pthread_t thread[THREADS];
};

/* The digest's octets and the body's are always of one and the same write. */
static bool
is_whole(const struct cert_row *row)
{
	size_t i;

	for (i = 0; i < row->octets.len; i++)
		if (row->octets.data[i] != row->sks_digest.octets[0])
			return false;
	return row->octets.len == 2400;
}

static void *
read_main(void *ctx)
{
	struct reader *r = ctx;
	struct arena *arena = arena_new(1 << 20);
	struct store_session *s;
	struct cert_row row;
	struct made m;
	struct err err;

	made_init(&m, 4, 1, 2400);
	while (!atomic_load(&r->stop)) {
		if (session_borrow(r->store, &s, &err) != STATUS_OK)
			continue;
		arena_reset(arena);
		if (store_get_cert(s, &m.row.id, arena, &row, &err) ==
				STATUS_OK &&
			is_whole(&row))
			(void)atomic_fetch_add(&r->read, 1);
		else
			(void)atomic_fetch_add(&r->wrong, 1);
		session_return(r->store, s);
	}
	arena_free(arena);
	return NULL;
}

static void
test_readers_see_whole_rows_while_one_writes(void **state)
{
	struct fixture *f = *state;
	struct reader r = {.store = f->store};
	struct made m;
	int i;

	made_init(&m, 4, 1, 2400);
	made_change(&m, 1);
	(void)made_store(f, &m);
	for (i = 0; i < THREADS; i++)
		assert_int_equal(
			pthread_create(&r.thread[i], NULL, read_main, &r), 0);
	for (i = 0; i < ROUNDS || atomic_load(&r.read) < 100; i++) {
		made_change(&m, (uint8_t)i);
		(void)made_store(f, &m);
		store_checkpoint(f->w, i % 10 == 0);
		if (atomic_load(&r.wrong) > 0)
			break;
	}
	atomic_store(&r.stop, true);
	for (i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(r.thread[i], NULL), 0);
	assert_int_equal(atomic_load(&r.wrong), 0);
	assert_true(atomic_load(&r.read) >= 100);
}

static void
store_many(struct fixture *f, uint32_t from, uint32_t count)
{
	struct made m;
	uint32_t i;

	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	for (i = from; i < from + count; i++) {
		made_init(&m, 4, i, 2400);
		assert_int_equal(
			store_put_cert(f->w, &m.row, &m.search, &f->err),
			STATUS_OK);
	}
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
}

static void
test_search_over_its_time_is_ended(void **state)
{
	struct fixture *f = *state;
	struct bytes word = bytes_of("all");
	struct store_query q = {
		.kind = QUERY_WORDS, .words = &word, .word_count = 1};
	struct cert_rows rows;

	store_many(f, 0, 2000);
	assert_int_equal(find_rows(f, &q, 1, &rows), STATUS_OK);
	assert_int_equal(rows.total, 2000);
	/* Time is up as soon as it is looked at. */
	sqlite_store_of(f->store)->lookup_ms = 0;
	assert_int_equal(find_rows(f, &q, 1, &rows), STATUS_TIMEOUT);
	sqlite_store_of(f->store)->lookup_ms = 10000;
	assert_int_equal(find_rows(f, &q, 1, &rows), STATUS_OK);
}

static void
test_writer_has_no_deadline(void **state)
{
	struct fixture *f = *state;

	sqlite_store_of(f->store)->lookup_ms = 0;
	store_many(f, 0, 500);
}

static void
test_log_is_emptied_when_idle(void **state)
{
	struct fixture *f = *state;

	store_many(f, 0, 100);
	assert_true(size_of(f, "keypost.db-wal") > 100000);
	/* Just now there was work: not yet. */
	store_checkpoint(f->w, true);
	assert_true(size_of(f, "keypost.db-wal") > 100000);
	clock_set_for_test(clock_mono_ms() + 5000, -1);
	store_checkpoint(f->w, true);
	clock_set_for_test(-1, -1);
	assert_int_equal(size_of(f, "keypost.db-wal"), 0);
	assert_true(size_of(f, "keypost.db") > 100000);
}

/* As ingest does it: look, then put. */
static void
look_and_put(struct fixture *f, const struct made *m, enum status found)
{
	struct sks_digest digest;
	uint8_t level;

	assert_int_equal(
		store_get_head(f->w, &m->row.id, &digest, &level, &f->err),
		found);
	assert_int_equal(
		store_put_cert(f->w, &m->row, &m->search, &f->err), STATUS_OK);
}

static void
test_looked_for_in_vain_is_put_and_then_found(void **state)
{
	struct fixture *f = *state;
	struct store_facts facts;
	struct made m;

	made_init(&m, 4, 1, 10);
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	look_and_put(f, &m, STATUS_NOT_FOUND);
	look_and_put(f, &m, STATUS_OK);
	assert_int_equal(
		store_delete_cert(f->w, &m.row.id, &f->err), STATUS_OK);
	look_and_put(f, &m, STATUS_NOT_FOUND);
	store_rollback(f->w);
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	look_and_put(f, &m, STATUS_NOT_FOUND);
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	look_and_put(f, &m, STATUS_OK);
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
	assert_int_equal(store_get_facts(f->r, &facts, &f->err), STATUS_OK);
	assert_int_equal(facts.certs, 1);
}

/* Stores until a checkpoint moved the log; the log's largest size. */
static int64_t
store_until_checkpoint(struct fixture *f)
{
	int64_t before = size_of(f, "keypost.db"), largest = 0, wal;
	uint32_t i;

	for (i = 0; i < 1000 && size_of(f, "keypost.db") == before; i++) {
		store_many(f, i * 100, 100);
		wal = size_of(f, "keypost.db-wal");
		if (wal > largest)
			largest = wal;
		store_checkpoint(f->w, false);
	}
	assert_true(size_of(f, "keypost.db") > before + 2000000);
	return largest;
}

static void
test_busy_writer_moves_the_log_past_32_mib(void **state)
{
	struct fixture *f = *state;
	int64_t largest = store_until_checkpoint(f);

	assert_in_range(largest, 32 << 20, 40 << 20);
	/* From then on it is written from its beginning again. */
	store_many(f, 200000, 100);
	assert_true(size_of(f, "keypost.db-wal") <= largest);
}

static void
test_reader_that_closes_last_does_not_checkpoint(void **state)
{
	struct fixture *f = *state;
	struct store_session *other;
	int64_t db;

	store_many(f, 0, 100);
	db = size_of(f, "keypost.db");
	assert_int_equal(session_borrow(f->store, &other, &f->err), STATUS_OK);
	session_close(other);
	assert_int_equal(size_of(f, "keypost.db"), db);
	assert_true(size_of(f, "keypost.db-wal") > 100000);
}

static void
test_long_reader_holds_up_the_writer_only_shortly(void **state)
{
	struct fixture *f = *state;
	struct store_facts facts;

	assert_int_equal(session_begin(f->r, &f->err), STATUS_OK);
	store_many(f, 0, 100);
	clock_set_for_test(clock_mono_ms() + 5000, -1);
	store_checkpoint(f->w, true);
	clock_set_for_test(-1, -1);
	store_many(f, 100, 100);
	session_end(f->r);
	assert_int_equal(store_get_facts(f->r, &facts, &f->err), STATUS_OK);
	assert_int_equal(facts.certs, 200);
}

static void
test_clean_stop_leaves_an_empty_log(void **state)
{
	struct fixture *f = *state;

	store_many(f, 0, 100);
	session_close(f->r);
	f->r = NULL;
	session_close(f->w);
	f->w = NULL;
	assert_int_equal(size_of(f, "keypost.db-wal"), 0);
}

static void
test_word_beyond_the_limit_of_a_cert_is_not_indexed(void **state)
{
	enum { WORDS = 5000 };
	struct fixture *f = *state;
	struct bytes *words = arena_array(f->arena, WORDS, sizeof(*words));
	struct bytes word;
	struct store_query q = {
		.kind = QUERY_WORDS, .words = &word, .word_count = 1};
	struct cert_rows rows;
	struct made m;
	char text[16];
	size_t i;

	made_init(&m, 4, 1, 100);
	for (i = 0; i < WORDS; i++) {
		(void)snprintf(text, sizeof(text), "w%04zu", i);
		words[i] = bytes_of(arena_str(f->arena, bytes_of(text)));
	}
	m.search.words = words;
	m.search.word_count = WORDS;
	(void)made_store(f, &m);
	word = words[4095];
	assert_int_equal(find_rows(f, &q, 1, &rows), STATUS_OK);
	word = words[4096];
	assert_int_equal(find_rows(f, &q, 1, &rows), STATUS_NOT_FOUND);
}

#define CASE(name)                                                             \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_readers_see_whole_rows_while_one_writes),
		CASE(test_search_over_its_time_is_ended),
		CASE(test_writer_has_no_deadline),
		CASE(test_log_is_emptied_when_idle),
		CASE(test_looked_for_in_vain_is_put_and_then_found),
		CASE(test_busy_writer_moves_the_log_past_32_mib),
		CASE(test_reader_that_closes_last_does_not_checkpoint),
		CASE(test_long_reader_holds_up_the_writer_only_shortly),
		CASE(test_clean_stop_leaves_an_empty_log),
		CASE(test_word_beyond_the_limit_of_a_cert_is_not_indexed),
	};

	return cmocka_run_group_tests_name("sessions", tests, NULL, NULL);
}
