/* Promises of letters out, to a server that behaves as badly as servers do. */
#include "../unit.h"

#include <string.h>

#include "desk.h"
#include "hellserver.h"

/* One letter to a relay that keeps to this script. */
static void
post_one(struct hell *h, struct desk *d, const struct hell_script *script,
	enum relay_tls tls)
{
	hell_start(h, script, script);
	desk_open(d, DESK_WAIT_MS);
	desk_post(d, 1, &(struct parcel){.relay = h->smtp, .tls = tls});
	desk_wait(d, 1);
}

static void
test_letter_arrives_whole(void **state)
{
	static const struct hell_script good = {.letters = 0};
	char said[10000];
	struct hell h;
	struct desk d;

	(void)state;
	hell_start(&h, &good, &good);
	desk_open(&d, DESK_WAIT_MS);
	desk_post(&d, 5,
		&(struct parcel){.relay = h.smtp,
			.tls = RELAY_TLS_NONE,
			.text = "Subject: x\n\n.dot\n..two\nend"});
	desk_wait(&d, 1);
	assert_int_equal(d.sent[0].id, 5);
	assert_int_equal(d.sent[0].stage, STAGE_DONE);
	assert_int_equal(d.sent[0].code, 250);
	assert_int_equal(d.sent[0].size_max, 100000);
	assert_string_equal(d.sent[0].text, "2.0.0 taken");
	desk_close(&d);
	hell_stop(&h, said, sizeof(said));
	if (strstr(said, "QUIT") != NULL)
		*strstr(said, "QUIT") = '\0';
	assert_string_equal(said,
		"EHLO a.example\r\n"
		"MAIL FROM:<bounce+b.7@a.example> RET=HDRS ENVID=7-9 "
		"SIZE=30\r\n"
		"RCPT TO:<keys@b.example> NOTIFY=FAILURE\r\n"
		"DATA\r\n"
		"Subject: x\r\n\r\n..dot\r\n...two\r\nend\r\n.\r\n");
}

/* ---- one after the other ------------------------------------------------ */

static void
test_refused_letter_does_not_stop_the_next(void **state)
{
	static const struct hell_script refuses = {.rcpt = "550 5.1.1 no"};
	static const struct hell_script good = {.letters = 0};
	char said[10000];
	struct hell h;
	struct desk d;
	uint64_t i;

	(void)state;
	hell_start(&h, &refuses, &good);
	desk_open(&d, DESK_WAIT_MS);
	for (i = 1; i <= 3; i++)
		desk_post(&d, i,
			&(struct parcel){
				.relay = h.smtp, .tls = RELAY_TLS_NONE});
	desk_wait(&d, 3);
	for (i = 1; i <= 3; i++) {
		assert_int_equal(d.sent[i - 1].id, i);
		assert_int_equal(d.sent[i - 1].code, 550);
	}
	desk_close(&d);
	hell_stop(&h, said, sizeof(said));
	/* One session, RSET between. */
	assert_null(strstr(strstr(said, "EHLO") + 1, "EHLO"));
	assert_non_null(strstr(said, "RSET"));
}

static void
test_letters_behind_a_failure_were_not_tried(void **state)
{
	static const struct hell_script drops = {.dot = HELL_DROP};
	char said[10000];
	struct hell h;
	struct desk d;
	uint64_t i;

	(void)state;
	hell_start(&h, &drops, &drops);
	desk_open(&d, DESK_WAIT_MS);
	for (i = 1; i <= 4; i++)
		desk_post(&d, i,
			&(struct parcel){
				.relay = h.smtp, .tls = RELAY_TLS_NONE});
	desk_wait(&d, 4);
	assert_int_equal(d.sent[0].stage, STAGE_DOT);
	for (i = 1; i < 4; i++) {
		assert_int_equal(d.sent[i].id, i + 1);
		assert_int_equal(d.sent[i].stage, STAGE_CONNECT);
		assert_int_equal(d.sent[i].code, 0);
	}
	desk_close(&d);
	hell_stop(&h, said, sizeof(said));
	assert_null(strstr(strstr(said, "MAIL") + 1, "MAIL"));
}

