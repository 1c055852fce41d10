#include "../unit.h"

#include <string.h>

#include "pgp/crypto.h"
#include "pgp/signature.h"
#include "pgp/subpacket.h"

#define OCTETS(...)                                                            \
	bytes_make((const uint8_t[]){__VA_ARGS__},                             \
		sizeof((const uint8_t[]){__VA_ARGS__}))

/* A version 4 signature with these areas, by RSA over SHA-256. */
static struct bytes
sig_v4(struct buf *out, struct bytes hashed, struct bytes unhashed)
{
	buf_clear(out);
	assert_ok(buf_put(out, OCTETS(4, 0x13, 1, 8)));
	assert_ok(buf_put_u8(out, (uint8_t)(hashed.len >> 8)));
	assert_ok(buf_put_u8(out, (uint8_t)hashed.len));
	assert_ok(buf_put(out, hashed));
	assert_ok(buf_put_u8(out, (uint8_t)(unhashed.len >> 8)));
	assert_ok(buf_put_u8(out, (uint8_t)unhashed.len));
	assert_ok(buf_put(out, unhashed));
	assert_ok(buf_put(out, OCTETS(0xab, 0xcd, 0, 8, 0xff)));
	return buf_view(out);
}

static void
parse(struct bytes hashed, struct bytes unhashed, enum status want,
	struct signature_info *info)
{
	struct buf out;

	buf_init(&out, 0);
	memset(info, 0, sizeof(*info));
	assert_status(
		signature_parse(sig_v4(&out, hashed, unhashed), info, NULL),
		want);
	buf_done(&out);
}

static const struct bytes none = {NULL, 0};

static void
test_version_3_has_fixed_places(void **state)
{
	struct bytes body = OCTETS(3, 5, 0x10, 1, 2, 3, 4, 8, 7, 6, 5, 4, 3, 2,
		1, 17, 2, 0xaa, 0xbb, 9, 9);
	struct signature_info info;

	(void)state;
	assert_ok(signature_parse(body, &info, NULL));
	assert_int_equal(info.type, 0x10);
	assert_int_equal(info.created, 0x01020304);
	assert_true(info.has_issuer);
	assert_true(info.issuer == 0x0807060504030201);
	assert_int_equal(info.pk_algorithm, 17);
	assert_int_equal(info.hash_algorithm, 2);
	assert_memory_equal(info.left, "\xaa\xbb", 2);
	assert_int_equal(info.hashed_part.len, 5);
	assert_int_equal(info.hashed_part.data[0], 0x10);
	assert_int_equal(info.material.len, 2);
	assert_true(info.exportable);
	assert_status(signature_parse(bytes_make(body.data, 18), &info, NULL),
		STATUS_MALFORMED);
	body = OCTETS(3, 6, 0x10, 1, 2, 3, 4, 8, 7, 6, 5, 4, 3, 2, 1, 17, 2,
		0xaa, 0xbb);
	assert_status(signature_parse(body, &info, NULL), STATUS_MALFORMED);
}

static void
test_hashed_subpackets_are_read(void **state)
{
	struct bytes hashed = OCTETS(5, 2, 0, 0, 1, 0, /* created */
		5, 0x83, 0, 0, 0, 9,                   /* expires, critical */
		2, 4, 0,                               /* exportable */
		5, 9, 0, 0, 0, 7,                      /* key expires */
		2, 25, 1,                              /* primary user ID */
		3, 27, 3, 0,                           /* flags */
		5, 29, 2, 'b', 'a', 'd',               /* reason */
		9, 16, 1, 2, 3, 4, 5, 6, 7, 8);        /* issuer */
	struct signature_info info;

	(void)state;
	parse(hashed, none, STATUS_OK, &info);
	assert_int_equal(info.created, 256);
	assert_int_equal(info.expires_after, 9);
	assert_false(info.exportable);
	assert_true(info.has_key_expiry);
	assert_int_equal(info.key_expires_after, 7);
	assert_true(info.primary_user_id);
	assert_true(info.has_flags);
	assert_int_equal(info.flags, 3);
	assert_true(info.has_reason);
	assert_int_equal(info.reason, 2);
	assert_int_equal(info.reason_text.len, 3);
	assert_true(info.issuer == 0x0102030405060708);
	assert_memory_equal(info.left, "\xab\xcd", 2);
}

