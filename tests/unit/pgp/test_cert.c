#include "../unit.h"

#include <stdio.h>
#include <string.h>

#include "pgp/cert.h"
#include "pgp/digest.h"
#include "vectors.h"

static struct vectors vectors;
static struct arena *arena;
static struct cert_list list;

static struct bytes
get(const char *file)
{
	return vectors_get(&vectors, file);
}

static enum status
read_with(const char *file, const struct cert_limits *limits)
{
	memset(&list, 0, sizeof(list));
	return cert_read(arena, get(file), limits, &list, NULL);
}

static enum status
read_octets(struct bytes octets, const struct cert_limits *limits)
{
	memset(&list, 0, sizeof(list));
	return cert_read(arena, octets, limits, &list, NULL);
}

static void
test_secret_material_refuses_the_submission(void **state)
{
	static const char *const files[] = {
		"secret-key.pgp", "secret-subkey.pgp", "secret-second.pgp"};
	struct bytes cut;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		assert_status(read_with(files[i], &cert_limits_default),
			STATUS_REJECTED);
		assert_int_equal(list.count, 0);
	}
	/* Also when it is cut short. */
	cut = bytes_make(get("secret-key.pgp").data, 20);
	assert_status(read_octets(cut, &cert_limits_default), STATUS_REJECTED);
}

static void
test_bulk_load_skips_secret_keys_and_goes_on(void **state)
{
	struct cert_limits limits = cert_limits_default;
	struct buf both;

	(void)state;
	limits.secret = CERT_SECRET_SKIPS;
	assert_ok(read_with("secret-second.pgp", &limits));
	assert_int_equal(list.count, 1);
	assert_int_equal(list.refused, 1);
	assert_int_equal(list.notes[0].verdict, VERDICT_SECRET);
	/* A secret subkey takes its public primary along, not the next key. */
	buf_init(&both, 0);
	assert_ok(buf_put(&both, get("secret-subkey.pgp")));
	assert_ok(buf_put(&both, get("order-good.pgp")));
	assert_ok(read_octets(buf_view(&both), &limits));
	assert_int_equal(list.count, 1);
	assert_int_equal(list.list[0]->primary.key.key_id,
		vectors_cert(arena, get("order-good.pgp"))->primary.key.key_id);
	buf_done(&both);
}

static void
test_two_calls_add_to_one_list(void **state)
{
	(void)state;
	assert_ok(read_with("evil32.pgp", &cert_limits_default));
	assert_int_equal(list.count, 2);
	assert_ok(cert_read(arena, get("trailing-garbage.pgp"),
		&cert_limits_default, &list, NULL));
	assert_ok(cert_read(
		arena, get("evil32.pgp"), &cert_limits_default, &list, NULL));
	assert_int_equal(list.count, 5);
	/* The note of the second call names its certificate. */
	assert_int_equal(list.note_count, 1);
	assert_int_equal(list.notes[0].verdict, VERDICT_BAD_HEADER);
	assert_int_equal(list.notes[0].cert, 2);
	assert_int_equal(list.notes[0].offset, 562);
}

static void
test_packets_over_their_limit_go_with_what_hangs_on_them(void **state)
{
	char digest[33] = "";
	size_t i;

	(void)state;
	assert_ok(read_with("uid-huge.pgp", &cert_limits_default));
	assert_int_equal(list.list[0]->packet_count, 3);
	for (i = 0; i < 16; i++)
		snprintf(digest + 2 * i, 3, "%02X",
			list.list[0]->sks_digest.octets[i]);
	assert_string_equal(digest, "61CE3823914DED463896DFFA85AE22B3");
	assert_int_equal(list.notes[0].verdict, VERDICT_TOO_LARGE);
	assert_int_equal(list.notes[0].cert, 0);
	assert_int_equal(list.notes[0].tag, PACKET_USER_ID);
}

