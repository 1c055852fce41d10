/* The LMTP session as a client sees it, octet for octet. */
#include "../unit.h"

#include <string.h>

#include "mailagent/lmtp.h"
#include "mailagent/lmtp_rcpt.h"

static const struct lmtp_settings settings = {
	"a.example", "keys@a.example", 64 * 1024 * 1024};

struct client {
	struct lmtp s;
	size_t held;
};

static void
open_session(struct client *c)
{
	c->held = 0;
	lmtp_init(&c->s, &settings, &c->held);
	assert_text(
		buf_view(&c->s.out), "220 a.example LMTP keypost ready\r\n");
	buf_clear(&c->s.out);
}

static void
close_session(struct client *c)
{
	lmtp_done(&c->s);
	assert_int_equal(c->held, 0);
}

static void
feed(struct client *c, const char *text)
{
	lmtp_feed(&c->s, bytes_of(text));
}

/* What was answered since the last look. */
static void
expect(struct client *c, const char *text)
{
	assert_text(buf_view(&c->s.out), text);
	buf_clear(&c->s.out);
}

/* Up to the letter itself. */
static void
begin_letter(struct client *c)
{
	feed(c, "LHLO b\r\nMAIL FROM:<x@b.example>\r\n"
		"RCPT TO:<keys@a.example>\r\nDATA\r\n");
	assert_int_equal(c->s.state, LMTP_DATA);
	buf_clear(&c->s.out);
}

static void
test_pipelined_commands_are_answered_in_order(void **state)
{
	struct client c;

	(void)state;
	open_session(&c);
	feed(&c, "LHLO b.example\r\nMAIL FROM:<> SIZE=100 BODY=8BITMIME\r\n"
		 "RCPT TO:<KEYS+tag@A.example>\r\nNOOP\r\nVRFY x\r\nRSET\r\n"
		 "QUIT\r\n");
	expect(&c, "250-a.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n"
		   "250-SIZE 10485760\r\n250 ENHANCEDSTATUSCODES\r\n"
		   "250 2.1.0 sender ok\r\n250 2.1.5 recipient ok\r\n"
		   "250 2.0.0 still here\r\n252 2.1.5 send it and see\r\n"
		   "250 2.0.0 reset\r\n221 2.0.0 bye\r\n");
	assert_int_equal(c.s.state, LMTP_QUIT);
	close_session(&c);
}

static void
test_each_recipient_gets_its_reply(void **state)
{
	struct client c;

	(void)state;
	open_session(&c);
	feed(&c,
		"LHLO b\r\nMAIL FROM:<x@b.example>\r\n"
		"RCPT TO:<keys@a.example>\r\nRCPT TO:<other@a.example>\r\n"
		"RCPT TO:<keys+x@a.example>\r\nDATA\r\nhello\r\n.\r\nNOOP\r\n");
	assert_int_equal(c.s.state, LMTP_VERDICT);
	assert_true(c.s.has_sender);
	assert_string_equal(c.s.sender.text, "x@b.example");
	assert_text(buf_view(&c.s.data), "hello\r\n");
	buf_clear(&c.s.out);
	/* What follows the letter waits for its verdict. */
	lmtp_answer(&c.s, LMTP_ACCEPTED, "");
	lmtp_resume(&c.s);
	expect(&c, "250 2.0.0 taken\r\n250 2.0.0 taken\r\n"
		   "250 2.0.0 still here\r\n");
	close_session(&c);
}

