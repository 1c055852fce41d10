/* What store.h promises of the change log, peers, letters and debts. */
#include "../unit/unit.h"

#include <string.h>

#include "backend.h"

static struct change_batch
read_after(struct fixture *f, int64_t after, size_t max)
{
	struct change_batch b;

	assert_int_equal(
		store_read_changes(f->r, after, max, f->arena, &b, &f->err),
		STATUS_OK);
	return b;
}

static void
test_change_is_read_back_whole(void **state)
{
	struct fixture *f = *state;
	struct change_batch b;
	struct change c = {0};
	struct made m;
	int64_t seq = 0;

	made_init(&m, 3, 1, 10);
	(void)made_store(f, &m);
	c.cert = m.row.id;
	memset(&c.old_digest, 1, 16);
	memset(&c.new_digest, 2, 16);
	c.flags = CHANGE_MODERN;
	c.delta = bytes_make(m.digests, 32);
	c.origin = "peer-b";
	c.seen = "pks@a.example pks@b.example";
	c.time = 1234567890123;
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	assert_int_equal(
		store_append_change(f->w, &c, &seq, &f->err), STATUS_OK);
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
	assert_int_equal(seq, 2);
	b = read_after(f, 1, 10);
	assert_int_equal(b.count, 1);
	assert_int_equal(b.last_seq, 2);
	assert_int_equal(b.list[0].seq, 2);
	assert_memory_equal(
		&b.list[0].cert.fpr, &m.row.id.fpr, sizeof(m.row.id.fpr));
	assert_memory_equal(&b.list[0].cert.body_sha256, &m.row.id.body_sha256,
		sizeof(struct digest));
	assert_memory_equal(&b.list[0].old_digest, &c.old_digest, 16);
	assert_memory_equal(&b.list[0].new_digest, &c.new_digest, 16);
	assert_int_equal(b.list[0].flags, CHANGE_MODERN);
	assert_true(bytes_eq(b.list[0].delta, c.delta));
	assert_string_equal(b.list[0].origin, c.origin);
	assert_string_equal(b.list[0].seen, c.seen);
	assert_int_equal(b.list[0].time, c.time);
}

static void
test_change_of_unknown_cert_is_not_found(void **state)
{
	struct fixture *f = *state;
	struct change c = {.origin = "http", .seen = ""};
	struct made m;
	int64_t seq = 77;

	made_init(&m, 4, 1, 10);
	c.cert = m.row.id;
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	assert_int_equal(
		store_append_change(f->w, &c, &seq, &f->err), STATUS_NOT_FOUND);
	assert_int_equal(seq, 77);
	store_rollback(f->w);
}

static void
test_batches_walk_the_log_in_order(void **state)
{
	struct fixture *f = *state;
	struct change_batch b;
	struct made m;
	int64_t at = 0;
	uint32_t i;

	for (i = 0; i < 10; i++) {
		made_init(&m, 4, i, 10);
		(void)made_store(f, &m);
	}
	for (i = 0; i < 4; i++) {
		b = read_after(f, at, 3);
		assert_int_equal(b.count, i < 3 ? 3 : 1);
		assert_int_equal(b.list[0].seq, at + 1);
		at = b.last_seq;
	}
	assert_int_equal(at, 10);
	b = read_after(f, at, 3);
	assert_int_equal(b.count, 0);
	assert_int_equal(b.last_seq, 10);
}

static void
test_batch_is_cut_where_the_arena_ends(void **state)
{
	struct fixture *f = *state;
	struct arena *small = arena_new(16 * 1024);
	struct arena *tiny = arena_new(64);
	struct change_batch b;
	struct made m;
	uint32_t i;

	for (i = 0; i < 100; i++) {
		made_init(&m, 4, i, 10);
		(void)made_store(f, &m);
	}
	assert_int_equal(store_read_changes(f->r, 0, 100, small, &b, &f->err),
		STATUS_OK);
	assert_in_range(b.count, 1, 99);
	assert_int_equal(b.last_seq, b.count);
	assert_int_equal(store_read_changes(f->r, 0, 100, tiny, &b, &f->err),
		STATUS_LIMIT);
	arena_free(small);
	arena_free(tiny);
}

