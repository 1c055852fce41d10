/* What is told of every packet: by which rule it is kept, or is not. */
#include "../unit.h"

#include <string.h>

#include "pgp/armor.h"
#include "pgp/explain.h"
#include "vectors.h"

static struct explanation told;
static struct cert_limits limits;

static void
explain_octets(struct bytes octets, enum level level)
{
	struct level_rules rules = {.level = level, .limits = &limits};

	limits = vectors_limits;
	assert_ok(explain_block(vectors_arena, octets, &rules, &told, NULL));
}

static void
explain(const char *file, enum level level)
{
	explain_octets(vectors_get(&vectors_all, file), level);
}

static const struct explained *
first(enum verdict v)
{
	size_t i;

	for (i = 0; i < told.count; i++)
		if (told.list[i].verdict == v)
			return &told.list[i];
	fail_msg("no packet is %s", verdict_word(v));
	return NULL;
}

static size_t
count(enum verdict v)
{
	size_t i, n = 0;

	for (i = 0; i < told.count; i++)
		n += told.list[i].verdict == v;
	return n;
}

static size_t
packets_in(struct bytes octets)
{
	struct packet_reader in = packet_reader_of(octets, vectors_arena);
	enum status st = STATUS_OK;
	struct packet p;
	size_t n;

	for (n = 0; st == STATUS_OK || st == STATUS_UNSUPPORTED; n++)
		st = packet_next(&in, &p, NULL);
	/* What cannot be read any more is told as one. */
	return st == STATUS_NOT_FOUND ? n - 1 : n;
}

/* ---- every vector ------------------------------------------------------ */

static void
check_whole(struct bytes octets, const char *file)
{
	size_t kept[64] = {0}, i;

	if (told.count != packets_in(octets))
		fail_msg("%s: %zu packets are told of", file, told.count);
	assert_true(told.cert_count <= 64);
	for (i = 0; i < told.count; i++) {
		const struct explained *e = &told.list[i];

		if (e->verdict == VERDICT_KEPT)
			fail_msg("%s: packet %zu is not told of", file, i);
		if (!verdict_is_kept(e->verdict))
			continue;
		if (e->cert == EXPLAIN_NONE)
			fail_msg("%s: packet %zu is nobody's", file, i);
		kept[e->cert]++;
	}
	for (i = 0; i < told.cert_count; i++) {
		const struct cert *c = told.certs[i].kept;

		if (kept[i] != (c == NULL ? 0 : c->packet_count))
			fail_msg("%s: %zu packets are kept", file, kept[i]);
	}
}

static void
test_each_packet_of_each_vector_has_its_rule(void **state)
{
	struct armor_blocks blocks;
	size_t i, k, level;

	(void)state;
	for (i = 0; i < vectors_all.count; i++) {
		const struct vector *v = &vectors_all.list[i];
		struct bytes whole = buf_view(&v->octets);
		struct armor_block one = {.octets = whole};

		blocks = (struct armor_blocks){&one, 1, 1};
		if (v->missing || strstr(v->file, "secret") != NULL ||
			(v->armored &&
				armor_read(vectors_arena, whole, ARMOR_LENIENT,
					&blocks, NULL) != STATUS_OK))
			continue;
		for (k = 0; k < blocks.count; k++) {
			for (level = LEVEL_SKS; level <= LEVEL_STRICT;
				level++) {
				explain_octets(blocks.list[k].octets,
					(enum level)level);
				check_whole(blocks.list[k].octets, v->file);
			}
		}
	}
}

static void
test_of_secret_material_nothing_is_told(void **state)
{
	struct level_rules rules = {.level = LEVEL_CLEAN, .limits = &limits};
	const char *const files[] = {
		"secret-key.pgp", "secret-subkey.pgp", "secret-second.pgp"};
	size_t i, cut;

	(void)state;
	limits = vectors_limits;
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		assert_status(explain_block(vectors_arena,
				      vectors_get(&vectors_all, files[i]),
				      &rules, &told, NULL),
			STATUS_REJECTED);
	/* Cut in the middle of it, too. */
	for (cut = 1; cut < 100; cut++) {
		struct bytes octets = vectors_get(&vectors_all, files[0]);

		octets.len = cut;
		assert_status(explain_block(vectors_arena, octets, &rules,
				      &told, NULL),
			STATUS_REJECTED);
	}
}

/* ---- the rules, one by one --------------------------------------------- */

static void
test_self_signatures_are_verified_and_parts_bound(void **state)
{
	(void)state;
	explain("v4-rsa.pgp", LEVEL_CLEAN);
	assert_int_equal(first(VERDICT_PRIMARY)->packet.tag, 6);
	assert_int_equal(first(VERDICT_BOUND)->packet.tag, 13);
	assert_true(first(VERDICT_VERIFIED)->self);
	assert_int_equal(first(VERDICT_VERIFIED)->under,
		first(VERDICT_BOUND) - told.list);
}

static void
test_what_moves_home_says_from_where_to_where(void **state)
{
	const struct explained *moved = NULL;
	size_t i;

	(void)state;
	explain("order-misplaced.pgp", LEVEL_CLEAN);
	for (i = 0; i < told.count; i++)
		if (told.list[i].home != EXPLAIN_NONE)
			moved = &told.list[i];
	assert_non_null(moved);
	assert_true(verdict_is_kept(moved->verdict));
	assert_true(moved->home != moved->under);
	assert_true(moved->home < told.count && moved->under < told.count);
}

