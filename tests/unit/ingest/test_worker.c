#include "fixture.h"

#include <stdlib.h>
#include <string.h>

#include "pgp/packet.h"

static int
setup(void **state)
{
	static struct fixture f;

	fixture_open(&f);
	*state = &f;
	return 0;
}

static int
teardown(void **state)
{
	fixture_close(*state);
	return 0;
}

static void
put_packet(struct buf *out, uint8_t tag, const void *body, size_t len)
{
	assert_ok(packet_write(out, tag, bytes_make(body, len), false));
}

/* ---- what is no certificate
 * --------------------------------------------------- */

static void
check_malformed(struct fixture *f, struct bytes body)
{
	struct submission *sub = fixture_submit(f, body);

	assert_status(sub->status, STATUS_MALFORMED);
	assert_true(sub->err.text[0] != '\0');
	assert_int_equal(fixture_certs(f), 0);
	submission_free(sub);
}

static void
test_text_without_key_material_is_malformed(void **state)
{
	struct fixture *f = *state;
	struct buf literal = {0};

	fixture_start(f);
	check_malformed(f, bytes_of("Hello, this is no key at all.\n"));
	check_malformed(f, bytes_of(""));
	check_malformed(f, bytes_of("\n\n"));
	put_packet(&literal, 11, "b\0\0\0\0\0text", 10);
	check_malformed(f, buf_view(&literal));
	buf_done(&literal);
}

static void
test_unusable_key_is_refused_and_the_next_one_stored(void **state)
{
	static const uint8_t body[] = {9, 0, 0, 0, 0, 1};
	struct fixture *f = *state;
	struct buf all = {0};
	struct submission *sub;

	fixture_start(f);
	put_packet(&all, PACKET_PUBLIC_KEY, body, sizeof(body));
	make_cert(&all, 1, 0);
	sub = fixture_submit(f, buf_view(&all));
	assert_ok(sub->status);
	assert_int_equal(sub->outcome_count, 2);
	assert_int_equal(sub->counts[OUTCOME_NEW], 1);
	assert_int_equal(sub->counts[OUTCOME_REFUSED], 1);
	assert_int_equal(sub->outcomes[1].verdict, VERDICT_UNUSABLE_KEY);
	assert_false(sub->outcomes[1].has_fpr);
	assert_int_equal(fixture_certs(f), 1);
	submission_free(sub);
	buf_done(&all);
}

static void
test_lone_revocation_is_refused_for_want_of_its_primary(void **state)
{
	struct fixture *f = *state;
	struct buf cert = {0}, alone = {0};
	struct submission *sub;

	fixture_start(f);
	make_revoked(&cert, 1);
	make_part(&alone, buf_view(&cert), 1, 2);
	sub = fixture_submit(f, buf_view(&alone));
	assert_ok(sub->status);
	assert_int_equal(sub->outcome_count, 1);
	assert_int_equal(sub->outcomes[0].kind, OUTCOME_REFUSED);
	assert_int_equal(sub->outcomes[0].verdict, VERDICT_UNKNOWN_PRIMARY);
	assert_int_equal(fixture_certs(f), 0);
	submission_free(sub);
	buf_done(&alone);
	buf_done(&cert);
}

static void
test_broken_end_keeps_what_was_whole(void **state)
{
	struct fixture *f = *state;
	struct buf cert = {0};
	struct submission *sub;

	fixture_start(f);
	make_cert(&cert, 1, 2);
	sub = fixture_submit(f, bytes_make(cert.data, cert.len - 1));
	assert_ok(sub->status);
	assert_int_equal(sub->outcomes[0].kind, OUTCOME_NEW);
	assert_int_equal(sub->outcomes[0].verdict, VERDICT_TRUNCATED);
	assert_int_equal(sub->outcomes[0].dropped, 1);
	submission_free(sub);
	buf_done(&cert);
}

/* ---- armor
 * -------------------------------------------------------------------------- */

