/*
 * Rules of the levels that no vector shows: each was taken away in turn, and
 * these are those that nothing missed.
 */
#include "../unit.h"

#include <string.h>

#include "attack.h"
#include "pgp/level.h"

static struct level_result
apply(enum level level, const struct cert_limits *limits)
{
	struct level_rules rules = {.level = level, .limits = limits};
	struct level_result r;

	assert_ok(level_apply(vectors_arena, &rules, attack_read(), &r));
	return r;
}

static struct level_result
clean(void)
{
	return apply(LEVEL_CLEAN, &cert_limits_default);
}

/* ---- versions ----------------------------------------------------------- */

/* The owner's key as one of version 6, with the same numbers. */
static void
make_version_6(struct forge *f)
{
	struct bytes v4 = buf_view(&attack.owner.body);
	size_t n = v4.len - 6;
	const uint8_t head[] = {6, v4.data[1], v4.data[2], v4.data[3],
		v4.data[4], v4.data[5], 0, 0, 0, (uint8_t)n};

	*f = attack.owner;
	memset(&f->body, 0, sizeof(f->body));
	assert_ok(buf_put(&f->body, bytes_make(head, sizeof(head))));
	assert_ok(buf_put(&f->body, bytes_make(v4.data + 6, n)));
}

/* A good signature of version 4 says nothing of a key of version 6. */
static void
test_a_version_6_key_signs_by_version_6_only(void **state)
{
	struct forge_sig s = attack_sig(SIG_POSITIVE_CERT, NULL, NULL);
	const struct forge *keys[2] = {&attack.owner, NULL};
	struct level_result r;
	struct forge v6;
	size_t i;

	(void)state;
	make_version_6(&v6);
	keys[1] = &v6;
	s.user_id = attack_name();
	s.names_hashed = false;
	s.bare = true;
	for (i = 0; i < 2; i++) {
		s.signer = keys[i];
		buf_clear(&attack.input);
		forge_put(&attack.input, PACKET_PUBLIC_KEY,
			buf_view(&keys[i]->body));
		forge_put(&attack.input, PACKET_USER_ID, attack_name());
		forge_put_sig(keys[i], &s, &attack.input);
		r = clean();
		assert_true((r.cert != NULL) == (i == 0));
	}
	assert_int_equal(r.refused, VERDICT_NOTHING_LEFT);
	buf_done(&v6.body);
}

/* ---- what holds a component --------------------------------------------- */

static void
test_a_component_is_held_by_its_revocation(void **state)
{
	struct forge_sig name =
		attack_sig(SIG_CERT_REVOCATION, &attack.owner, NULL);
	struct forge_sig sub =
		attack_sig(SIG_SUBKEY_REVOCATION, &attack.owner, NULL);
	struct level_result r;

	(void)state;
	name.user_id = attack_name();
	sub.subkey = &attack.sub;
	buf_clear(&attack.input);
	forge_put(
		&attack.input, PACKET_PUBLIC_KEY, buf_view(&attack.owner.body));
	forge_put(&attack.input, PACKET_USER_ID, attack_name());
	forge_put_sig(&attack.owner, &name, &attack.input);
	forge_put(&attack.input, PACKET_PUBLIC_SUBKEY,
		buf_view(&attack.sub.body));
	forge_put_sig(&attack.owner, &sub, &attack.input);
	r = clean();
	assert_non_null(r.cert);
	assert_int_equal(r.cert->packet_count, 5);
	/* Those of others hold nothing. */
	name.signer = sub.signer = &attack.other;
	buf_clear(&attack.input);
	forge_put(
		&attack.input, PACKET_PUBLIC_KEY, buf_view(&attack.owner.body));
	forge_put(&attack.input, PACKET_USER_ID, attack_name());
	forge_put_sig(&attack.owner, &name, &attack.input);
	forge_put(&attack.input, PACKET_PUBLIC_SUBKEY,
		buf_view(&attack.sub.body));
	forge_put_sig(&attack.owner, &sub, &attack.input);
	assert_null(clean().cert);
}

/* A key without any component, revoked or signed directly. */
static void
test_a_bare_key_is_held_by_a_word_on_itself(void **state)
{
	static const uint8_t types[] = {SIG_KEY_REVOCATION, SIG_DIRECT_KEY};
	struct forge_sig s;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(types); i++) {
		s = attack_sig(types[i], &attack.owner, NULL);
		buf_clear(&attack.input);
		forge_put(&attack.input, PACKET_PUBLIC_KEY,
			buf_view(&attack.owner.body));
		forge_put_sig(&attack.owner, &s, &attack.input);
		assert_int_equal(clean().cert->packet_count, 2);
		s.signer = &attack.other;
		buf_clear(&attack.input);
		forge_put(&attack.input, PACKET_PUBLIC_KEY,
			buf_view(&attack.owner.body));
		forge_put_sig(&attack.owner, &s, &attack.input);
		assert_null(clean().cert);
	}
}

/* ---- revocations are not counted ---------------------------------------- */

static void
test_own_revocations_are_beside_every_limit(void **state)
{
	struct cert_limits limits = cert_limits_default;
	struct forge_sig s = attack_sig(SIG_CERT_REVOCATION, NULL, NULL);
	struct level_result r;

	(void)state;
	limits.max_self_sigs = 2;
	attack_start();
	s.signer = &attack.owner;
	attack_add_named(s, 5);
	s.type = SIG_POSITIVE_CERT;
	attack_add_named(s, 5);
	forge_put(&attack.input, PACKET_PUBLIC_SUBKEY,
		buf_view(&attack.sub.body));
	s.subkey = &attack.sub;
	s.type = SIG_SUBKEY_REVOCATION;
	attack_add(s, 5);
	s.type = SIG_SUBKEY_BINDING;
	attack_add(s, 5);
	s.subkey = NULL;
	s.type = SIG_KEY_REVOCATION;
	attack_add(s, 5);
	s.type = SIG_DIRECT_KEY;
	attack_add(s, 5);
	r = apply(LEVEL_CLEAN, &limits);
	assert_int_equal(r.cert->primary.sig_count, 5 + 2);
	assert_int_equal(r.cert->user_ids[0].sig_count, 5 + 2);
	assert_int_equal(r.cert->subkeys[0].sig_count, 5 + 2);
}

/* Those of certifications by others count like certifications. */
static void
test_revoked_certifications_of_others_are_counted(void **state)
{
	struct cert_limits limits = cert_limits_default;

	(void)state;
	limits.max_third_party = 3;
	attack_start();
	attack_add_named(
		attack_sig(SIG_CERT_REVOCATION, &attack.other, NULL), 5);
	attack_add_named(attack_sig(SIG_GENERIC_CERT, &attack.other, NULL), 5);
	assert_int_equal(
		apply(LEVEL_CLEAN, &limits).cert->user_ids[0].sig_count, 1 + 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_version_6_key_signs_by_version_6_only),
		cmocka_unit_test(test_a_component_is_held_by_its_revocation),
		cmocka_unit_test(test_a_bare_key_is_held_by_a_word_on_itself),
		cmocka_unit_test(test_own_revocations_are_beside_every_limit),
		cmocka_unit_test(
			test_revoked_certifications_of_others_are_counted),
	};

	return cmocka_run_group_tests(tests, attack_open, attack_close);
}
