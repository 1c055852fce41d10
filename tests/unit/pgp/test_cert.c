/* Promises of reading certificates, and of the rows they become. */
#include "../unit.h"

#include <string.h>

#include "pgp/cert.h"
#include "pgp/digest.h"
#include "vectors.h"

static void
test_secret_material_refuses_the_submission(void **state)
{
	static const char *const files[] = {
		"secret-key.pgp", "secret-subkey.pgp", "secret-second.pgp"};
	struct bytes cut;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		assert_status(
			vectors_read_named(files[i], &cert_limits_default),
			STATUS_REJECTED);
		assert_int_equal(vectors_list.count, 0);
	}
	/* Also when it is cut short. */
	cut = bytes_make(vectors_get(&vectors_all, "secret-key.pgp").data, 20);
	assert_status(vectors_read_octets(cut, &cert_limits_default),
		STATUS_REJECTED);
}

static void
test_bulk_load_skips_secret_keys_and_goes_on(void **state)
{
	struct cert_limits limits = cert_limits_default;
	struct buf both;

	(void)state;
	limits.secret = CERT_SECRET_SKIPS;
	assert_ok(vectors_read_named("secret-second.pgp", &limits));
	assert_int_equal(vectors_list.count, 1);
	assert_int_equal(vectors_list.refused, 1);
	assert_int_equal(vectors_list.notes[0].verdict, VERDICT_SECRET);
	/* A secret subkey takes its public primary along, not the next key. */
	buf_init(&both, 0);
	assert_ok(
		buf_put(&both, vectors_get(&vectors_all, "secret-subkey.pgp")));
	assert_ok(buf_put(&both, vectors_get(&vectors_all, "order-good.pgp")));
	assert_ok(vectors_read_octets(buf_view(&both), &limits));
	assert_int_equal(vectors_list.count, 1);
	assert_int_equal(vectors_list.list[0]->primary.key.key_id,
		vectors_cert(vectors_arena,
			vectors_get(&vectors_all, "order-good.pgp"))
			->primary.key.key_id);
	buf_done(&both);
}

static void
test_two_calls_add_to_one_list(void **state)
{
	(void)state;
	assert_ok(vectors_read_named("evil32.pgp", &cert_limits_default));
	assert_int_equal(vectors_list.count, 2);
	assert_ok(cert_read(vectors_arena,
		vectors_get(&vectors_all, "trailing-garbage.pgp"),
		&cert_limits_default, &vectors_list, NULL));
	assert_ok(cert_read(vectors_arena,
		vectors_get(&vectors_all, "evil32.pgp"), &cert_limits_default,
		&vectors_list, NULL));
	assert_int_equal(vectors_list.count, 5);
	/* The note of the second call names its certificate. */
	assert_int_equal(vectors_list.note_count, 1);
	assert_int_equal(vectors_list.notes[0].verdict, VERDICT_BAD_HEADER);
	assert_int_equal(vectors_list.notes[0].cert, 2);
	assert_int_equal(vectors_list.notes[0].offset, 562);
}

static void
test_a_revocation_alone_is_standalone(void **state)
{
	struct bytes revocation =
		vectors_get(&vectors_all, "revocation-certificate.pgp");
	struct buf many;
	size_t i;

	(void)state;
	assert_ok(vectors_read_octets(revocation, &cert_limits_default));
	assert_int_equal(vectors_list.count, 0);
	assert_int_equal(vectors_list.standalone_count, 1);
	buf_init(&many, 0);
	for (i = 0; i < 100; i++)
		assert_ok(buf_put(&many, revocation));
	assert_ok(vectors_read_octets(buf_view(&many), &cert_limits_default));
	assert_int_equal(vectors_list.standalone_count, 100);
	assert_true(bytes_eq(vectors_list.standalone[0].body,
		vectors_list.standalone[99].body));
	buf_done(&many);
}

static void
test_canonical_order_is_the_specified_one(void **state)
{
	const struct cert *c = vectors_cert(
		vectors_arena, vectors_get(&vectors_all, "merge-abc.pgp"));
	struct bytes octets = vectors_canonical(vectors_arena, c);
	struct packet_reader in = packet_reader_of(octets, vectors_arena);
	static const uint8_t tags[] = {6, 2, 13, 2, 2, 13, 2, 14, 2, 14, 2};
	struct packet p;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(tags); i++) {
		assert_ok(packet_next(&in, &p, NULL));
		assert_int_equal(p.tag, tags[i]);
		/* Old headers, two octets of length at least for keys. */
		assert_int_equal(p.whole.data[0] & 0xc0, 0x80);
		if (p.tag == 6)
			assert_int_equal(p.whole.data[0], 0x99);
	}
	assert_status(packet_next(&in, &p, NULL), STATUS_NOT_FOUND);
	assert_true(bytes_cmp(c->user_ids[0].packet.body,
			    c->user_ids[1].packet.body) < 0);
	assert_true(c->subkeys[0].key.created <= c->subkeys[1].key.created);
}

