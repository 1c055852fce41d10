#include "../unit.h"

#include <string.h>

#include "../an_arena.h"
#include "pgp/packet.h"

#define OCTETS(...)                                                            \
	bytes_make((const uint8_t[]){__VA_ARGS__},                             \
		sizeof((const uint8_t[]){__VA_ARGS__}))

/* Reads the first packet. */
static enum status
first(struct bytes in, struct packet *p)
{
	struct packet_reader r = packet_reader_of(in, arena);

	return packet_next(&r, p, NULL);
}

static void
test_old_headers_of_one_two_and_four_octets(void **state)
{
	struct packet p;

	(void)state;
	assert_ok(first(OCTETS(0xb4, 1, 'x'), &p));
	assert_int_equal(p.tag, PACKET_USER_ID);
	assert_text(p.body, "x");
	assert_int_equal(p.whole.len, 3);
	assert_ok(first(OCTETS(0xb5, 0, 2, 'x', 'y'), &p));
	assert_text(p.body, "xy");
	assert_ok(first(OCTETS(0xb6, 0, 0, 0, 1, 'z', 0xb4), &p));
	assert_text(p.body, "z");
	assert_int_equal(p.whole.len, 6);
}

static void
test_new_headers_of_one_two_and_five_octets(void **state)
{
	uint8_t octets[8400] = {0xcd};
	struct packet p;

	(void)state;
	octets[1] = 191;
	assert_ok(first(bytes_make(octets, 193), &p));
	assert_int_equal(p.body.len, 191);
	octets[1] = 192;
	octets[2] = 0;
	assert_ok(first(bytes_make(octets, 195), &p));
	assert_int_equal(p.body.len, 192);
	octets[1] = 223;
	octets[2] = 255;
	assert_ok(first(bytes_make(octets, 3 + 8383), &p));
	assert_int_equal(p.body.len, 8383);
	octets[1] = 255;
	memcpy(octets + 2, "\0\0\0\1", 4);
	assert_ok(first(bytes_make(octets, 7), &p));
	assert_int_equal(p.body.len, 1);
}

static void
test_indeterminate_length_runs_to_the_end(void **state)
{
	struct packet p;

	(void)state;
	assert_ok(first(OCTETS(0xb7, 1, 2, 3), &p));
	assert_int_equal(p.body.len, 3);
	assert_int_equal(p.whole.len, 4);
}

static void
test_partial_chunks_are_joined(void **state)
{
	struct packet p;

	(void)state;
	/* Two octets, one octet, then none to end it. */
	assert_ok(first(OCTETS(0xcd, 0xe1, 'a', 'b', 0xe0, 'c', 0x00), &p));
	assert_text(p.body, "abc");
	assert_int_equal(p.whole.len, 7);
}

static void
test_4096_chunks_are_taken_and_one_more_is_not(void **state)
{
	static uint8_t octets[2 * 4096 + 2 + 3];
	struct packet_reader r;
	struct packet p;
	size_t i;

	(void)state;
	octets[0] = 0xcd;
	for (i = 0; i < 4096; i++)
		octets[1 + 2 * i] = 0xe0;
	/* The 4096th is the last one here ... */
	octets[1 + 2 * 4095] = 1;
	assert_ok(first(bytes_make(octets, 1 + 2 * 4096), &p));
	assert_int_equal(p.body.len, 4096);
	/* ... and announces another one here. */
	octets[1 + 2 * 4095] = 0xe0;
	octets[1 + 2 * 4096] = 0;
	memcpy(octets + 2 + 2 * 4096, "\xb4\x01x", 3);
	r = packet_reader_of(bytes_make(octets, sizeof(octets)), arena);
	assert_status(packet_next(&r, &p, NULL), STATUS_UNSUPPORTED);
	assert_int_equal(p.tag, PACKET_USER_ID);
	assert_int_equal(p.body.len, 0);
	/* It alone is lost. */
	assert_ok(packet_next(&r, &p, NULL));
	assert_int_equal(p.tag, PACKET_USER_ID);
	assert_int_equal(p.body.len, 1);
	/* A cut one is cut, however many chunks it has. */
	assert_status(
		first(bytes_make(octets, 1 + 2 * 4096), &p), STATUS_MALFORMED);
}

static void
test_announced_length_is_never_allocated(void **state)
{
	size_t before = arena_used(arena);
	struct packet p;

	(void)state;
	assert_status(first(OCTETS(0x9a, 0xff, 0xff, 0xff, 0xff, 4), &p),
		STATUS_MALFORMED);
	assert_status(first(OCTETS(0xc6, 0xfe, 1, 2), &p), STATUS_MALFORMED);
	assert_status(
		first(OCTETS(0xc6, 0xe0, 1, 0xfe, 2), &p), STATUS_MALFORMED);
	assert_int_equal(arena_used(arena), before);
}

