#include "../unit.h"

#include <string.h>

#include "pgp/armor.h"
#include "pgp/crypto.h"
#include "vectors.h"

enum { CRC_START = 0xB704CE };

static enum status
read_text(struct bytes text, enum armor_mode mode, struct armor_blocks *out)
{
	memset(out, 0, sizeof(*out));
	return armor_read(vectors_arena, text, mode, out, NULL);
}

/* The octets of order-good, which most armored vectors hold. */
static struct bytes
good(void)
{
	return vectors_get(&vectors_all, "order-good.pgp");
}

static void
check_lenient(const char *file, const char *note)
{
	struct armor_blocks blocks;

	assert_ok(read_text(
		vectors_get(&vectors_all, file), ARMOR_LENIENT, &blocks));
	assert_int_equal(blocks.count, 1);
	assert_int_equal(blocks.good, 1);
	assert_true(bytes_eq(blocks.list[0].octets, good()));
	if (note)
		assert_non_null(strstr(blocks.list[0].note, note));
	else
		assert_null(blocks.list[0].note);
}

static void
check_strict(const char *file, bool taken)
{
	struct armor_blocks blocks;

	assert_status(read_text(vectors_get(&vectors_all, file), ARMOR_STRICT,
			      &blocks),
		taken ? STATUS_OK : STATUS_MALFORMED);
	if (taken)
		assert_true(bytes_eq(blocks.list[0].octets, good()));
}

static void
test_crc_is_that_of_the_rfc(void **state)
{
	uint8_t octets[400];
	uint32_t want, c;
	size_t i, k, n;

	(void)state;
	for (i = 0; i < sizeof(octets); i++)
		octets[i] = (uint8_t)(i * 37 + 11);
	for (n = 0; n <= sizeof(octets); n++) {
		/* Bit by bit, as RFC 9580 section 6.1.1 prints it. */
		want = CRC_START;
		for (i = 0; i < n; i++) {
			want ^= (uint32_t)octets[i] << 16;
			for (k = 0; k < 8; k++) {
				want <<= 1;
				if (want & 0x1000000)
					want ^= 0x1864CFB;
			}
		}
		c = armor_crc24(CRC_START, bytes_make(octets, n));
		assert_int_equal(c, want);
		c = armor_crc24(CRC_START, bytes_make(octets, n / 3));
		c = armor_crc24(c, bytes_make(octets + n / 3, n - n / 3));
		assert_int_equal(c, want);
	}
	assert_int_equal(
		armor_crc24(CRC_START, bytes_of("123456789")), 0x21cf02);
}

static void
test_every_length_is_written_and_read(void **state)
{
	struct armor_blocks blocks;
	uint8_t octets[200];
	struct bytes parts[3];
	struct buf out, whole;
	size_t n, i;

	(void)state;
	for (i = 0; i < sizeof(octets); i++)
		octets[i] = (uint8_t)(i * 73);
	octets[0] = 0x99;
	for (n = 1; n <= sizeof(octets); n++) {
		buf_init(&out, 0);
		buf_init(&whole, 0);
		parts[0] = bytes_make(octets, n / 2);
		parts[1] = bytes_make(octets, 0);
		parts[2] = bytes_make(octets + n / 2, n - n / 2);
		assert_ok(armor_write(&out, parts, 3, NULL, n % 2));
		parts[0] = bytes_make(octets, n);
		assert_ok(armor_write(&whole, parts, 1, NULL, n % 2));
		assert_true(bytes_eq(buf_view(&out), buf_view(&whole)));
		assert_int_equal(out.len, armor_written_size(n, NULL, n % 2));
		assert_ok(read_text(buf_view(&out), ARMOR_STRICT, &blocks));
		assert_int_equal(blocks.good, 1);
		assert_true(bytes_eq(blocks.list[0].octets, parts[0]));
		buf_done(&out);
		buf_done(&whole);
	}
}

static void
test_it_is_written_to_the_letter(void **state)
{
	struct bytes octets = bytes_make("\x99\x00\x00", 3);
	struct buf out;

	(void)state;
	buf_init(&out, 0);
	assert_ok(armor_write(&out, &octets, 1, "Hello", false));
	assert_text(buf_view(&out), "-----BEGIN PGP PUBLIC KEY BLOCK-----\n"
				    "Comment: Hello\n"
				    "\n"
				    "mQAA\n"
				    "-----END PGP PUBLIC KEY BLOCK-----\n");
	assert_int_equal(out.len, armor_written_size(3, "Hello", false));
	buf_clear(&out);
	octets = vectors_get(&vectors_all, "order-good.pgp");
	assert_ok(armor_write(&out, &octets, 1, NULL, true));
	assert_true(bytes_eq(
		buf_view(&out), vectors_get(&vectors_all, "armor-plain.asc")));
	buf_done(&out);
}

