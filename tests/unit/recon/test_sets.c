/* The trees are what the store is, whatever happened meanwhile. */

#include "sets_world.h"

#include "recon/prefix_node.h"
#include "recon/sets_state.h"

static struct sets_facts
follow(struct world *w)
{
	struct sets_facts facts;
	struct err err = {""};

	assert_ok(sets_follow(w->sets, &err));
	sets_get_facts(w->sets, &facts);
	return facts;
}

static int64_t
last_seq(struct world *w)
{
	struct err err = {""};
	int64_t seq;

	assert_ok(store_last_seq(w->w, &seq, &err));
	return seq;
}

/* ---- building ------------------------------------------------------------ */

static void
test_an_empty_store_is_an_empty_tree(void **state)
{
	struct world *w = *state;
	struct sets_facts facts;

	world_new_sets(w);
	assert_null(sets_tree(w->sets, 0));
	facts = world_open_sets(w);
	assert_int_equal(facts.origin, SETS_BUILT);
	assert_int_equal(facts.seq, 0);
	world_assert_right(w);
	assert_int_equal(world_root(w), 0);
}

static void
test_it_is_built_of_all_that_takes_part(void **state)
{
	struct world *w = *state;
	struct sks_digest d;

	w->profile_count = 2;
	world_fill(w, 0, 3000);
	world_begin(w);
	for (size_t n = 3000; n < 3500; n++) {
		d = world_digest(n);
		world_put(w, n, &d,
			n % 2 ? CERT_NOT_SKS | CERT_HAS_V5_V6
			      : CERT_UNVERIFIED);
	}
	world_commit(w);
	assert_int_equal(world_open_sets(w).seq, 3500);
	world_assert_right(w);
	assert_int_equal(world_root(w), 3250);
}

/* The index has them by flags, those that stay out first: the page that ends
 * between them must not hide the one that takes part. */
static void
test_among_many_of_one_digest_the_one_that_counts_is_seen(void **state)
{
	struct world *w = *state;
	struct sks_digest d = world_digest(1);

	world_begin(w);
	for (size_t n = 0; n < 2500; n++)
		world_put(w, n, &d, CERT_NOT_SKS);
	world_put(w, 2500, &d, CERT_UNVERIFIED);
	world_commit(w);
	(void)world_open_sets(w);
	world_assert_right(w);
	assert_int_equal(world_root(w), 1);
}

/* ---- following ----------------------------------------------------------- */

static void
test_it_follows_what_comes_changes_and_goes(void **state)
{
	struct world *w = *state;
	struct sets_facts facts;

	world_fill(w, 0, 400);
	facts = world_open_sets(w);
	world_fill(w, 400, 2600); /* more than one stretch */
	world_begin(w);
	for (size_t n = 0; n < 300; n++) {
		struct sks_digest d = world_digest(n + 100000);

		world_put(w, n, &d, 0);
	}
	for (size_t n = 200; n < 450; n++)
		world_delete(w, n);
	world_commit(w);
	facts = follow(w);
	assert_int_equal(facts.seq, last_seq(w));
	assert_int_equal(facts.rebuilds, 1);
	world_assert_right(w);
	assert_int_equal(follow(w).seq, facts.seq);
}

static void
test_a_certificate_may_change_often_between_two_looks(void **state)
{
	struct world *w = *state;
	struct sks_digest a = world_digest(7), b = world_digest(8);

	(void)world_open_sets(w);
	world_begin(w);
	world_put(w, 0, &a, 0);
	world_put(w, 0, &b, 0);
	world_put(w, 0, &a, 0);
	world_delete(w, 0);
	world_put(w, 0, &b, 0); /* there again */
	world_put(w, 1, &a, 0);
	world_put(w, 1, &b, 0); /* the other one's */
	world_delete(w, 0);
	world_commit(w);
	(void)follow(w);
	world_assert_right(w);
	assert_int_equal(world_root(w), 1);
}

