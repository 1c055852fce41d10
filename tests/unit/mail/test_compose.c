/* Promises about what letters look like, octet by octet. */
#include <string.h>

#include "../unit.h"
#include "keys.h"
#include "mail/compose.h"
#include "mail/retry.h"
#include "pgp/crypto.h"

static const struct compose_site site = {.address = "ours@here.example",
	.maintainer = "boss@here.example",
	.bounce = "",
	.host = "mail.here.example",
	.store_id = "0123456789abcdef0123456789abcdef",
	.level = "clean"};

static const char *const seen[] = {"PKS@Ann.example", "pks@bob.example"};

static struct compose_batch
batch_of(const struct bytes *part)
{
	struct compose_batch b = {.peer = "cy",
		.to = "pks@cy.example",
		.first = 7,
		.last = 12,
		.tag = "",
		.ranged = true,
		.mends = true,
		.seen = seen,
		.seen_count = 2,
		.parts = part,
		.part_count = 1,
		.date = 1700000000};

	return b;
}

/* SHA-256 of "abc", and its armor, are known from elsewhere. */
static const char golden[] =
	"To: pks@cy.example\n"
	"From: ours@here.example\n"
	"Subject: incremental\n"
	"X-KeyServer-Sent: PKS@Ann.example\n"
	"X-KeyServer-Sent: pks@bob.example\n"
	"X-KeyServer-Sent: ours@here.example\n"
	"Precedence: list\n"
	"MIME-Version: 1.0\n"
	"Content-Type: application/pgp-keys\n"
	"Content-Transfer-Encoding: 7bit\n"
	"Reply-To: boss@here.example\n"
	"Errors-To: bounce+cy.7-12@here.example\n"
	"Auto-Submitted: auto-generated\n"
	"Date: Tue, 14 Nov 2023 22:13:20 +0000\n"
	"Message-ID: <kp.cy.7-12.0123456789abcdef0123456789abcdef"
	"@mail.here.example>\n"
	"X-Keypost-Batch: v1; keys=1; sha256="
	"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad; "
	"range=7-12; "
	"store=0123456789abcdef0123456789abcdef; level=clean\n"
	"\n"
	"-----BEGIN PGP PUBLIC KEY BLOCK-----\n"
	"\n"
	"YWJj\n"
	"=uhx7\n"
	"-----END PGP PUBLIC KEY BLOCK-----\n";

static void
test_letter_is_the_skeleton_octet_by_octet(void **state)
{
	struct bytes part = bytes_of("abc");
	struct compose_batch b = batch_of(&part);
	struct buf out = {0};

	(void)state;
	assert_ok(compose_incremental(&site, &b, &out));
	assert_text(buf_view(&out), golden);
	buf_done(&out);
}

static void
test_own_address_stands_once_and_last(void **state)
{
	static const char *const list[] = {"OURS@here.example", "a@b.example"};
	struct bytes part = bytes_of("abc");
	struct compose_batch b = batch_of(&part);
	struct buf out = {0};
	const char *text, *own;

	(void)state;
	b.seen = list;
	assert_ok(compose_incremental(&site, &b, &out));
	assert_ok(buf_put_u8(&out, 0));
	text = (const char *)out.data;
	assert_null(strstr(text, "OURS@"));
	own = strstr(text, "X-KeyServer-Sent: ours@here.example\n");
	assert_non_null(own);
	assert_true(strstr(text, "X-KeyServer-Sent: a@b.example\n") < own);
	buf_done(&out);
}

static void
test_entry_that_is_no_address_is_left_out(void **state)
{
	static const char *const list[] = {
		"a@b.example\nBcc: x@y", "\xc3\xa4@b.example", "*", "plain"};
	struct bytes part = bytes_of("abc");
	struct compose_batch b = batch_of(&part);
	struct buf out = {0};
	const char *first;

	(void)state;
	b.seen = list;
	b.seen_count = 4;
	assert_ok(compose_incremental(&site, &b, &out));
	assert_ok(buf_put_u8(&out, 0));
	first = strstr((const char *)out.data, "X-KeyServer-Sent: ");
	assert_non_null(first);
	assert_memory_equal(first, "X-KeyServer-Sent: ours@", 23);
	assert_null(strstr((const char *)out.data, "Bcc"));
	buf_done(&out);
}