static void
test_commands_out_of_order_are_refused(void **state)
{
	static const struct {
		const char *line, *reply;
	} rows[] = {
		{"MAIL FROM:<a@b>\r\n", "503 5.5.1 not now\r\n"},
		{"RCPT TO:<keys@a.example>\r\n", "503 5.5.1 MAIL first\r\n"},
		{"DATA\r\n", "503 5.5.1 RCPT first\r\n"},
		{"EHLO b\r\n", "500 5.5.1 this is LMTP: say LHLO\r\n"},
		{"LHLO\r\n", "501 5.5.4 LHLO needs a name\r\n"},
		{"BDAT 10\r\n", "500 5.5.2 command not known\r\n"},
		{"\r\n", "500 5.5.2 command not known\r\n"},
	};
	struct client c;
	size_t i;

	(void)state;
	open_session(&c);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		feed(&c, rows[i].line);
		expect(&c, rows[i].reply);
	}
	feed(&c, "LHLO b\r\n");
	buf_clear(&c.s.out);
	feed(&c, "MAIL FROM:a@b\r\n");
	expect(&c, "501 5.5.4 MAIL FROM:<address>\r\n");
	feed(&c, "MAIL FROM:<a@b> ENVID=1\r\n");
	expect(&c, "555 5.5.4 parameter not known\r\n");
	feed(&c, "MAIL FROM:<a@b> SIZE=10485761\r\n");
	expect(&c, "552 5.3.4 letter too long\r\n");
	feed(&c, "MAIL FROM:<a@b> SIZE=99999999999999999999\r\n");
	expect(&c, "552 5.3.4 letter too long\r\n");
	close_session(&c);
}

static void
test_errors_without_end_close_the_session(void **state)
{
	struct client c;
	int i;

	(void)state;
	open_session(&c);
	for (i = 0; i <= LMTP_ERRORS_MAX; i++)
		feed(&c, "WHAT\r\n");
	assert_int_equal(c.s.state, LMTP_QUIT);
	close_session(&c);
}

static void
test_dots_are_unstuffed_and_only_crlf_ends(void **state)
{
	struct client c;

	(void)state;
	open_session(&c);
	begin_letter(&c);
	feed(&c, "..one\r\n.two\r\nthree\n.\nfour\r.\r\n.\n\r\n.\r\n");
	assert_int_equal(c.s.state, LMTP_VERDICT);
	assert_text(buf_view(&c.s.data),
		".one\r\ntwo\r\nthree\n.\nfour\r.\r\n\n\r\n");
	close_session(&c);
}

static void
test_octets_may_come_one_by_one(void **state)
{
	static const char text[] = "LHLO b\r\nMAIL FROM:<x@b.example>\r\n"
				   "RCPT TO:<keys@a.example>\r\nDATA\r\n"
				   "..a\r\nb\n.c\r\n\r\n.\r\n";
	struct client c;
	size_t i;

	(void)state;
	open_session(&c);
	for (i = 0; i < sizeof(text) - 1; i++) {
		assert_int_not_equal(c.s.state, LMTP_VERDICT);
		lmtp_feed(&c.s, bytes_make(text + i, 1));
	}
	assert_int_equal(c.s.state, LMTP_VERDICT);
	assert_text(buf_view(&c.s.data), ".a\r\nb\n.c\r\n\r\n");
	close_session(&c);
}

static void
test_command_line_ends_at_its_limit(void **state)
{
	char line[LMTP_LINE_MAX + 1];
	struct client c;

	(void)state;
	memset(line, 'x', sizeof(line));
	line[LMTP_LINE_MAX - 1] = '\n';
	open_session(&c);
	lmtp_feed(&c.s, bytes_make(line, LMTP_LINE_MAX));
	expect(&c, "500 5.5.2 command not known\r\n");
	line[LMTP_LINE_MAX - 1] = 'x';
	lmtp_feed(&c.s, bytes_make(line, LMTP_LINE_MAX));
	expect(&c, "500 5.5.2 line too long\r\n");
	assert_int_equal(c.s.state, LMTP_QUIT);
	close_session(&c);
}

/* A letter of n octets in one line, without its end. */
static void
feed_octets(struct client *c, size_t n)
{
	static char chunk[65536];

	memset(chunk, 'x', sizeof(chunk));
	while (n > 0) {
		size_t some = n < sizeof(chunk) ? n : sizeof(chunk);

		lmtp_feed(&c->s, bytes_make(chunk, some));
		n -= some;
	}
}