static void
test_of_two_with_one_digest_the_last_takes_it_away(void **state)
{
	struct world *w = *state;
	struct sks_digest d = world_digest(1), other = world_digest(2);
	static const size_t sizes[] = {1, 1, 1, 1, 2, 1};

	(void)world_open_sets(w);
	for (size_t step = 0; step < 6; step++) {
		world_begin(w);
		switch (step) {
		case 0:
			world_put(w, 0, &d, 0);
			break;
		case 1:
			world_put(w, 1, &d, 0);
			break;
		case 2:
			world_put(w, 2, &d, CERT_NOT_SKS);
			break;
		case 3:
			world_delete(w, 0);
			break;
		case 4:
			world_put(w, 0, &other, 0);
			break;
		default:
			world_delete(w, 1);
			break;
		}
		world_commit(w);
		(void)follow(w);
		world_assert_right(w);
		assert_int_equal(world_root(w), sizes[step]);
	}
}

static void
test_flags_that_change_move_a_certificate_in_and_out(void **state)
{
	struct world *w = *state;
	struct sks_digest a = world_digest(1), b = world_digest(2);

	(void)world_open_sets(w);
	world_begin(w);
	world_put(w, 0, &a, 0);
	world_commit(w);
	assert_int_equal((follow(w), world_root(w)), 1);
	world_begin(w);
	world_put(w, 0, &b, CERT_NOT_SKS);
	world_commit(w);
	assert_int_equal((follow(w), world_root(w)), 0);
	world_begin(w);
	world_put(w, 0, &b, 0);
	world_commit(w);
	assert_int_equal((follow(w), world_root(w)), 1);
	world_assert_right(w);
}

static void
test_a_log_that_was_cut_is_a_reason_to_build(void **state)
{
	struct world *w = *state;
	struct sets_facts facts;

	world_fill(w, 0, 100);
	(void)world_open_sets(w);
	world_fill(w, 100, 200);
	world_prune(w, 100);
	facts = follow(w);
	assert_int_equal(facts.rebuilds, 1); /* all that it needs is there */
	world_fill(w, 200, 300);
	world_prune(w, 201);
	facts = follow(w);
	assert_int_equal(facts.rebuilds, 2);
	assert_string_equal(facts.why, "the log does not reach back so far");
	world_assert_right(w);
	world_fill(w, 300, 400);
	world_prune(w, 400);
	facts = follow(w);
	assert_int_equal(facts.rebuilds, 3);
	assert_int_equal(facts.seq, 400);
	world_assert_right(w);
}

static void
test_the_log_is_held_from_where_the_tree_is(void **state)
{
	struct world *w = *state;
	struct err err = {""};

	world_fill(w, 0, 10);
	(void)world_open_sets(w);
	assert_int_equal(store_held(w->w), 10);
	world_fill(w, 10, 20);
	assert_int_equal(store_held(w->w), 10);
	(void)follow(w);
	assert_int_equal(store_held(w->w), 20);
	assert_ok(sets_save(w->sets, &err));
	sets_free(w->sets);
	w->sets = NULL;
	assert_int_equal(store_held(w->w), INT64_MAX);
	world_fill(w, 20, 30);
	world_new_sets(w);
	assert_int_equal(store_held(w->w), 20);
}

/* ---- looking again ------------------------------------------------------- */

/* Behind the back of the trees; one leaf, which is always met. */
static struct prefix_tree *
one_leaf(struct world *w)
{
	world_fill(w, 0, 20);
	(void)world_open_sets(w);
	return w->sets->trees[0];
}

static void
assert_found_and_mended(struct world *w, bool wrong)
{
	struct sets_facts facts;
	struct err err = {""};
	bool was_wrong;

	assert_ok(sets_check_one(w->sets, &was_wrong, &err));
	assert_int_equal(was_wrong, wrong);
	sets_get_facts(w->sets, &facts);
	assert_int_equal(facts.rebuilds, wrong ? 2 : 1);
	world_assert_right(w);
}

static void
test_what_is_right_is_left_alone(void **state)
{
	(void)one_leaf(*state);
	assert_found_and_mended(*state, false);
}

