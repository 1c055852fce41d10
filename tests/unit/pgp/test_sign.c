/* Promises of src/pgp/sign: what we sign, everybody can verify. */
#include <string.h>

#include "../unit.h"
#include "base/hex.h"
#include "pgp/level.h"
#include "pgp/sign.h"

enum { ARENA = 4 << 20 };

static const char words[] = "keypost canary of one.example <c@one.example>";

static void
take_key(struct sign_key *key)
{
	/* RFC 8032 section 7.1, test 1 */
	static const char rfc8032[] = "9d61b19deffd5a60ba844af492ec2cc4"
				      "4449c5697b326919703bac031cae7f60";
	size_t len;

	key->created = 1700000000;
	assert_ok(hex_read(
		bytes_of(rfc8032), key->secret, sizeof(key->secret), &len));
}

static enum verify_result
verdict_on(const struct cert *c)
{
	struct verify_budget budget = {1 << 20, 100};
	const struct component *id = &c->user_ids[0];

	return verify_signature(
		c, id, &id->sigs[0].info, &c->primary.key, &budget);
}

static struct cert *
certificate(struct arena *arena, const char *user_id, uint32_t when)
{
	struct sign_key key;
	struct cert_list list = {0};
	struct buf out;
	struct bytes octets;
	struct err err = {{0}};

	take_key(&key);
	buf_init(&out, 4096);
	assert_ok(sign_certificate(
		&key, user_id, SIGN_MAY_CERTIFY, when, &out, &err));
	assert_ok(arena_copy(arena, buf_view(&out), &octets));
	assert_ok(cert_read(arena, octets, &cert_limits_default, &list, &err));
	buf_done(&out);
	assert_int_equal(list.count, 1);
	assert_int_equal(list.note_count, 0);
	return list.list[0];
}

static void
the_public_point_is_that_of_the_secret(void **state)
{
	struct arena *arena = arena_new(ARENA);
	struct cert *c = certificate(arena, words, 1700000100);
	struct sign_key key;
	struct err err = {{0}};
	uint8_t point[32];
	char hex[65];

	(void)state;
	take_key(&key);
	assert_ok(sign_point(&key, point, &err));
	hex_write_lower(bytes_make(point, sizeof(point)), hex);
	assert_string_equal(hex, "d75a980182b10ab7d54bfed3c964073a"
				 "0ee172f3daa62325af021a68f707511a");
	assert_string_equal(c->primary.key.curve, "Ed25519");
	assert_int_equal(c->primary.key.algorithm, 22);
	assert_int_equal(c->primary.key.created, 1700000000);
	arena_free(arena);
}

static void
its_self_signature_verifies(void **state)
{
	struct arena *arena = arena_new(ARENA);
	struct cert *c = certificate(arena, words, 1700000100);
	struct component *id = &c->user_ids[0];

	(void)state;
	assert_int_equal(c->user_id_count, 1);
	assert_int_equal(id->sig_count, 1);
	assert_int_equal(id->sigs[0].info.created, 1700000100);
	assert_true(verify_is_self(c, &id->sigs[0]));
	assert_int_equal(verdict_on(c), VERIFY_GOOD);
	arena_free(arena);
}

static void
nothing_of_it_is_lost_at_any_level(void **state)
{
	(void)state;
	for (unsigned int l = LEVEL_SKS; l <= LEVEL_STRICT; l++) {
		struct arena *arena = arena_new(ARENA);
		struct cert *c = certificate(arena, words, 1700000100);
		struct level_rules rules = {
			.level = (enum level)l, .limits = &cert_limits_default};
		struct level_result out = {0};

		assert_ok(level_apply(arena, &rules, c, &out));
		assert_non_null(out.cert);
		assert_int_equal(out.cert->packet_count, 3);
		arena_free(arena);
	}
}

/* Leading zeros of a number are not written: one signature in 128 has them. */
static void
so_does_every_signature_of_a_year(void **state)
{
	(void)state;
	for (uint32_t day = 0; day < 366; day++) {
		struct arena *arena = arena_new(ARENA);
		struct cert *c =
			certificate(arena, words, 1700000100 + day * 86400);

		assert_int_equal(verdict_on(c), VERIFY_GOOD);
		arena_free(arena);
	}
}

static void
a_user_id_may_be_so_long_and_no_longer(void **state)
{
	struct arena *arena = arena_new(ARENA);
	char id[SIGN_USER_ID_MAX + 2];
	struct sign_key key;
	struct buf out;
	struct err err = {{0}};

	(void)state;
	take_key(&key);
	memset(id, 'x', sizeof(id));
	id[SIGN_USER_ID_MAX] = '\0';
	assert_int_equal(certificate(arena, id, 1700000100)->user_id_count, 1);
	id[SIGN_USER_ID_MAX] = 'x';
	id[SIGN_USER_ID_MAX + 1] = '\0';
	buf_init(&out, 4096);
	assert_int_equal(sign_certificate(&key, id, SIGN_MAY_CERTIFY,
				 1700000100, &out, &err),
		STATUS_LIMIT);
	assert_int_equal(out.len, 0);
	buf_done(&out);
	arena_free(arena);
}

/* What a receiver does with a signature over octets. */
static enum pk_result
judge(struct arena *arena, struct bytes octets, struct bytes packets)
{
	struct cert *c = certificate(arena, words, 1700000100);
	struct packet_reader r = packet_reader_of(packets, arena);
	struct signature_info sig;
	struct packet packet;
	struct err err = {{0}};
	struct bytes parts[3];
	uint8_t hash[CRYPTO_HASH_MAX], end[6] = {4, 0xff};
	size_t len;

	assert_ok(packet_next(&r, &packet, &err));
	assert_int_equal(packet.tag, PACKET_SIGNATURE);
	assert_ok(signature_parse(packet.body, &sig, &err));
	assert_int_equal(sig.type, SIG_BINARY);
	assert_int_equal(sig.created, 1700000200);
	assert_memory_equal(sig.issuer_fpr.octets, c->id.fpr.octets, 20);
	end[5] = (uint8_t)sig.hashed_part.len;
	parts[0] = octets;
	parts[1] = sig.hashed_part;
	parts[2] = bytes_make(end, sizeof(end));
	assert_ok(crypto_hash(sig.hash_algorithm, parts, 3, hash, &len));
	return pk_verify(&c->primary.key, &sig, bytes_make(hash, len));
}

static void
octets_are_signed_as_a_file_is(void **state)
{
	struct arena *arena = arena_new(ARENA);
	struct sign_key key;
	struct buf out;
	struct err err = {{0}};

	(void)state;
	take_key(&key);
	buf_init(&out, 4096);
	assert_ok(sign_octets(
		&key, bytes_of("some words"), 1700000200, &out, &err));
	assert_int_equal(
		judge(arena, bytes_of("some words"), buf_view(&out)), PK_GOOD);
	assert_int_not_equal(
		judge(arena, bytes_of("some Words"), buf_view(&out)), PK_GOOD);
	buf_done(&out);
	arena_free(arena);
}

static int
begin(void **state)
{
	struct err err = {{0}};

	(void)state;
	return crypto_init(&err) == STATUS_OK ? 0 : -1;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_public_point_is_that_of_the_secret),
		cmocka_unit_test(its_self_signature_verifies),
		cmocka_unit_test(nothing_of_it_is_lost_at_any_level),
		cmocka_unit_test(so_does_every_signature_of_a_year),
		cmocka_unit_test(a_user_id_may_be_so_long_and_no_longer),
		cmocka_unit_test(octets_are_signed_as_a_file_is),
	};

	return cmocka_run_group_tests(tests, begin, NULL);
}
