/*
 * Rules of the levels that no vector shows: each was taken away in turn, and
 * these are those that nothing missed.
 */
#include "../unit.h"

#include <string.h>

#include "attack.h"
#include "pgp/level.h"

enum { SUB_REVOKER = 12, SUB_APPROVED = 37 };

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

static struct digest
hash_of(struct bytes a, struct bytes b, struct bytes c)
{
	const struct bytes parts[] = {a, b, c};
	struct digest d;

	crypto_sha256(parts, 3, &d);
	return d;
}

/* What its maker signed, the salt of version 6, and the signature itself. */
static void
test_signature_hashes_are_the_specified_ones(void **state)
{
	static const char *const files[] = {
		"v6-rfc9580-a3.pgp", "v4-ed25519-native.pgp"};
	struct digest got, want;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct cert *c = vectors_cert_of(files[i]);
		struct signature *s = c->primary.sig_count > 0
					      ? &c->primary.sigs[0]
					      : &c->user_ids[0].sigs[0];

		want = hash_of(
			s->info.hashed_part, s->info.salt, s->info.material);
		level_signature_hash(s, &got);
		assert_memory_equal(&got, &want, sizeof(got));
		assert_int_equal(s->info.salt.len, i == 0 ? 32 : 0);
	}
}

/* Of two that hold one signature the one without strange subpackets stays,
 * though it is longer. */
static void
test_no_strange_subpacket_comes_before_shorter(void **state)
{
	static const uint8_t strange[] = {2, 101, 0};
	struct forge_sig s = attack_sig(SIG_POSITIVE_CERT, &attack.owner, NULL);
	struct level_result r;

	(void)state;
	s.user_id = attack_name();
	s.created += 7;
	attack_start();
	forge_put_sig(&attack.owner, &s, &attack.input);
	s.unhashed = bytes_make(strange, sizeof(strange));
	forge_put_sig(&attack.owner, &s, &attack.input);
	r = clean();
	assert_int_equal(r.cert->user_ids[0].sig_count, 2);
	/* The last one by time: an issuer takes ten octets. */
	assert_int_equal(r.cert->user_ids[0].sigs[1].info.unhashed.len, 10);
}

/* ---- what holds a component --------------------------------------------- */

/* The owner's key alone, to be added to. */
static void
put_owner(void)
{
	buf_clear(&attack.input);
	forge_put(
		&attack.input, PACKET_PUBLIC_KEY, buf_view(&attack.owner.body));
}

/* The owner's key with a name and a subkey, and what is said of each. */
static void
put_name_and_subkey(const struct forge_sig *name, const struct forge_sig *sub)
{
	put_owner();
	forge_put(&attack.input, PACKET_USER_ID, attack_name());
	forge_put_sig(&attack.owner, name, &attack.input);
	forge_put(&attack.input, PACKET_PUBLIC_SUBKEY,
		buf_view(&attack.sub.body));
	forge_put_sig(&attack.owner, sub, &attack.input);
}

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
	put_name_and_subkey(&name, &sub);
	r = clean();
	assert_non_null(r.cert);
	assert_int_equal(r.cert->packet_count, 5);
	/* Those of others hold nothing. */
	name.signer = sub.signer = &attack.other;
	put_name_and_subkey(&name, &sub);
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
		put_owner();
		forge_put_sig(&attack.owner, &s, &attack.input);
		assert_int_equal(clean().cert->packet_count, 2);
		s.signer = &attack.other;
		put_owner();
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

/* ---- approvals ---------------------------------------------------------- */

/* A certification by another, made so much later. */
static struct forge_sig
certification(uint32_t later)
{
	struct forge_sig s = attack_sig(SIG_GENERIC_CERT, &attack.other, NULL);

	s.user_id = attack_name();
	s.created += later;
	s.bare = true; /* as it is hashed for approval */
	return s;
}

/* Subpackets that approve of it. */
static void
put_approval(struct forge_sig of, struct buf *area)
{
	uint8_t frame[5] = {0x88};
	struct buf body = {0};
	struct bytes parts[2];
	struct digest d;

	forge_sign(&attack.owner, &of, &body);
	frame[3] = (uint8_t)(body.len >> 8);
	frame[4] = (uint8_t)body.len;
	parts[0] = bytes_make(frame, sizeof(frame));
	parts[1] = buf_view(&body);
	crypto_sha256(parts, 2, &d);
	forge_put_subpacket(
		area, SUB_APPROVED, bytes_make(d.octets, sizeof(d.octets)));
	buf_done(&body);
}

