#include "../unit.h"

#include <string.h>

#include "pgp/delta.h"
#include "pgp/digest.h"
#include "pgp/merge.h"
#include "vectors.h"

/* What a server that has `old` passes on after learning `add`. */
static enum status
news(const char *old, const char *add, enum delta_dialect dialect,
	struct cert **cut)
{
	struct cert *merged = vectors_cert_of(add);
	struct delta delta;

	if (old == NULL)
		assert_ok(cert_placed_digests(
			vectors_arena, merged, &delta.digests));
	else
		assert_ok(merge_certs(vectors_arena, vectors_cert_of(old),
			merged, &merged, &delta));
	return delta_cut(vectors_arena, merged, delta.digests, dialect, cut);
}

static void
test_a_new_certificate_is_sent_whole(void **state)
{
	struct cert *cut, *whole = vectors_cert_of("merge-abc.pgp");

	(void)state;
	assert_ok(news(NULL, "merge-abc.pgp", DELTA_STANDARD, &cut));
	assert_memory_equal(&cut->sks_digest, &whole->sks_digest, 16);
	assert_true(bytes_eq(vectors_canonical(vectors_arena, cut),
		vectors_canonical(vectors_arena, whole)));
}

static void
test_a_new_signature_brings_its_component_and_a_self_signature(void **state)
{
	struct cert *cut, *merged;
	struct delta delta;

	(void)state;
	/* expired-renewed: one more self-signature on the user ID. */
	assert_ok(news(
		"expired.pgp", "expired-renewed.pgp", DELTA_STANDARD, &cut));
	assert_int_equal(cut->user_id_count, 1);
	/* The new one is a self-signature already: no other is needed. */
	assert_int_equal(cut->user_ids[0].sig_count, 1);
	assert_int_equal(cut->packet_count, 3);
	assert_ok(merge_certs(vectors_arena, vectors_cert_of("expired.pgp"),
		cut, &merged, &delta));
	assert_int_equal(delta.new_count, 1);
	assert_memory_equal(&merged->sks_digest,
		&vectors_cert_of("expired-renewed.pgp")->sks_digest, 16);
}

static void
test_a_third_party_signature_comes_with_a_self_signature(void **state)
{
	struct cert *whole = vectors_cert_of("third-party.pgp"), *cut;
	const struct component *uid = &whole->user_ids[0];
	struct digest placed;
	size_t i, self = 0;

	(void)state;
	for (i = 0; i < uid->sig_count; i++) {
		if (uid->sigs[i].info.issuer != whole->primary.key.key_id)
			break;
	}
	digest_placed(&uid->digest, &uid->sigs[i].digest, &placed);
	assert_ok(delta_cut(vectors_arena, whole, bytes_make(&placed, 32),
		DELTA_STANDARD, &cut));
	assert_int_equal(cut->user_ids[0].sig_count, 2);
	for (i = 0; i < 2; i++)
		self += cut->user_ids[0].sigs[i].info.issuer ==
			whole->primary.key.key_id;
	assert_int_equal(self, 1);
}

static void
test_a_revocation_of_the_key_needs_nothing_else(void **state)
{
	struct cert *whole = vectors_cert_of("revoked-key.pgp"), *cut;
	struct digest placed;

	(void)state;
	digest_placed(&whole->primary.digest, &whole->primary.sigs[0].digest,
		&placed);
	assert_ok(delta_cut(vectors_arena, whole, bytes_make(&placed, 32),
		DELTA_STANDARD, &cut));
	assert_int_equal(cut->packet_count, 2);
	assert_int_equal(cut->primary.sigs[0].info.type, SIG_KEY_REVOCATION);
}

static void
test_pksd_gets_all_subkeys_and_no_attribute(void **state)
{
	struct cert *cut;
	size_t i;

	(void)state;
	assert_ok(news("merge-a.pgp", "merge-b.pgp", DELTA_PKSD, &cut));
	assert_int_equal(cut->subkey_count, 1);
	for (i = 0; i < cut->subkey_count; i++) {
		assert_int_equal(cut->subkeys[i].sig_count, 1);
		assert_int_equal(
			cut->subkeys[i].sigs[0].info.type, SIG_SUBKEY_BINDING);
	}
	assert_ok(news("merge-a.pgp", "merge-b.pgp", DELTA_STANDARD, &cut));
	assert_int_equal(cut->subkey_count, 0);
	assert_ok(news(NULL, "user-attribute.pgp", DELTA_PKSD, &cut));
	assert_int_equal(cut->attribute_count, 0);
	assert_int_equal(cut->packet_count, 3);
}

static void
test_only_an_attribute_is_nothing_for_pksd(void **state)
{
	struct cert *whole = vectors_cert_of("user-attribute.pgp"), *cut;
	struct digest *attribute = &whole->attributes[0].digest;

	(void)state;
	assert_status(delta_cut(vectors_arena, whole, bytes_make(attribute, 32),
			      DELTA_PKSD, &cut),
		STATUS_NOT_FOUND);
	assert_ok(delta_cut(vectors_arena, whole, bytes_make(attribute, 32),
		DELTA_STANDARD, &cut));
	/* It hangs from the key by its self-signature. */
	assert_int_equal(cut->packet_count, 3);
	assert_int_equal(cut->attributes[0].sig_count, 1);
}

