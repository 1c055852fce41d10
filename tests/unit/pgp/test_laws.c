/*
 * The laws of merging at level sks, as properties: a certificate is taken
 * apart at random into three overlapping fragments, which are framed at
 * random and put together again in every grouping.
 */
#include "config.h"

#include "../unit.h"

#include <stdio.h>
#include <string.h>

#include "fragments.h"
#include "pgp/delta.h"
#include "pgp/digest.h"
#include "pgp/level.h"
#include "pgp/merge.h"
#include "vectors.h"

#ifdef SANITIZED_BUILD
enum { KEYRING_STEP = 16, ROUNDS = 2 };
#else
enum { KEYRING_STEP = 1, ROUNDS = 6 };
#endif

enum { BIG = 1000 };

static const size_t arena_max = (size_t)1024 * 1024 * 1024;

static struct vectors vectors;

/* ---- laws ------------------------------------------------------------------
 */

static struct cert *
unite(struct arena *arena, const struct cert *a, const struct cert *b)
{
	struct cert *merged;
	struct delta delta;

	assert_ok(merge_certs(arena, a, b, &merged, &delta));
	return merged;
}

static void
assert_same_cert(
	struct arena *arena, const struct cert *a, const struct cert *b)
{
	struct bytes x = vectors_canonical(arena, a);
	struct bytes y = vectors_canonical(arena, b);

	assert_true(bytes_eq(x, y));
	assert_int_equal(a->packet_count, b->packet_count);
	if (a->digested && b->digested)
		assert_memory_equal(
			&a->sks_digest, &b->sks_digest, sizeof(a->sks_digest));
}

/* The delta is what the union has and the old one had not, no more, no less. */
static void
check_delta(struct arena *arena, const struct cert *old, const struct cert *add)
{
	struct bytes had, has, both;
	struct cert *merged;
	struct delta delta;

	assert_ok(merge_certs(arena, old, add, &merged, &delta));
	assert_int_equal(delta.digests.len, 32 * delta.new_count);
	assert_ok(cert_placed_digests(arena, old, &had));
	assert_ok(cert_placed_digests(arena, merged, &has));
	assert_ok(delta_union(arena, had, delta.digests, &both));
	assert_true(bytes_eq(both, has));
	assert_int_equal(has.len, had.len + delta.digests.len);
}

/* What the store returns merges like what was read. */
static void
check_stored(struct arena *arena, const struct cert *a, const struct cert *b,
	const struct cert *both)
{
	struct cert *stored, *merged;

	assert_ok(cert_read_stored(
		arena, vectors_canonical(arena, a), &stored, NULL));
	assert_same_cert(arena, stored, a);
	merged = unite(arena, stored, b);
	assert_same_cert(arena, merged, both);
	assert_ok(cert_digest(arena, merged));
	assert_memory_equal(&merged->sks_digest, &both->sks_digest,
		sizeof(both->sks_digest));
}

static void
check_alone(struct arena *arena, const struct cert *a)
{
	struct cert *again, *merged;
	struct delta delta;

	/* Canonical octets are a fixed point of reading, and of the level. */
	again = vectors_cert(arena, vectors_canonical(arena, a));
	assert_same_cert(arena, a, again);
	again = vectors_level(arena, LEVEL_SKS, &vectors_limits, a);
	assert_same_cert(arena, a, again);
	assert_ok(merge_certs(arena, a, a, &merged, &delta));
	assert_int_equal(delta.new_count, 0);
	assert_same_cert(arena, a, merged);
}

static void
check_laws(struct arena *arena, const struct cert *whole)
{
	struct buf octets[FRAGMENTS], all;
	struct cert *c[FRAGMENTS], *ab, *bc, *left, *right;
	size_t i;

	buf_init(&all, 0);
	for (i = 0; i < FRAGMENTS; i++)
		buf_init(&octets[i], 0);
	fragments_split(octets, whole);
	for (i = 0; i < FRAGMENTS; i++) {
		c[i] = vectors_cert(arena, buf_view(&octets[i]));
		check_alone(arena, c[i]);
		assert_ok(buf_put(&all, buf_view(&octets[i])));
	}
	ab = unite(arena, c[0], c[1]);
	bc = unite(arena, c[1], c[2]);
	assert_same_cert(arena, ab, unite(arena, c[1], c[0]));
	left = unite(arena, ab, c[2]);
	right = unite(arena, c[0], bc);
	assert_same_cert(arena, left, right);
	assert_same_cert(arena, left, whole);
	assert_same_cert(arena, left, vectors_cert(arena, buf_view(&all)));
	check_delta(arena, c[0], c[1]);
	check_delta(arena, ab, c[2]);
	check_stored(arena, c[0], bc, left);
	buf_done(&all);
	for (i = 0; i < FRAGMENTS; i++)
		buf_done(&octets[i]);
}