/* Two certifications, each approved of by one 0x16, the second so much later
 * than the first: how many signatures level strict keeps of the user ID. */
static size_t
kept_of_two_approvals(uint32_t later)
{
	struct cert_limits limits = cert_limits_default;
	struct forge_sig s[2] = {certification(1), certification(2)};
	struct forge_sig approve =
		attack_sig(SIG_APPROVAL, &attack.owner, NULL);
	size_t i;

	/* They are beside the limit. */
	limits.max_third_party = 0;
	attack_start();
	approve.user_id = attack_name();
	for (i = 0; i < 2; i++) {
		struct buf area = {0};

		forge_put_sig(&attack.owner, &s[i], &attack.input);
		put_approval(s[i], &area);
		approve.hashed = buf_view(&area);
		forge_put_sig(&attack.owner, &approve, &attack.input);
		approve.created += later;
		buf_done(&area);
	}
	assert_int_equal(apply(LEVEL_CLEAN, &limits).cert->packet_count,
		apply(LEVEL_STRICT, &limits).cert->packet_count);
	return apply(LEVEL_STRICT, &limits).cert->user_ids[0].sig_count;
}

static void
test_all_of_the_newest_approvals_count(void **state)
{
	(void)state;
	assert_int_equal(kept_of_two_approvals(0), 1 + 2 + 2);
	assert_int_equal(kept_of_two_approvals(1), 1 + 2 + 1);
}

/* ---- revokers ----------------------------------------------------------- */

/* How many of `sub`'s revocations level strict keeps. */
static size_t
kept_of_a_revoker(uint8_t class, const struct forge *by, bool hashed)
{
	uint8_t names[22] = {class, GEN_EDDSA};
	struct forge_sig s = attack_sig(SIG_DIRECT_KEY, by, &attack.owner);
	struct buf area = {0};
	size_t n;

	memcpy(names + 2, attack.sub.fpr, 20);
	forge_put_subpacket(
		&area, SUB_REVOKER, bytes_make(names, sizeof(names)));
	if (hashed)
		s.hashed = buf_view(&area);
	else
		s.unhashed = buf_view(&area);
	attack_start();
	attack_add(s, 1);
	attack_add(attack_sig(SIG_KEY_REVOCATION, &attack.sub, NULL), 1);
	n = apply(LEVEL_STRICT, &cert_limits_default).cert->primary.sig_count;
	buf_done(&area);
	return n;
}

static void
test_a_revoker_is_named_by_the_owner_where_it_signed(void **state)
{
	(void)state;
	assert_int_equal(kept_of_a_revoker(0x80, &attack.owner, true), 2);
	assert_int_equal(kept_of_a_revoker(0xc0, &attack.owner, true), 2);
	assert_int_equal(kept_of_a_revoker(0x40, &attack.owner, true), 1);
	assert_int_equal(kept_of_a_revoker(0x80, &attack.owner, false), 1);
	assert_int_equal(kept_of_a_revoker(0x80, &attack.other, true), 0);
}

static void
test_which_reasons_cannot_be_undone(void **state)
{
	struct signature_info info = {.has_reason = false};
	unsigned reason;

	(void)state;
	assert_true(verify_is_hard_revocation(&info));
	info.has_reason = true;
	for (reason = 0; reason < 256; reason++) {
		info.reason = (uint8_t)reason;
		assert_int_equal(verify_is_hard_revocation(&info),
			reason == 0 || reason == 2);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_version_6_key_signs_by_version_6_only),
		cmocka_unit_test(
			test_no_strange_subpacket_comes_before_shorter),
		cmocka_unit_test(test_signature_hashes_are_the_specified_ones),
		cmocka_unit_test(test_a_component_is_held_by_its_revocation),
		cmocka_unit_test(test_a_bare_key_is_held_by_a_word_on_itself),
		cmocka_unit_test(test_own_revocations_are_beside_every_limit),
		cmocka_unit_test(
			test_revoked_certifications_of_others_are_counted),
		cmocka_unit_test(test_all_of_the_newest_approvals_count),
		cmocka_unit_test(
			test_a_revoker_is_named_by_the_owner_where_it_signed),
		cmocka_unit_test(test_which_reasons_cannot_be_undone),
	};

	return cmocka_run_group_tests(tests, attack_open, attack_close);
}