static void
test_change_of_deleted_cert_is_stepped_over(void **state)
{
	struct fixture *f = *state;
	struct change_batch b;
	struct made m[2];

	made_init(&m[0], 4, 0, 10);
	made_init(&m[1], 4, 1, 10);
	(void)made_store(f, &m[0]);
	(void)made_store(f, &m[1]);
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	assert_int_equal(
		store_delete_cert(f->w, &m[1].row.id, &f->err), STATUS_OK);
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
	b = read_after(f, 0, 10);
	assert_int_equal(b.count, 1);
	assert_int_equal(b.last_seq, 2);
	/* Its place is not taken by the next: that has its own change. */
	made_init(&m[0], 4, 2, 10);
	(void)made_store(f, &m[0]);
	b = read_after(f, 1, 10);
	assert_int_equal(b.count, 1);
	assert_int_equal(b.list[0].seq, 3);
}

static void
test_emptied_log_counts_on(void **state)
{
	struct fixture *f = *state;
	struct store_facts facts;
	int64_t seq;
	struct made m;
	uint32_t i;

	assert_int_equal(store_last_seq(f->r, &seq, &f->err), STATUS_OK);
	assert_int_equal(seq, 0);
	for (i = 0; i < 5; i++) {
		made_init(&m, 4, i, 10);
		(void)made_store(f, &m);
	}
	fixture_prune(f, 3);
	assert_int_equal(store_get_facts(f->r, &facts, &f->err), STATUS_OK);
	assert_int_equal(facts.changes, 2);
	assert_int_equal(read_after(f, 0, 9).list[0].seq, 4);
	fixture_prune(f, 100);
	assert_int_equal(store_get_facts(f->r, &facts, &f->err), STATUS_OK);
	assert_int_equal(facts.changes, 0);
	assert_int_equal(facts.last_seq, 5);
	fixture_close(f);
	fixture_open(f);
	made_init(&m, 4, 9, 10);
	assert_int_equal(made_store(f, &m), 6);
}

static void
test_undone_change_gives_its_number_back(void **state)
{
	struct fixture *f = *state;
	struct change c = {.origin = "http", .seen = ""};
	struct made m;
	int64_t seq = 0;

	made_init(&m, 4, 1, 10);
	(void)made_store(f, &m);
	c.cert = m.row.id;
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	assert_int_equal(store_savepoint(f->w, &f->err), STATUS_OK);
	assert_int_equal(
		store_append_change(f->w, &c, &seq, &f->err), STATUS_OK);
	assert_int_equal(store_release(f->w, false, &f->err), STATUS_OK);
	assert_int_equal(
		store_append_change(f->w, &c, &seq, &f->err), STATUS_OK);
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
	assert_int_equal(seq, 2);
}

static void
add_seen(struct fixture *f, const struct made *m, size_t covered,
	const char *addresses, int64_t after)
{
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	assert_int_equal(store_add_seen(f->w, &m->row.id,
				 bytes_make(m->digests, covered), addresses,
				 after, &f->err),
		STATUS_OK);
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
}

static void
test_seen_is_added_where_all_of_the_delta_is_covered(void **state)
{
	struct fixture *f = *state;
	struct change_batch b;
	struct made m, other;

	made_init(&m, 4, 1, 10);
	made_init(&other, 4, 2, 10);
	(void)made_store(f, &m); /* its delta: two digests */
	(void)made_store(f, &other);
	add_seen(f, &m, 32, "a@x", 0);
	assert_string_equal(read_after(f, 0, 9).list[0].seen, "");
	add_seen(f, &m, 64, "a@x b@x", 0);
	add_seen(f, &m, 64, "b@x c@x b@x", 0);
	add_seen(f, &m, 64, "d@x", 1);
	b = read_after(f, 0, 9);
	assert_string_equal(b.list[0].seen, "a@x b@x c@x");
	assert_string_equal(b.list[1].seen, "");
}

static void
test_peer_is_read_back_and_replaced_by_name(void **state)
{
	struct fixture *f = *state;
	struct peer p = {"b", "pks@b.example", 5, PEER_RESYNC, 2, 10, 11, 12,
		"451 not now"};
	struct peer got, *list;
	size_t count;

	assert_int_equal(store_find_peer(f->r, "b", f->arena, &got, &f->err),
		STATUS_NOT_FOUND);
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	assert_int_equal(store_put_peer(f->w, &p, &f->err), STATUS_OK);
	p.cursor = 6;
	assert_int_equal(store_put_peer(f->w, &p, &f->err), STATUS_OK);
	p.name = "a";
	p.last_error = "";
	assert_int_equal(store_put_peer(f->w, &p, &f->err), STATUS_OK);
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
	assert_int_equal(
		store_list_peers(f->r, f->arena, &list, &count, &f->err),
		STATUS_OK);
	assert_int_equal(count, 2);
	assert_string_equal(list[0].name, "a");
	assert_string_equal(list[0].last_error, "");
	assert_string_equal(list[1].name, "b");
	assert_int_equal(
		store_find_peer(f->r, "b", f->arena, &got, &f->err), STATUS_OK);
	assert_string_equal(got.address, "pks@b.example");
	assert_int_equal(got.cursor, 6);
	assert_int_equal(got.flags, PEER_RESYNC);
	assert_int_equal(got.attempts, 2);
	assert_int_equal(got.next_try, 10);
	assert_int_equal(got.last_sent, 11);
	assert_int_equal(got.last_received, 12);
	assert_string_equal(got.last_error, "451 not now");
}

