/* What store.h promises of the change log by time and number alone. */
#include "../unit/unit.h"

#include <string.h>

#include "backend.h"

static void
append_at(struct fixture *f, const struct made *m, int64_t time)
{
	struct change c = {.cert = m->row.id, .origin = "mail", .seen = ""};
	int64_t seq;

	c.time = time;
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	assert_int_equal(
		store_append_change(f->w, &c, &seq, &f->err), STATUS_OK);
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
}

static int64_t
before(struct fixture *f, int64_t time)
{
	int64_t seq = -1;

	assert_int_equal(
		store_seq_before(f->r, time, &seq, &f->err), STATUS_OK);
	return seq;
}

static struct cert_history
history(struct fixture *f, const struct made *m, struct arena *arena)
{
	struct cert_history h;

	assert_int_equal(store_get_history(f->r, &m->row.id, arena, &h, &f->err),
		STATUS_OK);
	return h;
}

static void
test_history_of_a_certificate(void **state)
{
	struct fixture *f = *state;
	struct arena *arena = arena_new(1 << 16);
	struct cert_history h;
	struct made m, other;

	made_init(&m, 4, 1, 10);
	m.row.updated = 5;
	assert_int_equal(store_get_history(f->r, &m.row.id, arena, &h, &f->err),
		STATUS_NOT_FOUND);
	(void)made_store(f, &m);
	made_init(&other, 4, 2, 10);
	(void)made_store(f, &other);
	append_at(f, &m, 1010);
	append_at(f, &m, 1020);
	append_at(f, &other, 1030);
	h = history(f, &m, arena);
	assert_int_equal(h.first, 5);
	assert_string_equal(h.first_origin, "http");
	assert_int_equal(h.last, 1020);
	assert_string_equal(h.last_origin, "mail");
	arena_free(arena);
}

/* The log forgets; when a certificate came, and from where, stays. */
static void
test_first_time_outlives_the_log_but_not_the_certificate(void **state)
{
	struct fixture *f = *state;
	struct arena *arena = arena_new(1 << 16);
	struct cert_history h;
	struct made m;

	made_init(&m, 4, 1, 10);
	m.row.updated = 5;
	(void)made_store(f, &m);
	append_at(f, &m, 1010);
	fixture_prune(f, 2);
	h = history(f, &m, arena);
	assert_int_equal(h.first, 5);
	assert_string_equal(h.first_origin, "http");
	assert_null(h.last_origin);
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	assert_int_equal(
		store_delete_cert(f->w, &m.row.id, &f->err), STATUS_OK);
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
	assert_int_equal(store_get_history(f->r, &m.row.id, arena, &h, &f->err),
		STATUS_NOT_FOUND);
	m.row.updated = 2000;
	(void)made_store(f, &m); /* it comes again, and is new */
	assert_int_equal(history(f, &m, arena).first, 2000);
	arena_free(arena);
}

/* Into an empty store whole dumps are loaded without a log. */
static void
test_what_has_no_change_has_no_first_time(void **state)
{
	struct fixture *f = *state;
	struct arena *arena = arena_new(1 << 16);
	struct cert_history h;
	struct made m;

	made_init(&m, 4, 1, 10);
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	assert_int_equal(
		store_put_cert(f->w, &m.row, &m.search, &f->err), STATUS_OK);
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
	h = history(f, &m, arena);
	assert_null(h.first_origin);
	assert_null(h.last_origin);
	arena_free(arena);
}

static void
test_time_is_found_in_the_log(void **state)
{
	struct fixture *f = *state;
	struct made m;
	int64_t t;

	assert_int_equal(before(f, 1000), 0);
	made_init(&m, 4, 1, 10);
	m.row.updated = 5;
	(void)made_store(f, &m); /* number 1, at that time */
	/* 2 and 3 at 1010, 4 and 5 at 1020, ... 20 and 21 at 1100 */
	for (t = 1010; t <= 1100; t += 10) {
		append_at(f, &m, t);
		append_at(f, &m, t);
	}
	assert_int_equal(before(f, 5), 0);
	assert_int_equal(before(f, 1010), 1);
	for (t = 1020; t <= 1100; t += 10) {
		assert_int_equal(before(f, t), (t - 1010) / 5 + 1);
		assert_int_equal(before(f, t - 5), (t - 1010) / 5 + 1);
	}
	assert_int_equal(before(f, 1101), 21);
	/* What was removed from its beginning is not missed. */
	fixture_prune(f, 6);
	assert_int_equal(before(f, 0), 6);
	assert_int_equal(before(f, 1030), 6);
	assert_int_equal(before(f, 1040), 7);
	fixture_prune(f, 21);
	assert_int_equal(before(f, 5), 21);
}

