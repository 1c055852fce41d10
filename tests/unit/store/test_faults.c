/*
 * Reads, writes and flushes that fail, the n-th, once and for good: a clean
 * status, no wrong data, nothing acknowledged lost, no batch torn, and work
 * goes on when the fault is gone (reliability P1, P4, P5, D2, D5).
 */
#include "../unit.h"

#include "../scratch.h"
#include "backend.h"
#include "faulty_vfs.h"
#include "store/sqlite/db.h"

enum { FAULTS = 200, BATCH = 3, BATCHES = 5 };

/* What was acknowledged while faults were about. */
struct story {
	struct fixture *f;
	bool acknowledged[BATCHES];
};

static struct made *
cert_of(size_t batch, size_t i)
{
	static struct made m;

	made_init(&m, 4, (uint32_t)(batch * BATCH + i), 2400);
	return &m;
}

static enum status
put(struct fixture *f, const struct made *m)
{
	struct change c = {.cert = m->row.id,
		.delta = bytes_make(m->digests, sizeof(m->digests)),
		.origin = "http",
		.seen = ""};
	int64_t seq;
	enum status st = store_savepoint(f->w, &f->err);

	if (st != STATUS_OK)
		return st;
	st = store_put_cert(f->w, &m->row, &m->search, &f->err);
	if (st == STATUS_OK)
		st = store_append_change(f->w, &c, &seq, &f->err);
	if (store_release(f->w, st == STATUS_OK, &f->err) != STATUS_OK)
		return STATUS_IO;
	return st;
}

static enum status
write_batch(struct fixture *f, size_t batch)
{
	enum status st = store_begin(f->w, &f->err);
	size_t i;

	if (st != STATUS_OK)
		return st;
	for (i = 0; st == STATUS_OK && i < BATCH; i++)
		st = put(f, cert_of(batch, i));
	if (st != STATUS_OK) {
		store_rollback(f->w);
		return st;
	}
	return store_commit(f->w, &f->err);
}

static void
assert_failure_is_clean(enum status st)
{
	if (st != STATUS_IO && st != STATUS_BUSY)
		fail_msg("a fault became \"%s\"", status_name(st));
}

/* One of an acknowledged batch: its row whole, or a clean failure. */
static void
assert_reads_well(struct story *t, size_t batch, bool may_fail)
{
	const struct made *m;
	struct cert_row row;
	enum status st;
	size_t i;

	for (i = 0; i < BATCH; i++) {
		m = cert_of(batch, i);
		arena_reset(t->f->arena);
		st = store_get_cert(
			t->f->r, &m->row.id, t->f->arena, &row, &t->f->err);
		if (st == STATUS_OK)
			assert_row(&row, m);
		else if (may_fail)
			assert_failure_is_clean(st);
		else
			fail_msg("lost: %s, %s", status_name(st),
				t->f->err.text);
	}
}

static void
live_through(struct story *t)
{
	enum status st;
	size_t i, k;

	for (i = 1; i < BATCHES - 1; i++) {
		st = write_batch(t->f, i);
		t->acknowledged[i] = st == STATUS_OK;
		if (st != STATUS_OK)
			assert_failure_is_clean(st);
		else
			store_checkpoint(t->f->w, i == 2);
		for (k = 0; k <= i; k++)
			if (t->acknowledged[k])
				assert_reads_well(t, k, true);
	}
}

static size_t
rows_of(struct story *t, size_t batch)
{
	struct cert_row row;
	size_t i, n = 0;

	for (i = 0; i < BATCH; i++) {
		arena_reset(t->f->arena);
		n += store_get_cert(t->f->r, &cert_of(batch, i)->row.id,
			     t->f->arena, &row, &t->f->err) == STATUS_OK;
	}
	return n;
}

static void
assert_sound(struct story *t)
{
	struct sqlite_session *r = sqlite_session_of(t->f->r);
	struct bytes word = bytes_of("all");
	struct store_query q = {
		.kind = QUERY_WORDS, .words = &word, .word_count = 1};
	struct cert_rows rows;
	struct store_facts facts;
	int64_t bad = -1;
	size_t i, n, all = 0;

	assert_int_equal(db_number(r,
				 "SELECT count(*) FROM pragma_integrity_check"
				 " WHERE integrity_check <> 'ok'",
				 -1, &bad, &t->f->err),
		STATUS_OK);
	assert_int_equal(bad, 0);
	for (i = 0; i < BATCHES; i++) {
		n = rows_of(t, i);
		if (t->acknowledged[i])
			assert_int_equal(n, BATCH);
		else if (n != 0)
			assert_int_equal(n, BATCH);
		all += n;
	}
	assert_int_equal(find_rows(t->f, &q, 100, &rows), STATUS_OK);
	assert_int_equal(rows.count, all);
	assert_int_equal(
		store_get_facts(t->f->r, &facts, &t->f->err), STATUS_OK);
	assert_int_equal(facts.certs, all);
	assert_int_equal(facts.changes, all);
}

