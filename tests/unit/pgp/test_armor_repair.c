#include "../unit.h"

#include <string.h>

#include "pgp/armor.h"
#include "pgp/armor_repair.h"
#include "pgp/base64.h"
#include "vectors.h"

static void
check(armor_repair *repair, const char *in, const char *want)
{
	struct bytes out;

	assert_ok(repair(vectors_arena, bytes_of(in), &out));
	assert_text(out, want);
}

static void
test_html_tags_go_and_references_are_decoded(void **state)
{
	(void)state;
	check(armor_repair_html, "ab<br>cd<br />ef", "abcdef");
	check(armor_repair_html, "&#43;&#x2b;&#X2F;&plus;", "++/+");
	check(armor_repair_html, "&equals;&lt;&gt;&amp;&nbsp;.", "=<>& .");
	check(armor_repair_html, "&#160;|&#xa0;|", " | |");
	/* What is no reference stays, what has no end goes. */
	check(armor_repair_html, "&x;&#;&#zz;&#999;&#43 &",
		"&x;&#;&#zz;&#999;&#43 &");
	check(armor_repair_html, "ab<cd", "ab");
	check(armor_repair_html, "", "");
}

static void
test_quoted_printable_is_joined_and_decoded(void **state)
{
	(void)state;
	check(armor_repair_quoted, "ab=\ncd=\r\nef= \t\ngh", "abcdefgh");
	check(armor_repair_quoted, "=3D=2b=2B", "=++");
	check(armor_repair_quoted, "a=G1=", "a=G1=");
	check(armor_repair_quoted, "=3", "=3");
}

static void
test_blanks_inside_a_line_become_plus(void **state)
{
	(void)state;
	check(armor_repair_plus, "a b  c\n d \r\n", "a+b++c\nd\r\n");
	check(armor_repair_plus, "   ", "");
}

static void
test_a_form_gives_its_keytext(void **state)
{
	(void)state;
	check(armor_repair_form, "keytext=a+b%2Bc%0a&x=1", "a b+c\n");
	check(armor_repair_form, "keytext=%4", "%4");
	check(armor_repair_form, "keytext=", "");
}

static void
test_repairs_need_memory_and_say_so(void **state)
{
	static armor_repair *const all[] = {armor_repair_html,
		armor_repair_quoted, armor_repair_plus, armor_repair_form};
	struct arena *small = arena_new(1);
	struct bytes out;
	size_t i;

	(void)state;
	for (i = 0; i < 4; i++)
		assert_status(all[i](small,
				      bytes_of("keytext=0123456789abcdef"
					       "0123456789abcdef"),
				      &out),
			STATUS_LIMIT);
	arena_free(small);
}

/* An armored vector with its first line and END line replaced. */
static enum status
read_framed(const char *begin, const char *end, enum armor_mode mode,
	struct armor_blocks *blocks)
{
	struct bytes plain = vectors_get(&vectors_all, "armor-plain.asc");
	static const char last[] = "-----END";
	const uint8_t *tail =
		memmem(plain.data, plain.len, last, sizeof(last) - 1);
	enum status st;
	struct buf out;

	memset(blocks, 0, sizeof(*blocks));
	buf_init(&out, 0);
	assert_ok(buf_puts(&out, begin));
	assert_ok(buf_put(&out,
		bytes_make(plain.data + 37, (size_t)(tail - plain.data) - 37)));
	assert_ok(buf_puts(&out, end));
	st = armor_read(vectors_arena, buf_view(&out), mode, blocks, NULL);
	buf_done(&out);
	return st;
}

static void
test_begin_lines_in_many_dresses(void **state)
{
	static const char *const lenient[] = {
		"<pre>-----BEGIN PGP PUBLIC KEY BLOCK-----<br>\n",
		"-----BEGIN PGP PUBLIC KEY BLOCK-----=20\n",
		"> > -----BEGIN PGP PUBLIC KEY BLOCK-----\n"};
	static const char *const both[] = {
		"----begin pgp public key block----\n",
		"------BEGIN PGP PUBLIC KEY BLOCK------  \r\n",
		"\t-----BEGIN PGP PUBLIC KEY BLOCK-----\n"};
	static const char *const never[] = {
		"---BEGIN PGP PUBLIC KEY BLOCK---\n",
		"-------BEGIN PGP PUBLIC KEY BLOCK-------\n",
		"see -----BEGIN PGP PUBLIC KEY BLOCK-----\n",
		"-----BEGIN PGP PUBLIC KEY BLOCK\n",
		"-----BEGIN PGP PUBLIC KEY-----\n"};
	static const char end[] = "-----END PGP PUBLIC KEY BLOCK-----\n";
	struct armor_blocks blocks;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		assert_ok(read_framed(lenient[i], end, ARMOR_LENIENT, &blocks));
		assert_ok(read_framed(both[i], end, ARMOR_LENIENT, &blocks));
		assert_ok(read_framed(both[i], end, ARMOR_STRICT, &blocks));
	}
	for (i = 0; i < 2; i++)
		assert_status(
			read_framed(lenient[i], end, ARMOR_STRICT, &blocks),
			STATUS_MALFORMED);
	for (i = 0; i < 5; i++)
		assert_status(
			read_framed(never[i], end, ARMOR_LENIENT, &blocks),
			STATUS_MALFORMED);
}