/* The packet `tag` in one chunk too many, then `after`. */
static struct bytes
chunked(struct bytes before, uint8_t tag, struct bytes after)
{
	size_t size = before.len + 2 + 2 * 4096 + after.len, i;
	uint8_t *out = arena_alloc(arena, size), *at = out;

	memcpy(at, before.data, before.len);
	at += before.len;
	*at++ = 0xc0 | tag;
	for (i = 0; i < 4096; i++) {
		*at++ = 0xe0;
		*at++ = 'x';
	}
	*at++ = 0;
	memcpy(at, after.data, after.len);
	return bytes_make(out, size);
}

static void
test_a_packet_of_too_many_chunks_goes_like_one_too_large(void **state)
{
	struct bytes whole = get("user-attribute.pgp");
	struct cert_list got = {0};

	(void)state;
	/* A user ID, and the signature that stands below it. */
	assert_ok(
		cert_read(arena, chunked(whole, 13, bytes_make("\x88\x01x", 3)),
			&cert_limits_default, &got, NULL));
	assert_int_equal(got.count, 1);
	assert_int_equal(got.list[0]->packet_count,
		vectors_cert(arena, whole)->packet_count);
	assert_int_equal(got.notes[0].verdict, VERDICT_TOO_LARGE);
	assert_int_equal(got.notes[0].cert, 0);
	/* A key, and all below it up to the next one. */
	memset(&got, 0, sizeof(got));
	assert_ok(cert_read(arena, chunked(bytes_of(""), 6, whole),
		&cert_limits_default, &got, NULL));
	assert_int_equal(got.count, 1);
	assert_int_equal(got.refused, 1);
	/* A signature: it alone. */
	memset(&got, 0, sizeof(got));
	assert_ok(
		cert_read(arena, chunked(whole, 2, bytes_make("\x88\x01x", 3)),
			&cert_limits_default, &got, NULL));
	assert_int_equal(got.list[0]->packet_count,
		vectors_cert(arena, whole)->packet_count + 1);
	/* What it may not be, in any number of chunks. */
	assert_status(cert_read(arena, chunked(whole, 7, bytes_of("")),
			      &cert_limits_default, &got, NULL),
		STATUS_REJECTED);
}

static void
test_each_packet_limit_holds_at_its_octet(void **state)
{
	struct cert_limits limits = vectors_limits;
	const struct cert *whole =
		vectors_cert(arena, get("user-attribute.pgp"));
	size_t attribute = whole->attributes[0].packet.body.len;
	size_t key = whole->primary.packet.body.len;

	(void)state;
	limits.max_attribute = attribute;
	limits.max_key = key;
	assert_ok(read_with("user-attribute.pgp", &limits));
	assert_int_equal(list.list[0]->packet_count, whole->packet_count);
	limits.max_attribute = attribute - 1;
	assert_ok(read_with("user-attribute.pgp", &limits));
	assert_int_equal(list.list[0]->attribute_count, 0);
	assert_int_equal(list.list[0]->packet_count, 3);
	limits = vectors_limits;
	limits.max_signature = 1;
	assert_ok(read_with("user-attribute.pgp", &limits));
	assert_int_equal(list.list[0]->packet_count, 3);
	limits.max_key = key - 1;
	assert_ok(read_with("user-attribute.pgp", &limits));
	assert_int_equal(list.count, 0);
	assert_int_equal(list.refused, 1);
}

static void
test_packet_and_certificate_counts_are_limited(void **state)
{
	struct cert_limits limits = cert_limits_default;

	(void)state;
	limits.max_packets = 6;
	assert_ok(read_with("evil32.pgp", &limits));
	assert_int_equal(list.packets, 6);
	limits.max_packets = 5;
	assert_status(read_with("evil32.pgp", &limits), STATUS_LIMIT);
	limits = cert_limits_default;
	limits.max_certs = 1;
	assert_ok(read_with("evil32.pgp", &limits));
	assert_int_equal(list.count, 1);
	assert_int_equal(list.notes[0].verdict, VERDICT_TOO_MANY_CERTS);
	/* Three blocks of one key are one. */
	assert_ok(read_with("merge-abc.pgp", &limits));
	assert_int_equal(list.count, 1);
	assert_int_equal(list.note_count, 0);
}