static void
test_local_signatures_stay(void **state)
{
	struct cert *whole = vectors_cert_of("nonexportable.pgp"), *cut;
	struct bytes digests;

	(void)state;
	assert_int_equal(whole->packet_count, 4);
	assert_ok(cert_placed_digests(vectors_arena, whole, &digests));
	assert_ok(
		delta_cut(vectors_arena, whole, digests, DELTA_STANDARD, &cut));
	assert_int_equal(cut->packet_count, 3);
	assert_true(cut->user_ids[0].sigs[0].info.exportable);
}

static void
test_what_is_gone_is_not_sent(void **state)
{
	struct digest none = {{0}};
	struct cert *cut;

	(void)state;
	assert_status(delta_cut(vectors_arena, vectors_cert_of("merge-a.pgp"),
			      bytes_make(&none, 32), DELTA_STANDARD, &cut),
		STATUS_NOT_FOUND);
	assert_status(delta_cut(vectors_arena, vectors_cert_of("merge-a.pgp"),
			      bytes_make(NULL, 0), DELTA_PKSD, &cut),
		STATUS_NOT_FOUND);
}

static void
test_a_stored_certificate_is_cut_the_same(void **state)
{
	struct cert *whole = vectors_cert_of("merge-abc.pgp"), *stored, *a, *b;
	struct bytes digests;

	(void)state;
	assert_ok(cert_read_stored(vectors_arena,
		vectors_canonical(vectors_arena, whole), &stored, NULL));
	assert_ok(cert_placed_digests(
		vectors_arena, vectors_cert_of("merge-b.pgp"), &digests));
	assert_ok(delta_cut(vectors_arena, whole, digests, DELTA_STANDARD, &a));
	assert_ok(
		delta_cut(vectors_arena, stored, digests, DELTA_STANDARD, &b));
	assert_true(bytes_eq(vectors_canonical(vectors_arena, a),
		vectors_canonical(vectors_arena, b)));
	assert_memory_equal(&a->sks_digest, &b->sks_digest, 16);
}

static void
test_union_of_lists_is_sorted_and_unique(void **state)
{
	uint8_t a[96], b[64];
	struct bytes out;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++)
		memset(a + 32 * i, (int)(2 * i), 32); /* 0 2 4 */
	memset(b, 1, 32);
	memset(b + 32, 4, 32); /* 1 4 */
	assert_ok(delta_union(
		vectors_arena, bytes_make(a, 96), bytes_make(b, 64), &out));
	assert_int_equal(out.len, 128);
	assert_int_equal(out.data[0], 0);
	assert_int_equal(out.data[32], 1);
	assert_int_equal(out.data[64], 2);
	assert_int_equal(out.data[96], 4);
	assert_ok(delta_union(
		vectors_arena, bytes_make(NULL, 0), bytes_make(b, 64), &out));
	assert_int_equal(out.len, 64);
}

static void
test_without_a_valid_self_signature_the_news_goes_alone(void **state)
{
	struct cert *whole = vectors_cert_of("bad-left16.pgp"), *cut;
	const struct component *uid;
	size_t i;

	(void)state;
	for (i = 0; i < whole->user_id_count; i++) {
		uid = &whole->user_ids[i];
		assert_ok(delta_cut(vectors_arena, whole,
			bytes_make(&uid->digest, 32), DELTA_STANDARD, &cut));
		assert_int_equal(cut->user_id_count, 1);
		assert_int_equal(cut->user_ids[0].sig_count,
			bytes_eq(uid->packet.body,
				bytes_of("Good <good@example.org>")));
	}
}

static void
test_a_full_arena_is_a_limit(void **state)
{
	struct cert *whole = vectors_cert_of("merge-abc.pgp"), *cut;
	enum status st = STATUS_LIMIT;
	struct arena *small;
	struct bytes all;
	size_t max;

	(void)state;
	assert_ok(cert_placed_digests(vectors_arena, whole, &all));
	for (max = 16; st == STATUS_LIMIT && max < 100000; max += 16) {
		small = arena_new(max);
		st = delta_cut(small, whole, all, DELTA_STANDARD, &cut);
		arena_free(small);
	}
	assert_ok(st);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_new_certificate_is_sent_whole),
		cmocka_unit_test(
			test_a_new_signature_brings_its_component_and_a_self_signature),
		cmocka_unit_test(
			test_a_third_party_signature_comes_with_a_self_signature),
		cmocka_unit_test(
			test_a_revocation_of_the_key_needs_nothing_else),
		cmocka_unit_test(test_pksd_gets_all_subkeys_and_no_attribute),
		cmocka_unit_test(test_only_an_attribute_is_nothing_for_pksd),
		cmocka_unit_test(test_local_signatures_stay),
		cmocka_unit_test(test_what_is_gone_is_not_sent),
		cmocka_unit_test(test_a_stored_certificate_is_cut_the_same),
		cmocka_unit_test(test_union_of_lists_is_sorted_and_unique),
		cmocka_unit_test(
			test_without_a_valid_self_signature_the_news_goes_alone),
		cmocka_unit_test(test_a_full_arena_is_a_limit),
	};

	return cmocka_run_group_tests(tests, vectors_setup, vectors_teardown);
}