static void
test_a_digest_too_few_is_found_and_mended(void **state)
{
	struct prefix_tree *t = one_leaf(*state);
	struct sks_digest d = world_digest(3);

	assert_ok(prefix_tree_delete(t, &d));
	assert_found_and_mended(*state, true);
}

static void
test_a_digest_too_many_is_found_and_mended(void **state)
{
	struct prefix_tree *t = one_leaf(*state);
	struct sks_digest d = world_digest(3000);

	assert_ok(prefix_tree_insert(t, &d));
	assert_found_and_mended(*state, true);
}

static void
test_a_node_that_is_wrong_is_found_and_mended(void **state)
{
	/* The root is the first of a tree. */
	struct node *root = (struct node *)one_leaf(*state);

	root->wire[0][0] ^= 1;
	assert_found_and_mended(*state, true);
}

static void
test_a_store_that_is_ahead_is_no_fault(void **state)
{
	struct world *w = *state;
	struct err err = {""};
	bool was_wrong;

	(void)one_leaf(w);
	world_fill(w, 20, 30);
	assert_ok(sets_check_one(w->sets, &was_wrong, &err));
	assert_false(was_wrong);
	assert_int_equal(follow(w).rebuilds, 1);
	world_assert_right(w);
}

/* Looks by chance, at digests that are spread. */
static void
test_many_looks_find_nothing_wrong_in_a_tree_of_many_nodes(void **state)
{
	struct world *w = *state;
	struct err err = {""};
	bool was_wrong;

	world_fill(w, 0, 4000);
	(void)world_open_sets(w);
	for (int i = 0; i < 500; i++) {
		assert_ok(sets_check_one(w->sets, &was_wrong, &err));
		assert_false(was_wrong);
	}
}

/* ---- stopping ------------------------------------------------------------ */

static bool
count_down(void *ctx)
{
	int *left = ctx;

	return (*left)-- <= 0;
}

static void
test_whoever_waits_may_stop_it_and_go_on_later(void **state)
{
	struct world *w = *state;
	struct err err = {""};
	int left = 0, tries = 0;

	w->beat = count_down;
	w->beat_ctx = &left;
	world_fill(w, 0, 3000);
	world_new_sets(w);
	while (sets_open(w->sets, &err) == STATUS_CLOSED) {
		assert_null(sets_tree(w->sets, 0));
		left = ++tries;
	}
	assert_true(tries > 3);
	left = 100;
	world_assert_right(w);
	world_fill(w, 3000, 6000);
	left = 0;
	assert_status(sets_follow(w->sets, &err), STATUS_CLOSED);
	left = 2;
	assert_status(sets_follow(w->sets, &err), STATUS_CLOSED);
	left = 100;
	(void)follow(w);
	world_assert_right(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_PROMISE(test_an_empty_store_is_an_empty_tree),
		WORLD_PROMISE(test_it_is_built_of_all_that_takes_part),
		WORLD_PROMISE(
			test_among_many_of_one_digest_the_one_that_counts_is_seen),
		WORLD_PROMISE(test_it_follows_what_comes_changes_and_goes),
		WORLD_PROMISE(
			test_a_certificate_may_change_often_between_two_looks),
		WORLD_PROMISE(
			test_of_two_with_one_digest_the_last_takes_it_away),
		WORLD_PROMISE(
			test_flags_that_change_move_a_certificate_in_and_out),
		WORLD_PROMISE(test_a_log_that_was_cut_is_a_reason_to_build),
		WORLD_PROMISE(test_the_log_is_held_from_where_the_tree_is),
		WORLD_PROMISE(test_what_is_right_is_left_alone),
		WORLD_PROMISE(test_a_digest_too_few_is_found_and_mended),
		WORLD_PROMISE(test_a_digest_too_many_is_found_and_mended),
		WORLD_PROMISE(test_a_node_that_is_wrong_is_found_and_mended),
		WORLD_PROMISE(test_a_store_that_is_ahead_is_no_fault),
		WORLD_PROMISE(
			test_many_looks_find_nothing_wrong_in_a_tree_of_many_nodes),
		WORLD_PROMISE(test_whoever_waits_may_stop_it_and_go_on_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