static void
test_unhashed_ones_count_only_for_the_issuer(void **state)
{
	struct bytes unhashed = OCTETS(5, 2, 0, 0, 1, 0, 2, 4, 0, 2, 25, 1, 9,
		16, 1, 2, 3, 4, 5, 6, 7, 8, 3, 32, 4, 0x19);
	struct signature_info info;

	(void)state;
	parse(none, unhashed, STATUS_OK, &info);
	assert_int_equal(info.created, 0);
	assert_true(info.exportable);
	assert_false(info.primary_user_id);
	assert_true(info.has_issuer);
	assert_int_equal(info.embedded.len, 2);
}

static void
test_hashed_issuer_wins_and_more_are_remembered(void **state)
{
	struct bytes hashed = OCTETS(9, 16, 1, 1, 1, 1, 1, 1, 1, 1);
	struct bytes unhashed = OCTETS(9, 16, 2, 2, 2, 2, 2, 2, 2, 2);
	struct signature_info info;

	(void)state;
	parse(hashed, none, STATUS_OK, &info);
	assert_false(info.many_issuers);
	parse(hashed, unhashed, STATUS_OK, &info);
	assert_true(info.issuer == 0x0101010101010101);
	assert_true(info.many_issuers);
}

static void
test_issuer_fingerprint_names_the_key_id(void **state)
{
	uint8_t v4[23] = {22, 33, 4}, v6[35] = {34, 33, 6};
	struct signature_info info;
	size_t i;

	(void)state;
	for (i = 0; i < 20; i++)
		v4[3 + i] = (uint8_t)(i + 1);
	for (i = 0; i < 32; i++)
		v6[3 + i] = (uint8_t)(i + 1);
	parse(bytes_make(v4, sizeof(v4)), none, STATUS_OK, &info);
	assert_true(info.has_issuer_fpr && info.has_issuer);
	assert_int_equal(info.issuer_fpr.version, 4);
	assert_true(info.issuer == 0x0d0e0f1011121314);
	parse(none, bytes_make(v6, sizeof(v6)), STATUS_OK, &info);
	assert_int_equal(info.issuer_fpr.len, 32);
	assert_true(info.issuer == 0x0102030405060708);
	v6[2] = 4; /* a version 4 fingerprint of 32 octets is none */
	parse(none, bytes_make(v6, sizeof(v6)), STATUS_OK, &info);
	assert_false(info.has_issuer_fpr || info.has_issuer);
}

static void
test_too_short_ones_are_passed_over(void **state)
{
	struct bytes hashed = OCTETS(
		3, 2, 0, 0, 5, 16, 1, 2, 3, 4, 1, 4, 1, 29, 1, 25, 1, 27);
	struct signature_info info;

	(void)state;
	parse(hashed, none, STATUS_OK, &info);
	assert_int_equal(info.created, 0);
	assert_false(info.has_issuer);
	assert_true(info.exportable);
	assert_false(info.has_reason);
	assert_true(info.has_flags); /* empty flags allow nothing */
	assert_int_equal(info.flags, 0);
}

static void
test_broken_areas_are_malformed(void **state)
{
	struct signature_info info;

	(void)state;
	parse(OCTETS(0), none, STATUS_MALFORMED, &info);
	parse(OCTETS(5, 2, 0, 0), none, STATUS_MALFORMED, &info);
	parse(none, OCTETS(255, 0, 0, 0), STATUS_MALFORMED, &info);
	parse(none, OCTETS(2, 25, 1, 192), STATUS_MALFORMED, &info);
	assert_status(signature_parse(OCTETS(9, 0x13, 1, 8, 0, 0, 0, 0, 1, 2),
			      &info, NULL),
		STATUS_MALFORMED);
	assert_status(signature_parse(none, &info, NULL), STATUS_MALFORMED);
}