static void
test_signatures_stand_revocations_first_then_by_time(void **state)
{
	const struct cert *c = vectors_cert(
		vectors_arena, vectors_get(&vectors_all, "revoked-uid.pgp"));
	const struct component *uid = NULL;
	size_t i;

	(void)state;
	for (i = 0; i < c->user_id_count; i++) {
		if (c->user_ids[i].sig_count == 2)
			uid = &c->user_ids[i];
	}
	assert_non_null(uid);
	assert_int_equal(uid->sigs[0].info.type, SIG_CERT_REVOCATION);
	assert_true(uid->sigs[0].info.created > uid->sigs[1].info.created);
	c = vectors_cert(
		vectors_arena, vectors_get(&vectors_all, "malformed-sig.pgp"));
	uid = &c->user_ids[0];
	assert_int_equal(uid->sig_count, 4);
	assert_false(uid->sigs[0].malformed);
	assert_true(uid->sigs[1].malformed && uid->sigs[3].malformed);
}

static void
test_stored_octets_read_back_without_hashing(void **state)
{
	struct cert *c = vectors_cert(
		vectors_arena, vectors_get(&vectors_all, "v6-ed25519-uid.pgp"));
	struct bytes octets = vectors_canonical(vectors_arena, c), a, b;
	struct cert *stored;

	(void)state;
	assert_int_equal(octets.data[0], 0xc6); /* version 6: new format */
	assert_ok(cert_read_stored(vectors_arena, octets, &stored, NULL));
	assert_false(stored->digested);
	assert_true(cert_id_eq(&stored->id, &c->id));
	assert_int_equal(stored->packet_count, c->packet_count);
	assert_int_equal(stored->octets, c->octets);
	/* Placed digests do not depend on it. */
	assert_ok(cert_placed_digests(vectors_arena, stored, &a));
	assert_ok(cert_placed_digests(vectors_arena, c, &b));
	assert_true(bytes_eq(a, b));
	assert_ok(cert_digest(vectors_arena, stored));
	assert_memory_equal(&stored->sks_digest, &c->sks_digest, 16);
	assert_memory_equal(
		&stored->user_ids[0].digest, &c->user_ids[0].digest, 32);
}

static void
test_damaged_rows_are_named(void **state)
{
	struct bytes octets = vectors_canonical(vectors_arena,
		vectors_cert(vectors_arena,
			vectors_get(&vectors_all, "order-good.pgp")));
	struct cert *stored;
	struct err err;
	struct buf twice;

	(void)state;
	assert_status(cert_read_stored(vectors_arena, bytes_make(NULL, 0),
			      &stored, &err),
		STATUS_MALFORMED);
	assert_status(
		cert_read_stored(vectors_arena,
			bytes_make(octets.data, octets.len - 1), &stored, &err),
		STATUS_MALFORMED);
	assert_status(cert_read_stored(vectors_arena,
			      bytes_make(octets.data + 54, octets.len - 54),
			      &stored, &err),
		STATUS_MALFORMED);
	buf_init(&twice, 0);
	assert_ok(buf_put(&twice, octets));
	assert_ok(buf_put(&twice, octets));
	assert_status(cert_read_stored(
			      vectors_arena, buf_view(&twice), &stored, &err),
		STATUS_MALFORMED);
	assert_non_null(strstr(err.text, "damaged at offset"));
	buf_done(&twice);
}

static void
test_the_same_octets_elsewhere_are_another_signature(void **state)
{
	const struct cert *a = vectors_cert(
		vectors_arena, vectors_get(&vectors_all, "order-good.pgp"));
	const struct cert *b = vectors_cert(vectors_arena,
		vectors_get(&vectors_all, "order-misplaced.pgp"));
	struct bytes x, y;
	struct digest d;
	size_t i, common = 0;

	(void)state;
	assert_memory_equal(&a->sks_digest, &b->sks_digest, 16);
	assert_ok(cert_placed_digests(vectors_arena, a, &x));
	assert_ok(cert_placed_digests(vectors_arena, b, &y));
	assert_int_equal(x.len, y.len);
	for (i = 0; i < x.len; i += 32) {
		memcpy(&d, x.data + i, 32);
		assert_true(digest_in(x, &d));
		assert_true(
			i == 0 || memcmp(x.data + i - 32, x.data + i, 32) < 0);
		common += digest_in(y, &d);
	}
	assert_int_equal(common, 6);
}