static void
test_bad_armor_is_refused_and_the_other_block_stored(void **state)
{
	struct fixture *f = *state;
	struct buf cert = {0}, text = {0};
	struct submission *sub;

	fixture_start(f);
	assert_ok(buf_puts(&text, "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n"
				  "mDME!!!!\n=AAAA\n"
				  "-----END PGP PUBLIC KEY BLOCK-----\n"));
	make_cert(&cert, 1, 0);
	make_armored(&text, buf_view(&cert));
	sub = fixture_submit(f, buf_view(&text));
	assert_ok(sub->status);
	assert_int_equal(sub->counts[OUTCOME_NEW], 1);
	assert_int_equal(sub->counts[OUTCOME_REFUSED], 1);
	assert_int_equal(sub->outcomes[1].verdict, VERDICT_BAD_ARMOR);
	submission_free(sub);
	buf_done(&text);
	buf_done(&cert);
}

static void
test_one_certificate_in_two_blocks_is_one(void **state)
{
	struct fixture *f = *state;
	struct buf cert = {0}, other = {0}, a = {0}, b = {0}, text = {0};
	struct submission *sub;
	struct cert_row row;

	fixture_start(f);
	make_cert(&cert, 1, 3);
	make_cert(&other, 2, 0);
	make_without(&a, buf_view(&cert), 3);
	make_without(&b, buf_view(&cert), 4);
	make_armored(&text, buf_view(&a));
	make_armored(&text, buf_view(&other));
	make_armored(&text, buf_view(&b));
	sub = fixture_submit(f, buf_view(&text));
	assert_ok(sub->status);
	assert_int_equal(sub->outcome_count, 2);
	assert_int_equal(sub->counts[OUTCOME_NEW], 2);
	assert_int_equal(fixture_certs(f), 2);
	row = fixture_row(f, sub);
	assert_int_equal(row.octets.len, cert.len);
	submission_free(sub);
	buf_done(&text);
	buf_done(&a);
	buf_done(&b);
	buf_done(&other);
	buf_done(&cert);
}

/* ---- secret material
 * ------------------------------------------------------------------ */

static struct submission *
submit_secret(struct fixture *f, struct buf *body, bool bulk)
{
	struct submission *sub =
		submission_new(ingest_policy(f->in)->max_arena);

	sub->origin = "http";
	sub->body = buf_view(body);
	sub->wipe_body = true;
	sub->bulk = bulk;
	assert_ok(ingest_submit_wait(f->in, sub));
	return sub;
}

static void
check_wiped(const struct buf *body)
{
	size_t i;

	for (i = 0; i < body->len; i++)
		assert_int_equal(body->data[i], 0);
}

static void
put_secret_key(struct buf *out)
{
	static const uint8_t body[] = {
		4, 0x59, 0, 0, 0, 1, 0, 8, 0xFF, 0, 8, 3, 0, 0, 8, 0x77, 0, 0};

	put_packet(out, PACKET_SECRET_KEY, body, sizeof(body));
}

static void
test_secret_key_refuses_all_of_it_and_is_wiped(void **state)
{
	struct fixture *f = *state;
	struct buf body = {0}, text = {0};
	struct submission *sub;

	fixture_start(f);
	make_cert(&body, 1, 0);
	put_secret_key(&body);
	make_armored(&text, buf_view(&body));
	sub = submit_secret(f, &body, false);
	assert_status(sub->status, STATUS_REJECTED);
	check_wiped(&body);
	assert_int_equal(sub->outcome_count, 0);
	assert_int_equal(arena_used(sub->arena), 0);
	submission_free(sub);
	/* And where it calls itself public. */
	sub = submit_secret(f, &text, false);
	assert_status(sub->status, STATUS_REJECTED);
	check_wiped(&text);
	submission_free(sub);
	assert_int_equal(fixture_certs(f), 0);
	buf_done(&body);
	buf_done(&text);
}

