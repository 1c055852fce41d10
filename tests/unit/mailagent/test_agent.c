/* keypost-mail as keypostd sees it: two sockets, and the mail behind them. */
#include "../unit.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/spool.h"
#include "fake.h"

enum { WAIT_MS = 20 * 1000, SHORT_MS = 300 };

static const char letter[] = "From: Keys <maint@b.example>\n"
			     "To: pgp-public-keys@a.example\n"
			     "Subject: incremental\n"
			     "X-KeyServer-Sent: keys@b.example\n"
			     "Precedence: list\n"
			     "Message-ID: <1@b.example>\n"
			     "\n"
			     "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n"
			     "mAAA\n=AAAA\n"
			     "-----END PGP PUBLIC KEY BLOCK-----\n";

static void
open_spool(const struct fake *f, char path[300])
{
	snprintf(path, 300, "%s/spool", f->data);
}

/* A letter in the spool, as `keypost deliver` leaves it. */
static void
deliver(const struct fake *f, const char *text, const char *sender)
{
	char path[300];
	int ends[2];
	struct err err;

	open_spool(f, path);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(
		write(ends[1], text, strlen(text)), (ssize_t)strlen(text));
	close(ends[1]);
	assert_int_equal(spool_write(path, ends[0], sender, &err), STATUS_OK);
	close(ends[0]);
}

static void
test_lmtp_says_250_only_after_done(void **state)
{
	struct fake f;
	struct fake_letter l;
	struct pollfd early;
	int fd;

	(void)state;
	fake_init(&f);
	fake_start(&f, FAKE_LMTP);
	fd = fake_connect(&f);
	assert_int_equal(fake_reply(fd), 220);
	fake_say(fd, "LHLO b.example", 250);
	fake_post(fd, letter);
	assert_true(fake_take(&f, &l, WAIT_MS));
	early = (struct pollfd){fd, POLLIN, 0};
	assert_int_equal(poll(&early, 1, SHORT_MS), 0);
	assert_string_equal(fake_field(&l, LETTER_SOURCE, 0), "lmtp");
	assert_string_equal(
		fake_field(&l, LETTER_SENDER, 0), "sender@b.example");
	assert_string_equal(fake_field(&l, LETTER_FROM, 0), "maint@b.example");
	assert_string_equal(fake_field(&l, LETTER_SUBJECT, 0), "incremental");
	assert_string_equal(fake_field(&l, LETTER_SEEN, 0), "keys@b.example");
	assert_string_equal(
		fake_field(&l, LETTER_MESSAGE_ID, 0), "1@b.example");
	assert_non_null(strstr(fake_field(&l, LETTER_BLOCK, 0), "mAAA"));
	fake_answer(&f, l.id, FATE_TAKEN, "");
	assert_int_equal(fake_reply(fd), 250);
	fake_free(&l);
	fake_say(fd, "QUIT", 221);
	close(fd);
	fake_stop(&f);
	fake_done(&f);
}

static void
test_each_fate_has_its_lmtp_reply(void **state)
{
	static const struct {
		enum letter_fate fate;
		int code;
		size_t set_aside;
	} rows[] = {{FATE_TAKEN, 250, 0}, {FATE_LATER, 451, 0},
		{FATE_QUARANTINE, 250, 1}, {FATE_REFUSE, 554, 1}};
	char quarantine[300];
	struct fake f;
	struct fake_letter l;
	size_t i;
	int fd;

	(void)state;
	fake_init(&f);
	fake_start(&f, FAKE_LMTP);
	snprintf(quarantine, sizeof(quarantine), "%s/quarantine", f.data);
	fd = fake_connect(&f);
	assert_int_equal(fake_reply(fd), 220);
	fake_say(fd, "LHLO b.example", 250);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		fake_post(fd, letter);
		assert_true(fake_take(&f, &l, WAIT_MS));
		fake_answer(&f, l.id, rows[i].fate, "because");
		assert_int_equal(fake_reply(fd), rows[i].code);
		assert_int_equal(fake_count(quarantine), rows[i].set_aside);
		fake_free(&l);
	}
	close(fd);
	fake_stop(&f);
	fake_done(&f);
}

static void
test_spool_file_goes_only_after_done(void **state)
{
	char path[300], fresh[310];
	struct fake f;
	struct fake_letter l;

	(void)state;
	fake_init(&f);
	deliver(&f, letter, "someone@b.example");
	fake_start(&f, 0);
	open_spool(&f, path);
	snprintf(fresh, sizeof(fresh), "%s/new", path);
	assert_true(fake_take(&f, &l, WAIT_MS));
	assert_string_equal(fake_field(&l, LETTER_SOURCE, 0), "spool");
	assert_string_equal(
		fake_field(&l, LETTER_SENDER, 0), "someone@b.example");
	assert_int_equal(fake_count(fresh), 1);
	fake_answer(&f, l.id, FATE_TAKEN, "");
	assert_true(fake_wait_count(fresh, 0, WAIT_MS));
	fake_free(&l);
	fake_stop(&f);
	fake_done(&f);
}

