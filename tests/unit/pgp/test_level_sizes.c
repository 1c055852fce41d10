/*
 * Limits on one packet hold at the levels, too, and not only when it is read:
 * what was stored under other settings is cut by those there are.
 */
#include "../unit.h"

#include <string.h>

#include "attack.h"
#include "pgp/level.h"

static struct cert_limits limits;

static struct level_result
clean(const struct cert *cert, struct bytes known)
{
	struct level_rules rules = {
		.level = LEVEL_CLEAN, .limits = &limits, .known = known};
	struct level_result r;

	assert_ok(level_apply(vectors_arena, &rules, cert, &r));
	return r;
}

/* ---- L9 ----------------------------------------------------------------- */

static void
test_a_signature_is_cut_by_the_limit_of_today(void **state)
{
	static uint8_t text[4000];
	struct forge_sig s = attack_sig(SIG_POSITIVE_CERT, &attack.owner, NULL);
	const struct cert *cert, *stored;
	struct level_result r;
	struct buf area = {0};
	struct bytes known;

	(void)state;
	forge_put_subpacket(&area, 20, bytes_make(text, sizeof(text)));
	s.hashed = buf_view(&area);
	attack_start();
	attack_add_named(s, 1);
	limits = cert_limits_default;
	limits.max_signature = 5000;
	cert = attack_read();
	stored = clean(cert, bytes_make(NULL, 0)).cert;
	assert_int_equal(stored->packet_count, 4);
	assert_ok(cert_placed_digests(vectors_arena, stored, &known));
	limits.max_signature = 4000;
	r = clean(stored, known);
	assert_int_equal(r.cert->packet_count, 3);
	assert_int_equal(attack_count(&r, VERDICT_TOO_LARGE), 1);
	assert_string_equal(r.notes[0].limit, "max_sig_octets");
	r = clean(cert, bytes_make(NULL, 0));
	assert_int_equal(r.cert->packet_count, 3);
	buf_done(&area);
}

static void
test_a_component_goes_with_what_is_known_of_it(void **state)
{
	const struct cert *stored;
	struct level_result r;
	struct bytes known;

	(void)state;
	attack_start();
	limits = cert_limits_default;
	stored = clean(attack_read(), bytes_make(NULL, 0)).cert;
	assert_ok(cert_placed_digests(vectors_arena, stored, &known));
	limits.max_user_id = attack_name().len;
	r = clean(stored, known);
	assert_int_equal(r.cert->packet_count, 3);
	limits.max_user_id--;
	r = clean(stored, known);
	assert_null(r.cert);
	assert_int_equal(r.refused, VERDICT_NOTHING_LEFT);
	assert_int_equal(attack_count(&r, VERDICT_TOO_LARGE), 1);
	assert_int_equal(attack_count(&r, VERDICT_COMPONENT_GONE), 1);
}

static void
test_a_primary_key_is_refused_by_the_limit_of_today(void **state)
{
	const struct cert *cert;
	struct level_result r;

	(void)state;
	attack_start();
	cert = attack_read();
	limits = cert_limits_default;
	limits.max_key = cert->primary.packet.body.len;
	assert_non_null(clean(cert, bytes_make(NULL, 0)).cert);
	limits.max_key--;
	r = clean(cert, bytes_make(NULL, 0));
	assert_null(r.cert);
	assert_int_equal(r.refused, VERDICT_TOO_LARGE);
}

/* ---- L10 ---------------------------------------------------------------- */

/* A subkey with so many bits of modulus, bound by the owner. */
static void
add_rsa_subkey(size_t bits)
{
	static uint8_t octets[6 + 2 + 2049 + 4];
	struct forge sub = attack.sub;
	struct forge_sig bind =
		attack_sig(SIG_SUBKEY_BINDING, &attack.owner, NULL);
	size_t n = (bits + 7) / 8;

	memset(octets, 0, sizeof(octets));
	memcpy(octets, "\x04\x3b\x9a\xca\x00\x01", 6);
	octets[6] = (uint8_t)(bits >> 8);
	octets[7] = (uint8_t)bits;
	octets[8] = (uint8_t)(1 << (bits - 1) % 8);
	memcpy(octets + 8 + n, "\x00\x05\x11", 3);
	memset(&sub.body, 0, sizeof(sub.body));
	assert_ok(buf_put(&sub.body, bytes_make(octets, 8 + n + 3)));
	bind.subkey = &sub;
	forge_put(&attack.input, PACKET_PUBLIC_SUBKEY, buf_view(&sub.body));
	forge_put_sig(&attack.owner, &bind, &attack.input);
	buf_done(&sub.body);
}

static void
test_a_subkey_of_giant_numbers_goes(void **state)
{
	struct level_result r;

	(void)state;
	limits = cert_limits_default;
	attack_start();
	add_rsa_subkey(16384);
	assert_int_equal(
		clean(attack_read(), bytes_make(NULL, 0)).cert->packet_count,
		5);
	attack_start();
	add_rsa_subkey(16385);
	r = clean(attack_read(), bytes_make(NULL, 0));
	assert_int_equal(r.cert->packet_count, 3);
	assert_int_equal(attack_count(&r, VERDICT_BAD_PARAMETERS), 1);
	assert_int_equal(attack_count(&r, VERDICT_COMPONENT_GONE), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_signature_is_cut_by_the_limit_of_today),
		cmocka_unit_test(
			test_a_component_goes_with_what_is_known_of_it),
		cmocka_unit_test(
			test_a_primary_key_is_refused_by_the_limit_of_today),
		cmocka_unit_test(test_a_subkey_of_giant_numbers_goes),
	};

	return cmocka_run_group_tests(tests, attack_open, attack_close);
}