static void
test_letter_is_seven_bit_and_narrow(void **state)
{
	struct buf key = {0}, out = {0};
	struct compose_batch b;
	struct bytes part;
	size_t column = 0;
	bool in_head = true;

	(void)state;
	key_write(&key, 1, KEY_SELF | KEY_BIG);
	part = buf_view(&key);
	b = batch_of(&part);
	assert_ok(compose_incremental(&site, &b, &out));
	for (size_t i = 0; i < out.len; i++) {
		uint8_t c = out.data[i];

		column = c == '\n' ? 0 : column + 1;
		assert_true(c == '\n' || (c >= 0x20 && c < 0x7f));
		/* a field of ours may be longer than a line of armor */
		assert_true(column <= (in_head ? 320 : 64));
		in_head = in_head && !(c == '\n' && out.data[i - 1] == '\n');
	}
	assert_int_equal(out.data[out.len - 1], '\n');
	buf_done(&key);
	buf_done(&out);
}

static void
test_field_refuses_what_would_start_another(void **state)
{
	static const char *const bad[] = {
		"a\r", "a\nb", "a\tb", "\x01", "\x7f", "\xc3\xa4", "\x80"};
	char long_value[COMPOSE_VALUE_MAX + 2];
	struct buf out = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_status(compose_field(&out, "Subject", bad[i]),
			STATUS_REJECTED);
		assert_int_equal(out.len, 0);
	}
	memset(long_value, 'x', sizeof(long_value));
	long_value[COMPOSE_VALUE_MAX + 1] = '\0';
	assert_status(
		compose_field(&out, "Subject", long_value), STATUS_REJECTED);
	long_value[COMPOSE_VALUE_MAX] = '\0';
	assert_ok(compose_field(&out, "Subject", long_value));
	buf_done(&out);
}

static void
test_recipient_must_be_an_address(void **state)
{
	static const char *const bad[] = {"", "x", "a@b\r\nX: y",
		"a b@c.example", "<a@b.example>", "a@b.example,c@d.example"};
	struct bytes part = bytes_of("abc");
	struct compose_batch b = batch_of(&part);
	struct buf out = {0};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		b.to = bad[i];
		assert_status(
			compose_incremental(&site, &b, &out), STATUS_REJECTED);
	}
	buf_done(&out);
}

static void
test_sender_is_the_fixed_one_where_there_is_one(void **state)
{
	struct compose_site fixed = site;
	char sender[COMPOSE_SENDER_MAX];

	(void)state;
	assert_ok(compose_sender(&site, "cy", 7, 12, sender));
	assert_string_equal(sender, "bounce+cy.7-12@here.example");
	fixed.bounce = "bounces@here.example";
	assert_ok(compose_sender(&fixed, "cy", 7, 12, sender));
	assert_string_equal(sender, "bounces@here.example");
	fixed.bounce = "x@y\r\nRCPT TO:<z>";
	assert_status(
		compose_sender(&fixed, "cy", 7, 12, sender), STATUS_REJECTED);
}

static void
test_dates_are_utc_and_never_unwritable(void **state)
{
	char date[COMPOSE_DATE_MAX];

	(void)state;
	compose_date(0, date);
	assert_string_equal(date, "Thu, 01 Jan 1970 00:00:00 +0000");
	compose_date(951782400, date);
	assert_string_equal(date, "Tue, 29 Feb 2000 00:00:00 +0000");
	compose_date(INT64_MAX, date);
	assert_string_equal(date, "Thu, 01 Jan 1970 00:00:00 +0000");
}

/* ---- back-off ---------------------------------------------------------- */