static void
test_letter_ends_at_its_limit(void **state)
{
	struct client c;

	(void)state;
	open_session(&c);
	begin_letter(&c);
	feed_octets(&c, LMTP_LETTER_MAX - 2);
	feed(&c, "\r\n.\r\n");
	assert_int_equal(c.s.state, LMTP_VERDICT);
	assert_int_equal(c.s.data.len, LMTP_LETTER_MAX);
	lmtp_answer(&c.s, LMTP_LATER, "");
	expect(&c, "451 4.3.0 try again later\r\n");
	begin_letter(&c);
	feed_octets(&c, LMTP_LETTER_MAX - 1);
	feed(&c, "\r\n.\r\n");
	expect(&c, "552 5.3.4 letter too long\r\n");
	assert_int_equal(c.s.state, LMTP_COMMAND);
	assert_int_equal(c.held, 0);
	close_session(&c);
}

static void
test_letters_of_all_sessions_share_one_bound(void **state)
{
	struct client c;

	(void)state;
	open_session(&c);
	begin_letter(&c);
	c.held = settings.held_max - 10;
	feed(&c, "more than ten octets\r\n.\r\n");
	expect(&c, "452 4.3.1 no room just now\r\n");
	c.held = 0;
	close_session(&c);
}

static void
test_refusal_carries_no_foreign_octets(void **state)
{
	struct client c;

	(void)state;
	open_session(&c);
	begin_letter(&c);
	feed(&c, "x\r\n.\r\n");
	lmtp_answer(&c.s, LMTP_REFUSED, "no\r\n250 caf\xc3\xa9");
	expect(&c, "554 5.6.0 no??250 caf??\r\n");
	close_session(&c);
}

static void
test_only_our_addresses_are_ours(void **state)
{
	static const struct {
		const char *path, *ours;
		enum rcpt_kind kind;
	} rows[] = {
		{"keys@a.example", "keys@a.example", RCPT_OURS},
		{"KEYS@A.EXAMPLE", "keys@a.example", RCPT_OURS},
		{"keys+peer@a.example", "keys@a.example", RCPT_OURS},
		{"bounce@a.example", "keys@a.example", RCPT_BOUNCES},
		{"bounce+b.7@a.example", "keys@a.example", RCPT_BOUNCES},
		{"bounce+b.7@b.example", "keys@a.example", RCPT_FOREIGN},
		{"+keys@a.example", "keys@a.example", RCPT_FOREIGN},
		{"keysx@a.example", "keys@a.example", RCPT_FOREIGN},
		{"keys@b.example", "keys@a.example", RCPT_FOREIGN},
		{"keys", "keys@a.example", RCPT_FOREIGN},
		{"anybody@b.example", "", RCPT_OURS},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (lmtp_rcpt_kind(bytes_of(rows[i].path), rows[i].ours) !=
			rows[i].kind)
			fail_msg("%s for %s", rows[i].path, rows[i].ours);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pipelined_commands_are_answered_in_order),
		cmocka_unit_test(test_each_recipient_gets_its_reply),
		cmocka_unit_test(test_commands_out_of_order_are_refused),
		cmocka_unit_test(test_errors_without_end_close_the_session),
		cmocka_unit_test(test_dots_are_unstuffed_and_only_crlf_ends),
		cmocka_unit_test(test_octets_may_come_one_by_one),
		cmocka_unit_test(test_command_line_ends_at_its_limit),
		cmocka_unit_test(test_letter_ends_at_its_limit),
		cmocka_unit_test(test_letters_of_all_sessions_share_one_bound),
		cmocka_unit_test(test_refusal_carries_no_foreign_octets),
		cmocka_unit_test(test_only_our_addresses_are_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
