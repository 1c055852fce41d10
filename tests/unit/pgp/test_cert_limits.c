/* Promises of reading certificates: every limit, and what is noted. */
#include "../unit.h"

#include <stdio.h>
#include <string.h>

#include "pgp/cert.h"
#include "pgp/digest.h"
#include "vectors.h"

static void
test_packets_over_their_limit_go_with_what_hangs_on_them(void **state)
{
	char digest[33] = "";
	size_t i;

	(void)state;
	assert_ok(vectors_read_named("uid-huge.pgp", &cert_limits_default));
	assert_int_equal(vectors_list.list[0]->packet_count, 3);
	for (i = 0; i < 16; i++)
		snprintf(digest + 2 * i, 3, "%02X",
			vectors_list.list[0]->sks_digest.octets[i]);
	assert_string_equal(digest, "61CE3823914DED463896DFFA85AE22B3");
	assert_int_equal(vectors_list.notes[0].verdict, VERDICT_TOO_LARGE);
	assert_int_equal(vectors_list.notes[0].cert, 0);
	assert_int_equal(vectors_list.notes[0].tag, PACKET_USER_ID);
}

/* The packet `tag` in one chunk too many, then `after`. */
static struct bytes
chunked(struct bytes before, uint8_t tag, struct bytes after)
{
	size_t size = before.len + 2 + 2 * 4096 + after.len, i;
	uint8_t *out = arena_alloc(vectors_arena, size), *at = out;

	memcpy(at, before.data, before.len);
	at += before.len;
	*at++ = 0xc0 | tag;
	for (i = 0; i < 4096; i++) {
		*at++ = 0xe0;
		*at++ = 'x';
	}
	*at++ = 0;
	memcpy(at, after.data, after.len);
	return bytes_make(out, size);
}

static void
test_a_packet_of_too_many_chunks_goes_like_one_too_large(void **state)
{
	struct bytes whole = vectors_get(&vectors_all, "user-attribute.pgp");
	struct cert_list got = {0};

	(void)state;
	/* A user ID, and the signature that stands below it. */
	assert_ok(cert_read(vectors_arena,
		chunked(whole, 13, bytes_make("\x88\x01x", 3)),
		&cert_limits_default, &got, NULL));
	assert_int_equal(got.count, 1);
	assert_int_equal(got.list[0]->packet_count,
		vectors_cert(vectors_arena, whole)->packet_count);
	assert_int_equal(got.notes[0].verdict, VERDICT_TOO_LARGE);
	assert_int_equal(got.notes[0].cert, 0);
	/* A key, and all below it up to the next one. */
	memset(&got, 0, sizeof(got));
	assert_ok(cert_read(vectors_arena, chunked(bytes_of(""), 6, whole),
		&cert_limits_default, &got, NULL));
	assert_int_equal(got.count, 1);
	assert_int_equal(got.refused, 1);
	/* A signature: it alone. */
	memset(&got, 0, sizeof(got));
	assert_ok(cert_read(vectors_arena,
		chunked(whole, 2, bytes_make("\x88\x01x", 3)),
		&cert_limits_default, &got, NULL));
	assert_int_equal(got.list[0]->packet_count,
		vectors_cert(vectors_arena, whole)->packet_count + 1);
	/* What it may not be, in any number of chunks. */
	assert_status(cert_read(vectors_arena, chunked(whole, 7, bytes_of("")),
			      &cert_limits_default, &got, NULL),
		STATUS_REJECTED);
}

static void
test_each_packet_limit_holds_at_its_octet(void **state)
{
	struct cert_limits limits = vectors_limits;
	const struct cert *whole = vectors_cert(
		vectors_arena, vectors_get(&vectors_all, "user-attribute.pgp"));
	size_t attribute = whole->attributes[0].packet.body.len;
	size_t key = whole->primary.packet.body.len;

	(void)state;
	limits.max_attribute = attribute;
	limits.max_key = key;
	assert_ok(vectors_read_named("user-attribute.pgp", &limits));
	assert_int_equal(
		vectors_list.list[0]->packet_count, whole->packet_count);
	limits.max_attribute = attribute - 1;
	assert_ok(vectors_read_named("user-attribute.pgp", &limits));
	assert_int_equal(vectors_list.list[0]->attribute_count, 0);
	assert_int_equal(vectors_list.list[0]->packet_count, 3);
	limits = vectors_limits;
	limits.max_signature = 1;
	assert_ok(vectors_read_named("user-attribute.pgp", &limits));
	assert_int_equal(vectors_list.list[0]->packet_count, 3);
	limits.max_key = key - 1;
	assert_ok(vectors_read_named("user-attribute.pgp", &limits));
	assert_int_equal(vectors_list.count, 0);
	assert_int_equal(vectors_list.refused, 1);
}

static void
test_packet_and_certificate_counts_are_limited(void **state)
{
	struct cert_limits limits = cert_limits_default;

	(void)state;
	limits.max_packets = 6;
	assert_ok(vectors_read_named("evil32.pgp", &limits));
	assert_int_equal(vectors_list.packets, 6);
	limits.max_packets = 5;
	assert_status(vectors_read_named("evil32.pgp", &limits), STATUS_LIMIT);
	limits = cert_limits_default;
	limits.max_certs = 1;
	assert_ok(vectors_read_named("evil32.pgp", &limits));
	assert_int_equal(vectors_list.count, 1);
	assert_int_equal(vectors_list.notes[0].verdict, VERDICT_TOO_MANY_CERTS);
	/* Three blocks of one key are one. */
	assert_ok(vectors_read_named("merge-abc.pgp", &limits));
	assert_int_equal(vectors_list.count, 1);
	assert_int_equal(vectors_list.note_count, 0);
}

