/* What a session of the pool finds again, of memory (recent.h): the same as the
 * tables say. */
#include "../unit.h"

#include "backend.h"
#include "store/sqlite/db.h"

enum { SIZE = 1000 };

static enum status
ask(struct fixture *f, const struct store_query *q, struct cert_rows *rows)
{
	struct store_session *s;
	enum status st;

	assert_int_equal(session_borrow(f->store, &s, &f->err), STATUS_OK);
	arena_reset(f->arena);
	st = store_find(s, q, 10, f->arena, rows, &f->err);
	session_return(f->store, s);
	return st;
}

/* How many have this key: asked twice, the second time of memory. */
static size_t
count_by(struct fixture *f, const struct fingerprint *fpr)
{
	struct store_query q = {.kind = QUERY_FINGERPRINT,
		.octets = bytes_make(fpr->octets, fpr->len)};
	struct store_query id = {
		.kind = QUERY_KEY_ID, .number = made_key_id(fpr)};
	struct cert_rows rows = {0};
	size_t n, again;

	n = ask(f, &q, &rows) == STATUS_OK ? rows.total : 0;
	again = ask(f, &q, &rows) == STATUS_OK ? rows.total : 0;
	assert_int_equal(again, n);
	/* Newer versions are not found by key ID. */
	again = ask(f, &id, &rows) == STATUS_OK ? rows.total : 0;
	assert_int_equal(again, fpr->version <= 4 ? n : 0);
	again = ask(f, &id, &rows) == STATUS_OK ? rows.total : 0;
	assert_int_equal(again, fpr->version <= 4 ? n : 0);
	return n;
}

static void
assert_found(struct fixture *f, const struct made *m, size_t key)
{
	const struct fingerprint *fpr = &m->keys[key].fpr;
	struct store_query q = {.kind = QUERY_FINGERPRINT,
		.octets = bytes_make(fpr->octets, fpr->len)};
	struct cert_rows rows;
	int i;

	for (i = 0; i < 2; i++) {
		assert_int_equal(ask(f, &q, &rows), STATUS_OK);
		assert_int_equal(rows.count, 1);
		assert_row(&rows.list[0], m);
		assert_int_equal(rows.list[0].by_subkey, key > 0);
		assert_int_equal(rows.list[0].bound, key == 1);
	}
}

static void delete (struct fixture *f, const struct made *m)
{
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	assert_int_equal(
		store_delete_cert(f->w, &m->row.id, &f->err), STATUS_OK);
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
}

static void
test_all_versions_are_found_again_by_all_their_keys(void **state)
{
	struct fixture *f = *state;
	struct made m;
	uint8_t version;
	size_t key;

	for (version = 3; version <= 6; version++) {
		made_init(&m, version, version, SIZE);
		(void)made_store(f, &m);
		for (key = 0; key < 3; key++)
			assert_found(f, &m, key);
		made_change(&m, version);
		(void)made_store(f, &m);
		for (key = 0; key < 3; key++)
			assert_found(f, &m, key);
	}
}

static void
test_key_asked_for_in_vain_is_found_once_it_is_stored(void **state)
{
	struct fixture *f = *state;
	struct made m;
	uint8_t version;
	size_t key;

	for (version = 3; version <= 6; version++) {
		made_init(&m, version, version, SIZE);
		for (key = 0; key < 3; key++)
			assert_int_equal(count_by(f, &m.keys[key].fpr), 0);
		(void)made_store(f, &m);
		for (key = 0; key < 3; key++)
			assert_found(f, &m, key);
	}
}

static void
test_second_owner_of_a_key_is_found_at_once_and_gone_at_once(void **state)
{
	struct fixture *f = *state;
	struct made m, thief;
	uint8_t version;

	for (version = 3; version <= 6; version++) {
		made_init(&m, version, 1, SIZE);
		made_init(&thief, version, 2, SIZE);
		(void)made_store(f, &m);
		assert_int_equal(count_by(f, &m.row.id.fpr), 1);
		thief.keys[2] = m.keys[0];
		thief.keys[2].primary = false;
		(void)made_store(f, &thief);
		assert_int_equal(count_by(f, &m.row.id.fpr), 2);
		thief.search.key_count = 2; /* it lets go of it */
		(void)made_store(f, &thief);
		assert_int_equal(count_by(f, &m.row.id.fpr), 1);
		delete (f, &m);
		assert_int_equal(count_by(f, &m.row.id.fpr), 0);
		delete (f, &thief);
	}
}