static void
test_nothing_is_written_over_the_limit(void **state)
{
	struct bytes octets = bytes_of("abc");
	struct buf out;

	(void)state;
	buf_init(&out, 20);
	assert_status(armor_write(&out, &octets, 1, NULL, true), STATUS_LIMIT);
	assert_int_equal(out.len, 0);
	buf_done(&out);
}

static void
test_people_may_send_damaged_armor(void **state)
{
	(void)state;
	check_lenient("armor-plain.asc", NULL);
	check_lenient("armor-no-crc.asc", NULL);
	check_lenient("armor-crlf-headers.asc", NULL);
	check_lenient("armor-junk-around.asc", NULL);
	check_lenient("armor-no-blank-line.asc", NULL);
	check_lenient("armor-blank-ws.asc", NULL);
	check_lenient("armor-dash-escaped.asc", NULL);
	check_lenient("armor-quoted.asc", NULL);
	check_lenient("armor-indented.asc", NULL);
	check_lenient("armor-long-lines.asc", NULL);
	check_lenient("armor-bom.asc", NULL);
	check_lenient("armor-no-end.asc", NULL);
	check_lenient("armor-urlencoded.txt", NULL);
	check_lenient("armor-bad-crc.asc", "checksum");
	check_lenient("armor-html.asc", "HTML");
	check_lenient("armor-qp.asc", "quoted-printable");
	check_lenient("armor-plus-space.asc", "plus");
}

static void
test_letters_must_be_whole(void **state)
{
	(void)state;
	check_strict("armor-plain.asc", true);
	check_strict("armor-no-crc.asc", true);
	check_strict("armor-crlf-headers.asc", true);
	check_strict("armor-junk-around.asc", true);
	check_strict("armor-blank-ws.asc", true);
	check_strict("armor-long-lines.asc", true);
	check_strict("armor-dash-escaped.asc", true);
	check_strict("armor-bad-crc.asc", false);
	check_strict("armor-no-end.asc", false);
	check_strict("armor-no-blank-line.asc", false);
	check_strict("armor-html.asc", false);
	check_strict("armor-qp.asc", false);
	check_strict("armor-plus-space.asc", false);
	check_strict("armor-urlencoded.txt", false);
}

static void
test_secret_armor_refuses_all(void **state)
{
	struct bytes text = vectors_get(&vectors_all, "armor-plain.asc");
	struct armor_blocks blocks;
	struct buf both;

	(void)state;
	assert_status(read_text(vectors_get(&vectors_all, "secret-armor.asc"),
			      ARMOR_LENIENT, &blocks),
		STATUS_REJECTED);
	/* A good key before it does not help, nor lower case and quoting. */
	buf_init(&both, 0);
	assert_ok(buf_put(&both, text));
	assert_ok(
		buf_puts(&both, "\n> -----Begin pgp private key block-----\n"));
	assert_status(read_text(buf_view(&both), ARMOR_STRICT, &blocks),
		STATUS_REJECTED);
	assert_null(blocks.list);
	buf_done(&both);
}

static void
test_other_blocks_are_skipped_and_said(void **state)
{
	struct armor_blocks blocks;
	struct buf both;

	(void)state;
	assert_status(read_text(vectors_get(&vectors_all, "armor-message.asc"),
			      ARMOR_LENIENT, &blocks),
		STATUS_MALFORMED);
	buf_init(&both, 0);
	assert_ok(
		buf_put(&both, vectors_get(&vectors_all, "armor-message.asc")));
	assert_ok(buf_put(
		&both, vectors_get(&vectors_all, "armor-bad-char.asc")));
	assert_ok(buf_put(&both, vectors_get(&vectors_all, "armor-plain.asc")));
	assert_ok(read_text(buf_view(&both), ARMOR_LENIENT, &blocks));
	assert_int_equal(blocks.count, 3);
	assert_int_equal(blocks.good, 1);
	assert_status(blocks.list[0].status, STATUS_MALFORMED);
	assert_status(blocks.list[1].status, STATUS_MALFORMED);
	assert_int_equal(blocks.list[1].octets.len, 0);
	assert_true(bytes_eq(blocks.list[2].octets, good()));
	buf_done(&both);
}

static void
test_a_key_in_a_signed_text_is_found(void **state)
{
	struct armor_blocks blocks;
	struct buf text;

	(void)state;
	buf_init(&text, 0);
	assert_ok(buf_puts(&text, "-----BEGIN PGP SIGNED MESSAGE-----\n"
				  "Hash: SHA256\n\n"));
	assert_ok(buf_put(
		&text, vectors_get(&vectors_all, "armor-dash-escaped.asc")));
	assert_ok(read_text(buf_view(&text), ARMOR_STRICT, &blocks));
	assert_int_equal(blocks.good, 1);
	assert_true(bytes_eq(blocks.list[0].octets, good()));
	buf_done(&text);
}