static void
test_session_closed_while_idle_is_opened_again(void **state)
{
	static const struct hell_script one = {.letters = 1};
	char said[10000];
	struct hell h;
	struct desk d;
	size_t i;

	(void)state;
	hell_start(&h, &one, &one);
	desk_open(&d, DESK_WAIT_MS);
	for (i = 1; i <= 3; i++) {
		desk_post(&d, i,
			&(struct parcel){
				.relay = h.smtp, .tls = RELAY_TLS_NONE});
		desk_wait(&d, i);
		assert_int_equal(d.sent[i - 1].stage, STAGE_DONE);
	}
	desk_close(&d);
	hell_stop(&h, said, sizeof(said));
}

#define STARTTLS_OFFER "250-hell.example\r\n250 STARTTLS"

static void
test_required_tls_never_speaks_clear(void **state)
{
	/* Not offered; refused; said more than asked; no TLS comes. */
	static const struct hell_script scripts[] = {{.letters = 0},
		{.hello = STARTTLS_OFFER, .starttls = "454 4.7.0 later"},
		{.hello = STARTTLS_OFFER, .starttls = "502 5.5.1 no"},
		{.hello = STARTTLS_OFFER,
			.starttls = "220 2.0.0 go\r\n250 injected"},
		{.hello = STARTTLS_OFFER, .starttls = "220 2.0.0 go"},
		{.hello = STARTTLS_OFFER, .starttls = HELL_DROP}};
	static const unsigned codes[] = {0, 454, 502, 0, 0, 0};
	char said[10000];
	struct hell h;
	struct desk d;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		post_one(&h, &d, &scripts[i], RELAY_TLS_REQUIRED);
		assert_int_equal(d.sent[0].stage, STAGE_TLS);
		assert_int_equal(d.sent[0].code, codes[i]);
		desk_close(&d);
		hell_stop(&h, said, sizeof(said));
		assert_null(strstr(said, "MAIL"));
	}
}

/* TLS from the first octet on is TLS, whatever is written. */
static void
test_smtps_is_never_clear(void **state)
{
	static const struct hell_script good = {.letters = 0};
	static const enum relay_tls all[] = {
		RELAY_TLS_REQUIRED, RELAY_TLS_OPPORTUNISTIC, RELAY_TLS_NONE};
	char said[10000];
	struct hell h;
	struct desk d;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		hell_start(&h, &good, &good);
		desk_open(&d, DESK_WAIT_MS);
		desk_post(&d, 1,
			&(struct parcel){.relay = h.smtps, .tls = all[i]});
		desk_wait(&d, 1);
		assert_int_equal(d.sent[0].stage, STAGE_TLS);
		desk_close(&d);
		hell_stop(&h, said, sizeof(said));
		assert_null(strstr(said, "EHLO"));
	}
}

static void
test_opportunistic_goes_on_in_clear(void **state)
{
	static const struct hell_script scripts[] = {{.letters = 0},
		{.hello = STARTTLS_OFFER, .starttls = "454 4.7.0 later"},
		{.hello = STARTTLS_OFFER,
			.starttls = "220 2.0.0 go\r\n250 injected"}};
	char said[10000];
	struct hell h;
	struct desk d;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		hell_start(&h, &scripts[i], &scripts[i]);
		desk_open(&d, DESK_WAIT_MS);
		desk_post(&d, 1,
			&(struct parcel){.relay = h.smtp,
				.tls = RELAY_TLS_OPPORTUNISTIC});
		desk_wait(&d, 1);
		assert_int_equal(d.sent[0].stage, STAGE_DONE);
		desk_close(&d);
		hell_stop(&h, said, sizeof(said));
	}
}

