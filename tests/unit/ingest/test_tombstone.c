/* Promises of the table of tombstones and its files. */
#include "../scratch.h"
#include "../unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "ingest/tombstone_file.h"

struct world {
	char dir[256];
	char file[300];
	char secret[300];
	struct tombstones *t;
};

static int
setup(void **state)
{
	static struct world w;
	struct err err;

	memset(&w, 0, sizeof(w));
	assert_ok(crypto_init(&err));
	scratch_make(w.dir, sizeof(w.dir));
	snprintf(w.file, sizeof(w.file), "%s/tombstones", w.dir);
	snprintf(w.secret, sizeof(w.secret), "%s/secret", w.dir);
	assert_ok(tombstones_open(w.dir, &w.t, &err));
	*state = &w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	tombstones_free(w->t);
	scratch_remove(w->dir);
	return 0;
}

static struct bytes
fpr_number(uint32_t n, uint8_t out[20])
{
	memset(out, 7, 20);
	memcpy(out, &n, sizeof(n));
	return bytes_make(out, 20);
}

static struct tombstone
made(const struct world *w, uint32_t n, const char *reason)
{
	uint8_t f[20];

	return (struct tombstone){
		.id = tombstone_key_id(w->t, fpr_number(n, f)),
		.kind = n % 2 == 0 ? TOMBSTONE_ERASE : TOMBSTONE_BLOCK,
		.created = 1700000000,
		.reason = reason,
		.ticket = "T-1",
		.by = "uid:7"};
}

static void
add(struct world *w, uint32_t n)
{
	struct tombstone t;
	struct err err;

	assert_ok(tombstones_prepare(w->t, &err));
	t = made(w, n, "asked for");
	assert_ok(tombstones_add(w->t, &t, 1, &err));
}

static bool
has(const struct world *w, uint32_t n, enum tombstone_kind *kind)
{
	uint8_t f[20];
	struct digest id = tombstone_key_id(w->t, fpr_number(n, f));

	return tombstones_find(w->t, &id, kind);
}

static enum status
reopen(struct world *w, struct err *err)
{
	tombstones_free(w->t);
	w->t = NULL;
	return tombstones_open(w->dir, &w->t, err);
}

static void
test_without_files_there_is_nothing_and_nothing_is_made(void **state)
{
	struct world *w = *state;
	enum tombstone_kind k;

	assert_int_equal(tombstones_count(w->t), 0);
	assert_false(has(w, 1, &k));
	assert_int_not_equal(access(w->file, F_OK), 0);
	assert_int_not_equal(access(w->secret, F_OK), 0);
	assert_int_equal(tombstones_count(NULL), 0);
	assert_int_equal(tombstones_generation(NULL), 0);
}

static void
test_what_was_added_is_there_after_a_restart(void **state)
{
	struct world *w = *state;
	enum tombstone_kind k;
	struct digest mark;
	struct stat sb;
	struct err err;

	add(w, 1);
	add(w, 2);
	mark = tombstones_mark(w->t);
	assert_ok(reopen(w, &err));
	assert_int_equal(tombstones_count(w->t), 2);
	assert_true(has(w, 1, &k));
	assert_int_equal(k, TOMBSTONE_BLOCK);
	assert_true(has(w, 2, &k));
	assert_int_equal(k, TOMBSTONE_ERASE);
	assert_false(has(w, 3, &k));
	assert_memory_equal(mark.octets, tombstones_mark(w->t).octets, 32);
	assert_int_equal(stat(w->file, &sb), 0);
	assert_int_equal(sb.st_mode & 0777, 0600);
	assert_int_equal(stat(w->secret, &sb), 0);
	assert_int_equal(sb.st_mode & 0777, 0600);
}

static void
test_the_file_names_no_key(void **state)
{
	struct world *w = *state;
	struct buf b = {0};
	struct err err;

	add(w, 0x41424344);
	assert_ok(file_read(w->file, 10000, &b, &err));
	assert_ok(buf_put_u8(&b, 0));
	assert_null(strstr((char *)b.data, "44434241"));
	assert_non_null(strstr((char *)b.data, "asked for\tT-1\t2023-11-14T"));
	buf_done(&b);
}

