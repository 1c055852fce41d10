/* The saved tree is whole and right, or it is not believed. */

#include "sets_world.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

enum { FILE_OCTETS = 64 * 1024, SMALL = 5 };

static void
save(struct world *w)
{
	struct sets_facts facts;
	struct err err = {""};

	assert_ok(sets_save(w->sets, &err));
	sets_get_facts(w->sets, &facts);
	assert_int_equal(facts.saved_seq, facts.seq);
}

/* `rows` certificates, a tree of them in the file, and no tree in memory. */
static void
saved_with(struct world *w, size_t rows)
{
	world_fill(w, 0, rows);
	(void)world_open_sets(w);
	save(w);
	sets_free(w->sets);
	w->sets = NULL;
}

static void
assert_loads(struct world *w, int64_t seq)
{
	struct sets_facts facts = world_open_sets(w);

	assert_int_equal(facts.origin, SETS_LOADED);
	assert_int_equal(facts.rebuilds, 0);
	assert_int_equal(facts.saved_seq, seq);
	world_assert_right(w);
}

static void
assert_builds(struct world *w, const char *why)
{
	struct sets_facts facts = world_open_sets(w);

	assert_int_equal(facts.origin, SETS_BUILT);
	assert_int_equal(facts.rebuilds, 1);
	assert_string_equal(facts.why, why);
	assert_int_equal(facts.saved_seq, -1);
	world_assert_right(w);
}

/* ---- what is good -------------------------------------------------------- */

static void
test_what_was_saved_is_loaded(void **state)
{
	struct world *w = *state;

	w->profile_count = 2;
	saved_with(w, 3000);
	assert_loads(w, 3000);
}

static void
test_what_was_loaded_catches_up(void **state)
{
	struct world *w = *state;

	saved_with(w, 500);
	world_fill(w, 400, 900);
	world_begin(w);
	for (size_t n = 100; n < 300; n++)
		world_delete(w, n);
	world_commit(w);
	assert_loads(w, 500);
	save(w);
	assert_loads(w, 1200);
	/* And is not written again as it was. */
	assert_int_equal(unlink(w->file), 0);
	save(w);
	assert_int_equal(access(w->file, F_OK), -1);
}

static void
test_without_a_file_nothing_is_saved(void **state)
{
	struct world *w = *state;
	struct sets_settings settings = {
		.profiles = w->profiles, .profile_count = 1};
	struct err err = {""};

	w->sets = sets_new(&settings, w->store);
	assert_ok(sets_open(w->sets, &err));
	assert_ok(sets_save(w->sets, &err));
	assert_int_equal(access(w->file, F_OK), -1);
}

static void
test_a_loaded_tree_that_differs_from_the_store_is_built_anew(void **state)
{
	struct world *w = *state;
	struct sks_digest d = world_digest(1000);

	saved_with(w, 20);
	world_begin(w);
	world_put_quietly(w, 3, &d, 0); /* nothing does this */
	world_commit(w);
	assert_builds(w, "a leaf is not what the store has");
	save(w);
	assert_loads(w, 20);
}

/* ---- what is of no use --------------------------------------------------- */

static void
test_no_file_is_a_reason_to_build(void **state)
{
	struct world *w = *state;

	world_fill(w, 0, SMALL);
	assert_builds(w, "there is no saved tree");
}

static void
read_file(struct world *w, struct buf *out)
{
	struct err err = {""};

	buf_clear(out);
	assert_ok(file_read(w->file, FILE_OCTETS, out, &err));
}

static void
write_file(struct world *w, struct bytes octets)
{
	struct err err = {""};

	assert_ok(file_replace(w->file, octets, 0600, &err));
}

static struct sets_facts
open_with(struct world *w, struct bytes octets)
{
	FILE *f = fopen(w->file, "wb");
	struct sets_facts facts;

	assert_non_null(f);
	assert_int_equal(fwrite(octets.data, 1, octets.len, f), octets.len);
	assert_int_equal(fclose(f), 0);
	facts = world_open_sets(w);
	world_assert_right(w);
	return facts;
}

static void
test_no_octet_of_it_may_change(void **state)
{
	struct world *w = *state;
	struct buf good = {0};

	saved_with(w, SMALL);
	read_file(w, &good);
	assert_true(good.len > SMALL * 16 + 32);
	for (size_t i = 0; i < good.len; i++) {
		good.data[i] ^= 0x10;
		assert_int_equal(
			open_with(w, buf_view(&good)).origin, SETS_BUILT);
		good.data[i] ^= 0x10;
	}
	assert_int_equal(open_with(w, buf_view(&good)).origin, SETS_LOADED);
	buf_done(&good);
}

static void
test_it_may_be_no_shorter_and_no_longer(void **state)
{
	struct world *w = *state;
	struct buf good = {0};

	saved_with(w, SMALL);
	read_file(w, &good);
	assert_ok(buf_put_u8(&good, 0));
	for (size_t len = 0; len <= good.len; len++) {
		bool whole = len == good.len - 1;
		struct sets_facts facts =
			open_with(w, bytes_make(good.data, len));

		assert_int_equal(
			facts.origin, whole ? SETS_LOADED : SETS_BUILT);
	}
	buf_done(&good);
}

static void
test_that_of_another_store_is_not_believed(void **state)
{
	struct world *w = *state;
	struct buf other = {0};
	char database[260];

	saved_with(w, SMALL);
	read_file(w, &other);
	world_close_store(w);
	(void)snprintf(database, sizeof(database), "%s/keypost.db", w->dir);
	assert_int_equal(unlink(database), 0);
	world_open_store(w);
	memset(w->rows, 0, sizeof(w->rows));
	world_fill(w, 0, 3);
	assert_int_equal(access(w->file, F_OK), 0);
	assert_builds(w, "the saved tree is of another store");
	save(w);
	assert_loads(w, 3);
	write_file(w, buf_view(&other));
	assert_builds(w, "the saved tree is of another store");
	buf_done(&other);
}

