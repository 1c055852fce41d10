/* Promises about what is told of packets that were not kept. */
#include "fixture.h"

#include <string.h>

#include "../an_arena.h"
#include "ingest/dropped.h"

static struct cert *cert; /* one user ID, by others certified, too */
static struct outcome o;

enum { OTHERS = 40 };

static int
setup(void **state)
{
	struct cert_list list = {0};
	struct buf out = {0};
	struct bytes octets;
	struct err err;

	arena_begin(state);
	make_cert(&out, 1, OTHERS);
	assert_ok(arena_copy(arena, buf_view(&out), &octets));
	buf_done(&out);
	assert_ok(cert_read(arena, octets, &cert_limits_default, &list, &err));
	assert_int_equal(list.count, 1);
	cert = list.list[0];
	memset(&o, 0, sizeof(o));
	o.has_fpr = true;
	o.fpr = cert->id.fpr;
	return 0;
}

/* The body of the user ID's first signature by the key, or by another. */
static struct bytes
signature_by(bool itself)
{
	const struct component *u = &cert->user_ids[0];
	uint64_t id = fingerprint_key_id(&cert->id.fpr);
	size_t i;

	for (i = 0; i < u->sig_count; i++)
		if ((u->sigs[i].info.issuer == id) == itself)
			return u->sigs[i].packet.body;
	fail_msg("no such signature");
	return bytes_make(NULL, 0);
}

static void
add(enum verdict verdict, uint8_t tag, struct bytes body)
{
	assert_ok(dropped_add(arena, &o, verdict, tag, body));
}

static void
test_signature_is_told_with_its_type_and_maker(void **state)
{
	(void)state;
	add(VERDICT_BAD_SIGNATURE, PACKET_SIGNATURE, signature_by(true));
	assert_int_equal(o.packet_count, 1);
	assert_int_equal(o.packets[0].verdict, VERDICT_BAD_SIGNATURE);
	assert_int_equal(o.packets[0].tag, PACKET_SIGNATURE);
	assert_true(o.packets[0].is_sig && o.packets[0].has_issuer);
	assert_true(
		o.packets[0].sig_type >= 0x10 && o.packets[0].sig_type <= 0x13);
	assert_true(o.packets[0].issuer == fingerprint_key_id(&o.fpr));
}

static void
test_what_is_no_signature_has_no_maker(void **state)
{
	(void)state;
	add(VERDICT_MALFORMED, PACKET_SIGNATURE, bytes_of("junk"));
	add(VERDICT_TOO_LARGE, PACKET_SIGNATURE, bytes_make(NULL, 0));
	/* A body that would parse, of another tag. */
	add(VERDICT_IGNORED_TAG, 61, signature_by(true));
	for (size_t i = 0; i < 3; i++)
		assert_false(o.packets[i].is_sig || o.packets[i].has_issuer);
}

static void
test_first_verdict_stays(void **state)
{
	(void)state;
	add(VERDICT_TRUNCATED, 0, bytes_make(NULL, 0));
	add(VERDICT_TOO_LARGE, PACKET_USER_ID, bytes_make(NULL, 0));
	assert_int_equal(o.verdict, VERDICT_TRUNCATED);
}

static void
test_no_more_are_told_than_the_limit_but_all_are_counted(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < DROPPED_TOLD_MAX; i++)
		add(VERDICT_VARIANT, PACKET_SIGNATURE, bytes_make(NULL, 0));
	assert_int_equal(o.packet_count, DROPPED_TOLD_MAX);
	add(VERDICT_OVER_LIMIT, PACKET_USER_ID, bytes_make(NULL, 0));
	assert_int_equal(o.packet_count, DROPPED_TOLD_MAX);
	assert_int_equal(o.dropped, DROPPED_TOLD_MAX + 1);
	assert_int_equal(o.lost[VERDICT_VARIANT], DROPPED_TOLD_MAX);
	assert_int_equal(o.lost[VERDICT_OVER_LIMIT], 1);
}

static void
test_what_others_say_is_not_the_keys_own(void **state)
{
	(void)state;
	add(VERDICT_OVER_LIMIT, PACKET_SIGNATURE, signature_by(false));
	add(VERDICT_UNKNOWN_TAG, 63, bytes_make(NULL, 0));
	add(VERDICT_BAD_HEADER, 0, bytes_make(NULL, 0));
	assert_false(o.lost_own);
	add(VERDICT_OVER_LIMIT, PACKET_SIGNATURE, signature_by(true));
	assert_true(o.lost_own);
}