static void
test_private_key_block_is_rejected_and_wiped(void **state)
{
	struct fixture *f = *state;
	struct buf text = {0};
	struct submission *sub;

	fixture_start(f);
	assert_ok(buf_puts(&text, "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n"
				  "lFgEWQAAABYJKwYBBAHaRw8BAQdA\n"
				  "-----END PGP PRIVATE KEY BLOCK-----\n"));
	sub = submit_secret(f, &text, false);
	assert_status(sub->status, STATUS_REJECTED);
	check_wiped(&text);
	submission_free(sub);
	buf_done(&text);
}

static void
test_bulk_load_skips_a_secret_key(void **state)
{
	struct fixture *f = *state;
	struct buf body = {0};
	struct submission *sub;

	fixture_start(f);
	put_secret_key(&body);
	make_cert(&body, 1, 0);
	sub = submit_secret(f, &body, true);
	assert_ok(sub->status);
	assert_int_equal(sub->counts[OUTCOME_NEW], 1);
	assert_int_equal(fixture_certs(f), 1);
	submission_free(sub);
	buf_done(&body);
}

/* ---- limits
 * ---------------------------------------------------------------------------------
 */

static void
test_l3_body_at_and_over_its_limit(void **state)
{
	struct fixture *f = *state;
	struct buf cert = {0}, text = {0};
	struct submission *sub;

	f->settings.policy.max_body = 64 * 1024;
	fixture_start(f);
	make_cert(&cert, 1, 0);
	make_armored(&text, buf_view(&cert));
	while (text.len < 64 * 1024)
		assert_ok(buf_puts(&text, "\n"));
	sub = fixture_submit(f, buf_view(&text));
	assert_ok(sub->status);
	submission_free(sub);
	assert_ok(buf_puts(&text, "\n"));
	sub = fixture_submit(f, buf_view(&text));
	assert_status(sub->status, STATUS_LIMIT);
	submission_free(sub);
	buf_done(&text);
	buf_done(&cert);
}

static void
test_l7_certificates_at_and_over_their_limit(void **state)
{
	struct fixture *f = *state;
	struct submission *sub;
	struct buf all = {0};
	uint64_t i;

	f->settings.policy.limits.max_certs = 3;
	fixture_start(f);
	for (i = 0; i < 3; i++)
		make_cert(&all, i, 0);
	sub = fixture_submit(f, buf_view(&all));
	assert_int_equal(sub->outcome_count, 3);
	assert_int_equal(sub->counts[OUTCOME_NEW], 3);
	submission_free(sub);
	make_cert(&all, 3, 0);
	sub = fixture_submit(f, buf_view(&all));
	assert_ok(sub->status);
	assert_int_equal(sub->counts[OUTCOME_UNCHANGED], 3);
	assert_int_equal(sub->counts[OUTCOME_REFUSED], 1);
	assert_int_equal(sub->outcomes[3].verdict, VERDICT_TOO_MANY_CERTS);
	assert_int_equal(fixture_certs(f), 3);
	submission_free(sub);
	buf_done(&all);
}

/* Of what went wrong not all is told, but no certificate is left untold. */
static void
test_refusals_are_told_behind_many_dropped_packets(void **state)
{
	static uint8_t large[65536 + 10] = {6, 0, 0, 0, 1, 1, 0, 1, 0, 0};
	struct fixture *f = *state;
	struct submission *sub;
	struct buf all = {0};
	uint64_t i;

	f->settings.policy.limits.max_certs = 1;
	fixture_start(f);
	make_cert(&all, 0, 0);
	for (i = 0; i < 200; i++)
		put_packet(&all, 8, "x", 1);
	make_cert(&all, 1, 0);
	put_packet(&all, 6, large, sizeof(large));
	sub = fixture_submit(f, buf_view(&all));
	assert_ok(sub->status);
	assert_int_equal(sub->outcome_count, 3);
	assert_int_equal(sub->counts[OUTCOME_NEW], 1);
	assert_int_equal(sub->outcomes[1].kind, OUTCOME_REFUSED);
	assert_int_equal(sub->outcomes[1].verdict, VERDICT_TOO_LARGE);
	assert_int_equal(sub->outcomes[2].kind, OUTCOME_REFUSED);
	assert_int_equal(sub->outcomes[2].verdict, VERDICT_TOO_MANY_CERTS);
	submission_free(sub);
	buf_done(&all);
}

