/* The tree of digests from a stream, and as a list: never whole in memory. */

#include "../unit.h"

#include <stdlib.h>
#include <string.h>

#include "recon/prefix_node.h"
#include "vectors.h"

static struct sks_digest *sorted;
static size_t count;
static struct prefix_tree *tree, *other;

static int
setup(void **state)
{
	(void)state;
	sorted = vectors_digests(&count);
	qsort(sorted, count, sizeof(*sorted), vectors_digest_cmp);
	tree = prefix_tree_new();
	other = prefix_tree_new();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	prefix_tree_free(tree);
	prefix_tree_free(other);
	free(sorted);
	return 0;
}

struct pieces {
	const struct sks_digest *list;
	size_t count, at, step;
};

static size_t
read_piece(void *ctx, struct sks_digest *list, size_t max)
{
	struct pieces *p = ctx;
	size_t n = p->count - p->at;

	n = n < p->step ? n : p->step;
	n = n < max ? n : max;
	if (n)
		memcpy(list, p->list + p->at, n * sizeof(*list));
	p->at += n;
	return n;
}

static enum status
build_in_pieces(const struct sks_digest *list, size_t n, size_t step)
{
	struct pieces pieces = {list, n, 0, step};
	struct prefix_source source = {read_piece, &pieces};

	return prefix_tree_build_from(tree, &source);
}

/* All nodes to that digest are alike in both trees. */
static void
assert_same_path(const struct sks_digest *d)
{
	struct node_view here, there;
	unsigned int level = 0;

	do {
		struct prefix p = prefix_above(d, level++);

		prefix_tree_view(tree, &p, &here);
		prefix_tree_view(other, &p, &there);
		assert_int_equal(here.size, there.size);
		assert_int_equal(here.inner, there.inner);
		assert_true(samples_eq(&here.samples, &there.samples));
	} while (here.inner);
}

/* The tree is that of the first n digests. */
static void
assert_tree_of(size_t n)
{
	struct prefix_tree_stats here, there;

	assert_ok(prefix_tree_build(other, sorted, n));
	prefix_tree_measure(tree, &here);
	prefix_tree_measure(other, &there);
	assert_memory_equal(&here, &there, sizeof(here));
	for (size_t i = 0; i < n; i += 5)
		assert_same_path(&sorted[i]);
}

static void
test_built_in_pieces_it_is_the_same(void **state)
{
	static const size_t steps[] = {1, 7, 50, 51, 1000, 5000};
	static const size_t sizes[] = {0, 1, 50, 51, 52, 200, 5000};

	(void)state;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		for (size_t k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
			assert_ok(build_in_pieces(sorted, sizes[k], steps[i]));
			assert_tree_of(sizes[k]);
		}
}

static void
test_pieces_out_of_order_leave_it_empty(void **state)
{
	(void)state;
	for (size_t n = 2; n < 3000; n += 499) {
		struct sks_digest was = sorted[n];

		sorted[n] = sorted[n - 1];
		assert_status(
			build_in_pieces(sorted, 3000, 64), STATUS_MALFORMED);
		assert_tree_of(0);
		sorted[n] = sorted[n - 2];
		assert_status(
			build_in_pieces(sorted, 3000, 64), STATUS_MALFORMED);
		assert_tree_of(0);
		sorted[n] = was;
	}
}

static void
test_pieces_may_be_ground_or_sample_points(void **state)
{
	struct sks_digest list[258];
	struct node_view view;
	struct prefix root = prefix_root();

	(void)state;
	memset(list, 0x5a, sizeof(list));
	memset(list, 0, 2 * sizeof(list[0]));
	list[1].octets[0] = 2; /* as an element: 2 */
	for (size_t i = 0; i < 256; i++)
		list[i + 2].octets[15] = (uint8_t)i;
	assert_ok(build_in_pieces(list, 258, 3));
	prefix_tree_view(tree, &root, &view);
	assert_int_equal(view.size, 256);
	assert_ok(prefix_tree_check(tree, &root));
	for (size_t i = 0; i < 256; i++)
		assert_ok(prefix_tree_delete(tree, &list[i + 2]));
	assert_tree_of(0);
}

static void
test_it_is_listed_from_any_digest_on(void **state)
{
	static struct sks_digest out[5000];
	struct sks_digest after;
	size_t at = 0, n;

	(void)state;
	assert_int_equal(count, 5000);
	assert_ok(prefix_tree_build(tree, sorted, count));
	while ((n = prefix_tree_list(tree, at ? &after : NULL, out + at, 333)) >
		0) {
		at += n;
		after = out[at - 1];
	}
	assert_int_equal(at, count);
	assert_memory_equal(out, sorted, sizeof(out));
	/* What it begins behind need not be there. */
	for (size_t i = 0; i + 1 < count; i += 97) {
		after = sorted[i];
		after.octets[15]++;
		assert_int_equal(prefix_tree_list(tree, &after, out, 1), 1);
		assert_memory_equal(out, &sorted[i + 1], sizeof(after));
	}
}

/* What bits of memory that turn over, or a fault of ours, would leave. */
static void
test_a_node_that_is_not_what_is_below_it_is_found(void **state)
{
	struct prefix root = prefix_root(), leaf;
	/* The root is the first of a tree. */
	struct node *n = (struct node *)tree;

	(void)state;
	assert_ok(prefix_tree_build(tree, sorted, count));
	assert_ok(prefix_tree_check(tree, &root));
	n->size++;
	assert_status(prefix_tree_check(tree, &root), STATUS_MALFORMED);
	n->size--;
	n->wire[3][5] ^= 1;
	assert_status(prefix_tree_check(tree, &root), STATUS_MALFORMED);
	n->wire[3][5] ^= 1;
	n->of.child[2].wire[0][0] ^= 1;
	assert_status(prefix_tree_check(tree, &root), STATUS_MALFORMED);
	n->of.child[2].wire[0][0] ^= 1;
	assert_ok(prefix_tree_check(tree, &root));
	for (leaf = root; n->inner; n = &n->of.child[1])
		leaf = prefix_child(&leaf, 1);
	assert_ok(prefix_tree_check(tree, &leaf));
	n->of.list[n->size / 2].octets[15] ^= 1;
	assert_status(prefix_tree_check(tree, &leaf), STATUS_MALFORMED);
	/* Whatever is asked for below it. */
	leaf = prefix_child(&leaf, 0);
	assert_status(prefix_tree_check(tree, &leaf), STATUS_MALFORMED);
}

#define tree_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		tree_test(test_built_in_pieces_it_is_the_same),
		tree_test(test_pieces_out_of_order_leave_it_empty),
		tree_test(test_pieces_may_be_ground_or_sample_points),
		tree_test(test_it_is_listed_from_any_digest_on),
		tree_test(test_a_node_that_is_not_what_is_below_it_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
