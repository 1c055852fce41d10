/*
 * Merging, and the limit on the whole: named cases. The laws for all kinds of
 * input are in test_laws.c.
 */
#include "../unit.h"

#include <stdio.h>

#include "pgp/digest.h"
#include "pgp/level.h"
#include "pgp/merge.h"
#include "vectors.h"

static void
test_what_is_known_is_no_news(void **state)
{
	struct cert *whole = vectors_cert_of("merge-abc.pgp"), *merged;
	struct delta delta;

	(void)state;
	assert_ok(merge_certs(vectors_arena, whole,
		vectors_cert_of("merge-b.pgp"), &merged, &delta));
	assert_int_equal(delta.new_count, 0);
	assert_int_equal(delta.digests.len, 0);
	assert_memory_equal(&merged->sks_digest, &whole->sks_digest, 16);
}

static void
test_three_parts_give_the_whole(void **state)
{
	struct cert *merged;
	struct delta delta;

	(void)state;
	assert_ok(merge_certs(vectors_arena, vectors_cert_of("merge-c.pgp"),
		vectors_cert_of("merge-a.pgp"), &merged, &delta));
	assert_int_equal(delta.new_count, 4); /* all but the primary */
	assert_ok(merge_certs(vectors_arena, merged,
		vectors_cert_of("merge-b.pgp"), &merged, &delta));
	assert_memory_equal(&merged->sks_digest,
		&vectors_cert_of("merge-abc.pgp")->sks_digest, 16);
	assert_int_equal(merged->packet_count, 11);
}

static void
test_different_primaries_do_not_merge(void **state)
{
	struct cert *merged = NULL;
	struct delta delta;

	(void)state;
	assert_status(merge_certs(vectors_arena, vectors_cert_of("merge-a.pgp"),
			      vectors_cert_of("v4-rsa.pgp"), &merged, &delta),
		STATUS_MALFORMED);
	assert_null(merged);
}

static void
test_a_full_arena_is_a_limit(void **state)
{
	struct cert *a = vectors_cert_of("merge-a.pgp"),
		    *b = vectors_cert_of("merge-b.pgp"), *merged;
	enum status st = STATUS_LIMIT;
	struct arena *small;
	struct delta delta;
	size_t max;

	(void)state;
	for (max = 64; st == STATUS_LIMIT && max < 100000; max += 64) {
		small = arena_new(max);
		st = merge_certs(small, a, b, &merged, &delta);
		arena_free(small);
	}
	assert_ok(st);
}

/* ---- the limit on the whole ------------------------------------------------
 */

static struct cert *
at_limit(const struct cert *cert, size_t max)
{
	struct cert_limits limits = vectors_limits;

	limits.max_total = max;
	return vectors_level(vectors_arena, LEVEL_SKS, &limits, cert);
}

/* What a row holds of it. */
static size_t
weight(const struct cert *cert)
{
	return cert->octets + 32 * cert->packet_count + 35 * cert->subkey_count;
}

static void
test_under_the_limit_nothing_goes(void **state)
{
	struct cert *whole = vectors_cert_of("flooded.pgp"), *out;

	(void)state;
	out = at_limit(whole, weight(whole));
	assert_int_equal(out->packet_count, whole->packet_count);
	/* The packet that reaches the limit stays; the next one does not. */
	out = at_limit(whole, weight(whole) - 1);
	assert_int_equal(out->packet_count, whole->packet_count);
	out = at_limit(whole, weight(whole) - 2000);
	assert_true(out->packet_count < whole->packet_count);
	assert_true(weight(out) >= weight(whole) - 2000);
}

static void
test_over_it_third_party_signatures_go_first(void **state)
{
	struct cert *whole = vectors_cert_of("flooded.pgp"), *out;
	const struct component *uid;
	size_t i, self = 0;

	(void)state;
	out = at_limit(whole, 20000);
	assert_true(weight(out) >= 20000);
	assert_true(weight(out) < 20000 + 65535);
	assert_int_equal(out->user_id_count, 1);
	uid = &out->user_ids[0];
	for (i = 0; i < uid->sig_count; i++)
		self += uid->sigs[i].info.issuer == out->primary.key.key_id;
	assert_int_equal(self, 1);
	assert_true(uid->sig_count > 100 && uid->sig_count < 1000);
}

