/* The tree of digests: node by node as SKS has it, by any history. */

#include "../unit.h"

#include <stdlib.h>
#include <string.h>

#include "recon/prefix_tree.h"
#include "vectors.h"

enum { COPY_MAX = 5000 };

static struct sks_digest *lines, *sorted;
static size_t count;
static struct prefix_tree *tree;

static int
setup_group(void **state)
{
	(void)state;
	lines = vectors_digests(&count);
	sorted = xcalloc(count, sizeof(*sorted));
	return 0;
}

static int
teardown_group(void **state)
{
	(void)state;
	free(lines);
	free(sorted);
	return 0;
}

static int
setup(void **state)
{
	(void)state;
	tree = prefix_tree_new();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	prefix_tree_free(tree);
	return 0;
}

static void
insert_lines(size_t from, size_t to)
{
	for (; from < to; from++)
		assert_ok(prefix_tree_insert(tree, &lines[from]));
}

static void
delete_lines(size_t from, size_t to)
{
	for (; from < to; from++)
		assert_ok(prefix_tree_delete(tree, &lines[from]));
}

static void
build_lines(struct prefix_tree *t, size_t from, size_t to)
{
	size_t n = to - from;

	memcpy(sorted, lines + from, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), vectors_digest_cmp);
	assert_ok(prefix_tree_build(t, sorted, n));
}

static void
assert_node(const json_t *row)
{
	struct prefix p = vectors_prefix(vectors_text(row, "key"));
	struct samples want;
	struct node_view view;
	size_t n = vectors_zps(vectors_array(row, "samples"), vectors_wire,
		want.at, RECON_SAMPLES);

	assert_int_equal(n, RECON_SAMPLES);
	prefix_tree_view(tree, &p, &view);
	assert_int_equal(view.size, vectors_number(row, "size"));
	assert_int_equal(
		!view.inner, json_is_true(json_object_get(row, "leaf")));
	assert_true(samples_eq(&view.samples, &want));
	assert_ok(prefix_tree_check(tree, &p));
}

/* Every node of the file is in the tree, and no other one is. */
static void
assert_tree(const char *file)
{
	json_t *all = vectors_json(file);
	struct prefix_tree_stats stats;
	const json_t *row;
	size_t i;

	json_array_foreach(vectors_array(all, "nodes"), i, row)
		assert_node(row);
	prefix_tree_measure(tree, &stats);
	assert_int_equal(i, vectors_number(all, "nodes_total"));
	assert_int_equal(stats.leaves, vectors_number(all, "leaves"));
	assert_int_equal(stats.inner, vectors_number(all, "inner"));
	assert_int_equal(stats.depth, vectors_number(all, "max_depth"));
	json_decref(all);
}

static void
test_grown_one_by_one_it_is_as_sks_has_it(void **state)
{
	(void)state;
	insert_lines(0, 200);
	assert_tree("ptree-200.json");
	insert_lines(200, 5000);
	assert_tree("ptree-5000.json");
}

static void
test_shrunk_it_is_as_sks_has_it(void **state)
{
	(void)state;
	insert_lines(0, 5000);
	delete_lines(0, 4700);
	assert_tree("ptree-300-after-deletes.json");
}

static void
test_built_at_once_it_is_the_same(void **state)
{
	(void)state;
	build_lines(tree, 0, 200);
	assert_tree("ptree-200.json");
	build_lines(tree, 0, 5000);
	assert_tree("ptree-5000.json");
	delete_lines(0, 4700);
	assert_tree("ptree-300-after-deletes.json");
}

static void
test_built_of_what_is_left_it_has_fewer_nodes(void **state)
{
	struct prefix_tree_stats stats;

	(void)state;
	build_lines(tree, 4700, 5000);
	prefix_tree_measure(tree, &stats);
	assert_int_equal(stats.inner + stats.leaves, 21);
}