static void
test_the_next_begin_ends_a_block(void **state)
{
	static const char begin[] = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n";
	struct armor_blocks blocks;

	(void)state;
	assert_ok(read_framed(begin, begin, ARMOR_LENIENT, &blocks));
	assert_int_equal(blocks.count, 2);
	assert_int_equal(blocks.good, 1);
	/* Text after the checksum does not spoil a block without END. */
	assert_ok(read_framed(begin, "\nBye, Bob.\n", ARMOR_LENIENT, &blocks));
	assert_int_equal(blocks.good, 1);
	assert_null(blocks.list[0].note);
	assert_status(read_framed(begin,
			      "junk\n-----END PGP PUBLIC KEY "
			      "BLOCK-----\n",
			      ARMOR_LENIENT, &blocks),
		STATUS_MALFORMED);
}

/* Without a checksum only the frames tell whether a repair was one. */
static void
test_a_repair_must_frame_to_the_last_octet(void **state)
{
	static const char form[] = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n"
				   "\n<b>%s</b>\n"
				   "-----END PGP PUBLIC KEY BLOCK-----\n";
	struct armor_blocks blocks = {NULL, 0, 0};
	struct buf out = {0};

	(void)state;
	assert_ok(buf_printf(&out, form, "mQACYWI="));
	assert_ok(armor_read(
		vectors_arena, buf_view(&out), ARMOR_LENIENT, &blocks, NULL));
	assert_int_equal(blocks.list[0].octets.len, 5);
	/* It says that five octets follow, not two. */
	buf_clear(&out);
	assert_ok(buf_printf(&out, form, "mQAFYWI="));
	assert_status(armor_read(vectors_arena, buf_view(&out), ARMOR_LENIENT,
			      &blocks, NULL),
		STATUS_MALFORMED);
	buf_done(&out);
}

static void
test_a_full_arena_is_a_limit(void **state)
{
	static const char *const files[] = {
		"armor-html.asc", "armor-two-blocks.asc", "order-good.pgp"};
	struct armor_blocks blocks;
	struct arena *small;
	enum status st;
	size_t i, max;

	(void)state;
	for (i = 0; i < 3; i++) {
		st = STATUS_LIMIT;
		for (max = 16; st == STATUS_LIMIT && max < 100000; max += 16) {
			small = arena_new(max);
			st = armor_read(small,
				vectors_get(&vectors_all, files[i]),
				ARMOR_LENIENT, &blocks, NULL);
			arena_free(small);
		}
		assert_ok(st);
	}
}

static void
decode(const char *text, const char *want, bool failed)
{
	struct base64_decoder d = {0, 0, 0, false};
	uint8_t out[64];
	size_t n = 0, i, blanks = 0;

	/* A character at a time: pieces may end anywhere. */
	for (i = 0; text[i]; i++)
		n += base64_decode(
			&d, bytes_make(text + i, 1), out + n, &blanks);
	n += base64_finish(&d, out + n);
	assert_int_equal(d.failed, failed);
	if (!failed)
		assert_text(bytes_make(out, n), want);
}

static void
test_base64_with_and_without_padding(void **state)
{
	(void)state;
	decode("Zm9vYmFy", "foobar", false);
	decode("Zm9vYmE=", "fooba", false);
	decode("Zm9vYmE", "fooba", false);
	decode("Zm9vYg==", "foob", false);
	decode("Zm 9v\tYg", "foob", false);
	decode("Z", "", true);
	decode("Zm9vY", "", true);
	decode("=", "", true);
	decode("Zg===", "", true);
	decode("Zg==Zg==", "", true);
	decode("Zm9v!", "", true);
	decode("Zm9v_w", "", true);
	decode("", "", false);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_html_tags_go_and_references_are_decoded),
		cmocka_unit_test(test_quoted_printable_is_joined_and_decoded),
		cmocka_unit_test(test_blanks_inside_a_line_become_plus),
		cmocka_unit_test(test_a_form_gives_its_keytext),
		cmocka_unit_test(test_repairs_need_memory_and_say_so),
		cmocka_unit_test(test_begin_lines_in_many_dresses),
		cmocka_unit_test(test_the_next_begin_ends_a_block),
		cmocka_unit_test(test_a_repair_must_frame_to_the_last_octet),
		cmocka_unit_test(test_a_full_arena_is_a_limit),
		cmocka_unit_test(test_base64_with_and_without_padding),
	};

	return cmocka_run_group_tests(tests, vectors_setup, vectors_teardown);
}