static void
test_64_notes_are_kept_and_the_rest_counted(void **state)
{
	struct buf octets;
	size_t i;

	(void)state;
	buf_init(&octets, 0);
	for (i = 0; i < 70; i++)
		assert_ok(buf_put(
			&octets, vectors_get(&vectors_all, "v7-unknown.pgp")));
	assert_ok(vectors_read_octets(buf_view(&octets), &cert_limits_default));
	assert_int_equal(vectors_list.count, 0);
	assert_int_equal(vectors_list.refused, 70);
	assert_int_equal(vectors_list.note_count, CERT_NOTES_MAX);
	assert_int_equal(vectors_list.notes_dropped, 6);
	buf_done(&octets);
}

static void
test_a_small_arena_is_a_limit_not_a_crash(void **state)
{
	struct cert_list some;
	struct arena *small;
	enum status st = STATUS_LIMIT;
	size_t max;

	(void)state;
	for (max = 64; st == STATUS_LIMIT; max += 64) {
		small = arena_new(max);
		memset(&some, 0, sizeof(some));
		st = cert_read(small,
			vectors_get(&vectors_all, "many-subkeys.pgp"),
			&cert_limits_default, &some, NULL);
		arena_free(small);
	}
	assert_ok(st);
	assert_true(max > 14437);
}

/* The primary of one vector before all packets of another but its own. */
static enum status
read_grafted(
	const char *primary, const char *rest, const struct cert_limits *limits)
{
	struct packet_reader a = packet_reader_of(
		vectors_get(&vectors_all, primary), vectors_arena);
	struct packet_reader b = packet_reader_of(
		vectors_get(&vectors_all, rest), vectors_arena);
	struct packet p, q;
	enum status st;
	struct buf out;

	assert_ok(packet_next(&a, &p, NULL));
	assert_ok(packet_next(&b, &q, NULL));
	buf_init(&out, 0);
	assert_ok(buf_put(&out, p.whole));
	assert_ok(
		buf_put(&out, bytes_make(b.in.data + b.pos, b.in.len - b.pos)));
	st = vectors_read_octets(buf_view(&out), limits);
	/* The views into it are not used any more. */
	buf_done(&out);
	return st;
}

static void
test_subkeys_that_do_not_fit_go_with_their_signatures(void **state)
{
	static const char *const pairs[][2] = {{"v3-rsa.pgp", "v4-rsa.pgp"},
		{"v6-rfc9580-a3.pgp", "v4-rsa.pgp"},
		{"v4-rsa.pgp", "v6-rfc9580-a3.pgp"}};
	struct cert_limits limits = cert_limits_default;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		assert_ok(read_grafted(
			pairs[i][0], pairs[i][1], &cert_limits_default));
		assert_int_equal(vectors_list.count, 1);
		assert_int_equal(vectors_list.list[0]->subkey_count, 0);
		assert_int_equal(vectors_list.note_count, 1);
		assert_int_equal(
			vectors_list.notes[0].verdict, VERDICT_UNUSABLE_SUBKEY);
		assert_int_equal(vectors_list.notes[0].cert, 0);
	}
	/* A version 5 subkey below version 4 does fit: GnuPG makes them. */
	assert_ok(read_grafted(
		"v4-rsa.pgp", "v5-ed25519.pgp", &cert_limits_default));
	assert_int_equal(vectors_list.list[0]->subkey_count, 1);
	limits.max_key = 200;
	assert_ok(read_grafted("v4-ed25519-legacy.pgp", "v4-rsa.pgp", &limits));
	assert_int_equal(vectors_list.list[0]->subkey_count, 0);
	assert_int_equal(vectors_list.notes[0].verdict, VERDICT_TOO_LARGE);
}

static void
test_notes_of_a_key_taken_back_name_none(void **state)
{
	struct cert_limits limits = cert_limits_default;
	struct buf out;

	(void)state;
	limits.secret = CERT_SECRET_SKIPS;
	buf_init(&out, 0);
	assert_ok(buf_put(&out, vectors_get(&vectors_all, "unknown-tag.pgp")));
	/* A secret subkey: tag 7. The key was good up to here. */
	assert_ok(buf_put(&out, bytes_make("\x9c\x01\x04", 3)));
	assert_ok(buf_put(&out, vectors_get(&vectors_all, "order-good.pgp")));
	assert_ok(vectors_read_octets(buf_view(&out), &limits));
	assert_int_equal(vectors_list.count, 1);
	assert_int_equal(vectors_list.list[0]->packet_count, 7);
	assert_int_equal(vectors_list.note_count, 2);
	assert_int_equal(vectors_list.notes[0].verdict, VERDICT_UNKNOWN_TAG);
	assert_true(vectors_list.notes[0].cert == SIZE_MAX);
	assert_int_equal(vectors_list.notes[1].verdict, VERDICT_SECRET);
	buf_done(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_packets_over_their_limit_go_with_what_hangs_on_them),
		cmocka_unit_test(
			test_a_packet_of_too_many_chunks_goes_like_one_too_large),
		cmocka_unit_test(test_each_packet_limit_holds_at_its_octet),
		cmocka_unit_test(
			test_packet_and_certificate_counts_are_limited),
		cmocka_unit_test(test_64_notes_are_kept_and_the_rest_counted),
		cmocka_unit_test(test_a_small_arena_is_a_limit_not_a_crash),
		cmocka_unit_test(
			test_subkeys_that_do_not_fit_go_with_their_signatures),
		cmocka_unit_test(test_notes_of_a_key_taken_back_name_none),
	};

	return cmocka_run_group_tests(tests, vectors_setup, vectors_teardown);
}