static void
test_marks_tell_what_changes_were(void **state)
{
	struct fixture *f = *state;
	struct change_mark marks[4];
	struct change c = {.origin = "http", .seen = ""};
	struct made m;
	int64_t seq;
	size_t n = 9;

	/* One new; then an update, and what a removal writes. */
	made_init(&m, 3, 1, 10);
	(void)made_store(f, &m);
	c.cert = m.row.id;
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	memset(&c.new_digest, 2, 16);
	c.time = 700;
	assert_int_equal(
		store_append_change(f->w, &c, &seq, &f->err), STATUS_OK);
	memset(&c.new_digest, 0, 16);
	c.time = 800;
	assert_int_equal(
		store_append_change(f->w, &c, &seq, &f->err), STATUS_OK);
	assert_int_equal(store_delete_cert(f->w, &c.cert, &f->err), STATUS_OK);
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
	assert_int_equal(
		store_read_marks(f->r, 1, marks, 4, &n, &f->err), STATUS_OK);
	assert_int_equal(n, 2);
	assert_int_equal(marks[0].seq, 2);
	assert_int_equal(marks[0].time, 700);
	assert_int_equal(marks[0].kind, CHANGE_UPDATED);
	assert_int_equal(marks[1].kind, CHANGE_REMOVED);
	assert_int_equal(
		store_read_marks(f->r, 0, marks, 1, &n, &f->err), STATUS_OK);
	assert_int_equal(n, 1);
	assert_int_equal(marks[0].kind, CHANGE_INSERTED);
	assert_int_equal(
		store_read_marks(f->r, 3, marks, 4, &n, &f->err), STATUS_OK);
	assert_int_equal(n, 0);
}

static void
test_names_tell_which_certificates_changed(void **state)
{
	struct fixture *f = *state;
	struct change_name names[5];
	struct made a, b;
	size_t n = 9;

	/* Of version 3, too: its name has three parts. */
	made_init(&a, 3, 1, 10);
	(void)made_store(f, &a);
	made_init(&b, 4, 2, 10);
	(void)made_store(f, &b);
	append_at(f, &a, 700);
	append_at(f, &b, 800);
	assert_int_equal(
		store_read_names(f->r, 1, names, 5, &n, &f->err), STATUS_OK);
	assert_int_equal(n, 3);
	assert_int_equal(names[0].seq, 2);
	assert_true(cert_id_eq(&names[0].cert, &b.row.id));
	assert_int_equal(names[1].time, 700);
	assert_true(cert_id_eq(&names[1].cert, &a.row.id));
	assert_int_equal(
		store_read_names(f->r, 0, names, 1, &n, &f->err), STATUS_OK);
	assert_int_equal(n, 1);
	assert_true(cert_id_eq(&names[0].cert, &a.row.id));
	assert_int_equal(
		store_read_names(f->r, 4, names, 5, &n, &f->err), STATUS_OK);
	assert_int_equal(n, 0);
	/* What is gone has no name, and its changes are met all the same. */
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	assert_int_equal(
		store_delete_cert(f->w, &a.row.id, &f->err), STATUS_OK);
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
	assert_int_equal(
		store_read_names(f->r, 0, names, 5, &n, &f->err), STATUS_OK);
	assert_int_equal(n, 4);
	assert_int_equal(names[2].seq, 3);
	assert_int_equal(names[2].cert.fpr.len, 0);
	assert_int_equal(names[3].cert.fpr.len, 20);
}

static void
test_note_is_kept_by_its_name(void **state)
{
	struct fixture *f = *state;
	struct bytes note;

	assert_int_equal(store_get_note(f->r, "a", f->arena, &note, &f->err),
		STATUS_NOT_FOUND);
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	assert_int_equal(store_put_note(f->w, "a", bytes_of("first"), &f->err),
		STATUS_OK);
	assert_int_equal(
		store_put_note(f->w, "a", bytes_make("\0second", 7), &f->err),
		STATUS_OK);
	assert_int_equal(
		store_put_note(f->w, "b", bytes_of(""), &f->err), STATUS_OK);
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
	assert_int_equal(
		store_get_note(f->r, "a", f->arena, &note, &f->err), STATUS_OK);
	assert_true(bytes_eq(note, bytes_make("\0second", 7)));
	assert_int_equal(
		store_get_note(f->r, "b", f->arena, &note, &f->err), STATUS_OK);
	assert_int_equal(note.len, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_history_of_a_certificate,
			fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(
			test_first_time_outlives_the_log_but_not_the_certificate,
			fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(
			test_what_has_no_change_has_no_first_time,
			fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_time_is_found_in_the_log,
			fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(
			test_marks_tell_what_changes_were, fixture_setup,
			fixture_teardown),
		cmocka_unit_test_setup_teardown(
			test_names_tell_which_certificates_changed,
			fixture_setup, fixture_teardown),
		cmocka_unit_test_setup_teardown(test_note_is_kept_by_its_name,
			fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests_name("log time", tests, NULL, NULL);
}
