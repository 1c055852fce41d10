/*
 * What strangers add to a certificate: floods, forgeries, claims in another's
 * name. Each is dropped or kept within its limit, by rule and not by chance,
 * and costs no more than the budget.
 */
#include "../unit.h"

#include <string.h>

#include "attack.h"
#include "pgp/merge.h"

enum {
	SUB_REVOKER = 12,
	SUB_NOTATION = 20,
	SUB_EMBEDDED = 32,
	SUB_APPROVED = 37,
	OWNER_OPERATIONS = 1
};

/* What the level makes of it, and how many operations that took. */
static struct level_result
apply(enum level level, const struct cert_limits *limits, size_t *operations)
{
	struct verify_budget budget = {SIZE_MAX, SIZE_MAX};
	struct level_rules rules = {
		.level = level, .limits = limits, .budget = &budget};
	struct level_result r;

	assert_ok(level_apply(vectors_arena, &rules, attack_read(), &r));
	if (operations != NULL)
		*operations = SIZE_MAX - budget.operations;
	return r;
}

/* All of the n that were added go, by this rule, with so many operations. */
static void
check_dropped(enum level level, size_t n, enum verdict why, size_t operations)
{
	struct level_result r;
	size_t spent;

	r = apply(level, &cert_limits_default, &spent);
	assert_non_null(r.cert);
	assert_int_equal(attack_count(&r, why), n);
	assert_int_equal(r.note_count, n);
	assert_int_equal(spent, OWNER_OPERATIONS + operations);
}

/* ---- in the owner's name ----------------------------------------------- */

static void
test_false_self_signatures_go(void **state)
{
	(void)state;
	attack_start();
	attack_add_named(
		attack_sig(SIG_POSITIVE_CERT, NULL, &attack.owner), 100);
	check_dropped(LEVEL_CLEAN, 100, VERDICT_BAD_SIGNATURE, 100);
	/* Good ones of another key that claim to be the owner's. */
	attack_start();
	attack_add_named(
		attack_sig(SIG_POSITIVE_CERT, &attack.other, &attack.owner),
		10);
	check_dropped(LEVEL_STRICT, 10, VERDICT_BAD_SIGNATURE, 10);
	/* Made by a subkey in place of its primary. */
	attack_start();
	attack_add(
		attack_sig(SIG_KEY_REVOCATION, &attack.sub, &attack.owner), 3);
	check_dropped(LEVEL_CLEAN, 3, VERDICT_BAD_SIGNATURE, 3);
}

/* They name nobody, so that they could be the primary's. */
static void
test_nobody_is_the_owner_only_if_it_verifies(void **state)
{
	struct forge_sig s = attack_sig(SIG_POSITIVE_CERT, &attack.other, NULL);

	(void)state;
	s.names_hashed = false;
	s.bare = true;
	attack_start();
	attack_add_named(s, 5);
	check_dropped(LEVEL_CLEAN, 5, VERDICT_BAD_SIGNATURE, 5);
	s.signer = &attack.owner;
	attack_start();
	attack_add_named(s, 5);
	check_dropped(LEVEL_CLEAN, 0, VERDICT_KEPT, 5);
}

static void
test_subkeys_bound_by_strangers_go(void **state)
{
	struct forge_sig s =
		attack_sig(SIG_SUBKEY_BINDING, &attack.other, &attack.owner);
	struct level_result r;

	(void)state;
	s.subkey = &attack.sub;
	attack_start();
	forge_put(&attack.input, PACKET_PUBLIC_SUBKEY,
		buf_view(&attack.sub.body));
	attack_add(s, 4);
	s.type = SIG_SUBKEY_REVOCATION;
	s.names = &attack.other;
	attack_add(s, 4);
	r = apply(LEVEL_CLEAN, &cert_limits_default, NULL);
	assert_non_null(r.cert);
	assert_int_equal(r.cert->subkey_count, 0);
	assert_int_equal(attack_count(&r, VERDICT_NOT_BOUND), 1);
	assert_int_equal(attack_count(&r, VERDICT_COMPONENT_GONE), 4);
}

/* Another's primary as a subkey: only its own word would make it one. */
static void
test_anothers_primary_can_be_taken_for_encryption_only(void **state)
{
	static const uint8_t signs[] = {2, 27, 0x02};
	struct forge_sig s =
		attack_sig(SIG_SUBKEY_BINDING, &attack.owner, NULL);
	struct verify_budget all = {SIZE_MAX, SIZE_MAX};
	struct level_result r;

	(void)state;
	s.subkey = &attack.other;
	s.hashed = bytes_make(signs, sizeof(signs));
	attack_start();
	forge_put(&attack.input, PACKET_PUBLIC_SUBKEY,
		buf_view(&attack.other.body));
	attack_add(s, 1);
	r = apply(LEVEL_CLEAN, &cert_limits_default, NULL);
	assert_non_null(r.cert);
	assert_int_equal(r.cert->subkey_count, 1);
	assert_int_equal(verify_back_signature(r.cert, &r.cert->subkeys[0],
				 &r.cert->subkeys[0].sigs[0], &all),
		VERIFY_BAD);
}

