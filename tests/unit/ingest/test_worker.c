/* Promises of the workers: what they keep and refuse. */
#include "fixture.h"

#include "pgp/packet.h"

/* ---- what is no certificate --------------------------------------------- */

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
	make_packet(&literal, 11, "b\0\0\0\0\0text", 10);
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
	make_packet(&all, PACKET_PUBLIC_KEY, body, sizeof(body));
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

/* ---- armor -------------------------------------------------------------- */

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

enum { PACKET_UNASSIGNED = 30 };

/* ---- secret material ---------------------------------------------------- */

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

	make_packet(out, PACKET_SECRET_KEY, body, sizeof(body));
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

/* What is read as one piece may lose more packets than it has certificates. */
static void
test_bulk_load_tells_of_all_that_a_piece_lost(void **state)
{
	enum { LOST = 60000 };
	struct fixture *f = *state;
	struct buf body = {0};
	struct submission *sub;
	size_t i;

	fixture_start(f);
	make_cert(&body, 1, 0);
	for (i = 0; i < LOST; i++)
		make_packet(&body, PACKET_UNASSIGNED, "x", 1);
	put_secret_key(&body);
	sub = submit_secret(f, &body, true);
	assert_ok(sub->status);
	assert_int_equal(sub->counts[OUTCOME_NEW], 1);
	assert_int_equal(sub->counts[OUTCOME_REFUSED], 1);
	for (i = 0; i < sub->outcome_count; i++)
		if (sub->outcomes[i].kind == OUTCOME_NEW)
			assert_int_equal(sub->outcomes[i].dropped, LOST);
	submission_free(sub);
	buf_done(&body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_PROMISE(test_text_without_key_material_is_malformed),
		FIXTURE_PROMISE(
			test_unusable_key_is_refused_and_the_next_one_stored),
		FIXTURE_PROMISE(
			test_lone_revocation_is_refused_for_want_of_its_primary),
		FIXTURE_PROMISE(test_broken_end_keeps_what_was_whole),
		FIXTURE_PROMISE(
			test_bad_armor_is_refused_and_the_other_block_stored),
		FIXTURE_PROMISE(test_one_certificate_in_two_blocks_is_one),
		FIXTURE_PROMISE(test_secret_key_refuses_all_of_it_and_is_wiped),
		FIXTURE_PROMISE(test_private_key_block_is_rejected_and_wiped),
		FIXTURE_PROMISE(test_bulk_load_skips_a_secret_key),
		FIXTURE_PROMISE(test_bulk_load_tells_of_all_that_a_piece_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