static void
test_what_is_rolled_back_ends_nothing_and_shows_nowhere(void **state)
{
	struct fixture *f = *state;
	struct made m, changed;

	made_init(&m, 4, 1, SIZE);
	(void)made_store(f, &m);
	assert_found(f, &m, 0);
	changed = m;
	changed.row.octets.len = SIZE / 2;
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	assert_int_equal(store_put_cert(f->w, &changed.row, &m.search, &f->err),
		STATUS_OK);
	assert_found(f, &m, 0);
	store_rollback(f->w);
	assert_found(f, &m, 0);
}

static void
test_look_up_that_failed_says_nothing_to_the_next(void **state)
{
	struct fixture *f = *state;
	struct arena *small = arena_new(SIZE - 1);
	struct store_query q = {.kind = QUERY_FINGERPRINT};
	struct store_session *s;
	struct cert_rows rows;
	struct made m;

	made_init(&m, 4, 1, SIZE);
	(void)made_store(f, &m);
	q.octets = bytes_make(m.row.id.fpr.octets, m.row.id.fpr.len);
	assert_int_equal(session_borrow(f->store, &s, &f->err), STATUS_OK);
	assert_int_equal(
		store_find(s, &q, 10, small, &rows, &f->err), STATUS_LIMIT);
	session_return(f->store, s);
	arena_free(small);
	assert_found(f, &m, 0);
}

/* The index still has its handles, the row no longer says so. */
static void
test_row_with_damaged_terms_is_gone_at_once_when_it_is_deleted(void **state)
{
	struct fixture *f = *state;
	struct made m;
	size_t key;

	made_init(&m, 4, 1, SIZE);
	(void)made_store(f, &m);
	assert_int_equal(db_exec(sqlite_session_of(f->w),
				 "UPDATE cert SET search = x'00'", &f->err),
		STATUS_OK);
	for (key = 0; key < 3; key++)
		assert_found(f, &m, key);
	delete (f, &m);
	for (key = 0; key < 3; key++)
		assert_int_equal(count_by(f, &m.keys[key].fpr), 0);
}

/* How many of `count` certificates are in memory when each was found once. */
static size_t
count_kept(struct fixture *f, uint32_t count)
{
	struct recent *recent = ((struct sqlite_store *)f->store)->recent;
	struct store_query q = {.kind = QUERY_FINGERPRINT};
	struct cert_rows rows;
	struct cert_row row;
	unsigned int turn;
	struct handle h;
	struct made m;
	size_t kept = 0;
	uint32_t i;

	for (i = 0; i < count; i++) {
		made_init(&m, 4, i, SIZE / 2);
		q.octets = bytes_make(m.row.id.fpr.octets, m.row.id.fpr.len);
		assert_int_equal(ask(f, &q, &rows), STATUS_OK);
	}
	for (i = 0; i < count; i++) {
		made_init(&m, 4, i, SIZE / 2);
		handle_of(&m.row.id.fpr, &h);
		arena_reset(f->arena);
		if (recent_find(recent, &h, &turn, f->arena, &row) ==
			RECENT_ROW)
			kept++;
	}
	return kept;
}

static void
test_memory_for_what_was_found_is_what_the_settings_say(void **state)
{
	enum { COUNT = 2000 };
	struct fixture *f = *state;
	struct made m;
	size_t kept;
	uint32_t i;

	for (i = 0; i < COUNT; i++) {
		made_init(&m, 4, i, SIZE / 2);
		(void)made_store(f, &m);
	}
	fixture_close(f);
	f->settings.lookup_memory = 1024 * 1024;
	fixture_open(f);
	kept = count_kept(f, COUNT);
	assert_true(kept > COUNT / 4 && kept < COUNT);
	fixture_close(f);
	f->settings.lookup_memory = 0;
	fixture_open(f);
	assert_int_equal(count_kept(f, COUNT), COUNT);
}

#define CASE(name)                                                             \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_all_versions_are_found_again_by_all_their_keys),
		CASE(test_key_asked_for_in_vain_is_found_once_it_is_stored),
		CASE(test_second_owner_of_a_key_is_found_at_once_and_gone_at_once),
		CASE(test_look_up_that_failed_says_nothing_to_the_next),
		CASE(test_row_with_damaged_terms_is_gone_at_once_when_it_is_deleted),
		CASE(test_memory_for_what_was_found_is_what_the_settings_say),
		CASE(test_what_is_rolled_back_ends_nothing_and_shows_nowhere),
	};

	return cmocka_run_group_tests_name("found again", tests, NULL, NULL);
}