static void
test_forged_approvals_approve_nothing(void **state)
{
	struct forge_sig by = attack_sig(SIG_GENERIC_CERT, NULL, &attack.other),
			 approve;
	struct buf body = {0}, area = {0};
	struct bytes parts[2];
	struct digest d;
	uint8_t frame[5] = {0x88};
	size_t kept[2], i;

	(void)state;
	by.user_id = attack_name();
	by.bare = true; /* as it is hashed for approval */
	forge_sign(&attack.owner, &by, &body);
	frame[4] = (uint8_t)body.len;
	frame[3] = (uint8_t)(body.len >> 8);
	parts[0] = bytes_make(frame, sizeof(frame));
	parts[1] = buf_view(&body);
	crypto_sha256(parts, 2, &d);
	forge_put_subpacket(
		&area, SUB_APPROVED, bytes_make(d.octets, sizeof(d.octets)));
	approve = attack_sig(SIG_APPROVAL, &attack.owner, NULL);
	approve.hashed = buf_view(&area);
	for (i = 0; i < 2; i++) {
		attack_start();
		forge_put(&attack.input, PACKET_SIGNATURE, buf_view(&body));
		attack_add_named(approve, 1);
		kept[i] = apply(LEVEL_STRICT, &cert_limits_default, NULL)
				  .cert->user_ids[0]
				  .sig_count;
		approve.signer = NULL; /* then the same by nobody */
		approve.names = &attack.owner;
	}
	assert_int_equal(kept[0], 3);
	assert_int_equal(kept[1], 1);
	buf_done(&body);
	buf_done(&area);
}

/* ---- in others' names -------------------------------------------------- */

static void
test_certifications_are_kept_to_their_limit_unverified(void **state)
{
	struct level_result r;
	size_t spent;

	(void)state;
	attack_start();
	attack_add_named(
		attack_sig(SIG_GENERIC_CERT, NULL, &attack.other), 3000);
	r = apply(LEVEL_CLEAN, &cert_limits_default, &spent);
	assert_int_equal(r.cert->user_ids[0].sig_count, 1 + 1024);
	assert_int_equal(attack_count(&r, VERDICT_OVER_LIMIT), 3000 - 1024);
	assert_int_equal(spent, OWNER_OPERATIONS);
	check_dropped(LEVEL_STRICT, 3000, VERDICT_NOT_APPROVED, 0);
}

static size_t
count_revocations_by_others(const struct cert *c)
{
	size_t i, n = 0;

	for (i = 0; i < c->primary.sig_count; i++)
		n += c->primary.sigs[i].info.type == SIG_KEY_REVOCATION;
	return n;
}

/* The owner's word that `sub` may revoke the key. */
static void
add_naming(void)
{
	uint8_t names[22] = {0x80, GEN_EDDSA};
	struct forge_sig s = attack_sig(SIG_DIRECT_KEY, &attack.owner, NULL);
	struct buf area = {0};

	memcpy(names + 2, attack.sub.fpr, 20);
	forge_put_subpacket(
		&area, SUB_REVOKER, bytes_make(names, sizeof(names)));
	s.hashed = buf_view(&area);
	attack_add(s, 1);
	buf_done(&area);
}

static void
test_revocations_by_others_are_sixteen(void **state)
{
	struct level_result r;

	(void)state;
	attack_start();
	/* Below the user ID they are out of place, and find their way. */
	add_naming();
	attack_add(attack_sig(SIG_KEY_REVOCATION, NULL, &attack.other), 60);
	attack_add(attack_sig(SIG_KEY_REVOCATION, NULL, &attack.sub), 3);
	r = apply(LEVEL_CLEAN, &cert_limits_default, NULL);
	assert_int_equal(count_revocations_by_others(r.cert), 16);
	assert_int_equal(attack_count(&r, VERDICT_OVER_LIMIT), 63 - 16);
	r = apply(LEVEL_STRICT, &cert_limits_default, NULL);
	assert_int_equal(count_revocations_by_others(r.cert), 3);
	attack_add(attack_sig(SIG_KEY_REVOCATION, NULL, &attack.sub), 30);
	r = apply(LEVEL_STRICT, &cert_limits_default, NULL);
	assert_int_equal(count_revocations_by_others(r.cert), 16);
}