static void
test_256_subpackets_are_read_and_257_are_not(void **state)
{
	uint8_t area[3 * 257];
	struct signature_info info;
	size_t i;

	(void)state;
	for (i = 0; i < 257; i++)
		memcpy(area + 3 * i, "\x02\x19\x01", 3);
	parse(bytes_make(area, 3 * 256), none, STATUS_OK, &info);
	parse(bytes_make(area, 3 * 250), bytes_make(area, 3 * 6), STATUS_OK,
		&info);
	parse(bytes_make(area, 3 * 257), none, STATUS_MALFORMED, &info);
	parse(bytes_make(area, 3 * 250), bytes_make(area, 3 * 7),
		STATUS_MALFORMED, &info);
}

/* Version 6: type 0x13, Ed25519, the hash, empty areas, n octets of salt. */
static enum status
parse_v6(uint8_t hash, uint8_t salt, struct signature_info *info)
{
	uint8_t body[80] = {6, 0x13, 27, hash};

	body[14] = salt;
	return signature_parse(
		bytes_make(body, (size_t)15 + salt + 2), info, NULL);
}

static void
test_salt_has_the_size_that_its_hash_wants(void **state)
{
	static const uint8_t hashes[][2] = {
		{8, 16}, {9, 24}, {10, 32}, {11, 16}, {12, 16}, {14, 32}};
	struct signature_info info;
	size_t i;

	(void)state;
	for (i = 0; i < 6; i++) {
		assert_int_equal(
			signature_salt_len(hashes[i][0]), hashes[i][1]);
		assert_ok(parse_v6(hashes[i][0], hashes[i][1], &info));
		assert_int_equal(info.salt.len, hashes[i][1]);
		assert_int_equal(info.material.len, 2);
		assert_status(parse_v6(hashes[i][0],
				      (uint8_t)(hashes[i][1] - 1), &info),
			STATUS_MALFORMED);
	}
	/* What is wrong for an unknown hash, nobody knows. */
	assert_ok(parse_v6(99, 5, &info));
}

static void
test_subpacket_lengths_of_one_two_and_five_octets(void **state)
{
	static uint8_t octets[17000];
	struct subpacket s;
	struct reader in;

	(void)state;
	octets[0] = 191;
	octets[1] = 0x80 | 20;
	in = reader_of(bytes_make(octets, 192));
	assert_ok(subpacket_next(&in, &s));
	assert_int_equal(s.body.len, 190);
	assert_int_equal(s.type, 20);
	assert_true(s.critical);
	assert_status(subpacket_next(&in, &s), STATUS_NOT_FOUND);
	/* 254 is two octets here, not a partial length. */
	octets[0] = 254;
	octets[1] = 255;
	octets[2] = 20;
	in = reader_of(bytes_make(octets, 2 + 16319));
	assert_ok(subpacket_next(&in, &s));
	assert_int_equal(s.body.len, 16318);
	assert_false(s.critical);
	memcpy(octets, "\xff\0\0\0\2\x14x", 7);
	in = reader_of(bytes_make(octets, 7));
	assert_ok(subpacket_next(&in, &s));
	assert_text(s.body, "x");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_version_3_has_fixed_places),
		cmocka_unit_test(test_hashed_subpackets_are_read),
		cmocka_unit_test(test_unhashed_ones_count_only_for_the_issuer),
		cmocka_unit_test(
			test_hashed_issuer_wins_and_more_are_remembered),
		cmocka_unit_test(test_issuer_fingerprint_names_the_key_id),
		cmocka_unit_test(test_too_short_ones_are_passed_over),
		cmocka_unit_test(test_broken_areas_are_malformed),
		cmocka_unit_test(test_256_subpackets_are_read_and_257_are_not),
		cmocka_unit_test(test_salt_has_the_size_that_its_hash_wants),
		cmocka_unit_test(
			test_subpacket_lengths_of_one_two_and_five_octets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