static void
test_user_id_is_the_keys_own(void **state)
{
	(void)state;
	add(VERDICT_NOT_BOUND, PACKET_USER_ID, bytes_of("Bob"));
	assert_true(o.lost_own);
}

static void
test_any_signature_may_be_the_own_of_an_old_key(void **state)
{
	(void)state;
	/* Its key ID is not in its fingerprint. */
	o.fpr.version = 3;
	add(VERDICT_OVER_LIMIT, PACKET_SIGNATURE, signature_by(false));
	assert_true(o.lost_own);
}

static void
test_reset_keeps_what_was_lost_before(void **state)
{
	(void)state;
	add(VERDICT_TRUNCATED, 0, bytes_make(NULL, 0));
	add(VERDICT_OVER_LIMIT, PACKET_USER_ID, bytes_make(NULL, 0));
	add(VERDICT_OVER_LIMIT, PACKET_USER_ID, bytes_make(NULL, 0));
	dropped_reset(&o, 1);
	assert_int_equal(o.dropped, 1);
	assert_int_equal(o.packet_count, 1);
	assert_int_equal(o.lost[VERDICT_TRUNCATED], 1);
	assert_int_equal(o.lost[VERDICT_OVER_LIMIT], 0);
	add(VERDICT_NOT_BOUND, PACKET_USER_ID, bytes_make(NULL, 0));
	assert_int_equal(o.packets[1].verdict, VERDICT_NOT_BOUND);
}

/* A turn that is gone through again starts with what reading lost. */
static void
test_reset_forgets_why_and_whose(void **state)
{
	(void)state;
	add(VERDICT_UNKNOWN_TAG, 8, bytes_make(NULL, 0));
	o.detail = "of the turn before";
	add(VERDICT_OVER_LIMIT, PACKET_USER_ID, bytes_make(NULL, 0));
	assert_true(o.lost_own);
	dropped_reset(&o, 1);
	assert_false(o.lost_own);
	assert_int_equal(o.verdict, VERDICT_UNKNOWN_TAG);
	assert_null(o.detail);
	dropped_reset(&o, 0);
	assert_int_equal(o.verdict, VERDICT_KEPT);
	/* What reading lost of the key's own stays so. */
	add(VERDICT_TOO_LARGE, PACKET_USER_ID, bytes_make(NULL, 0));
	dropped_reset(&o, 1);
	assert_true(o.lost_own);
}

static void
test_comparing_tells_what_is_not_kept(void **state)
{
	struct bytes all;

	(void)state;
	assert_ok(cert_placed_digests(arena, cert, &all));
	assert_ok(dropped_compare(arena, &o, cert, all));
	assert_int_equal(o.dropped, 0);
	/* Any one of them away. */
	all.data += sizeof(struct digest);
	all.len -= sizeof(struct digest);
	assert_ok(dropped_compare(arena, &o, cert, all));
	assert_int_equal(o.dropped, 1);
	assert_int_equal(o.packets[0].verdict, VERDICT_OVER_LIMIT);
	dropped_reset(&o, 0);
	assert_ok(dropped_compare(arena, &o, cert, bytes_make(NULL, 0)));
	assert_int_equal(o.dropped, cert->packet_count);
	assert_int_equal(o.packet_count, DROPPED_TOLD_MAX);
	assert_int_equal(o.packets[0].tag, PACKET_PUBLIC_KEY);
}

static void
test_full_arena_is_a_limit(void **state)
{
	struct arena *small = arena_new(8);

	(void)state;
	assert_status(dropped_add(small, &o, VERDICT_TRUNCATED, 0,
			      bytes_make(NULL, 0)),
		STATUS_LIMIT);
	assert_null(o.packets);
	arena_free(small);
}

#define PROMISE(f) cmocka_unit_test_setup_teardown(f, setup, arena_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PROMISE(test_signature_is_told_with_its_type_and_maker),
		PROMISE(test_what_is_no_signature_has_no_maker),
		PROMISE(test_first_verdict_stays),
		PROMISE(test_no_more_are_told_than_the_limit_but_all_are_counted),
		PROMISE(test_what_others_say_is_not_the_keys_own),
		PROMISE(test_user_id_is_the_keys_own),
		PROMISE(test_any_signature_may_be_the_own_of_an_old_key),
		PROMISE(test_reset_keeps_what_was_lost_before),
		PROMISE(test_reset_forgets_why_and_whose),
		PROMISE(test_comparing_tells_what_is_not_kept),
		PROMISE(test_full_arena_is_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