static struct cert *
united(struct cert *a, struct cert *b)
{
	struct level_rules rules = {
		.level = LEVEL_CLEAN, .limits = &cert_limits_default};
	struct level_result r;
	struct delta delta;
	struct cert *all;

	assert_ok(merge_certs(vectors_arena, a, b, &all, &delta));
	assert_ok(cert_digest(vectors_arena, all));
	assert_ok(level_apply(vectors_arena, &rules, all, &r));
	return r.cert;
}

/* Whether its maker is known to be named when it comes, or only later. */
static void
test_a_named_revocation_is_kept_in_any_order_or_in_none(void **state)
{
	struct cert *naming, *revoked, *noise, *left, *right;
	uint32_t i;

	(void)state;
	attack_start();
	add_naming();
	naming = apply(LEVEL_CLEAN, &cert_limits_default, NULL).cert;
	attack_start();
	attack_add(attack_sig(SIG_KEY_REVOCATION, NULL, &attack.other), 40);
	noise = apply(LEVEL_CLEAN, &cert_limits_default, NULL).cert;
	for (i = 1; i < 20; i++) {
		struct forge_sig s =
			attack_sig(SIG_KEY_REVOCATION, &attack.sub, NULL);

		attack_start();
		s.created += 100 * i; /* another rank */
		attack_add(s, 1);
		revoked = apply(LEVEL_CLEAN, &cert_limits_default, NULL).cert;
		left = united(united(naming, revoked), noise);
		right = united(naming, united(revoked, noise));
		assert_memory_equal(&left->sks_digest, &right->sks_digest,
			sizeof(left->sks_digest));
	}
}

/* Of those that are nowhere at home some are looked after, no more. */
static void
test_homeless_signatures_are_looked_after_to_their_limit(void **state)
{
	struct forge_sig s = attack_sig(SIG_POSITIVE_CERT, &attack.owner, NULL);
	struct level_result r;

	(void)state;
	attack_start();
	s.user_id = bytes_of("not here");
	attack_add(s, 600);
	r = apply(LEVEL_CLEAN, &cert_limits_default, NULL);
	assert_non_null(r.cert);
	assert_int_equal(attack_count(&r, VERDICT_IMPLAUSIBLE), 256);
	assert_int_equal(attack_count(&r, VERDICT_OVER_LIMIT), 600 - 256);
}

/* ---- limits of one signature ------------------------------------------- */

static void
check_l11(struct bytes area, bool hashed, bool kept)
{
	struct forge_sig s = attack_sig(SIG_POSITIVE_CERT, &attack.owner, NULL);

	if (hashed)
		s.hashed = area;
	else
		s.unhashed = area;
	attack_start();
	attack_add_named(s, 1);
	if (kept)
		check_dropped(LEVEL_CLEAN, 0, VERDICT_KEPT, 1);
	else
		check_dropped(LEVEL_CLEAN, 1, VERDICT_TOO_LARGE, 0);
}

static void
test_l11_notations_and_depth(void **state)
{
	static uint8_t text[4097];
	struct forge_sig s = attack_sig(SIG_PRIMARY_BINDING, &attack.sub, NULL);
	struct buf inner = {0}, area = {0}, outer = {0};
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		buf_clear(&area);
		forge_put_subpacket(
			&area, SUB_NOTATION, bytes_make(text, 4096 + i));
		check_l11(buf_view(&area), true, i == 0);
		check_l11(buf_view(&area), false, i == 0);
	}
	for (i = 0; i < 2; i++) {
		buf_clear(&inner);
		s.subkey = &attack.sub;
		forge_sign(&attack.owner, &s, &inner);
		buf_clear(&outer);
		forge_put_subpacket(&outer, SUB_EMBEDDED, buf_view(&inner));
		check_l11(buf_view(&outer), true, i == 0);
		check_l11(buf_view(&outer), false, i == 0);
		buf_clear(&area);
		forge_put_subpacket(&area, SUB_EMBEDDED, buf_view(&inner));
		s.unhashed = buf_view(&area); /* one more around it */
	}
	buf_done(&inner);
	buf_done(&area);
	buf_done(&outer);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_false_self_signatures_go),
		cmocka_unit_test(test_nobody_is_the_owner_only_if_it_verifies),
		cmocka_unit_test(test_subkeys_bound_by_strangers_go),
		cmocka_unit_test(
			test_anothers_primary_can_be_taken_for_encryption_only),
		cmocka_unit_test(test_forged_approvals_approve_nothing),
		cmocka_unit_test(
			test_certifications_are_kept_to_their_limit_unverified),
		cmocka_unit_test(test_revocations_by_others_are_sixteen),
		cmocka_unit_test(
			test_a_named_revocation_is_kept_in_any_order_or_in_none),
		cmocka_unit_test(
			test_homeless_signatures_are_looked_after_to_their_limit),
		cmocka_unit_test(test_l11_notations_and_depth),
	};

	return cmocka_run_group_tests(tests, attack_open, attack_close);
}
