/*
 * The laws of merging at levels clean and strict, as properties over random
 * fragments of the vectors and of Debian's keyrings.
 */
#include "config.h"

#include "../unit.h"

#include <stdio.h>
#include <string.h>

#include "fragments.h"
#include "pgp/digest.h"
#include "pgp/level.h"
#include "pgp/merge.h"
#include "vectors.h"

#ifdef SANITIZED_BUILD
enum { KEYRING_STEP = 64 };
#else
enum { KEYRING_STEP = 8 };
#endif

enum { BIG = 2000 };

static const size_t arena_max = (size_t)1024 * 1024 * 1024;
static const enum level levels[] = {LEVEL_CLEAN, LEVEL_STRICT};

static struct cert_limits limits;
static const struct level_ban *ban;

/* By the limits and the ban of the test. */
static struct cert *
levelled(struct arena *arena, enum level level, const struct cert *cert)
{
	struct level_rules rules = {
		.level = level, .limits = &limits, .ban = ban};
	struct level_result r;

	assert_ok(level_apply(arena, &rules, cert, &r));
	return r.cert;
}

static struct cert *
unite(struct arena *arena, const struct cert *a, const struct cert *b)
{
	struct cert *merged;
	struct delta delta;

	assert_ok(merge_certs(arena, a, b, &merged, &delta));
	assert_ok(cert_digest(arena, merged));
	return merged;
}

/* NULL, a certificate that is refused, is no part of a union. */
static struct cert *
level_of(struct arena *arena, enum level level, const struct cert *a,
	const struct cert *b)
{
	if (a == NULL || b == NULL)
		return a == NULL ? (struct cert *)(uintptr_t)b
				 : (struct cert *)(uintptr_t)a;
	return levelled(arena, level, unite(arena, a, b));
}

static void
assert_same(struct arena *arena, const struct cert *a, const struct cert *b)
{
	assert_true((a == NULL) == (b == NULL));
	if (a == NULL)
		return;
	assert_memory_equal(
		&a->sks_digest, &b->sks_digest, sizeof(a->sks_digest));
	assert_true(bytes_eq(
		vectors_canonical(arena, a), vectors_canonical(arena, b)));
}

/* What is known need not be asked again, and nothing else comes of it. */
static void
check_known(struct arena *arena, enum level level, const struct cert *a)
{
	struct verify_budget budget = {SIZE_MAX, 0};
	struct level_rules rules = {.level = level,
		.limits = &limits,
		.budget = &budget,
		.ban = ban};
	struct level_result r;

	assert_ok(cert_placed_digests(arena, a, &rules.known));
	assert_ok(level_apply(arena, &rules, a, &r));
	assert_same(arena, r.cert, a);
	assert_int_equal(budget.operations, 0);
	assert_int_equal(r.note_count, 0);
}

static bool
may_leave(enum verdict v)
{
	return v == VERDICT_VARIANT || v == VERDICT_NOT_APPROVED ||
	       v == VERDICT_OVER_LIMIT || v == VERDICT_COMPONENT_GONE;
}

/* Law 5: what left has a reason that a union may bring. */
static void
check_monotone(struct arena *arena, enum level level, const struct cert *a,
	const struct cert *b)
{
	struct level_rules rules = {
		.level = level, .limits = &limits, .ban = ban};
	struct level_result r;
	struct digest placed;
	struct bytes had;
	size_t i;

	assert_ok(cert_placed_digests(arena, a, &had));
	assert_ok(level_apply(arena, &rules, unite(arena, a, b), &r));
	assert_non_null(r.cert);
	for (i = 0; i < r.note_count; i++) {
		const struct level_note *n = &r.notes[i];

		level_note_placed(n, &placed);
		assert_true(!digest_in(had, &placed) || may_leave(n->verdict));
	}
}

static void
check_level(struct arena *arena, enum level level, const struct cert *whole)
{
	struct cert *c[FRAGMENTS], *left, *right, *all;
	struct buf octets[FRAGMENTS];
	size_t i;

	all = levelled(arena, level, whole);
	if (all != NULL) {
		assert_same(arena, all, levelled(arena, level, all));
		check_known(arena, level, all);
	}
	for (i = 0; i < FRAGMENTS; i++)
		buf_init(&octets[i], 0);
	fragments_split(octets, whole);
	for (i = 0; i < FRAGMENTS; i++) {
		c[i] = levelled(arena, level,
			vectors_cert(arena, buf_view(&octets[i])));
	}
	left = level_of(arena, level, c[0], c[1]);
	left = level_of(arena, level, left, c[2]);
	right = level_of(arena, level, c[2], c[1]);
	right = level_of(arena, level, c[0], right);
	assert_same(arena, left, right);
	if (all != NULL && c[0] != NULL)
		check_monotone(arena, level, c[0], all);
	if (all != NULL && c[0] != NULL)
		assert_same(arena, all, level_of(arena, level, all, c[0]));
	for (i = 0; i < FRAGMENTS; i++)
		buf_done(&octets[i]);
}

