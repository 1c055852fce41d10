#include "../unit.h"

#include <string.h>

#include "pieces.h"

/* A certificate in framing only: a key of `body` octets and `uids` names. */
static void
put_cert(struct buf *b, size_t body, size_t uids)
{
	assert_ok(buf_put_u8(b, 0x99));
	assert_ok(buf_put_u8(b, (uint8_t)(body >> 8)));
	assert_ok(buf_put_u8(b, (uint8_t)body));
	for (size_t i = 0; i < body; i++)
		assert_ok(buf_put_u8(b, 4));
	for (size_t i = 0; i < uids; i++)
		assert_ok(buf_put(b, bytes_make("\xb4\x03"
						"abc",
					     5)));
}

static void
cut(struct pieces *p, struct bytes in, size_t octets, size_t certs,
	size_t packets)
{
	const struct material_limits limits = {octets, certs, packets, false};

	pieces_cut(p, in, &limits);
}

static void
test_a_ring_is_cut_before_primary_keys_and_nothing_is_lost(void **state)
{
	struct buf in = {0};
	struct pieces p;

	(void)state;
	for (size_t i = 0; i < 10; i++)
		put_cert(&in, 100, 3);
	cut(&p, buf_view(&in), 300, 100, 1000);
	assert_true(p.count > 3);
	for (size_t i = 0; i < p.count; i++) {
		assert_int_equal(p.first[i], 0x99);
		assert_true(p.len[i] <= 300);
		assert_int_equal(p.len[i] % 118, 0);
	}
	assert_true(bytes_eq(buf_view(&p.all), buf_view(&in)));
	assert_int_equal(p.faults, 0);
	buf_done(&p.all);
	buf_done(&in);
}

static void
test_certificates_and_packets_are_counted(void **state)
{
	struct buf in = {0};
	struct pieces p;

	(void)state;
	for (size_t i = 0; i < 10; i++)
		put_cert(&in, 10, 0);
	cut(&p, buf_view(&in), 1 << 20, 5, 1000);
	assert_int_equal(p.count, 2);
	buf_done(&p.all);
	buf_clear(&in);
	for (size_t i = 0; i < 10; i++)
		put_cert(&in, 10, 9);
	cut(&p, buf_view(&in), 1 << 20, 1000, 25);
	for (size_t i = 0; i < p.count; i++)
		assert_true(p.len[i] <= 3 * 58);
	assert_true(bytes_eq(buf_view(&p.all), buf_view(&in)));
	buf_done(&p.all);
	buf_done(&in);
}

static void
test_a_certificate_over_the_limit_goes_alone(void **state)
{
	struct buf in = {0};
	struct pieces p;

	(void)state;
	put_cert(&in, 10, 1);
	put_cert(&in, 5000, 1);
	put_cert(&in, 10, 1);
	cut(&p, buf_view(&in), 1000, 100, 1000);
	assert_int_equal(p.count, 3);
	assert_int_equal(p.len[1], 5000 + 3 + 5);
	buf_done(&p.all);
	buf_done(&in);
}

static void
test_what_comes_before_a_torn_packet_still_goes(void **state)
{
	struct buf in = {0};
	struct pieces p;

	(void)state;
	put_cert(&in, 100, 3);
	assert_ok(buf_put(&in, bytes_make("\x99\xff\xff"
					  "x",
				       4)));
	cut(&p, buf_view(&in), 1000, 100, 1000);
	assert_int_equal(p.count, 1);
	assert_int_equal(p.len[0], 118);
	assert_int_equal(p.faults, 1);
	assert_non_null(strstr(p.fault, "offset 118"));
	buf_done(&p.all);
	buf_done(&in);
}

static void
test_a_small_text_goes_as_it_is(void **state)
{
	const char *text = "whatever a person pasted";
	struct pieces p;

	(void)state;
	cut(&p, bytes_of(text), 1000, 100, 1000);
	assert_int_equal(p.count, 1);
	assert_text(buf_view(&p.all), text);
	buf_done(&p.all);
	cut(&p, bytes_of(""), 1000, 100, 1000);
	assert_int_equal(p.count, 0);
	assert_int_equal(p.faults, 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_a_ring_is_cut_before_primary_keys_and_nothing_is_lost),
		cmocka_unit_test(test_certificates_and_packets_are_counted),
		cmocka_unit_test(test_a_certificate_over_the_limit_goes_alone),
		cmocka_unit_test(
			test_what_comes_before_a_torn_packet_still_goes),
		cmocka_unit_test(test_a_small_text_goes_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