/* Also when the certificates come in several blocks. */
static void
test_l7_counts_all_blocks(void **state)
{
	struct fixture *f = *state;
	struct submission *sub;
	struct buf text = {0};
	uint64_t i;

	f->settings.policy.limits.max_certs = 3;
	fixture_start(f);
	for (i = 0; i < 4; i++) {
		struct buf cert = {0};

		make_cert(&cert, i, 0);
		make_armored(&text, buf_view(&cert));
		buf_done(&cert);
	}
	sub = fixture_submit(f, buf_view(&text));
	assert_ok(sub->status);
	assert_int_equal(sub->counts[OUTCOME_NEW], 3);
	assert_int_equal(sub->counts[OUTCOME_REFUSED], 1);
	submission_free(sub);
	buf_done(&text);
}

static void
test_l8_packets_at_and_over_their_limit(void **state)
{
	struct fixture *f = *state;
	struct submission *sub;
	struct buf cert = {0};

	make_cert(&cert, 1, 10);
	f->settings.policy.limits.max_packets = count_packets(buf_view(&cert));
	fixture_start(f);
	sub = fixture_submit(f, buf_view(&cert));
	assert_ok(sub->status);
	assert_int_equal(sub->counts[OUTCOME_NEW], 1);
	submission_free(sub);
	make_cert(&cert, 2, 0);
	sub = fixture_submit(f, buf_view(&cert));
	assert_status(sub->status, STATUS_LIMIT);
	assert_int_equal(fixture_certs(f), 1);
	submission_free(sub);
	buf_done(&cert);
}

static void
check_l9(struct fixture *f, uint64_t index, size_t len, size_t dropped)
{
	struct submission *sub;
	struct buf cert = {0};
	struct cert_row row;
	char *text = xmalloc(len + 1);

	memset(text, 'x', len);
	text[len] = '\0';
	make_cert_named(&cert, index, text);
	sub = fixture_submit(f, buf_view(&cert));
	assert_ok(sub->status);
	assert_int_equal(sub->outcomes[0].kind, OUTCOME_NEW);
	assert_int_equal(sub->outcomes[0].dropped > 0, dropped > 0);
	assert_int_equal(sub->outcomes[0].verdict,
		dropped > 0 ? VERDICT_TOO_LARGE : VERDICT_KEPT);
	row = fixture_row(f, sub);
	assert_int_equal(row.packet_digests.len / 32,
		count_packets(buf_view(&cert)) - dropped);
	submission_free(sub);
	free(text);
	buf_done(&cert);
}

/* The user ID goes, and the signature that hangs on it. */
static void
test_l9_user_id_at_and_over_its_limit(void **state)
{
	struct fixture *f = *state;

	fixture_start(f);
	check_l9(f, 1, f->settings.policy.limits.max_user_id, 0);
	check_l9(f, 2, f->settings.policy.limits.max_user_id + 1, 2);
}

static void
test_l12_certificate_over_its_total_is_kept_trimmed(void **state)
{
	struct fixture *f = *state;
	struct submission *sub;
	struct buf cert = {0};
	struct cert_row row;
	size_t held;

	make_cert(&cert, 1, 300);
	f->settings.policy.limits.max_total = 64 * 1024;
	assert_true(cert.len > 64 * 1024);
	fixture_start(f);
	sub = fixture_submit(f, buf_view(&cert));
	assert_ok(sub->status);
	assert_int_equal(sub->outcomes[0].kind, OUTCOME_NEW);
	row = fixture_row(f, sub);
	/* Up to and with the packet that reaches the limit. */
	/* 35: what its subkey is found by. */
	held = row.octets.len + row.packet_digests.len + 35;
	assert_true(held >= 64 * 1024);
	assert_true(held < 64 * 1024 + 400);
	submission_free(sub);
	/* The same again teaches nothing. */
	sub = fixture_submit(f, buf_view(&cert));
	assert_int_equal(sub->outcomes[0].kind, OUTCOME_UNCHANGED);
	submission_free(sub);
	buf_done(&cert);
}

