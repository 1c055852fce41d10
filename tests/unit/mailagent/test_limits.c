/* Each limit of a letter: what is at it passes, what is over is set aside. */
#include "../unit.h"

#include "decoded.h"
#include "mailagent/mime.h"
#include "mailagent/transfer.h"
#include "mailagent/word.h"

static void
repeat(struct buf *b, const char *text, size_t n)
{
	while (n-- > 0)
		assert_ok(buf_puts(b, text));
}

/* Decodes what was gathered and empties it. */
static enum status
outcome(struct buf *text)
{
	struct decoded d = decode_text(buf_view(text));
	enum status st = d.st;

	if (st != STATUS_OK)
		assert_true(d.why.text[0] != '\0' && d.fields.len == 0);
	decoded_free(&d);
	buf_done(text);
	return st;
}

static void
test_header_fields_end_at_their_limit(void **state)
{
	struct buf b = {.len = 0};

	(void)state;
	repeat(&b, "A: b\n", HEAD_FIELDS_MAX);
	assert_status(outcome(&b), STATUS_OK);
	repeat(&b, "A: b\n", HEAD_FIELDS_MAX + 1);
	assert_status(outcome(&b), STATUS_LIMIT);
}

static void
test_one_field_ends_at_its_limit(void **state)
{
	struct buf b = {.len = 0};

	(void)state;
	assert_ok(buf_puts(&b, "A:"));
	repeat(&b, "x", HEAD_FIELD_MAX);
	assert_ok(buf_puts(&b, "\n\nbody\n"));
	assert_status(outcome(&b), STATUS_OK);
	assert_ok(buf_puts(&b, "A:"));
	repeat(&b, "x", HEAD_FIELD_MAX - 8);
	/* Folded counts as one. */
	assert_ok(buf_puts(&b, "\n yyyyyyyyyy\n\nbody\n"));
	assert_status(outcome(&b), STATUS_LIMIT);
}

static void
test_head_ends_at_its_limit(void **state)
{
	struct buf b = {.len = 0};

	(void)state;
	repeat(&b,
		"no field, one hundred octets long with its line end, or "
		"nearly so, because somebody must have counted\n",
		HEAD_MAX / 102 + 1);
	assert_status(outcome(&b), STATUS_LIMIT);
	assert_ok(buf_puts(&b, "Subject: x\n\n"));
	repeat(&b, "a long body is no head\n", HEAD_MAX / 20);
	assert_status(outcome(&b), STATUS_OK);
}

static void
test_comments_end_at_their_depth(void **state)
{
	static const char *const fields[] = {"From", "Reply-To", "To", "Cc",
		"X-KeyServer-Sent", "Content-Type", "Return-Path"};
	struct buf b = {.len = 0};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		assert_ok(buf_printf(&b, "%s: ", fields[i]));
		repeat(&b, "(", HEAD_COMMENT_DEPTH);
		repeat(&b, ")", HEAD_COMMENT_DEPTH);
		assert_ok(buf_puts(&b, " a@b.example\n\n"));
		assert_status(outcome(&b), STATUS_OK);
		assert_ok(buf_printf(&b, "%s: ", fields[i]));
		repeat(&b, "(", HEAD_COMMENT_DEPTH + 1);
		assert_ok(buf_puts(&b, "\n\n"));
		assert_status(outcome(&b), STATUS_LIMIT);
	}
}

static void
test_parts_end_at_their_number(void **state)
{
	struct buf b = {.len = 0};

	(void)state;
	assert_ok(
		buf_puts(&b, "Content-Type: multipart/mixed; boundary=b\n\n"));
	repeat(&b, "--b\n\nx\n", MIME_PARTS_MAX);
	assert_ok(buf_puts(&b, "--b--\n"));
	assert_status(outcome(&b), STATUS_OK);
	assert_ok(
		buf_puts(&b, "Content-Type: multipart/mixed; boundary=b\n\n"));
	repeat(&b, "--b\n\nx\n", MIME_PARTS_MAX + 1);
	assert_status(outcome(&b), STATUS_LIMIT);
}

static void
test_levels_end_at_their_number(void **state)
{
	struct buf b = {.len = 0};
	int i, levels;

	(void)state;
	for (levels = MIME_DEPTH_MAX; levels <= MIME_DEPTH_MAX + 1; levels++) {
		for (i = 0; i < levels; i++)
			assert_ok(buf_printf(&b,
				"Content-Type: multipart/mixed; "
				"boundary=b%d\n\n--b%d\n",
				i, i));
		assert_ok(buf_puts(&b, "\nthe end\n"));
		assert_status(outcome(&b),
			levels == MIME_DEPTH_MAX ? STATUS_OK : STATUS_LIMIT);
	}
}

static void
test_boundary_must_be_legal(void **state)
{
	static const struct {
		const char *boundary;
		enum status st;
	} rows[] = {{"\"b\"", STATUS_OK}, {"\"\\\"\"", STATUS_MALFORMED},
		{"\"\"\"", STATUS_MALFORMED}, {"\"\"", STATUS_MALFORMED},
		{"\"", STATUS_MALFORMED}, {"\"a b\"", STATUS_OK},
		{"\"ab \"", STATUS_MALFORMED}, {"\"a@b\"", STATUS_MALFORMED},
		{"\"a;b\"", STATUS_MALFORMED}};
	struct buf b = {.len = 0};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		assert_ok(buf_printf(&b,
			"Content-Type: multipart/mixed; boundary=%s\n\n--b\n",
			rows[i].boundary));
		assert_status(outcome(&b), rows[i].st);
	}
	assert_ok(buf_puts(&b, "Content-Type: multipart/mixed; boundary="));
	repeat(&b, "x", MIME_BOUNDARY_MAX);
	assert_status(outcome(&b), STATUS_OK);
	assert_ok(buf_puts(&b, "Content-Type: multipart/mixed; boundary="));
	repeat(&b, "x", MIME_BOUNDARY_MAX + 1);
	assert_status(outcome(&b), STATUS_MALFORMED);
}