static void
test_64_notes_are_kept_and_the_rest_counted(void **state)
{
	struct buf octets;
	size_t i;

	(void)state;
	buf_init(&octets, 0);
	for (i = 0; i < 70; i++)
		assert_ok(buf_put(&octets, get("v7-unknown.pgp")));
	assert_ok(read_octets(buf_view(&octets), &cert_limits_default));
	assert_int_equal(list.count, 0);
	assert_int_equal(list.refused, 70);
	assert_int_equal(list.note_count, CERT_NOTES_MAX);
	assert_int_equal(list.notes_dropped, 6);
	buf_done(&octets);
}

static void
test_a_revocation_alone_is_standalone(void **state)
{
	struct bytes revocation = get("revocation-certificate.pgp");
	struct buf many;
	size_t i;

	(void)state;
	assert_ok(read_octets(revocation, &cert_limits_default));
	assert_int_equal(list.count, 0);
	assert_int_equal(list.standalone_count, 1);
	buf_init(&many, 0);
	for (i = 0; i < 100; i++)
		assert_ok(buf_put(&many, revocation));
	assert_ok(read_octets(buf_view(&many), &cert_limits_default));
	assert_int_equal(list.standalone_count, 100);
	assert_true(
		bytes_eq(list.standalone[0].body, list.standalone[99].body));
	buf_done(&many);
}

static void
test_a_small_arena_is_a_limit_not_a_crash(void **state)
{
	struct cert_list some;
	struct arena *small;
	enum status st = STATUS_LIMIT;
	size_t max;

	(void)state;
	for (max = 64; st == STATUS_LIMIT; max += 64) {
		small = arena_new(max);
		memset(&some, 0, sizeof(some));
		st = cert_read(small, get("many-subkeys.pgp"),
			&cert_limits_default, &some, NULL);
		arena_free(small);
	}
	assert_ok(st);
	assert_true(max > 14437);
}

static void
test_canonical_order_is_the_specified_one(void **state)
{
	const struct cert *c = vectors_cert(arena, get("merge-abc.pgp"));
	struct bytes octets = vectors_canonical(arena, c);
	struct packet_reader in = packet_reader_of(octets, arena);
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
	const struct cert *c = vectors_cert(arena, get("revoked-uid.pgp"));
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
	c = vectors_cert(arena, get("malformed-sig.pgp"));
	uid = &c->user_ids[0];
	assert_int_equal(uid->sig_count, 4);
	assert_false(uid->sigs[0].malformed);
	assert_true(uid->sigs[1].malformed && uid->sigs[3].malformed);
}

static void
test_stored_octets_read_back_without_hashing(void **state)
{
	struct cert *c = vectors_cert(arena, get("v6-ed25519-uid.pgp"));
	struct bytes octets = vectors_canonical(arena, c), a, b;
	struct cert *stored;

	(void)state;
	assert_int_equal(octets.data[0], 0xc6); /* version 6: new format */
	assert_ok(cert_read_stored(arena, octets, &stored, NULL));
	assert_false(stored->digested);
	assert_true(cert_id_eq(&stored->id, &c->id));
	assert_int_equal(stored->packet_count, c->packet_count);
	assert_int_equal(stored->octets, c->octets);
	/* Placed digests do not depend on it. */
	assert_ok(cert_placed_digests(arena, stored, &a));
	assert_ok(cert_placed_digests(arena, c, &b));
	assert_true(bytes_eq(a, b));
	assert_ok(cert_digest(arena, stored));
	assert_memory_equal(&stored->sks_digest, &c->sks_digest, 16);
	assert_memory_equal(
		&stored->user_ids[0].digest, &c->user_ids[0].digest, 32);
}