static void
test_only_what_is_named_is_removed_and_each_change_has_a_generation(
	void **state)
{
	struct world *w = *state;
	uint64_t before = tombstones_generation(w->t);
	struct tombstone gone;
	enum tombstone_kind k;
	struct err err;

	add(w, 1);
	add(w, 2);
	assert_true(tombstones_generation(w->t) >= before + 2);
	before = tombstones_generation(w->t);
	gone = made(w, 1, "");
	assert_ok(tombstones_remove(w->t, &gone.id, 1, &err));
	assert_true(tombstones_generation(w->t) > before);
	assert_false(has(w, 1, &k));
	assert_true(has(w, 2, &k));
	assert_ok(reopen(w, &err));
	assert_false(has(w, 1, &k));
	assert_true(has(w, 2, &k));
}

static void
test_of_two_for_one_key_the_later_counts(void **state)
{
	struct world *w = *state;
	struct tombstone t;
	enum tombstone_kind k;
	struct err err;

	add(w, 1);
	t = made(w, 1, "worse");
	t.kind = TOMBSTONE_ERASE;
	assert_ok(tombstones_add(w->t, &t, 1, &err));
	assert_int_equal(tombstones_count(w->t), 1);
	assert_ok(reopen(w, &err));
	assert_true(has(w, 1, &k));
	assert_int_equal(k, TOMBSTONE_ERASE);
}

struct seen {
	size_t count;
	char reason[TOMBSTONE_REASON_MAX + 1];
};

static enum status
see(void *ctx, const struct tombstone *t)
{
	struct seen *s = ctx;

	s->count++;
	snprintf(s->reason, sizeof(s->reason), "%s", t->reason);
	return STATUS_OK;
}

static void
test_any_text_comes_back_as_it_was(void **state)
{
	static const char text[] = "a\tb\nc%d \x7f \xc3\xa9";
	struct world *w = *state;
	struct seen s = {0};
	struct tombstone t;
	struct err err;

	assert_ok(tombstones_prepare(w->t, &err));
	t = made(w, 1, text);
	assert_ok(tombstones_add(w->t, &t, 1, &err));
	assert_ok(reopen(w, &err));
	assert_ok(tombstones_each(w->t, see, &s));
	assert_int_equal(s.count, 1);
	assert_string_equal(s.reason, text);
}

static void
test_texts_have_limits(void **state)
{
	char text[TOMBSTONE_REASON_MAX + 2];
	struct world *w = *state;
	struct buf line = {0};
	struct arena *arena = arena_new(100000);
	struct tombstone t, back;
	struct err err;

	memset(text, '%', sizeof(text)); /* three octets each in the file */
	text[TOMBSTONE_REASON_MAX] = '\0';
	t = made(w, 1, text);
	assert_ok(tombstone_write_line(&t, &line));
	assert_ok(tombstone_parse_line(buf_view(&line), arena, &back, &err));
	assert_string_equal(back.reason, text);
	text[TOMBSTONE_REASON_MAX] = '%';
	text[TOMBSTONE_REASON_MAX + 1] = '\0';
	buf_clear(&line);
	assert_ok(tombstone_write_line(&t, &line));
	assert_status(tombstone_parse_line(buf_view(&line), arena, &back, &err),
		STATUS_MALFORMED);
	buf_done(&line);
	arena_free(arena);
}

#define ID "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static void
test_a_damaged_line_is_refused_and_named(void **state)
{
	static const char *const lines[] = {
		"rubbish",
		ID "\terase\tr\tt\t2026-01-01T00:00:00Z",
		ID "\terase\tr\tt\t2026-01-01T00:00:00Z\tu\tmore",
		"x0112233\terase\tr\tt\t2026-01-01T00:00:00Z\tu",
		ID "\terased\tr\tt\t2026-01-01T00:00:00Z\tu",
		ID "\terase\t%zz\tt\t2026-01-01T00:00:00Z\tu",
		ID "\terase\tr\t%0\t2026-01-01T00:00:00Z\tu",
		ID "\terase\tr\tt\tyesterday\tu",
	};
	struct world *w = *state;
	struct buf good = {0}, b = {0};
	struct err err;

	add(w, 1);
	assert_ok(file_read(w->file, 10000, &good, &err));
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		buf_clear(&b);
		assert_ok(buf_put(&b, buf_view(&good)));
		assert_ok(buf_printf(&b, "%s\n", lines[i]));
		assert_ok(file_replace(w->file, buf_view(&b), 0600, &err));
		assert_status(reopen(w, &err), STATUS_MALFORMED);
		assert_non_null(strstr(err.text, "tombstones:3: "));
	}
	assert_ok(file_replace(w->file, buf_view(&good), 0600, &err));
	assert_ok(reopen(w, &err));
	buf_done(&good);
	buf_done(&b);
}