/* Letters that crash or stall the library's parsers. */
static void
test_letters_that_break_parsers_end_soon(void **state)
{
	struct buf b = {.len = 0};
	int i;

	(void)state;
	assert_ok(buf_puts(&b, "From: "));
	repeat(&b, "(", 200000);
	assert_ok(buf_puts(&b, "\n\n"));
	assert_status(outcome(&b), STATUS_LIMIT);
	assert_ok(buf_puts(&b, "Content-Type: "));
	repeat(&b, "(", 60000);
	assert_ok(buf_puts(&b, "\n\n"));
	assert_status(outcome(&b), STATUS_LIMIT);
	for (i = 0; i < 10000; i++)
		assert_ok(buf_printf(&b,
			"Content-Type: multipart/mixed; boundary=b%d\n\n"
			"--b%d\n",
			i, i));
	assert_status(outcome(&b), STATUS_LIMIT);
	repeat(&b, "Content-Type: message/rfc822\n\n", 30000);
	assert_status(outcome(&b), STATUS_OK);
	assert_ok(
		buf_puts(&b, "Content-Type: multipart/mixed; boundary=b\n\n"));
	repeat(&b, "--b\n", 200000);
	assert_status(outcome(&b), STATUS_LIMIT);
}

static void
test_blocks_end_at_a_letters_size(void **state)
{
	struct buf b = {.len = 0};
	size_t i;

	(void)state;
	/* Each part counts twice: as it stands, and quoted. */
	assert_ok(buf_puts(&b, "Subject: x\n\n"
			       "-----BEGIN PGP PUBLIC KEY BLOCK-----\n"));
	repeat(&b, "> -----BEGIN PGP PUBLIC KEY BLOCK-----\n", 1);
	for (i = 0; b.len < 6 * 1024 * 1024; i++)
		assert_ok(buf_puts(&b,
			"> 0123456789012345678901234567890123456789"
			"01234567890123456789012345678901234567890\n"));
	assert_status(outcome(&b), STATUS_LIMIT);
}

static void
test_transfer_decodings_never_grow(void **state)
{
	struct arena *arena = arena_new(1 << 20);
	uint8_t in[512];
	struct bytes out;
	uint32_t seed = 7;
	int round, how;
	size_t i;

	(void)state;
	for (round = 0; round < 200; round++) {
		for (i = 0; i < sizeof(in); i++) {
			seed = seed * 1664525u + 1013904223u;
			in[i] = (uint8_t) "=\n\r A3_z"[seed >> 29];
		}
		for (how = TRANSFER_NONE; how <= TRANSFER_QUOTED; how++) {
			assert_ok(transfer_decode(arena, (enum transfer)how,
				bytes_make(in, sizeof(in)), &out));
			assert_true(out.len <= sizeof(in));
		}
		arena_reset(arena);
	}
	arena_free(arena);
}

static const struct {
	const char *in, *out;
} words[] = {
	{"plain", "plain"},
	{"=?utf-8?q?in=63remental?=", "incremental"},
	{"=?UTF-8?B?aW5jcmVtZW50YWw=?=", "incremental"},
	{"=?utf-8*en?q?a_b?= =?utf-8?q?c?= d", "a bc d"},
	{"=?iso-8859-1?q?=E9?=", "\xc3\xa9"},
	{"=?koi8-r?q?=E9?=", "=?koi8-r?q?=E9?="},
	{"=?utf-8?q?a?b?=", "=?utf-8?q?a?b?="},
	{"=?utf-8?q?=0d=0aX:?=", "X:"},
	{"=?utf-8?q?=ff=fe?=", "??"},
	{"=?utf-8?q?unfinished", "=?utf-8?q?unfinished"},
	{"\xe9 raw", "? raw"},
	{"\xc0\xaf overlong", "?? overlong"},
	{"=?", "=?"},
};

static void
test_encoded_words_become_clean_text(void **state)
{
	struct arena *arena = arena_new(1 << 20);
	struct bytes out;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		assert_ok(word_decode(arena, bytes_of(words[i].in), &out));
		assert_text(out, words[i].out);
	}
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_header_fields_end_at_their_limit),
		cmocka_unit_test(test_one_field_ends_at_its_limit),
		cmocka_unit_test(test_head_ends_at_its_limit),
		cmocka_unit_test(test_comments_end_at_their_depth),
		cmocka_unit_test(test_parts_end_at_their_number),
		cmocka_unit_test(test_levels_end_at_their_number),
		cmocka_unit_test(test_boundary_must_be_legal),
		cmocka_unit_test(test_letters_that_break_parsers_end_soon),
		cmocka_unit_test(test_blocks_end_at_a_letters_size),
		cmocka_unit_test(test_transfer_decodings_never_grow),
		cmocka_unit_test(test_encoded_words_become_clean_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
