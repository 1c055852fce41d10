/* What is read out of delivery reports, and out of what only looks like one. */
#include "../unit.h"

#include "decoded.h"
#include "mailagent/bounce.h"
#include "mailagent/protocol.h"

#define HEAD                                                                   \
	"Return-Path: <>\nFrom: MAILER-DAEMON@b.example\n"                     \
	"To: bounce+bob.7-9@a.example\nSubject: Undelivered\n"                 \
	"MIME-Version: 1.0\nContent-Type: multipart/report;\n"                 \
	" report-type=delivery-status; boundary=xx\n\n--xx\n\nsorry\n--xx\n"
#define RETURNED                                                               \
	"--xx\nContent-Type: text/rfc822-headers\n\nFrom: keys@a.example\n"    \
	"Message-ID: <kp.bob.7-9.0123@a.example>\nSubject: incremental\n\n"    \
	"--xx--\n"

static void
assert_field(const struct decoded *d, uint8_t name, const char *want)
{
	struct bytes value = decoded_field(d, name, 0);

	if (want == NULL) {
		assert_null(value.data);
		return;
	}
	assert_non_null(value.data);
	assert_text(value, want);
}

static void
a_report_is_read(void **state)
{
	struct decoded d =
		decode_str(HEAD "Content-Type: message/delivery-status\n\n"
				"Reporting-MTA: dns; b.example\n"
				"Original-Envelope-Id: 7-9\n\n"
				"Original-Recipient: rfc822;pks@bob.example\n"
				"Final-Recipient: rfc822; Pks@mx.bob.example\n"
				"Action: failed\nStatus: 5.1.1 (no such user)\n"
				"Diagnostic-Code: smtp; 550 5.1.1\n <pks>: "
				"unknown\n\n" RETURNED);

	(void)state;
	assert_ok(d.st);
	assert_field(&d, LETTER_BOUNCE_TO, "bounce+bob.7-9@a.example");
	assert_field(&d, LETTER_BOUNCE_ENVID, "7-9");
	assert_field(&d, LETTER_BOUNCE_RCPT, "Pks@mx.bob.example");
	assert_field(&d, LETTER_BOUNCE_ACTION, "failed");
	assert_field(&d, LETTER_BOUNCE_STATUS, "5.1.1 (no such user)");
	assert_field(&d, LETTER_BOUNCE_TEXT, "550 5.1.1 <pks>: unknown");
	assert_field(&d, LETTER_BOUNCE_ID, "kp.bob.7-9.0123@a.example");
	decoded_free(&d);
}

static void
an_encoded_report_is_read(void **state)
{
	/* Action: delayed / Status: 4.4.1 */
	struct decoded d = decode_str(
		HEAD "Content-Type: message/delivery-status\n"
		     "Content-Transfer-Encoding: base64\n\n"
		     "WC1BOiAxCgpBY3Rpb246IGRlbGF5ZWQKU3RhdHVzOiA0LjQuMQo=\n"
		     "--xx--\n");

	(void)state;
	assert_field(&d, LETTER_BOUNCE_ACTION, "delayed");
	assert_field(&d, LETTER_BOUNCE_STATUS, "4.4.1");
	assert_field(&d, LETTER_BOUNCE_ID, NULL);
	decoded_free(&d);
}

static void
the_first_recipient_counts(void **state)
{
	struct decoded d = decode_str(
		HEAD "Content-Type: message/delivery-status\n\nX: y\n\n"
		     "Final-Recipient: rfc822; one@b.example\nAction: failed\n"
		     "Status: 5.0.0\n\nFinal-Recipient: rfc822; two@b.example\n"
		     "Action: delivered\nStatus: 2.0.0\n\n--xx--\n");

	(void)state;
	assert_int_equal(decoded_count(&d, LETTER_BOUNCE_ACTION), 1);
	assert_field(&d, LETTER_BOUNCE_ACTION, "failed");
	assert_field(&d, LETTER_BOUNCE_RCPT, "one@b.example");
	decoded_free(&d);
}

static void
a_bounce_in_words_still_shows_our_id(void **state)
{
	struct decoded d = decode_str(
		"Return-Path: <>\nFrom: MAILER-DAEMON@b.example\n"
		"Delivered-To: bounce+bob.7-9@a.example\n"
		"To: postmaster@a.example\nSubject: failure notice\n\n"
		"Hi. I wasn't able to deliver it.\n--- Below is a copy.\n"
		"Message-ID: <kp.bob.7-9.0123@a.example>\n"
		"Subject: incremental\n");

	(void)state;
	assert_field(&d, LETTER_BOUNCE_ID, "kp.bob.7-9.0123@a.example");
	assert_field(&d, LETTER_BOUNCE_TO, "bounce+bob.7-9@a.example");
	assert_field(&d, LETTER_BOUNCE_ACTION, NULL);
	assert_int_equal(decoded_count(&d, LETTER_REPORT), 0);
	decoded_free(&d);
}

static void
the_key_that_came_back_is_not_taken(void **state)
{
	struct decoded d = decode_str(
		HEAD "Content-Type: message/delivery-status\n\nX: y\n\n"
		     "Action: failed\n\n--xx\nContent-Type: text/plain\n\n"
		     "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nmQEN\n"
		     "-----END PGP PUBLIC KEY BLOCK-----\n--xx--\n");

	(void)state;
	assert_int_equal(decoded_count(&d, LETTER_BLOCK), 0);
	assert_int_equal(decoded_count(&d, LETTER_REPORT), 1);
	decoded_free(&d);
}

static void
what_is_no_report_tells_no_status(void **state)
{
	static const char *const texts[] = {/* Not the type of a report. */
		"From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n"
		"\n--x\nContent-Type: message/delivery-status\n\nX: y\n\n"
		"Action: failed\n\n--x--\n",
		/* An id without its end, one with blanks, none at all. */
		"From: a@b.example\n\n<kp.bob.7-9.0123",
		"From: a@b.example\n\n<kp. bob>\n", "From: a@b.example\n\n"};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct decoded d = decode_str(texts[i]);

		assert_field(&d, LETTER_BOUNCE_ACTION, NULL);
		assert_field(&d, LETTER_BOUNCE_ID, NULL);
		assert_field(&d, LETTER_BOUNCE_TO, NULL);
		decoded_free(&d);
	}
}

static void
many_groups_end(void **state)
{
	struct buf text = {.len = 0};
	struct decoded d;

	(void)state;
	assert_ok(buf_put(&text, bytes_of(HEAD "Content-Type: "
					       "message/delivery-status\n\n")));
	for (int i = 0; i < 3 * BOUNCE_RECIPIENTS_MAX; i++)
		assert_ok(buf_put(&text, bytes_of("X-Group: one\n\n")));
	assert_ok(buf_put(&text, bytes_of("Action: failed\n\n--xx--\n")));
	d = decode_text(buf_view(&text));
	assert_ok(d.st);
	assert_field(&d, LETTER_BOUNCE_ACTION, NULL);
	decoded_free(&d);
	buf_done(&text);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_report_is_read),
		cmocka_unit_test(an_encoded_report_is_read),
		cmocka_unit_test(the_first_recipient_counts),
		cmocka_unit_test(a_bounce_in_words_still_shows_our_id),
		cmocka_unit_test(the_key_that_came_back_is_not_taken),
		cmocka_unit_test(what_is_no_report_tells_no_status),
		cmocka_unit_test(many_groups_end),
	};

	return cmocka_run_group_tests_name("bounce_fields", tests, NULL, NULL);
}