/* `count` signatures of three octets, none like another, for bulk load. */
static void
check_flood(struct fixture *f, struct bytes key, uint32_t from, uint32_t count)
{
	struct submission *sub =
		submission_new(ingest_policy(f->in)->max_arena);
	struct buf body = {0};
	uint8_t sig[3];
	uint32_t i;

	assert_ok(buf_put(&body, key));
	for (i = from; i < from + count; i++) {
		sig[0] = (uint8_t)(i >> 16);
		sig[1] = (uint8_t)(i >> 8);
		sig[2] = (uint8_t)i;
		put_packet(&body, 2, sig, sizeof(sig));
	}
	sub->origin = "load";
	sub->bulk = true;
	sub->body = buf_view(&body);
	assert_ok(ingest_submit_wait(f->in, sub));
	assert_ok(sub->status);
	submission_free(sub);
	buf_done(&body);
}

/* L12: nobody can fill a certificate so that its owner's word finds no room:
 * not in the row, and not in the memory of the work. */
static void
test_l12_certificate_full_of_packets_takes_its_revocation(void **state)
{
	enum { ROUND = 90000, ROUNDS = 5 };
	struct fixture *f = *state;
	struct buf cert = {0}, revoked = {0};
	struct submission *sub;
	struct cert_row row;
	uint32_t i;

	fixture_start(f);
	make_cert(&cert, 1, 0);
	make_revoked(&revoked, 1);
	for (i = 0; i < ROUNDS; i++)
		check_flood(f, buf_view(&cert), i * ROUND, ROUND);
	sub = fixture_submit(f, buf_view(&revoked));
	assert_ok(sub->status);
	assert_int_equal(sub->outcomes[0].kind, OUTCOME_UPDATED);
	row = fixture_row(f, sub);
	assert_int_equal(row.packet_digests.len / 32, CERT_PACKETS_MAX);
	submission_free(sub);
	sub = fixture_submit(f, buf_view(&revoked));
	assert_int_equal(sub->outcomes[0].kind, OUTCOME_UNCHANGED);
	submission_free(sub);
	buf_done(&revoked);
	buf_done(&cert);
}

/* L14: as many blocks as there may be, and one more. */
static void
test_l14_armor_blocks_at_and_over_their_limit(void **state)
{
	struct fixture *f = *state;
	struct buf cert = {0}, text = {0};
	struct submission *sub;
	size_t i;

	fixture_start(f);
	make_cert(&cert, 1, 0);
	for (i = 0; i < ARMOR_BLOCKS_MAX; i++)
		make_armored(&text, buf_view(&cert));
	sub = fixture_submit(f, buf_view(&text));
	assert_ok(sub->status);
	assert_int_equal(sub->outcome_count, 1);
	submission_free(sub);
	make_armored(&text, buf_view(&cert));
	sub = fixture_submit(f, buf_view(&text));
	assert_status(sub->status, STATUS_LIMIT);
	submission_free(sub);
	buf_done(&text);
	buf_done(&cert);
}

/* Work that needs more memory than it may have ends, and says so. */
static void
test_memory_of_one_submission_is_bounded(void **state)
{
	struct fixture *f = *state;
	struct submission *sub = submission_new(16 * 1024);
	struct buf cert = {0};

	fixture_start(f);
	make_cert(&cert, 1, 300);
	sub->origin = "http";
	sub->body = buf_view(&cert);
	assert_ok(ingest_submit_wait(f->in, sub));
	assert_status(sub->status, STATUS_LIMIT);
	assert_int_equal(fixture_certs(f), 0);
	submission_free(sub);
	buf_done(&cert);
}

/*
 * The rows that many small certificates are merged with need not fit into the
 * memory of one submission at once.
 */