static void
test_flags_tell_what_a_row_holds(void **state)
{
	(void)state;
	assert_int_equal(cert_flags(vectors_cert(vectors_arena,
				 vectors_get(&vectors_all, "v4-rsa.pgp"))),
		0);
	assert_int_equal(
		cert_flags(vectors_cert(vectors_arena,
			vectors_get(&vectors_all, "v6-rfc9580-a3.pgp"))),
		CERT_HAS_V5_V6 | CERT_NOT_SKS);
	assert_int_equal(cert_flags(vectors_cert(vectors_arena,
				 vectors_get(&vectors_all, "alg-unknown.pgp"))),
		CERT_UNVERIFIED | CERT_UNKNOWN_ALGORITHM);
	assert_int_equal(cert_flags(vectors_cert(vectors_arena,
				 vectors_get(&vectors_all, "pqc-shape.pgp"))),
		CERT_HAS_V5_V6 | CERT_NOT_SKS | CERT_UNVERIFIED);
}

/* A certificate with a packet of that tag before its second signature. */
static size_t
signatures_behind(uint8_t tag)
{
	struct packet_reader in = packet_reader_of(
		vectors_get(&vectors_all, "v4-rsa.pgp"), vectors_arena);
	struct cert_list list = {0};
	struct buf b = {0};
	struct bytes octets;
	struct packet p;
	size_t n = 0;

	while (packet_next(&in, &p, NULL) == STATUS_OK) {
		if (p.tag == PACKET_SIGNATURE && n++ == 0)
			assert_ok(packet_write(
				&b, tag, bytes_make("\x01x", 2), false));
		assert_ok(packet_write(&b, p.tag, p.body, false));
	}
	assert_ok(arena_copy(vectors_arena, buf_view(&b), &octets));
	buf_done(&b);
	assert_ok(vectors_read(
		vectors_arena, octets, false, &vectors_limits, &list));
	assert_int_equal(list.count, 1);
	assert_int_equal(list.list[0]->user_id_count, 1);
	return list.list[0]->user_ids[0].sig_count;
}

/* What means nothing ends no component; what is unknown does. */
static void
test_every_tag_between_a_user_id_and_its_signature(void **state)
{
	static const uint8_t ours[] = {2, 5, 6, 7, 13, 14, 17};
	static const uint8_t passed_over[] = {10, 12, 16, 21};
	uint8_t tag;

	(void)state;
	for (tag = 1; tag < 64; tag++) {
		bool noise = tag >= 40 || memchr(passed_over, tag, 4) != NULL;

		if (memchr(ours, tag, sizeof(ours)) != NULL)
			continue;
		assert_int_equal(signatures_behind(tag), noise ? 1 : 0);
	}
}

static void
test_other_signatures_alone_belong_to_nobody(void **state)
{
	struct packet_reader in = packet_reader_of(
		vectors_get(&vectors_all, "v4-rsa.pgp"), vectors_arena);
	struct packet p = {0};

	(void)state;
	while (p.tag != PACKET_SIGNATURE)
		assert_ok(packet_next(&in, &p, NULL));
	assert_ok(vectors_read_octets(p.whole, &cert_limits_default));
	assert_int_equal(vectors_list.standalone_count, 0);
	assert_int_equal(
		vectors_list.notes[0].verdict, VERDICT_UNKNOWN_PRIMARY);
	assert_true(vectors_list.notes[0].cert == SIZE_MAX);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_secret_material_refuses_the_submission),
		cmocka_unit_test(test_bulk_load_skips_secret_keys_and_goes_on),
		cmocka_unit_test(test_two_calls_add_to_one_list),
		cmocka_unit_test(test_a_revocation_alone_is_standalone),
		cmocka_unit_test(test_canonical_order_is_the_specified_one),
		cmocka_unit_test(
			test_signatures_stand_revocations_first_then_by_time),
		cmocka_unit_test(test_stored_octets_read_back_without_hashing),
		cmocka_unit_test(test_damaged_rows_are_named),
		cmocka_unit_test(
			test_the_same_octets_elsewhere_are_another_signature),
		cmocka_unit_test(test_flags_tell_what_a_row_holds),
		cmocka_unit_test(
			test_every_tag_between_a_user_id_and_its_signature),
		cmocka_unit_test(test_other_signatures_alone_belong_to_nobody),
	};

	return cmocka_run_group_tests(tests, vectors_setup, vectors_teardown);
}