static void
assert_empty(void)
{
	struct prefix p = prefix_root();
	struct prefix_tree_stats stats;
	struct node_view view;
	struct samples none;

	samples_none(&none);
	prefix_tree_view(tree, &p, &view);
	assert_int_equal(view.size, 0);
	assert_false(view.inner);
	assert_true(samples_eq(&view.samples, &none));
	prefix_tree_measure(tree, &stats);
	assert_int_equal(stats.leaves, 1);
	assert_int_equal(stats.inner, 0);
}

static void
test_emptied_it_is_as_it_began(void **state)
{
	(void)state;
	assert_empty();
	insert_lines(0, 1000);
	delete_lines(0, 1000);
	assert_empty();
}

static size_t
lines_below(const struct prefix *p)
{
	size_t i, n = 0;

	for (i = 0; i < count; i++)
		n += prefix_holds(p, &lines[i]);
	return n;
}

static void
assert_view(const struct prefix *p)
{
	static struct sks_digest copy[COPY_MAX];
	struct node_view view, below;
	struct samples product, want;
	size_t i, n = prefix_tree_copy(tree, p, copy, COPY_MAX);

	prefix_tree_view(tree, p, &view);
	assert_int_equal(view.size, lines_below(p));
	assert_int_equal(n, view.size);
	samples_none(&want);
	for (i = 0; i < n; i++) {
		assert_true(prefix_holds(p, &copy[i]));
		assert_true(!i || memcmp(&copy[i - 1], &copy[i], 16) < 0);
		samples_add(&want, zp_of_digest(&copy[i]));
	}
	assert_true(samples_eq(&view.samples, &want));
	if (p->bits == PREFIX_BITS_MAX)
		return;
	samples_none(&product);
	for (i = 0; i < PREFIX_CHILDREN; i++) {
		struct prefix child = prefix_child(p, (unsigned int)i);

		prefix_tree_view(tree, &child, &below);
		samples_join(&product, &below.samples);
	}
	assert_true(samples_eq(&view.samples, &product));
}

static void
test_any_prefix_is_answered_also_below_a_leaf(void **state)
{
	struct prefix p = prefix_root();
	unsigned int level;

	(void)state;
	insert_lines(0, count);
	for (level = 0; level < PREFIX_BITS_MAX / PREFIX_STEP; level++) {
		struct prefix beside =
			prefix_child(&p, prefix_branch(&lines[7], level) ^ 1);

		assert_view(&p);
		assert_view(&beside);
		p = prefix_child(&p, prefix_branch(&lines[7], level));
	}
	assert_view(&p);
	assert_int_equal(lines_below(&p), 1);
}

static void
test_a_copy_stops_at_its_limit(void **state)
{
	struct sks_digest copy[60];
	struct prefix root = prefix_root();

	(void)state;
	build_lines(tree, 0, 200);
	assert_int_equal(prefix_tree_copy(tree, &root, copy, 60), 60);
	assert_memory_equal(copy, sorted, sizeof(copy));
	assert_int_equal(prefix_tree_copy(tree, &root, copy, 0), 0);
}

static void
test_a_digest_is_in_it_once_or_not_at_all(void **state)
{
	struct prefix_tree_stats before, after;

	(void)state;
	insert_lines(0, 200);
	prefix_tree_measure(tree, &before);
	insert_lines(0, 200);
	assert_tree("ptree-200.json");
	prefix_tree_measure(tree, &after);
	assert_memory_equal(&before, &after, sizeof(before));
	assert_true(prefix_tree_has(tree, &lines[199]));
	assert_false(prefix_tree_has(tree, &lines[200]));
	assert_status(prefix_tree_delete(tree, &lines[200]), STATUS_NOT_FOUND);
	assert_tree("ptree-200.json");
}

static void
test_sample_points_stay_out(void **state)
{
	struct sks_digest points[4] = {0};
	struct prefix root = prefix_root();
	struct node_view view;
	size_t i;

	(void)state;
	/* Little endian: 0, 1, 2 and 3, ascending also as octets. */
	for (i = 0; i < 4; i++)
		points[i].octets[0] = (uint8_t)i;
	for (i = 0; i < 3; i++)
		assert_status(
			prefix_tree_insert(tree, &points[i]), STATUS_REJECTED);
	assert_empty();
	assert_ok(prefix_tree_build(tree, points, 4));
	prefix_tree_view(tree, &root, &view);
	assert_int_equal(view.size, 1);
	assert_ok(prefix_tree_check(tree, &root));
	assert_true(prefix_tree_has(tree, &points[3]));
}