static void
test_damaged_rows_are_named(void **state)
{
	struct bytes octets = vectors_canonical(
		arena, vectors_cert(arena, get("order-good.pgp")));
	struct cert *stored;
	struct err err;
	struct buf twice;

	(void)state;
	assert_status(
		cert_read_stored(arena, bytes_make(NULL, 0), &stored, &err),
		STATUS_MALFORMED);
	assert_status(
		cert_read_stored(arena, bytes_make(octets.data, octets.len - 1),
			&stored, &err),
		STATUS_MALFORMED);
	assert_status(cert_read_stored(arena,
			      bytes_make(octets.data + 54, octets.len - 54),
			      &stored, &err),
		STATUS_MALFORMED);
	buf_init(&twice, 0);
	assert_ok(buf_put(&twice, octets));
	assert_ok(buf_put(&twice, octets));
	assert_status(cert_read_stored(arena, buf_view(&twice), &stored, &err),
		STATUS_MALFORMED);
	assert_non_null(strstr(err.text, "damaged at offset"));
	buf_done(&twice);
}

static void
test_the_same_octets_elsewhere_are_another_signature(void **state)
{
	const struct cert *a = vectors_cert(arena, get("order-good.pgp"));
	const struct cert *b = vectors_cert(arena, get("order-misplaced.pgp"));
	struct bytes x, y;
	struct digest d;
	size_t i, common = 0;

	(void)state;
	assert_memory_equal(&a->sks_digest, &b->sks_digest, 16);
	assert_ok(cert_placed_digests(arena, a, &x));
	assert_ok(cert_placed_digests(arena, b, &y));
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
	assert_int_equal(cert_flags(vectors_cert(arena, get("v4-rsa.pgp"))), 0);
	assert_int_equal(
		cert_flags(vectors_cert(arena, get("v6-rfc9580-a3.pgp"))),
		CERT_HAS_V5_V6 | CERT_NOT_SKS);
	assert_int_equal(
		cert_flags(vectors_cert(arena, get("alg-unknown.pgp"))),
		CERT_UNVERIFIED | CERT_UNKNOWN_ALGORITHM);
	assert_int_equal(cert_flags(vectors_cert(arena, get("pqc-shape.pgp"))),
		CERT_HAS_V5_V6 | CERT_NOT_SKS | CERT_UNVERIFIED);
}

/* The primary of one vector before all packets of another but its own. */
static enum status
read_grafted(
	const char *primary, const char *rest, const struct cert_limits *limits)
{
	struct packet_reader a = packet_reader_of(get(primary), arena);
	struct packet_reader b = packet_reader_of(get(rest), arena);
	struct packet p, q;
	enum status st;
	struct buf out;

	assert_ok(packet_next(&a, &p, NULL));
	assert_ok(packet_next(&b, &q, NULL));
	buf_init(&out, 0);
	assert_ok(buf_put(&out, p.whole));
	assert_ok(
		buf_put(&out, bytes_make(b.in.data + b.pos, b.in.len - b.pos)));
	st = read_octets(buf_view(&out), limits);
	/* The views into it are not used any more. */
	buf_done(&out);
	return st;
}

static void
test_subkeys_that_do_not_fit_go_with_their_signatures(void **state)
{
	static const char *const pairs[][2] = {{"v3-rsa.pgp", "v4-rsa.pgp"},
		{"v6-rfc9580-a3.pgp", "v4-rsa.pgp"},
		{"v4-rsa.pgp", "v6-rfc9580-a3.pgp"}};
	struct cert_limits limits = cert_limits_default;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		assert_ok(read_grafted(
			pairs[i][0], pairs[i][1], &cert_limits_default));
		assert_int_equal(list.count, 1);
		assert_int_equal(list.list[0]->subkey_count, 0);
		assert_int_equal(list.note_count, 1);
		assert_int_equal(
			list.notes[0].verdict, VERDICT_UNUSABLE_SUBKEY);
		assert_int_equal(list.notes[0].cert, 0);
	}
	/* A version 5 subkey below version 4 does fit: GnuPG makes them. */
	assert_ok(read_grafted(
		"v4-rsa.pgp", "v5-ed25519.pgp", &cert_limits_default));
	assert_int_equal(list.list[0]->subkey_count, 1);
	limits.max_key = 200;
	assert_ok(read_grafted("v4-ed25519-legacy.pgp", "v4-rsa.pgp", &limits));
	assert_int_equal(list.list[0]->subkey_count, 0);
	assert_int_equal(list.notes[0].verdict, VERDICT_TOO_LARGE);
}