static void
test_that_of_other_profiles_is_not_believed(void **state)
{
	struct world *w = *state;

	saved_with(w, SMALL);
	w->profile_count = 2;
	assert_builds(w, "the saved tree is of other profiles");
	save(w);
	w->profile_count = 1;
	assert_builds(w, "the saved tree is of other profiles");
	save(w);
	w->profiles[0] = w->profiles[1];
	assert_builds(w, "the saved tree is of other profiles");
}

static void
test_a_folder_is_no_file(void **state)
{
	struct world *w = *state;

	world_fill(w, 0, SMALL);
	assert_int_equal(symlink("/dev/zero", w->file), 0);
	assert_builds(w, "the saved tree cannot be read");
}

/* As a first load fills it: keypost load without a daemon. */
static void
test_that_of_an_empty_store_is_not_believed(void **state)
{
	struct world *w = *state;

	(void)world_open_sets(w);
	assert_int_equal(world_root(w), 0);
	save(w);
	assert_builds(w, "the saved tree is of an empty store");
	save(w);
	world_begin(w);
	for (size_t n = 0; n < 100; n++) {
		struct sks_digest d = world_digest(n);

		world_put_quietly(w, n, &d, 0);
	}
	world_commit(w);
	assert_builds(w, "the saved tree is of an empty store");
	assert_int_equal(world_root(w), 100);
	save(w);
	assert_loads(w, 0);
	world_fill(w, 100, 110);
	assert_loads(w, 0);
	assert_int_equal(world_root(w), 110);
}

static void
copy_file(const char *from, const char *to)
{
	struct buf octets = {0};
	struct err err = {""};

	assert_ok(file_read(from, 64 * 1024 * 1024, &octets, &err));
	assert_ok(file_replace(to, buf_view(&octets), 0600, &err));
	buf_done(&octets);
}

static void
test_that_of_a_newer_store_is_not_believed(void **state)
{
	struct world *w = *state;
	char database[260], copy[260];

	(void)snprintf(database, sizeof(database), "%s/keypost.db", w->dir);
	(void)snprintf(copy, sizeof(copy), "%s/copy", w->dir);
	world_fill(w, 0, 10);
	world_close_store(w);
	copy_file(database, copy);
	world_open_store(w);
	saved_with(w, 20);
	world_close_store(w);
	copy_file(copy, database);
	world_open_store(w);
	memset(w->rows + 10, 0, 10 * sizeof(w->rows[0]));
	assert_builds(w, "the store is older than the tree");
}

/* ---- compared with the certificates -------------------------------------- */

static void
assert_checked(struct world *w, enum sets_file_state state, const char *why)
{
	struct sets_file file;
	struct err err = {""};

	sets_free(w->sets);
	w->sets = NULL;
	assert_ok(sets_check_file(w->file, w->store, &file, &err));
	assert_int_equal(file.state, state);
	if (why != NULL)
		assert_string_equal(file.why, why);
}

static void
test_a_file_is_compared_as_far_as_the_log_tells(void **state)
{
	struct world *w = *state;
	struct sks_digest d = world_digest(4000);

	assert_checked(w, SETS_FILE_NONE, NULL);
	w->profiles[0] = w->profiles[1];
	saved_with(w, 3000);
	assert_checked(w, SETS_FILE_RIGHT, NULL);
	world_fill(w, 2500, 3500);
	world_begin(w);
	world_delete(w, 1);
	world_put(w, 2, &d, 0);
	world_commit(w);
	assert_checked(w, SETS_FILE_RIGHT, NULL);
	world_prune(w, 3002);
	assert_checked(w, SETS_FILE_OLD, "the log does not reach back so far");
}

static void
test_a_file_that_differs_or_is_damaged_is_told(void **state)
{
	struct world *w = *state;
	struct sks_digest d = world_digest(4000);
	struct buf octets = {0};

	saved_with(w, 3000);
	read_file(w, &octets);
	octets.data[octets.len / 2] ^= 1;
	write_file(w, buf_view(&octets));
	assert_checked(w, SETS_FILE_WRONG, "the saved tree is damaged");
	octets.data[octets.len / 2] ^= 1;
	write_file(w, buf_view(&octets));
	assert_checked(w, SETS_FILE_RIGHT, NULL);
	world_begin(w);
	world_put_quietly(w, 2999, &d, 0);
	world_commit(w);
	assert_checked(
		w, SETS_FILE_WRONG, "it is not what the certificates are");
	buf_done(&octets);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_PROMISE(test_what_was_saved_is_loaded),
		WORLD_PROMISE(test_what_was_loaded_catches_up),
		WORLD_PROMISE(test_without_a_file_nothing_is_saved),
		WORLD_PROMISE(
			test_a_loaded_tree_that_differs_from_the_store_is_built_anew),
		WORLD_PROMISE(test_no_file_is_a_reason_to_build),
		WORLD_PROMISE(test_no_octet_of_it_may_change),
		WORLD_PROMISE(test_it_may_be_no_shorter_and_no_longer),
		WORLD_PROMISE(test_that_of_another_store_is_not_believed),
		WORLD_PROMISE(test_that_of_other_profiles_is_not_believed),
		WORLD_PROMISE(test_a_folder_is_no_file),
		WORLD_PROMISE(test_that_of_an_empty_store_is_not_believed),
		WORLD_PROMISE(test_that_of_a_newer_store_is_not_believed),
		WORLD_PROMISE(test_a_file_is_compared_as_far_as_the_log_tells),
		WORLD_PROMISE(test_a_file_that_differs_or_is_damaged_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