static void
test_what_is_folded_says_into_which(void **state)
{
	const struct explained *e;

	(void)state;
	explain("dup-unhashed-variants.pgp", LEVEL_CLEAN);
	e = first(VERDICT_VARIANT);
	assert_true(e->into < told.count);
	assert_int_equal(told.list[e->into].verdict, VERDICT_VERIFIED);
	explain("dup-signature.pgp", LEVEL_CLEAN);
	e = first(VERDICT_DUPLICATE);
	assert_true(bytes_eq(told.list[e->into].packet.body, e->packet.body));
}

static void
test_what_is_over_a_limit_names_it(void **state)
{
	struct level_rules rules = {.level = LEVEL_CLEAN, .limits = &limits};
	const struct explained *e;

	(void)state;
	limits = vectors_limits;
	limits.max_third_party = 2;
	assert_ok(explain_block(vectors_arena,
		vectors_get(&vectors_all, "third-party.pgp"), &rules, &told,
		NULL));
	if (count(VERDICT_THIRD_PARTY) < 2)
		return;
	limits.max_third_party = 0;
	assert_ok(explain_block(vectors_arena,
		vectors_get(&vectors_all, "third-party.pgp"), &rules, &told,
		NULL));
	e = first(VERDICT_OVER_LIMIT);
	assert_string_equal(e->limit, "max_thirdparty");
	assert_int_equal(e->limit_max, 0);
}

static void
test_over_the_total_the_rest_keeps_its_reasons(void **state)
{
	struct level_rules rules = {.level = LEVEL_CLEAN, .limits = &limits};
	struct bytes octets = vectors_get(&vectors_all, "flooded.pgp");
	size_t level;

	(void)state;
	for (level = LEVEL_SKS; level <= LEVEL_STRICT; level++) {
		limits = vectors_limits;
		limits.max_total = 1000;
		rules.level = (enum level)level;
		assert_ok(explain_block(
			vectors_arena, octets, &rules, &told, NULL));
		check_whole(octets, "flooded.pgp");
		if (level != LEVEL_STRICT)
			assert_string_equal(first(VERDICT_OVER_LIMIT)->limit,
				"max_cert_octets");
	}
}

static void
test_approved_revokers_and_strangers_are_told_apart(void **state)
{
	(void)state;
	explain("attested.pgp", LEVEL_STRICT);
	assert_false(first(VERDICT_APPROVED)->self);
	explain("designated-revoker.pgp", LEVEL_STRICT);
	assert_int_equal(first(VERDICT_NAMED_REVOKER)->sig.type, 0x20);
	explain("fake-revoker.pgp", LEVEL_CLEAN);
	assert_int_equal(first(VERDICT_UNNAMED_REVOKER)->sig.type, 0x20);
}

static void
test_what_cannot_be_verified_says_so(void **state)
{
	(void)state;
	explain("pqc-shape.pgp", LEVEL_CLEAN);
	assert_true(count(VERDICT_VERIFIED) == 0);
	assert_true(count(VERDICT_UNVERIFIABLE) > 0);
}

static void
test_weak_hashes_of_the_key_itself_are_flagged(void **state)
{
	(void)state;
	explain("v3-rsa.pgp", LEVEL_CLEAN);
	assert_true(first(VERDICT_VERIFIED)->weak);
	explain("v6-ed25519-uid.pgp", LEVEL_CLEAN);
	assert_false(first(VERDICT_VERIFIED)->weak);
}

static void
test_a_refused_certificate_keeps_nothing(void **state)
{
	(void)state;
	explain("all-bad.pgp", LEVEL_CLEAN);
	assert_int_equal(told.cert_count, 1);
	assert_null(told.certs[0].kept);
	assert_int_equal(told.certs[0].refused, VERDICT_NOTHING_LEFT);
	assert_int_equal(told.list[0].verdict, VERDICT_NOTHING_LEFT);
	explain("slow-rsa-exponent.pgp", LEVEL_CLEAN);
	assert_int_equal(told.certs[0].refused, VERDICT_BAD_PARAMETERS);
}

static void
test_a_level_that_was_not_asked_tells_only_what_it_drops(void **state)
{
	struct level_rules rules = {
		.level = LEVEL_CLEAN, .limits = &vectors_limits};
	struct level_result r;
	size_t i;

	(void)state;
	assert_ok(level_apply(
		vectors_arena, &rules, vectors_cert_of("third-party.pgp"), &r));
	for (i = 0; i < r.note_count; i++)
		assert_false(verdict_is_kept(r.notes[i].verdict));
}

static void
test_words_of_verdicts_are_one_of_each(void **state)
{
	size_t i, k;

	(void)state;
	for (i = 0; i < VERDICT_COUNT; i++)
		for (k = 0; k < i; k++)
			assert_string_not_equal(verdict_word((enum verdict)i),
				verdict_word((enum verdict)k));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_packet_of_each_vector_has_its_rule),
		cmocka_unit_test(test_of_secret_material_nothing_is_told),
		cmocka_unit_test(
			test_self_signatures_are_verified_and_parts_bound),
		cmocka_unit_test(test_what_moves_home_says_from_where_to_where),
		cmocka_unit_test(test_what_is_folded_says_into_which),
		cmocka_unit_test(test_what_is_over_a_limit_names_it),
		cmocka_unit_test(
			test_over_the_total_the_rest_keeps_its_reasons),
		cmocka_unit_test(
			test_approved_revokers_and_strangers_are_told_apart),
		cmocka_unit_test(test_what_cannot_be_verified_says_so),
		cmocka_unit_test(
			test_weak_hashes_of_the_key_itself_are_flagged),
		cmocka_unit_test(test_a_refused_certificate_keeps_nothing),
		cmocka_unit_test(
			test_a_level_that_was_not_asked_tells_only_what_it_drops),
		cmocka_unit_test(test_words_of_verdicts_are_one_of_each),
	};

	return cmocka_run_group_tests(tests, vectors_setup, vectors_teardown);
}