static void
test_reading_stops_where_no_header_is(void **state)
{
	struct packet_reader r =
		packet_reader_of(OCTETS(0xb4, 0, 0x34, 0xb4, 0), arena);
	struct packet p;
	struct err err;

	(void)state;
	assert_ok(packet_next(&r, &p, &err));
	assert_status(packet_next(&r, &p, &err), STATUS_MALFORMED);
	assert_int_equal(r.pos, 2);
	assert_non_null(strstr(err.text, "offset 2"));
	assert_int_equal(packet_peek_tag(&r), 0);
	/* It stays there: no hunting for the next one. */
	assert_status(packet_next(&r, &p, &err), STATUS_MALFORMED);
}

static void
test_tag_0_is_no_packet(void **state)
{
	struct packet p;

	(void)state;
	assert_status(first(OCTETS(0x80, 0), &p), STATUS_MALFORMED);
	assert_status(first(OCTETS(0xc0, 0), &p), STATUS_MALFORMED);
}

static void
test_every_cut_is_seen(void **state)
{
	static const uint8_t octets[] = {
		0xcd, 0xe1, 'a', 'b', 0xe0, 'c', 0x02, 'd', 'e'};
	struct packet p;
	size_t i;

	(void)state;
	assert_status(first(bytes_make(octets, 0), &p), STATUS_NOT_FOUND);
	for (i = 1; i < sizeof(octets); i++)
		assert_status(
			first(bytes_make(octets, i), &p), STATUS_MALFORMED);
	assert_ok(first(bytes_make(octets, sizeof(octets)), &p));
	assert_text(p.body, "abcde");
}

static void
check_header(uint8_t tag, size_t len, bool v6, const char *want, size_t n)
{
	uint8_t out[6];

	assert_int_equal(packet_write_header(tag, len, v6, out), n);
	assert_memory_equal(out, want, n);
}

static void
test_headers_are_written_as_sks_writes_them(void **state)
{
	(void)state;
	check_header(PACKET_USER_ID, 0, false, "\xb4\x00", 2);
	check_header(PACKET_USER_ID, 255, false, "\xb4\xff", 2);
	check_header(PACKET_SIGNATURE, 256, false, "\x89\x01\x00", 3);
	check_header(PACKET_SIGNATURE, 65535, false, "\x89\xff\xff", 3);
	check_header(PACKET_SIGNATURE, 65536, false, "\x8a\0\1\0\0", 5);
	/* Keys never with one octet: pksd names them by the header. */
	check_header(PACKET_PUBLIC_KEY, 51, false, "\x99\x00\x33", 3);
	check_header(PACKET_PUBLIC_SUBKEY, 51, false, "\xb9\x00\x33", 3);
	check_header(PACKET_USER_ATTRIBUTE, 3, false, "\xd1\xff\0\0\0\3", 6);
}

static void
test_version_6_is_written_in_new_format_shortest(void **state)
{
	(void)state;
	check_header(PACKET_PUBLIC_KEY, 42, true, "\xc6\x2a", 2);
	check_header(PACKET_SIGNATURE, 191, true, "\xc2\xbf", 2);
	check_header(PACKET_SIGNATURE, 192, true, "\xc2\xc0\x00", 3);
	check_header(PACKET_SIGNATURE, 8383, true, "\xc2\xdf\xff", 3);
	check_header(PACKET_SIGNATURE, 8384, true, "\xc2\xff\0\0\x20\xc0", 6);
	check_header(PACKET_USER_ATTRIBUTE, 3, true, "\xd1\x03", 2);
}

static void
test_nothing_is_written_where_it_does_not_fit(void **state)
{
	struct buf out;

	(void)state;
	buf_init(&out, 4);
	assert_ok(packet_write(&out, 13, bytes_of("ab"), false));
	assert_status(
		packet_write(&out, 13, bytes_of(""), false), STATUS_LIMIT);
	assert_int_equal(out.len, 4);
	buf_done(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_old_headers_of_one_two_and_four_octets),
		cmocka_unit_test(test_new_headers_of_one_two_and_five_octets),
		cmocka_unit_test(test_indeterminate_length_runs_to_the_end),
		cmocka_unit_test(test_partial_chunks_are_joined),
		cmocka_unit_test(
			test_4096_chunks_are_taken_and_one_more_is_not),
		cmocka_unit_test(test_announced_length_is_never_allocated),
		cmocka_unit_test(test_reading_stops_where_no_header_is),
		cmocka_unit_test(test_tag_0_is_no_packet),
		cmocka_unit_test(test_every_cut_is_seen),
		cmocka_unit_test(test_headers_are_written_as_sks_writes_them),
		cmocka_unit_test(
			test_version_6_is_written_in_new_format_shortest),
		cmocka_unit_test(test_nothing_is_written_where_it_does_not_fit),
	};

	return cmocka_run_group_tests(tests, arena_begin, arena_end);
}