static void
test_the_owners_revocation_stays_at_any_limit(void **state)
{
	struct cert *whole = vectors_cert_of("revoked-key.pgp"), *out;

	(void)state;
	out = at_limit(whole, whole->primary.packet.body.len + 4 + 32);
	assert_int_equal(out->packet_count, 2);
	assert_int_equal(out->primary.sigs[0].info.type, SIG_KEY_REVOCATION);
	/* The key itself is never dropped. */
	out = at_limit(whole, 1);
	assert_int_equal(out->packet_count, 1);
}

static void
test_reading_applies_it_and_says_so(void **state)
{
	struct cert_limits limits = vectors_limits;
	struct cert_list list = {0};

	(void)state;
	limits.max_total = 20000;
	assert_ok(cert_read(vectors_arena,
		vectors_get(&vectors_all, "flooded.pgp"), &limits, &list,
		NULL));
	assert_int_equal(list.note_count, 1);
	assert_int_equal(list.notes[0].verdict, VERDICT_OVER_LIMIT);
	assert_int_equal(list.notes[0].cert, 0);
	assert_memory_equal(&list.list[0]->sks_digest,
		&at_limit(vectors_cert_of("flooded.pgp"), 20000)->sks_digest,
		16);
}

static void
test_levels_have_names(void **state)
{
	enum level level;

	(void)state;
	assert_ok(level_parse("clean", &level));
	assert_int_equal(level, LEVEL_CLEAN);
	assert_ok(level_parse("sks", &level));
	assert_int_equal(level, LEVEL_SKS);
	assert_string_equal(level_word(LEVEL_STRICT), "strict");
	assert_status(level_parse("SKS", &level), STATUS_NOT_FOUND);
}

/* ---- poison ----------------------------------------------------------------
 */

/* A key with n of something; `start` is how each body begins. */
static void
poison(struct buf *out, uint8_t tag, size_t n, const char *start)
{
	struct cert *base = vectors_cert_of("merge-a.pgp");
	char body[80];
	size_t i, len;

	buf_init(out, 0);
	assert_ok(packet_write(
		out, PACKET_PUBLIC_KEY, base->primary.packet.body, false));
	/* Backwards, and each one twice: nothing is sorted or unique yet. */
	for (i = 2 * n; i-- > 0;) {
		len = (size_t)snprintf(body, sizeof(body),
			"%s%07zu and some more of it <x@y>", start, i % n);
		assert_ok(packet_write(out, tag, bytes_make(body, len), false));
	}
}

static void
check_poison(uint8_t tag, size_t n, const char *start)
{
	struct arena *big = arena_new((size_t)2 * 1024 * 1024 * 1024);
	struct cert_list list = {0};
	struct cert *stored, *merged;
	struct delta delta;
	struct buf octets, out;

	poison(&octets, tag, n, start);
	assert_ok(cert_read(
		big, buf_view(&octets), &vectors_limits, &list, NULL));
	if (n >= CERT_PACKETS_MAX)
		n = CERT_PACKETS_MAX - 1;
	assert_int_equal(list.list[0]->packet_count, n + 1);
	buf_init(&out, 0);
	assert_ok(cert_write(list.list[0], &out));
	assert_ok(cert_read_stored(big, buf_view(&out), &stored, NULL));
	assert_ok(merge_certs(
		big, vectors_cert_of("merge-a.pgp"), stored, &merged, &delta));
	assert_int_equal(delta.new_count, n);
	buf_done(&out);
	buf_done(&octets);
	arena_free(big);
}

static void
test_of_150000_signatures_what_fits_is_kept(void **state)
{
	(void)state;
	check_poison(PACKET_SIGNATURE, CERT_PACKETS_MAX - 1, "\x03\x05\x10");
	check_poison(PACKET_SIGNATURE, 150000, "\x03\x05\x10");
}

static void
test_10000_user_ids_fold_and_merge(void **state)
{
	(void)state;
	check_poison(PACKET_USER_ID, 10000, "the same beginning ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_known_is_no_news),
		cmocka_unit_test(test_three_parts_give_the_whole),
		cmocka_unit_test(test_different_primaries_do_not_merge),
		cmocka_unit_test(test_a_full_arena_is_a_limit),
		cmocka_unit_test(test_under_the_limit_nothing_goes),
		cmocka_unit_test(test_over_it_third_party_signatures_go_first),
		cmocka_unit_test(test_the_owners_revocation_stays_at_any_limit),
		cmocka_unit_test(test_reading_applies_it_and_says_so),
		cmocka_unit_test(test_levels_have_names),
		cmocka_unit_test(test_of_150000_signatures_what_fits_is_kept),
		cmocka_unit_test(test_10000_user_ids_fold_and_merge),
	};

	return cmocka_run_group_tests(tests, vectors_setup, vectors_teardown);
}
