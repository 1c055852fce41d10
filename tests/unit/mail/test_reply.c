/* Promises about what an answer to a person looks like as a letter. */
#include <string.h>

#include "../unit.h"
#include "mail/quoted.h"
#include "mail/reply.h"
#include "pgp/crypto.h"

static const struct compose_site site = {.address = "ours@here.example",
	.maintainer = "boss@here.example",
	.bounce = "",
	.host = "mail.here.example",
	.store_id = "0123456789abcdef0123456789abcdef"};

#define GOLDEN_HEAD                                                            \
	"To: joe@user.example\n"                                               \
	"From: boss@here.example\n"                                            \
	"Subject: Re: ADD\n"                                                   \
	"In-Reply-To: <m2@user.example>\n"                                     \
	"References: <m1@user.example> <m2@user.example>\n"                    \
	"Precedence: bulk\n"                                                   \
	"Auto-Submitted: auto-replied\n"                                       \
	"MIME-Version: 1.0\n"                                                  \
	"Date: Tue, 14 Nov 2023 22:13:20 +0000\n"                              \
	"Message-ID: <kp.reply.5.0123456789abcdef0123456789abcdef"             \
	"@mail.here.example>\n"

static struct reply_letter
letter_of(void)
{
	struct reply_letter r = {.to = "joe@user.example",
		.command = "ADD",
		.in_reply_to = "m2@user.example",
		.references = "<m1@user.example>",
		.token = "5",
		.text = bytes_of("hello\n"),
		.date = 1700000000};

	return r;
}

static void
assert_written(const struct reply_letter *r, const char *want)
{
	struct buf out = {0};

	assert_ok(reply_write(&site, r, &out));
	assert_text(buf_view(&out), want);
	buf_done(&out);
}

static void
test_plain_answer_is_the_skeleton_octet_by_octet(void **state)
{
	struct reply_letter r = letter_of();

	(void)state;
	assert_written(&r,
		GOLDEN_HEAD "Content-Type: text/plain; charset=utf-8\n"
			    "Content-Transfer-Encoding: 7bit\n"
			    "\n"
			    "hello\n");
}

static void
test_other_than_ascii_travels_quoted(void **state)
{
	struct reply_letter r = letter_of();

	(void)state;
	r.text = bytes_of("caf\xc3\xa9 = 1\n");
	assert_written(&r,
		GOLDEN_HEAD "Content-Type: text/plain; charset=utf-8\n"
			    "Content-Transfer-Encoding: quoted-printable\n"
			    "\n"
			    "caf=C3=A9 =3D 1\n");
}

static void
test_keys_are_a_part_of_their_own(void **state)
{
	struct reply_letter r = letter_of();

	(void)state;
	r.keys = bytes_of("-----BEGIN ...\n");
	assert_written(&r, GOLDEN_HEAD
		"Content-Type: multipart/mixed; boundary=\"=_5\"\n"
		"\n"
		"--=_5\n"
		"Content-Type: text/plain; charset=utf-8\n"
		"Content-Transfer-Encoding: 7bit\n"
		"\n"
		"hello\n"
		"\n"
		"--=_5\n"
		"Content-Type: application/pgp-keys; name=\"keys.asc\"\n"
		"Content-Transfer-Encoding: 7bit\n"
		"Content-Disposition: attachment; filename=\"keys.asc\"\n"
		"\n"
		"-----BEGIN ...\n"
		"\n"
		"--=_5--\n");
}

static void
test_recipient_must_be_an_address(void **state)
{
	struct reply_letter r = letter_of();
	struct buf out = {0};

	(void)state;
	r.to = "a@b.example\nBcc: c@d.example";
	assert_status(reply_write(&site, &r, &out), STATUS_REJECTED);
	buf_done(&out);
}

/* ---- subjects ----------------------------------------------------------- */