/* False when the n-th operation is never reached. */
static bool
run_with_fault(struct fixture *f, enum fault_kind kind, int n, bool for_good)
{
	struct story t = {.f = f, .acknowledged = {true}};
	bool fired;

	assert_int_equal(write_batch(f, 0), STATUS_OK);
	faulty_vfs_arm(kind, n, for_good);
	live_through(&t);
	faulty_vfs_disarm();
	fired = faulty_vfs_fired();
	/* The same process goes on, without being told. */
	assert_int_equal(write_batch(f, BATCHES - 1), STATUS_OK);
	t.acknowledged[BATCHES - 1] = true;
	assert_reads_well(&t, BATCHES - 1, false);
	fixture_close(f);
	fixture_open(f);
	assert_sound(&t);
	return fired;
}

static void
run_all(enum fault_kind kind, bool for_good)
{
	void *state;
	bool fired = true;
	int n;

	for (n = 1; fired && n <= FAULTS; n++) {
		assert_int_equal(fixture_setup(&state), 0);
		fired = run_with_fault(state, kind, n, for_good);
		assert_int_equal(fixture_teardown(&state), 0);
	}
	assert_true(n > 2);
}

static void
test_one_failed_read_loses_nothing(void **state)
{
	(void)state;
	run_all(FAULT_READ, false);
}

static void
test_reads_failing_for_a_while_lose_nothing(void **state)
{
	(void)state;
	run_all(FAULT_READ, true);
}

static void
test_one_failed_write_loses_nothing(void **state)
{
	(void)state;
	run_all(FAULT_WRITE, false);
}

static void
test_writes_failing_for_a_while_lose_nothing(void **state)
{
	(void)state;
	run_all(FAULT_WRITE, true);
}

static void
test_one_failed_flush_loses_nothing(void **state)
{
	(void)state;
	run_all(FAULT_SYNC, false);
}

static void
test_flushes_failing_for_a_while_lose_nothing(void **state)
{
	(void)state;
	run_all(FAULT_SYNC, true);
}

static void
test_full_disk_loses_nothing(void **state)
{
	(void)state;
	run_all(FAULT_FULL, false);
	run_all(FAULT_FULL, true);
}

static void
test_fault_while_opening_is_clean_and_passes(void **state)
{
	struct fixture *f;
	struct made m;
	void *fixture;
	enum status st;
	int kind, n;

	(void)state;
	for (kind = 0; kind < FAULT_KINDS; kind++)
		for (n = 1; n <= 40; n++) {
			assert_int_equal(fixture_setup(&fixture), 0);
			f = fixture;
			fixture_close(f);
			if (n % 2 == 0)
				scratch_remove(f->where); /* a new store */
			faulty_vfs_arm((enum fault_kind)kind, n, true);
			st = store_open(&f->settings, &f->store, &f->err);
			faulty_vfs_disarm();
			if (st == STATUS_OK)
				store_close(f->store);
			else
				assert_failure_is_clean(st);
			fixture_open(f);
			made_init(&m, 4, 1, 10);
			assert_int_equal(made_store(f, &m), 1);
			assert_int_equal(fixture_teardown(&fixture), 0);
		}
}

/* What those see who look it up: of memory, when it is there. */
static void
assert_served(struct fixture *f, const struct made *m)
{
	struct store_query q = {.kind = QUERY_FINGERPRINT,
		.octets = bytes_make(m->row.id.fpr.octets, m->row.id.fpr.len)};
	struct store_session *s;
	struct cert_rows rows;

	assert_int_equal(session_borrow(f->store, &s, &f->err), STATUS_OK);
	arena_reset(f->arena);
	assert_int_equal(
		store_find(s, &q, 1, f->arena, &rows, &f->err), STATUS_OK);
	assert_row(&rows.list[0], m);
	session_return(f->store, s);
}

/* With nobody beside the writer its log is read anew, to the last octet. */
static void
test_failed_commit_that_is_there_is_not_hidden_by_memory(void **state)
{
	struct fixture *f;
	void *fixture;
	struct made m;

	(void)state;
	assert_int_equal(fixture_setup(&fixture), 0);
	f = fixture;
	made_init(&m, 4, 100, 1000);
	(void)made_store(f, &m);
	assert_served(f, &m);
	session_close(f->r);
	store_close_idle(f->store);
	made_change(&m, 7);
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	assert_int_equal(put(f, &m), STATUS_OK);
	faulty_vfs_arm(FAULT_SYNC, 1, false);
	assert_failure_is_clean(store_commit(f->w, &f->err));
	faulty_vfs_disarm();
	assert_true(faulty_vfs_fired());
	/* It opens the file again, and commits nothing. */
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	store_rollback(f->w);
	assert_served(f, &m);
	assert_int_equal(session_open(f->store, SESSION_READ, &f->r, &f->err),
		STATUS_OK);
	assert_int_equal(fixture_teardown(&fixture), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_failed_read_loses_nothing),
		cmocka_unit_test(test_reads_failing_for_a_while_lose_nothing),
		cmocka_unit_test(test_one_failed_write_loses_nothing),
		cmocka_unit_test(test_writes_failing_for_a_while_lose_nothing),
		cmocka_unit_test(test_one_failed_flush_loses_nothing),
		cmocka_unit_test(test_flushes_failing_for_a_while_lose_nothing),
		cmocka_unit_test(test_full_disk_loses_nothing),
		cmocka_unit_test(
			test_failed_commit_that_is_there_is_not_hidden_by_memory),
		cmocka_unit_test(test_fault_while_opening_is_clean_and_passes),
	};

	faulty_vfs_register();
	return cmocka_run_group_tests_name("faults", tests, NULL, NULL);
}
