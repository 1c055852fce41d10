/* Promises of the workers: every limit, at it and over it. */
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

#include "pgp/packet.h"

/* ---- limits ------------------------------------------------------------- */

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
		make_packet(&all, 8, "x", 1);
	make_cert(&all, 1, 0);
	make_packet(&all, 6, large, sizeof(large));
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
	assert_int_equal(count_packets(row.octets),
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
	held = row.octets.len + 32 * count_packets(row.octets) + 35;
	assert_true(held >= 64 * 1024);
	assert_true(held < 64 * 1024 + 400);
	submission_free(sub);
	/* The same again teaches nothing. */
	sub = fixture_submit(f, buf_view(&cert));
	assert_int_equal(sub->outcomes[0].kind, OUTCOME_UNCHANGED);
	submission_free(sub);
	buf_done(&cert);
}

/* Such a load hashes no packets, unless it has something to tell of them. */
static void
test_a_load_nobody_follows_tells_what_did_not_fit(void **state)
{
	struct fixture *f = *state;
	struct submission *sub;
	struct buf cert = {0};
	size_t dropped;

	make_cert(&cert, 1, 300);
	f->settings.policy.limits.max_total = 64 * 1024;
	fixture_start(f);
	sub = fixture_load(f, buf_view(&cert));
	assert_ok(sub->status);
	assert_int_equal(sub->outcomes[0].kind, OUTCOME_NEW);
	dropped = count_packets(buf_view(&cert)) -
		  count_packets(fixture_row(f, sub).octets);
	assert_true(dropped > 0);
	assert_int_equal(sub->outcomes[0].dropped, dropped);
	submission_free(sub);
	/* What it stored is merged with as any other row is. */
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
		make_packet(&body, 2, sig, sizeof(sig));
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
	assert_int_equal(count_packets(row.octets), CERT_PACKETS_MAX);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_PROMISE(test_l3_body_at_and_over_its_limit),
		FIXTURE_PROMISE(test_l7_certificates_at_and_over_their_limit),
		FIXTURE_PROMISE(test_l7_counts_all_blocks),
		FIXTURE_PROMISE(
			test_refusals_are_told_behind_many_dropped_packets),
		FIXTURE_PROMISE(test_l8_packets_at_and_over_their_limit),
		FIXTURE_PROMISE(test_l9_user_id_at_and_over_its_limit),
		FIXTURE_PROMISE(
			test_l12_certificate_over_its_total_is_kept_trimmed),
		FIXTURE_PROMISE(
			test_a_load_nobody_follows_tells_what_did_not_fit),
		FIXTURE_PROMISE(
			test_l12_certificate_full_of_packets_takes_its_revocation),
		FIXTURE_PROMISE(test_l14_armor_blocks_at_and_over_their_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