static void
test_back_off_follows_the_two_tables(void **state)
{
	static const int64_t soon[] = {1, 2, 4, 8, 16, 32, 60, 60, 60};
	static const int64_t later[] = {
		60, 120, 300, 900, 1800, 3600, 10800, 10800, 10800};

	(void)state;
	for (unsigned int i = 0; i < 9; i++) {
		assert_int_equal(
			retry_wait_ms(RETRY_SOON, i + 1, 0), soon[i] * 800);
		assert_int_equal(retry_wait_ms(RETRY_SOON, i + 1, UINT32_MAX),
			soon[i] * 1200);
		assert_int_equal(
			retry_wait_ms(RETRY_LATER, i + 1, 0), later[i] * 800);
		assert_int_equal(retry_wait_ms(RETRY_PEER, i + 1, UINT32_MAX),
			later[i] * 1200);
	}
}

static void
test_refusals_of_one_letter_take_five_days(void **state)
{
	int64_t sum = 0;

	(void)state;
	for (unsigned int i = 1; i < RETRY_LETTER_MAX; i++)
		sum += retry_wait_ms(RETRY_LATER, i, UINT32_MAX / 2);
	assert_in_range(sum, 114LL * 3600 * 1000, 126LL * 3600 * 1000);
}

struct meaning {
	enum sent_stage stage;
	unsigned int code;
	const char *text;
	enum retry_action action;
};

static const struct meaning meanings[] = {
	{STAGE_DONE, 250, "ok", RETRY_DELIVERED},
	{STAGE_DONE, 0, "", RETRY_SOON},
	{STAGE_CONNECT, 0, "refused", RETRY_SOON},
	{STAGE_GREETING, 0, "silence", RETRY_SOON},
	{STAGE_GREETING, 421, "busy", RETRY_LATER},
	{STAGE_GREETING, 554, "go away", RETRY_LATER},
	{STAGE_TLS, 0, "does not verify", RETRY_LATER},
	{STAGE_TLS, 454, "no TLS", RETRY_LATER},
	{STAGE_AUTH, 535, "no", RETRY_STOP},
	{STAGE_AUTH, 454, "later", RETRY_LATER},
	{STAGE_MAIL, 421, "", RETRY_LATER},
	{STAGE_MAIL, 550, "", RETRY_PEER},
	{STAGE_MAIL, 552, "too big", RETRY_LETTER},
	{STAGE_RCPT, 450, "", RETRY_LATER},
	{STAGE_RCPT, 550, "5.1.1 unknown", RETRY_PEER},
	{STAGE_RCPT, 552, "5.2.2 mailbox full", RETRY_PEER},
	{STAGE_RCPT, 552, "5.3.4 too big", RETRY_LETTER},
	{STAGE_DATA, 451, "", RETRY_LATER},
	{STAGE_DATA, 554, "", RETRY_LETTER},
	{STAGE_DOT, 0, "lost", RETRY_SOON},
	{STAGE_DOT, 452, "", RETRY_LATER},
	{STAGE_DOT, 552, "", RETRY_LETTER},
	{STAGE_DOT, 554, "", RETRY_LETTER},
	{STAGE_DOT, 421, "", RETRY_LATER},
	{STAGE_DOT, 250, "but not done", RETRY_LATER},
	{STAGE_CONNECT, 250, "nonsense", RETRY_SOON},
	{STAGE_RCPT, 999, "nonsense", RETRY_LATER},
};

static void
test_answers_mean_what_the_table_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++) {
		const struct meaning *m = &meanings[i];

		assert_int_equal(
			retry_classify(m->stage, m->code, bytes_of(m->text)),
			m->action);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_letter_is_the_skeleton_octet_by_octet),
		cmocka_unit_test(test_own_address_stands_once_and_last),
		cmocka_unit_test(test_entry_that_is_no_address_is_left_out),
		cmocka_unit_test(test_letter_is_seven_bit_and_narrow),
		cmocka_unit_test(test_field_refuses_what_would_start_another),
		cmocka_unit_test(test_recipient_must_be_an_address),
		cmocka_unit_test(
			test_sender_is_the_fixed_one_where_there_is_one),
		cmocka_unit_test(test_dates_are_utc_and_never_unwritable),
		cmocka_unit_test(test_back_off_follows_the_two_tables),
		cmocka_unit_test(test_refusals_of_one_letter_take_five_days),
		cmocka_unit_test(test_answers_mean_what_the_table_says),
	};
	struct err err;

	if (crypto_init(&err) != STATUS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