static void
test_binary_passes_as_one_block(void **state)
{
	struct armor_blocks blocks;

	(void)state;
	assert_ok(read_text(good(), ARMOR_LENIENT, &blocks));
	assert_int_equal(blocks.count, 1);
	assert_true(bytes_eq(blocks.list[0].octets, good()));
	assert_status(read_text(vectors_get(&vectors_all, "text-not-pgp.txt"),
			      ARMOR_LENIENT, &blocks),
		STATUS_MALFORMED);
	assert_status(read_text(bytes_make(NULL, 0), ARMOR_LENIENT, &blocks),
		STATUS_MALFORMED);
}

static void
test_armor_inside_a_binary_user_id_is_only_text(void **state)
{
	static const char trap[] = "\n-----BEGIN PGP PRIVATE KEY BLOCK-----\n";
	struct armor_blocks blocks;
	struct buf out;

	(void)state;
	buf_init(&out, 0);
	assert_ok(buf_put(&out, good()));
	assert_ok(buf_put_u8(&out, 0xb4));
	assert_ok(buf_put_u8(&out, sizeof(trap) - 1));
	assert_ok(buf_puts(&out, trap));
	assert_ok(read_text(buf_view(&out), ARMOR_LENIENT, &blocks));
	assert_int_equal(blocks.good, 1);
	assert_int_equal(blocks.list[0].octets.len, out.len);
	buf_done(&out);
}

/* `n` blocks of `block`. */
static void
repeat(struct buf *out, struct bytes block, size_t n)
{
	buf_init(out, 0);
	while (n--)
		assert_ok(buf_put(out, block));
}

static void
test_64_blocks_are_read_and_65_refused(void **state)
{
	struct bytes block = vectors_get(&vectors_all, "armor-plain.asc");
	struct armor_blocks blocks;
	struct buf out;

	(void)state;
	repeat(&out, block, ARMOR_BLOCKS_MAX);
	assert_ok(read_text(buf_view(&out), ARMOR_STRICT, &blocks));
	assert_int_equal(blocks.good, ARMOR_BLOCKS_MAX);
	assert_ok(buf_put(&out, block));
	assert_status(
		read_text(buf_view(&out), ARMOR_STRICT, &blocks), STATUS_LIMIT);
	buf_done(&out);
}

static enum status
read_with_headers(size_t count, size_t len)
{
	struct bytes plain = vectors_get(&vectors_all, "armor-plain.asc");
	struct armor_blocks blocks;
	enum status st;
	struct buf out;
	size_t i, begin = 37; /* "-----BEGIN PGP PUBLIC KEY BLOCK-----\n" */

	buf_init(&out, 0);
	assert_ok(buf_put(&out, bytes_make(plain.data, begin)));
	for (i = 0; i < count; i++) {
		assert_ok(buf_puts(&out, "X: "));
		while (out.data[out.len - 1] == ' ' ||
			(out.len - begin) % (len + 1) != len)
			assert_ok(buf_puts(&out, "y"));
		assert_ok(buf_puts(&out, "\n"));
	}
	assert_ok(buf_put(
		&out, bytes_make(plain.data + begin, plain.len - begin)));
	st = read_text(buf_view(&out), ARMOR_LENIENT, &blocks);
	buf_done(&out);
	return st;
}

static void
test_headers_have_a_limit(void **state)
{
	(void)state;
	assert_ok(read_with_headers(64, 10));
	assert_status(read_with_headers(65, 10), STATUS_MALFORMED);
	assert_ok(read_with_headers(1, 1024));
	assert_status(read_with_headers(1, 1025), STATUS_MALFORMED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_crc_is_that_of_the_rfc),
		cmocka_unit_test(test_every_length_is_written_and_read),
		cmocka_unit_test(test_it_is_written_to_the_letter),
		cmocka_unit_test(test_nothing_is_written_over_the_limit),
		cmocka_unit_test(test_people_may_send_damaged_armor),
		cmocka_unit_test(test_letters_must_be_whole),
		cmocka_unit_test(test_secret_armor_refuses_all),
		cmocka_unit_test(test_other_blocks_are_skipped_and_said),
		cmocka_unit_test(test_a_key_in_a_signed_text_is_found),
		cmocka_unit_test(test_binary_passes_as_one_block),
		cmocka_unit_test(
			test_armor_inside_a_binary_user_id_is_only_text),
		cmocka_unit_test(test_64_blocks_are_read_and_65_refused),
		cmocka_unit_test(test_headers_have_a_limit),
	};

	return cmocka_run_group_tests(tests, vectors_setup, vectors_teardown);
}