static void
test_large_rows_of_one_submission_take_turns(void **state)
{
	enum { CERTS = 12, OTHERS = 400, ROOM = 2 * 1024 * 1024 };
	struct fixture *f = *state;
	struct buf cert = {0}, body = {0};
	struct change_batch batch;
	struct submission *sub;
	struct cert_row row;
	uint64_t i;

	fixture_start(f);
	for (i = 0; i < CERTS; i++) {
		buf_clear(&cert);
		make_cert(&cert, i, OTHERS);
		submission_free(fixture_submit(f, buf_view(&cert)));
		make_revoked(&body, i);
	}
	make_cert(&body, CERTS, 1);
	sub = submission_new(ROOM);
	sub->origin = "http";
	sub->body = buf_view(&body);
	assert_ok(ingest_submit_wait(f->in, sub));
	assert_ok(sub->status);
	assert_int_equal(sub->counts[OUTCOME_UPDATED], CERTS);
	assert_int_equal(sub->counts[OUTCOME_NEW], 1);
	row = fixture_row(f, sub);
	assert_true(row.packet_digests.len / 32 > OTHERS + 3);
	submission_free(sub);
	assert_int_equal(fixture_changes(f, &batch), 2 * CERTS + 1);
	/* And again, where nothing is to be written in between. */
	sub = submission_new(ROOM);
	sub->origin = "http";
	sub->body = buf_view(&body);
	assert_ok(ingest_submit_wait(f->in, sub));
	assert_ok(sub->status);
	assert_int_equal(sub->counts[OUTCOME_UNCHANGED], CERTS + 1);
	submission_free(sub);
	buf_done(&body);
	buf_done(&cert);
}

static void
test_a_row_too_large_alone_is_refused_alone(void **state)
{
	struct fixture *f = *state;
	struct buf cert = {0}, body = {0};
	struct submission *sub;

	fixture_start(f);
	make_cert(&cert, 1, 8000);
	submission_free(fixture_submit(f, buf_view(&cert)));
	make_cert(&body, 0, 1);
	make_revoked(&body, 1);
	make_cert(&body, 2, 1);
	sub = submission_new(2 * 1024 * 1024);
	sub->origin = "http";
	sub->body = buf_view(&body);
	assert_ok(ingest_submit_wait(f->in, sub));
	assert_ok(sub->status);
	assert_int_equal(sub->counts[OUTCOME_NEW], 2);
	assert_int_equal(sub->outcomes[1].kind, OUTCOME_REFUSED);
	assert_int_equal(sub->outcomes[1].verdict, VERDICT_OVER_LIMIT);
	assert_non_null(sub->outcomes[1].detail);
	assert_int_equal(fixture_certs(f), 3);
	submission_free(sub);
	buf_done(&body);
	buf_done(&cert);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_text_without_key_material_is_malformed),
		CASE(test_unusable_key_is_refused_and_the_next_one_stored),
		CASE(test_lone_revocation_is_refused_for_want_of_its_primary),
		CASE(test_broken_end_keeps_what_was_whole),
		CASE(test_bad_armor_is_refused_and_the_other_block_stored),
		CASE(test_one_certificate_in_two_blocks_is_one),
		CASE(test_secret_key_refuses_all_of_it_and_is_wiped),
		CASE(test_private_key_block_is_rejected_and_wiped),
		CASE(test_bulk_load_skips_a_secret_key),
		CASE(test_l3_body_at_and_over_its_limit),
		CASE(test_l7_certificates_at_and_over_their_limit),
		CASE(test_l7_counts_all_blocks),
		CASE(test_refusals_are_told_behind_many_dropped_packets),
		CASE(test_l8_packets_at_and_over_their_limit),
		CASE(test_l9_user_id_at_and_over_its_limit),
		CASE(test_l12_certificate_over_its_total_is_kept_trimmed),
		CASE(test_l12_certificate_full_of_packets_takes_its_revocation),
		CASE(test_l14_armor_blocks_at_and_over_their_limit),
		CASE(test_memory_of_one_submission_is_bounded),
		CASE(test_large_rows_of_one_submission_take_turns),
		CASE(test_a_row_too_large_alone_is_refused_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