static void
test_letter_delivered_later_is_found(void **state)
{
	char path[300];
	struct fake f;
	struct fake_letter l;

	(void)state;
	fake_init(&f);
	fake_start(&f, FAKE_MAILDIR);
	deliver(&f, letter, NULL);
	assert_true(fake_take(&f, &l, WAIT_MS));
	assert_null(fake_field(&l, LETTER_SENDER, 0));
	fake_free(&l);
	snprintf(path, sizeof(path), "%s/new", f.maildir);
	fake_file(path, "1.2.host", letter);
	assert_true(fake_take(&f, &l, WAIT_MS));
	assert_string_equal(fake_field(&l, LETTER_SOURCE, 0), "maildir");
	assert_int_equal(fake_count(path), 1);
	fake_answer(&f, l.id, FATE_TAKEN, "");
	assert_true(fake_wait_count(path, 0, WAIT_MS));
	fake_free(&l);
	fake_stop(&f);
	fake_done(&f);
}

static void
test_killed_agent_offers_its_letters_again(void **state)
{
	struct fake f;
	struct fake_letter l;
	int i;

	(void)state;
	fake_init(&f);
	deliver(&f, letter, NULL);
	for (i = 0; i < 4; i++) {
		fake_start(&f, 0);
		assert_true(fake_take(&f, &l, WAIT_MS));
		fake_free(&l);
		fake_kill(&f);
	}
	fake_start(&f, 0);
	assert_true(fake_take(&f, &l, WAIT_MS));
	fake_answer(&f, l.id, FATE_TAKEN, "");
	fake_free(&l);
	fake_stop(&f);
	fake_done(&f);
}

static void
test_maildir_skips_links_dots_and_seen(void **state)
{
	char fresh[300], cur[300], target[600];
	struct fake f;
	struct fake_letter l;

	(void)state;
	fake_init(&f);
	snprintf(fresh, sizeof(fresh), "%s/new", f.maildir);
	snprintf(cur, sizeof(cur), "%s/cur", f.maildir);
	fake_file(f.dir, "secret", letter);
	snprintf(target, sizeof(target), "%s/link", fresh);
	assert_int_equal(symlink("../../secret", target), 0);
	fake_file(fresh, ".hidden", letter);
	fake_file(cur, "seen:2,S", letter);
	fake_file(cur, "unseen:2,", letter);
	fake_start(&f, FAKE_MAILDIR);
	assert_true(fake_take(&f, &l, WAIT_MS));
	fake_answer(&f, l.id, FATE_TAKEN, "");
	fake_free(&l);
	assert_true(fake_wait_count(cur, 1, WAIT_MS));
	assert_false(fake_take(&f, &l, SHORT_MS));
	assert_int_equal(fake_count(fresh), 1);
	fake_stop(&f);
	fake_done(&f);
}

static void
test_later_comes_again_by_itself(void **state)
{
	struct fake f;
	struct fake_letter l;

	(void)state;
	fake_init(&f);
	deliver(&f, letter, NULL);
	fake_start(&f, 0);
	assert_true(fake_take(&f, &l, WAIT_MS));
	fake_answer(&f, l.id, FATE_LATER, "busy");
	fake_free(&l);
	assert_true(fake_take(&f, &l, WAIT_MS));
	fake_answer(&f, l.id, FATE_TAKEN, "");
	fake_free(&l);
	fake_stop(&f);
	fake_done(&f);
}