static void
assert_subject(const char *args, const char *want)
{
	struct buf out = {0};

	assert_ok(reply_subject("GET", bytes_of(args), &out));
	assert_text(buf_view(&out), want);
	buf_done(&out);
}

static void
test_subject_repeats_what_was_asked(void **state)
{
	(void)state;
	assert_subject("", "Re: GET");
	assert_subject("  alice@example.org ", "Re: GET alice@example.org");
}

static void
test_subject_of_other_letters_is_an_encoded_word(void **state)
{
	(void)state;
	assert_subject("M\xc3\xbcller", "Re: GET =?utf-8?B?TcO8bGxlcg==?=");
}

static void
test_subject_takes_nothing_that_writes_fields(void **state)
{
	(void)state;
	/* "a?Bcc: b": the line end has become a mark */
	assert_subject("a\nBcc: b", "Re: GET =?utf-8?B?YT9CY2M6IGI=?=");
	/* An encoded word stays what it looks like: "=?utf-8?B?QQ==?=" */
	assert_subject("=?utf-8?B?QQ==?=",
		"Re: GET =?utf-8?B?PT91dGYtOD9CP1FRPT0/PQ==?=");
	/* What is no text becomes marks: "a?" */
	assert_subject("a\xff", "Re: GET =?utf-8?B?YT8=?=");
}

static void
test_little_of_a_long_subject_comes_back(void **state)
{
	char args[501];
	struct buf out = {0};

	(void)state;
	memset(args, 'x', 500);
	args[500] = '\0';
	assert_ok(reply_subject("GET", bytes_of(args), &out));
	assert_int_equal(out.len, strlen("Re: GET ") + 60);
	buf_clear(&out);
	/* Of characters of two octets none is cut in the middle. */
	for (size_t i = 0; i < 500; i += 2)
		memcpy(args + i, "\xc3\xa9", 2);
	assert_ok(reply_subject("GET", bytes_of(args), &out));
	assert_int_equal(out.len, strlen("Re: GET =?utf-8?B?"
					 "?=") +
					  4 * (44 + 1) / 3);
	buf_done(&out);
}

/* ---- quoted-printable ---------------------------------------------------- */

static void
test_lines_of_quoted_text_are_narrow(void **state)
{
	char text[1001];
	struct buf out = {0};
	size_t line = 0, letters = 0;

	(void)state;
	memset(text, 'x', 1000);
	text[1000] = '\0';
	assert_false(quoted_is_plain(bytes_of(text)));
	assert_ok(quoted_write(&out, bytes_of(text)));
	for (size_t i = 0; i < out.len; i++) {
		letters += out.data[i] == 'x';
		line = out.data[i] == '\n' ? 0 : line + 1;
		assert_in_range(line, 0, 76);
	}
	assert_int_equal(letters, 1000);
	buf_done(&out);
}

static void
test_blanks_at_the_end_of_a_line_are_kept(void **state)
{
	struct buf out = {0};

	(void)state;
	assert_ok(quoted_write(&out, bytes_of("a \nb\t\nc d ")));
	assert_text(buf_view(&out), "a=20\nb=09\nc d=20");
	buf_done(&out);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_plain_answer_is_the_skeleton_octet_by_octet),
		cmocka_unit_test(test_other_than_ascii_travels_quoted),
		cmocka_unit_test(test_keys_are_a_part_of_their_own),
		cmocka_unit_test(test_recipient_must_be_an_address),
		cmocka_unit_test(test_subject_repeats_what_was_asked),
		cmocka_unit_test(
			test_subject_of_other_letters_is_an_encoded_word),
		cmocka_unit_test(test_subject_takes_nothing_that_writes_fields),
		cmocka_unit_test(test_little_of_a_long_subject_comes_back),
		cmocka_unit_test(test_lines_of_quoted_text_are_narrow),
		cmocka_unit_test(test_blanks_at_the_end_of_a_line_are_kept),
	};
	struct err err;

	if (crypto_init(&err) != STATUS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