static struct cert *
cut_to(struct arena *arena, size_t max, const struct cert *cert)
{
	struct cert_limits limits = vectors_limits;

	limits.max_total = max;
	return vectors_level(arena, LEVEL_SKS, &limits, cert);
}

/* The limit on the whole keeps the laws: cutting early or late is the same. */
static void
check_laws_at_limit(struct arena *arena, const struct cert *whole, size_t max)
{
	struct buf octets[FRAGMENTS];
	struct cert *c[FRAGMENTS], *left, *right;
	size_t i;

	for (i = 0; i < FRAGMENTS; i++)
		buf_init(&octets[i], 0);
	fragments_split(octets, whole);
	for (i = 0; i < FRAGMENTS; i++) {
		c[i] = vectors_cert(arena, buf_view(&octets[i]));
		c[i] = cut_to(arena, max, c[i]);
		assert_same_cert(arena, c[i], cut_to(arena, max, c[i]));
	}
	left = cut_to(arena, max, unite(arena, c[0], c[1]));
	left = cut_to(arena, max, unite(arena, left, c[2]));
	right = cut_to(arena, max, unite(arena, c[2], c[1]));
	right = cut_to(arena, max, unite(arena, right, c[0]));
	assert_same_cert(arena, left, right);
	assert_same_cert(arena, left, cut_to(arena, max, whole));
	for (i = 0; i < FRAGMENTS; i++)
		buf_done(&octets[i]);
}

/* ---- the material ----------------------------------------------------------
 */

typedef void law(struct arena *arena, const struct cert *cert);

static void
each_vector(law *check)
{
	struct arena *arena = arena_new(arena_max);
	struct cert_list list;
	const struct vector *v;
	size_t i, k, r;

	for (i = 0; i < vectors.count; i++) {
		v = &vectors.list[i];
		memset(&list, 0, sizeof(list));
		if (v->missing ||
			vectors_read(arena, buf_view(&v->octets), v->armored,
				&vectors_limits, &list) != STATUS_OK)
			list.count = 0;
		for (k = 0; k < list.count; k++) {
			r = list.list[k]->packet_count > BIG ? ROUNDS - 1 : 0;
			for (; r < ROUNDS; r++)
				check(arena, list.list[k]);
		}
		arena_reset(arena);
	}
	arena_free(arena);
}

static void
law_at_limits(struct arena *arena, const struct cert *cert)
{
	check_laws_at_limit(arena, cert, cert->octets / 2);
	check_laws_at_limit(arena, cert, cert->octets / 8);
	check_laws_at_limit(arena, cert, cert->octets * 7 / 8);
	check_laws_at_limit(arena, cert, 1);
}

static void
test_vectors_merge_in_any_order_and_grouping(void **state)
{
	(void)state;
	each_vector(check_laws);
}

static void
test_vectors_at_the_total_limit_merge_in_any_order(void **state)
{
	(void)state;
	each_vector(law_at_limits);
}

static void
test_keyring_merges_in_any_order_and_grouping(void **state)
{
	const char *path = *state;
	struct arena *arena = arena_new(arena_max);
	struct arena *scratch = arena_new(arena_max);
	struct cert_list list = {0};
	struct buf octets;
	size_t i;

	buf_init(&octets, 0);
	assert_true(vectors_read_file(path, &octets));
	assert_ok(cert_read(
		arena, buf_view(&octets), &vectors_limits, &list, NULL));
	assert_true(list.count > 0);
	for (i = 0; i < list.count; i += KEYRING_STEP) {
		check_laws(scratch, list.list[i]);
		arena_reset(scratch);
	}
	buf_done(&octets);
	arena_free(scratch);
	arena_free(arena);
}

int
main(void)
{
	static char keyring[] = "/usr/share/keyrings/debian-keyring.gpg";
	static char maintainers[] =
		"/usr/share/keyrings/debian-maintainers.gpg";
	struct err err;
	int failed;

	if (crypto_init(&err) != STATUS_OK)
		return 1;
	vectors_load(&vectors);
	{
		const struct CMUnitTest tests[] = {
			cmocka_unit_test(
				test_vectors_merge_in_any_order_and_grouping),
			cmocka_unit_test(
				test_vectors_at_the_total_limit_merge_in_any_order),
			vectors_keyring_test("maintainers merge",
				test_keyring_merges_in_any_order_and_grouping,
				maintainers),
			vectors_keyring_test("developers merge",
				test_keyring_merges_in_any_order_and_grouping,
				keyring),
		};

		failed = cmocka_run_group_tests(tests, NULL, NULL);
	}
	vectors_free(&vectors);
	return failed;
}