static void
test_letter_travels_from_agent_to_agent(void **state)
{
	char relay[300];
	struct fake a, b;
	struct fake_letter l, sent;

	(void)state;
	fake_init(&a);
	fake_init(&b);
	fake_start(&a, 0);
	fake_start(&b, FAKE_LMTP | FAKE_ANY_ADDRESS);
	close(fake_connect(&b));
	snprintf(relay, sizeof(relay), "lmtp+%s", b.lmtp);
	fake_send(&a, 1, "b", relay, "keys@b.example", letter, RELAY_TLS_NONE);
	fake_send(&a, 2, "b", relay, "keys@b.example", letter, RELAY_TLS_NONE);
	assert_true(fake_take(&b, &l, WAIT_MS));
	assert_string_equal(
		fake_field(&l, LETTER_SENDER, 0), "bounce+b.7@a.example");
	fake_answer(&b, l.id, FATE_TAKEN, "");
	fake_free(&l);
	assert_true(fake_sent(&a, &sent, WAIT_MS));
	assert_int_equal(sent.id, 1);
	assert_int_equal(fake_number(&sent, SENT_STAGE), STAGE_DONE);
	assert_int_equal(fake_number(&sent, SENT_CODE), 250);
	assert_int_equal(fake_number(&sent, SENT_SIZE_MAX), 10 * 1024 * 1024);
	fake_free(&sent);
	assert_true(fake_take(&b, &l, WAIT_MS));
	fake_answer(&b, l.id, FATE_LATER, "");
	fake_free(&l);
	assert_true(fake_sent(&a, &sent, WAIT_MS));
	assert_int_equal(fake_number(&sent, SENT_STAGE), STAGE_DOT);
	assert_int_equal(fake_number(&sent, SENT_CODE), 451);
	fake_free(&sent);
	fake_stop(&a);
	fake_stop(&b);
	fake_done(&a);
	fake_done(&b);
}

/* It ends in order, to be started anew, but not with a letter in hand. */
static void
test_broken_source_stops_no_other(void **state)
{
	char path[300];
	struct fake f;
	struct fake_letter l, sent;
	struct pollfd end;

	(void)state;
	fake_init(&f);
	snprintf(path, sizeof(path), "%s/gone", f.maildir);
	strcpy(f.maildir, path);
	deliver(&f, letter, NULL);
	fake_start(&f, FAKE_BROKEN_IMAP | FAKE_MAILDIR);
	fake_send(&f, 1, "b", "smtp://127.0.0.1:1", "keys@b.example", letter,
		RELAY_TLS_NONE);
	assert_true(fake_take(&f, &l, WAIT_MS));
	assert_true(fake_sent(&f, &sent, WAIT_MS));
	assert_int_equal(fake_number(&sent, SENT_STAGE), STAGE_CONNECT);
	fake_free(&sent);
	end = (struct pollfd){f.out, POLLIN, 0};
	assert_int_equal(poll(&end, 1, 1000), 0);
	fake_answer(&f, l.id, FATE_TAKEN, "");
	fake_free(&l);
	assert_int_equal(poll(&end, 1, WAIT_MS), 1);
	fake_stop(&f);
	fake_done(&f);
}

/* What breaks the library's parsers, posted as anybody could. */
static void
test_crash_letters_end_in_quarantine(void **state)
{
	static const struct {
		const char *head, *repeated;
		size_t times;
	} rows[] = {
		{"Content-Type: multipart/mixed; boundary=\"\\\"\"\n",
			"\n--\"\n", 1},
		{"From: ", "(", 60000},
		{"To: ", "(", 200000},
		{"", "Content-Type: multipart/mixed; boundary=b\n\n--b\n",
			10000},
	};
	char quarantine[300];
	struct fake f;
	struct fake_letter l;
	size_t i, n;
	int fd;

	(void)state;
	fake_init(&f);
	fake_start(&f, FAKE_LMTP);
	snprintf(quarantine, sizeof(quarantine), "%s/quarantine", f.data);
	fd = fake_connect(&f);
	assert_int_equal(fake_reply(fd), 220);
	fake_say(fd, "LHLO b.example", 250);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf text = {.len = 0};

		assert_ok(buf_puts(&text, rows[i].head));
		for (n = 0; n < rows[i].times; n++)
			assert_ok(buf_puts(&text, rows[i].repeated));
		assert_ok(buf_put_u8(&text, 0));
		fake_post(fd, (const char *)text.data);
		assert_int_equal(fake_reply(fd), 250);
		assert_int_equal(fake_count(quarantine), i + 1);
		buf_done(&text);
		/* The next one is as welcome as ever. */
		fake_post(fd, letter);
		assert_true(fake_take(&f, &l, WAIT_MS));
		fake_answer(&f, l.id, FATE_TAKEN, "");
		fake_free(&l);
		assert_int_equal(fake_reply(fd), 250);
	}
	close(fd);
	fake_stop(&f);
	fake_done(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lmtp_says_250_only_after_done),
		cmocka_unit_test(test_each_fate_has_its_lmtp_reply),
		cmocka_unit_test(test_spool_file_goes_only_after_done),
		cmocka_unit_test(test_letter_delivered_later_is_found),
		cmocka_unit_test(test_killed_agent_offers_its_letters_again),
		cmocka_unit_test(test_maildir_skips_links_dots_and_seen),
		cmocka_unit_test(test_later_comes_again_by_itself),
		cmocka_unit_test(test_letter_travels_from_agent_to_agent),
		cmocka_unit_test(test_broken_source_stops_no_other),
		cmocka_unit_test(test_crash_letters_end_in_quarantine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