static void
test_notes_of_a_key_taken_back_name_none(void **state)
{
	struct cert_limits limits = cert_limits_default;
	struct buf out;

	(void)state;
	limits.secret = CERT_SECRET_SKIPS;
	buf_init(&out, 0);
	assert_ok(buf_put(&out, get("unknown-tag.pgp")));
	/* A secret subkey: tag 7. The key was good up to here. */
	assert_ok(buf_put(&out, bytes_make("\x9c\x01\x04", 3)));
	assert_ok(buf_put(&out, get("order-good.pgp")));
	assert_ok(read_octets(buf_view(&out), &limits));
	assert_int_equal(list.count, 1);
	assert_int_equal(list.list[0]->packet_count, 7);
	assert_int_equal(list.note_count, 2);
	assert_int_equal(list.notes[0].verdict, VERDICT_UNKNOWN_TAG);
	assert_true(list.notes[0].cert == SIZE_MAX);
	assert_int_equal(list.notes[1].verdict, VERDICT_SECRET);
	buf_done(&out);
}

static void
test_other_signatures_alone_belong_to_nobody(void **state)
{
	struct packet_reader in = packet_reader_of(get("v4-rsa.pgp"), arena);
	struct packet p = {0};

	(void)state;
	while (p.tag != PACKET_SIGNATURE)
		assert_ok(packet_next(&in, &p, NULL));
	assert_ok(read_octets(p.whole, &cert_limits_default));
	assert_int_equal(list.standalone_count, 0);
	assert_int_equal(list.notes[0].verdict, VERDICT_UNKNOWN_PRIMARY);
	assert_true(list.notes[0].cert == SIZE_MAX);
}

static int
setup(void **state)
{
	(void)state;
	vectors_load(&vectors);
	arena = arena_new((size_t)256 * 1024 * 1024);
	return crypto_init(NULL) != STATUS_OK;
}

static int
teardown(void **state)
{
	(void)state;
	arena_free(arena);
	vectors_free(&vectors);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_secret_material_refuses_the_submission),
		cmocka_unit_test(test_bulk_load_skips_secret_keys_and_goes_on),
		cmocka_unit_test(test_two_calls_add_to_one_list),
		cmocka_unit_test(
			test_packets_over_their_limit_go_with_what_hangs_on_them),
		cmocka_unit_test(
			test_a_packet_of_too_many_chunks_goes_like_one_too_large),
		cmocka_unit_test(test_each_packet_limit_holds_at_its_octet),
		cmocka_unit_test(
			test_packet_and_certificate_counts_are_limited),
		cmocka_unit_test(test_64_notes_are_kept_and_the_rest_counted),
		cmocka_unit_test(test_a_revocation_alone_is_standalone),
		cmocka_unit_test(test_a_small_arena_is_a_limit_not_a_crash),
		cmocka_unit_test(test_canonical_order_is_the_specified_one),
		cmocka_unit_test(
			test_signatures_stand_revocations_first_then_by_time),
		cmocka_unit_test(test_stored_octets_read_back_without_hashing),
		cmocka_unit_test(test_damaged_rows_are_named),
		cmocka_unit_test(
			test_the_same_octets_elsewhere_are_another_signature),
		cmocka_unit_test(test_flags_tell_what_a_row_holds),
		cmocka_unit_test(
			test_subkeys_that_do_not_fit_go_with_their_signatures),
		cmocka_unit_test(test_notes_of_a_key_taken_back_name_none),
		cmocka_unit_test(test_other_signatures_alone_belong_to_nobody),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