static void
test_only_sorted_digests_build_it(void **state)
{
	(void)state;
	build_lines(tree, 0, 200);
	sorted[1] = sorted[0];
	assert_status(prefix_tree_build(tree, sorted, 2), STATUS_MALFORMED);
	sorted[0] = sorted[5];
	assert_status(prefix_tree_build(tree, sorted, 2), STATUS_MALFORMED);
	assert_tree("ptree-200.json");
}

static bool
root_is_inner(void)
{
	struct prefix root = prefix_root();
	struct node_view view;

	prefix_tree_view(tree, &root, &view);
	return view.inner;
}

static void
test_it_splits_above_50_and_joins_at_25(void **state)
{
	(void)state;
	insert_lines(0, PREFIX_TREE_SPLIT);
	assert_false(root_is_inner());
	insert_lines(PREFIX_TREE_SPLIT, PREFIX_TREE_SPLIT + 1);
	assert_true(root_is_inner());
	delete_lines(PREFIX_TREE_JOIN + 1, PREFIX_TREE_SPLIT + 1);
	assert_true(root_is_inner());
	delete_lines(PREFIX_TREE_JOIN, PREFIX_TREE_JOIN + 1);
	assert_false(root_is_inner());
	build_lines(tree, 0, PREFIX_TREE_SPLIT);
	assert_false(root_is_inner());
	build_lines(tree, 0, PREFIX_TREE_SPLIT + 1);
	assert_true(root_is_inner());
}

/* All alike but for the last octet. */
static struct sks_digest
ground(size_t i)
{
	struct sks_digest d;

	memset(d.octets, 0x5a, sizeof(d.octets));
	d.octets[15] = (uint8_t)i;
	return d;
}

static void
test_ground_digests_stop_at_the_depth_bound(void **state)
{
	struct prefix_tree_stats stats;
	struct node_view view;
	struct prefix p = prefix_root();
	struct sks_digest d;
	size_t i;

	(void)state;
	for (i = 0; i < 256; i++) {
		d = ground(i);
		assert_ok(prefix_tree_insert(tree, &d));
	}
	prefix_tree_measure(tree, &stats);
	assert_int_equal(stats.depth, PREFIX_TREE_DEPTH);
	for (i = 0; i < PREFIX_TREE_DEPTH; i++)
		p = prefix_child(&p, prefix_branch(&d, (unsigned int)i));
	prefix_tree_view(tree, &p, &view);
	assert_int_equal(view.size, 256);
	assert_false(view.inner);
	p = prefix_child(&p, 3);
	prefix_tree_view(tree, &p, &view);
	assert_int_equal(view.size, 64);
	for (i = 0; i < 256; i++) {
		d = ground(i);
		assert_ok(prefix_tree_delete(tree, &d));
	}
	assert_empty();
}

#define tree_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		tree_test(test_grown_one_by_one_it_is_as_sks_has_it),
		tree_test(test_shrunk_it_is_as_sks_has_it),
		tree_test(test_built_at_once_it_is_the_same),
		tree_test(test_built_of_what_is_left_it_has_fewer_nodes),
		tree_test(test_it_splits_above_50_and_joins_at_25),
		tree_test(test_emptied_it_is_as_it_began),
		tree_test(test_any_prefix_is_answered_also_below_a_leaf),
		tree_test(test_a_copy_stops_at_its_limit),
		tree_test(test_a_digest_is_in_it_once_or_not_at_all),
		tree_test(test_sample_points_stay_out),
		tree_test(test_only_sorted_digests_build_it),
		tree_test(test_ground_digests_stop_at_the_depth_bound),
	};

	return cmocka_run_group_tests_name(
		"prefix_tree", tests, setup_group, teardown_group);
}
