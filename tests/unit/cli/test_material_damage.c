#include "../unit.h"

#include <string.h>

#include "pieces.h"

static void
cut(struct pieces *p, struct bytes in)
{
	const struct material_limits limits = {1, 1, 1000, false};

	pieces_cut(p, in, &limits);
	assert_int_equal(p->outside, 0);
}

static void
is_at(const struct pieces *p, size_t i, uint64_t at, size_t len)
{
	assert_true(i < p->count);
	assert_int_equal(p->at[i], at);
	assert_int_equal(p->len[i], len);
}

static void
ends(struct pieces *p, struct buf *in)
{
	buf_done(&p->all);
	buf_done(in);
}

static void
test_each_piece_says_where_it_was(void **state)
{
	struct buf in = {0};
	struct pieces p;

	(void)state;
	for (uint8_t i = 0; i < 5; i++)
		pieces_put_cert(&in, i);
	cut(&p, buf_view(&in));
	assert_int_equal(p.count, 5);
	for (size_t i = 0; i < 5; i++)
		is_at(&p, i, i * PIECES_CERT, PIECES_CERT);
	ends(&p, &in);
}

static void
test_what_is_between_keys_is_skipped_and_told_of(void **state)
{
	static const uint8_t zeros[1000];
	struct buf in = {0};
	struct pieces p;

	(void)state;
	pieces_put_cert(&in, 1);
	assert_ok(buf_put(&in, bytes_make(zeros, sizeof(zeros))));
	pieces_put_cert(&in, 2);
	pieces_put_cert(&in, 3);
	cut(&p, buf_view(&in));
	assert_int_equal(p.count, 3);
	is_at(&p, 0, 0, PIECES_CERT);
	is_at(&p, 1, PIECES_CERT + 1000, PIECES_CERT);
	is_at(&p, 2, 2 * PIECES_CERT + 1000, PIECES_CERT);
	assert_int_equal(p.faults, 1);
	assert_string_equal(p.fault, "offset 152: not a packet header; "
				     "skipped: 1000 octets");
	ends(&p, &in);
}

/* A length that says more than there is had taken the keys behind it. */
static void
test_a_wrong_length_costs_what_it_is_of(void **state)
{
	struct buf in = {0};
	struct pieces p;

	(void)state;
	for (uint8_t i = 0; i < 6; i++)
		pieces_put_cert(&in, i);
	in.data[2 * PIECES_CERT + 145] = 250; /* of the third one's user ID */
	cut(&p, buf_view(&in));
	assert_int_equal(p.count, 6);
	is_at(&p, 2, 2 * PIECES_CERT, PIECES_CERT - 8);
	is_at(&p, 3, 3 * PIECES_CERT, PIECES_CERT);
	assert_int_equal(p.faults, 1);
	assert_non_null(strstr(p.fault, "offset 448: "));
	assert_non_null(strstr(p.fault, "; skipped: 8 octets"));
	ends(&p, &in);
}

static void
test_a_length_beyond_the_end_costs_no_other_key(void **state)
{
	struct buf in = {0};
	struct pieces p;

	(void)state;
	for (uint8_t i = 0; i < 4; i++)
		pieces_put_cert(&in, i);
	in.data[PIECES_CERT + 1] = 0xff; /* of the second one's key */
	cut(&p, buf_view(&in));
	assert_int_equal(p.count, 3);
	is_at(&p, 1, 2 * PIECES_CERT, PIECES_CERT);
	assert_int_equal(p.faults, 1);
	assert_non_null(strstr(p.fault, "offset 152: packet with tag 6"));
	assert_non_null(strstr(p.fault, "; skipped: 152 octets"));
	ends(&p, &in);
}

static void
test_a_packet_without_a_length_takes_no_other_key(void **state)
{
	struct buf in = {0};
	struct pieces p;

	(void)state;
	pieces_put_cert(&in, 1);
	assert_ok(buf_put_u8(&in, 0xaf)); /* tag 11: all that follows */
	pieces_put_cert(&in, 2);
	cut(&p, buf_view(&in));
	assert_int_equal(p.count, 2);
	is_at(&p, 1, PIECES_CERT + 1, PIECES_CERT);
	assert_string_equal(p.fault, "offset 152: packet without a length; "
				     "skipped: 1 octet");
	ends(&p, &in);
}

static void
test_the_last_one_torn_keeps_what_is_whole(void **state)
{
	struct buf in = {0};
	struct pieces p;

	(void)state;
	pieces_put_cert(&in, 1);
	pieces_put_cert(&in, 2);
	in.len -= 3;
	cut(&p, buf_view(&in));
	assert_int_equal(p.count, 2);
	is_at(&p, 1, PIECES_CERT, PIECES_CERT - 8);
	assert_string_equal(p.fault,
		"offset 296: packet with tag 13 is cut short; the rest is "
		"skipped: 5 octets");
	ends(&p, &in);
}

static void
test_a_line_end_behind_the_last_is_no_fault(void **state)
{
	struct buf in = {0};
	struct pieces p;

	(void)state;
	pieces_put_cert(&in, 1);
	assert_ok(buf_put(&in, bytes_of("\r\n")));
	cut(&p, buf_view(&in));
	assert_int_equal(p.count, 1);
	assert_int_equal(p.faults, 0);
	ends(&p, &in);
}

static void
test_a_text_before_binary_keys_costs_none_of_them(void **state)
{
	struct buf in = {0};
	struct pieces p;

	(void)state;
	assert_ok(buf_put(&in, bytes_of("These are the keys of 1997:")));
	pieces_put_cert(&in, 1);
	pieces_put_cert(&in, 2);
	cut(&p, buf_view(&in));
	assert_int_equal(p.count, 2);
	is_at(&p, 0, 27, PIECES_CERT);
	assert_string_equal(
		p.fault, "offset 0: no key material; skipped: 27 octets");
	ends(&p, &in);
}

/* However it is damaged by one octet, the others are all there. */
static void
test_one_wrong_octet_costs_one_certificate(void **state)
{
	struct buf in = {0};
	struct pieces p;
	size_t lost;

	(void)state;
	for (uint8_t i = 0; i < 6; i++)
		pieces_put_cert(&in, i);
	for (size_t at = PIECES_CERT; at < 2 * PIECES_CERT; at++) {
		for (unsigned int bit = 1; bit < 256; bit *= 2) {
			in.data[at] ^= (uint8_t)bit;
			cut(&p, buf_view(&in));
			lost = 6;
			for (size_t i = 0; i < p.count; i++)
				lost -= p.at[i] % PIECES_CERT == 0 &&
					p.at[i] != PIECES_CERT;
			assert_true(lost <= 1);
			in.data[at] ^= (uint8_t)bit;
			buf_done(&p.all);
		}
	}
	buf_done(&in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_piece_says_where_it_was),
		cmocka_unit_test(
			test_what_is_between_keys_is_skipped_and_told_of),
		cmocka_unit_test(test_a_wrong_length_costs_what_it_is_of),
		cmocka_unit_test(
			test_a_length_beyond_the_end_costs_no_other_key),
		cmocka_unit_test(
			test_a_packet_without_a_length_takes_no_other_key),
		cmocka_unit_test(test_the_last_one_torn_keeps_what_is_whole),
		cmocka_unit_test(test_a_line_end_behind_the_last_is_no_fault),
		cmocka_unit_test(
			test_a_text_before_binary_keys_costs_none_of_them),
		cmocka_unit_test(test_one_wrong_octet_costs_one_certificate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