static void
put_peer(struct fixture *f, const char *name)
{
	struct peer p = {.name = name, .address = "", .last_error = ""};

	assert_int_equal(store_put_peer(f->w, &p, &f->err), STATUS_OK);
}

static void
test_letters_live_as_long_as_their_peer(void **state)
{
	struct fixture *f = *state;
	struct letter l = {10, 12, 0}, *list;
	size_t count;

	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	assert_int_equal(
		store_put_letter(f->w, "b", &l, &f->err), STATUS_NOT_FOUND);
	put_peer(f, "b");
	assert_int_equal(store_put_letter(f->w, "b", &l, &f->err), STATUS_OK);
	l.attempts = 3;
	assert_int_equal(store_put_letter(f->w, "b", &l, &f->err), STATUS_OK);
	l.first_seq = 1;
	assert_int_equal(store_put_letter(f->w, "b", &l, &f->err), STATUS_OK);
	put_peer(f, "b"); /* replacing the row keeps what hangs from it */
	assert_int_equal(
		store_list_letters(f->w, "b", f->arena, &list, &count, &f->err),
		STATUS_OK);
	assert_int_equal(count, 2);
	assert_int_equal(list[0].first_seq, 1);
	assert_int_equal(list[1].first_seq, 10);
	assert_int_equal(list[1].last_seq, 12);
	assert_int_equal(list[1].attempts, 3);
	assert_int_equal(store_delete_letter(f->w, "b", 1, &f->err), STATUS_OK);
	assert_int_equal(
		store_delete_letter(f->w, "b", 1, &f->err), STATUS_NOT_FOUND);
	assert_int_equal(store_delete_peer(f->w, "b", &f->err), STATUS_OK);
	assert_int_equal(
		store_delete_peer(f->w, "b", &f->err), STATUS_NOT_FOUND);
	assert_int_equal(
		store_list_letters(f->w, "b", f->arena, &list, &count, &f->err),
		STATUS_OK);
	assert_int_equal(count, 0);
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
}

static void
test_owed_cert_is_listed_until_paid(void **state)
{
	struct fixture *f = *state;
	struct owed o = {.since = 5, .reason = "552 too large"}, *list;
	struct made m;
	size_t count;

	made_init(&m, 4, 1, 10);
	(void)made_store(f, &m);
	o.cert = m.row.id;
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	put_peer(f, "b");
	assert_int_equal(store_put_owed(f->w, "b", &o, &f->err), STATUS_OK);
	assert_int_equal(store_put_owed(f->w, "b", &o, &f->err), STATUS_OK);
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
	assert_int_equal(store_list_owed(f->r, "b", 10, f->arena, &list, &count,
				 &f->err),
		STATUS_OK);
	assert_int_equal(count, 1);
	assert_memory_equal(
		&list[0].cert.fpr, &m.row.id.fpr, sizeof(m.row.id.fpr));
	assert_int_equal(list[0].since, 5);
	assert_string_equal(list[0].reason, "552 too large");
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	assert_int_equal(
		store_delete_owed(f->w, "b", &m.row.id, &f->err), STATUS_OK);
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
	assert_int_equal(store_list_owed(f->r, "b", 10, f->arena, &list, &count,
				 &f->err),
		STATUS_OK);
	assert_int_equal(count, 0);
}

#define CASE(name)                                                             \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_change_is_read_back_whole),
		CASE(test_change_of_unknown_cert_is_not_found),
		CASE(test_batches_walk_the_log_in_order),
		CASE(test_batch_is_cut_where_the_arena_ends),
		CASE(test_change_of_deleted_cert_is_stepped_over),
		CASE(test_emptied_log_counts_on),
		CASE(test_undone_change_gives_its_number_back),
		CASE(test_seen_is_added_where_all_of_the_delta_is_covered),
		CASE(test_peer_is_read_back_and_replaced_by_name),
		CASE(test_letters_live_as_long_as_their_peer),
		CASE(test_owed_cert_is_listed_until_paid),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
