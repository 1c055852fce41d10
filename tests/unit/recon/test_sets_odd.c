/* Stores that are odd and right, and a file that is of quite another one. */

#include "sets_world.h"

static void
assert_nothing_is_wrong(struct world *w, size_t digests)
{
	struct sets_facts facts = world_open_sets(w);
	struct sets_file file;
	struct err err = {""};
	bool was_wrong;

	assert_int_equal(world_root(w), digests);
	assert_ok(sets_check_one(w->sets, &was_wrong, &err));
	assert_false(was_wrong);
	sets_get_facts(w->sets, &facts);
	assert_int_equal(facts.rebuilds, 1);
	assert_ok(sets_save(w->sets, &err));
	sets_free(w->sets);
	w->sets = NULL;
	assert_ok(sets_check_file(w->file, w->store, &file, &err));
	assert_int_equal(file.state, SETS_FILE_RIGHT);
}

/* MD5 is broken: whoever likes can make two. */
static void
test_two_of_one_digest_are_no_fault(void **state)
{
	struct world *w = *state;
	struct sks_digest d = world_digest(3);

	world_fill(w, 0, 20);
	world_begin(w);
	world_put(w, 20, &d, 0);
	world_put(w, 21, &d, CERT_NOT_SKS);
	world_commit(w);
	assert_nothing_is_wrong(w, 20);
}

/* It is in the store and must be in no tree. */
static void
test_a_digest_that_is_a_sample_point_is_no_fault(void **state)
{
	struct world *w = *state;
	struct sks_digest d = {{0}};

	world_fill(w, 0, 20);
	world_begin(w);
	for (uint8_t point = 1; point <= 3; point++) {
		d.octets[0] = point;
		world_put(w, 20 + point, &d, 0);
	}
	world_commit(w);
	/* 1 and 2 are such points, 3 is none. */
	assert_nothing_is_wrong(w, 21);
}

/* So much that it is not even counted. */
static void
test_a_file_of_quite_another_store_is_wrong(void **state)
{
	struct world *w = *state;
	struct sets_file file;
	struct err err = {""};

	world_fill(w, 0, 20);
	(void)world_open_sets(w);
	assert_ok(sets_save(w->sets, &err));
	sets_free(w->sets);
	w->sets = NULL;
	world_begin(w);
	for (size_t n = 20; n < 5000; n++) {
		struct sks_digest d = world_digest(n);

		world_put_quietly(w, n, &d, 0);
	}
	world_commit(w);
	assert_ok(sets_check_file(w->file, w->store, &file, &err));
	assert_int_equal(file.state, SETS_FILE_WRONG);
	assert_string_equal(file.why, "it is not what the certificates are");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_PROMISE(test_two_of_one_digest_are_no_fault),
		WORLD_PROMISE(test_a_digest_that_is_a_sample_point_is_no_fault),
		WORLD_PROMISE(test_a_file_of_quite_another_store_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