static void
check_cert(struct arena *arena, const struct cert *cert)
{
	size_t i;

	for (i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		check_level(arena, levels[i], cert);
}

static void
each_vector(void)
{
	struct arena *arena = arena_new(arena_max);
	struct cert_list list;
	size_t i, k;

	for (i = 0; i < vectors_all.count; i++) {
		const struct vector *v = &vectors_all.list[i];

		memset(&list, 0, sizeof(list));
		if (v->missing ||
			vectors_read(arena, buf_view(&v->octets), v->armored,
				&vectors_limits, &list) != STATUS_OK)
			continue;
		for (k = 0; k < list.count; k++)
			if (list.list[k]->packet_count < BIG)
				check_cert(arena, list.list[k]);
		arena_reset(arena);
	}
	arena_free(arena);
}

static void
test_vectors_keep_the_laws_without_limits(void **state)
{
	(void)state;
	limits = vectors_limits;
	each_vector();
}

/* So small that most vectors meet one: keeping N commutes with merging. */
static void
test_vectors_keep_the_laws_at_every_limit(void **state)
{
	(void)state;
	limits = vectors_limits;
	limits.max_user_ids = 2;
	limits.max_attributes = 1;
	limits.max_subkeys = 3;
	limits.max_self_sigs = 2;
	limits.max_third_party = 2;
	each_vector();
}

/* ---- what an administrator took down ----------------------------------- */

static size_t banned;

/* Half of the user IDs, and some of all other packets. */
static bool
bans_some(const void *ctx, const struct component *under,
	const struct signature *sig)
{
	const struct digest *d = sig == NULL ? &under->digest : &sig->digest;
	uint8_t share =
		sig == NULL && under->packet.tag == PACKET_USER_ID ? 2 : 8;
	bool is = d->octets[5] % share == 0;

	(void)ctx;
	banned += is;
	return is;
}

static void
test_vectors_keep_the_laws_under_a_ban(void **state)
{
	const struct level_ban some = {bans_some, NULL};

	(void)state;
	ban = &some;
	banned = 0;
	limits = vectors_limits;
	each_vector();
	limits.max_user_ids = 2;
	limits.max_self_sigs = 2;
	limits.max_third_party = 2;
	each_vector();
	ban = NULL;
	assert_true(banned > 1000);
}

/* ---- real keys -------------------------------------------------------- */

struct keyring {
	struct arena *arena;
	struct arena *scratch;
	struct cert_list list;
	struct buf octets;
};

static void
keyring_open(struct keyring *k, const char *path)
{
	memset(k, 0, sizeof(*k));
	k->arena = arena_new(arena_max);
	k->scratch = arena_new(arena_max);
	buf_init(&k->octets, 0);
	assert_true(vectors_read_file(path, &k->octets));
	assert_ok(cert_read(k->arena, buf_view(&k->octets), &vectors_limits,
		&k->list, NULL));
	assert_true(k->list.count > 100);
}

static void
keyring_close(struct keyring *k)
{
	buf_done(&k->octets);
	arena_free(k->scratch);
	arena_free(k->arena);
}

static void
test_keyring_keeps_the_laws(void **state)
{
	struct keyring k;
	size_t i;

	limits = cert_limits_default;
	keyring_open(&k, *state);
	for (i = 0; i < k.list.count; i += KEYRING_STEP) {
		check_cert(k.scratch, k.list.list[i]);
		arena_reset(k.scratch);
	}
	keyring_close(&k);
}

/* Nobody's real key loses what its owner said. */
static void
test_every_self_signature_of_a_keyring_verifies(void **state)
{
	struct level_rules rules = {
		.level = LEVEL_CLEAN, .limits = &vectors_limits};
	struct level_result r;
	struct keyring k;
	size_t i, n;

	keyring_open(&k, *state);
	for (i = 0; i < k.list.count; i++) {
		assert_ok(level_apply(k.scratch, &rules, k.list.list[i], &r));
		assert_non_null(r.cert);
		for (n = 0; n < r.note_count; n++)
			assert_int_not_equal(
				r.notes[n].verdict, VERDICT_BAD_SIGNATURE);
		arena_reset(k.scratch);
	}
	keyring_close(&k);
}

int
main(void)
{
	static char keyring[] = "/usr/share/keyrings/debian-keyring.gpg";
	static char maintainers[] =
		"/usr/share/keyrings/debian-maintainers.gpg";
	struct err err;

	if (crypto_init(&err) != STATUS_OK)
		return 1;
	{
		const struct CMUnitTest tests[] = {
			cmocka_unit_test(
				test_vectors_keep_the_laws_without_limits),
			cmocka_unit_test(
				test_vectors_keep_the_laws_at_every_limit),
			cmocka_unit_test(
				test_vectors_keep_the_laws_under_a_ban),
			vectors_keyring_test("maintainers keep the laws",
				test_keyring_keeps_the_laws, maintainers),
			vectors_keyring_test("developers keep the laws",
				test_keyring_keeps_the_laws, keyring),
			vectors_keyring_test(
				"maintainers' self-signatures verify",
				test_every_self_signature_of_a_keyring_verifies,
				maintainers),
			vectors_keyring_test(
				"developers' self-signatures verify",
				test_every_self_signature_of_a_keyring_verifies,
				keyring),
		};

		return cmocka_run_group_tests(
			tests, vectors_setup, vectors_teardown);
	}
}