/* Whoever answers before it is asked has taken nothing. */
static void
test_answers_before_the_question_are_none(void **state)
{
	static const struct hell_script scripts[] = {
		{.mail = "250 2.1.0 ok\r\n250 2.1.5 ok"},
		{.rcpt = "250 2.1.5 ok\r\n354 go on"},
		{.data = "354 go on\r\n250 2.0.0 taken"}};
	char said[10000];
	struct hell h;
	struct desk d;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		post_one(&h, &d, &scripts[i], RELAY_TLS_NONE);
		assert_true(d.sent[0].stage < STAGE_DONE);
		assert_int_equal(d.sent[0].code, 0);
		assert_string_equal(
			d.sent[0].text, "it said more than it was asked");
		desk_close(&d);
		hell_stop(&h, said, sizeof(said));
		assert_null(strstr(said, "Subject"));
	}
}

static void
test_unsafe_address_goes_into_no_command(void **state)
{
	static const char *const addresses[] = {"a@b\r\nRCPT TO:<x@y>", "a b@c",
		"<a@b>", "", "a@b>", "caf\xc3\xa9@b"};
	static const struct hell_script good = {.letters = 0};
	char said[10000];
	struct hell h;
	struct desk d;
	size_t i;

	(void)state;
	hell_start(&h, &good, &good);
	desk_open(&d, DESK_WAIT_MS);
	for (i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		desk_post(&d, i,
			&(struct parcel){.relay = h.smtp,
				.to = addresses[i],
				.tls = RELAY_TLS_NONE});
		desk_wait(&d, i + 1);
		assert_int_equal(d.sent[i].stage, STAGE_RCPT);
		assert_int_equal(d.sent[i].code, 553);
	}
	desk_close(&d);
	hell_stop(&h, said, sizeof(said));
	assert_string_equal(said, "");
}

static void
test_letter_over_the_announced_size_is_not_sent(void **state)
{
	static const struct hell_script tiny = {
		.hello = "250-hell.example\r\n250 SIZE 10"};
	char said[10000];
	struct hell h;
	struct desk d;

	(void)state;
	hell_start(&h, &tiny, &tiny);
	desk_open(&d, DESK_WAIT_MS);
	desk_post(&d, 1,
		&(struct parcel){.relay = h.smtp, .tls = RELAY_TLS_NONE});
	desk_wait(&d, 1);
	assert_int_equal(d.sent[0].stage, STAGE_MAIL);
	assert_int_equal(d.sent[0].code, 552);
	assert_int_equal(d.sent[0].size_max, 10);
	desk_close(&d);
	hell_stop(&h, said, sizeof(said));
	assert_null(strstr(said, "MAIL"));
}

static void
test_nobody_listening_is_a_failure_to_connect(void **state)
{
	static const char *const relays[] = {"smtp://127.0.0.1:1",
		"lmtp+unix:/nonexistent/socket", "smtps://127.0.0.1:1",
		"http://x", ""};
	struct desk d;
	size_t i;

	(void)state;
	desk_open(&d, DESK_WAIT_MS);
	for (i = 0; i < sizeof(relays) / sizeof(relays[0]); i++) {
		desk_post(&d, i,
			&(struct parcel){
				.relay = relays[i], .tls = RELAY_TLS_NONE});
		desk_wait(&d, i + 1);
		assert_int_equal(d.sent[i].stage, STAGE_CONNECT);
		assert_int_equal(d.sent[i].code, 0);
		assert_true(d.sent[i].text[0] != '\0');
	}
	desk_close(&d);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_letter_arrives_whole),
		cmocka_unit_test(test_refused_letter_does_not_stop_the_next),
		cmocka_unit_test(test_letters_behind_a_failure_were_not_tried),
		cmocka_unit_test(
			test_session_closed_while_idle_is_opened_again),
		cmocka_unit_test(test_required_tls_never_speaks_clear),
		cmocka_unit_test(test_smtps_is_never_clear),
		cmocka_unit_test(test_opportunistic_goes_on_in_clear),
		cmocka_unit_test(test_answers_before_the_question_are_none),
		cmocka_unit_test(test_unsafe_address_goes_into_no_command),
		cmocka_unit_test(
			test_letter_over_the_announced_size_is_not_sent),
		cmocka_unit_test(test_nobody_listening_is_a_failure_to_connect),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