static void
test_a_line_of_an_administrators_hand_is_read(void **state)
{
	struct world *w = *state;
	struct buf b = {0};
	struct err err;

	add(w, 1);
	assert_ok(file_read(w->file, 10000, &b, &err));
	assert_ok(buf_puts(&b, "# from the other machine\n\n" ID
			       "\tuid\tr\tt\t2026-01-01T00:00:00Z\tu"));
	assert_ok(file_replace(w->file, buf_view(&b), 0600, &err));
	assert_ok(reopen(w, &err));
	assert_int_equal(tombstones_count(w->t), 2);
	assert_true(tombstones_have_parts(w->t));
	buf_done(&b);
}

static void
test_without_its_secret_the_file_is_not_taken(void **state)
{
	struct world *w = *state;
	uint8_t other[TOMBSTONE_SECRET_LEN];
	struct err err;

	add(w, 1);
	assert_int_equal(unlink(w->secret), 0);
	assert_status(reopen(w, &err), STATUS_REJECTED);
	assert_non_null(strstr(err.text, "secret"));
	assert_ok(tombstone_make_secret(w->secret, other, &err));
	assert_status(reopen(w, &err), STATUS_REJECTED);
	assert_ok(file_replace(w->secret, bytes_of("zz\n"), 0600, &err));
	assert_status(reopen(w, &err), STATUS_MALFORMED);
}

static void
test_a_failed_write_changes_nothing(void **state)
{
	struct world *w = *state;
	uint64_t generation;
	struct tombstone t;
	enum tombstone_kind k;
	struct err err;

	add(w, 1);
	generation = tombstones_generation(w->t);
	/* A folder in its place: neither root nor anybody can replace that. */
	assert_int_equal(unlink(w->file), 0);
	assert_int_equal(mkdir(w->file, 0700), 0);
	t = made(w, 2, "r");
	assert_status(tombstones_add(w->t, &t, 1, &err), STATUS_IO);
	assert_false(has(w, 2, &k));
	assert_true(has(w, 1, &k));
	assert_int_equal(tombstones_generation(w->t), generation);
	assert_int_equal(rmdir(w->file), 0);
}

static void
test_a_hundred_thousand_are_no_trouble(void **state)
{
	enum { MANY = 100000 };
	struct world *w = *state;
	struct tombstone *list = calloc(MANY, sizeof(*list));
	enum tombstone_kind k;
	struct err err;

	assert_non_null(list);
	assert_ok(tombstones_prepare(w->t, &err));
	for (uint32_t i = 0; i < MANY; i++)
		list[i] = made(w, i, "batch");
	assert_ok(tombstones_add(w->t, list, MANY, &err));
	assert_ok(reopen(w, &err));
	assert_int_equal(tombstones_count(w->t), MANY);
	assert_true(has(w, 0, &k) && has(w, MANY - 1, &k));
	assert_false(has(w, MANY, &k));
	free(list);
}

#define PROMISE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest promises[] = {
		PROMISE(test_without_files_there_is_nothing_and_nothing_is_made),
		PROMISE(test_what_was_added_is_there_after_a_restart),
		PROMISE(test_the_file_names_no_key),
		PROMISE(test_only_what_is_named_is_removed_and_each_change_has_a_generation),
		PROMISE(test_of_two_for_one_key_the_later_counts),
		PROMISE(test_any_text_comes_back_as_it_was),
		PROMISE(test_texts_have_limits),
		PROMISE(test_a_damaged_line_is_refused_and_named),
		PROMISE(test_a_line_of_an_administrators_hand_is_read),
		PROMISE(test_without_its_secret_the_file_is_not_taken),
		PROMISE(test_a_failed_write_changes_nothing),
		PROMISE(test_a_hundred_thousand_are_no_trouble),
	};

	return cmocka_run_group_tests(promises, NULL, NULL);
}
