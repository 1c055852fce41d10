/* Letters out, to a server that behaves as badly as servers do. */
#include "../unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "hellserver.h"
#include "mailagent/relay.h"

enum { WAIT_MS = 20 * 1000, SENT_MAX = 64, LONG_MS = 60 * 1000 };

/* What was reported, in order. */
struct report {
	uint64_t id;
	uint64_t stage, code, size_max;
	char text[500];
};

struct desk {
	struct loop *loop;
	struct relay *relay;
	struct report sent[SENT_MAX];
	size_t count;
};

static void
on_sent(void *ctx, uint64_t id, struct bytes payload)
{
	struct desk *d = ctx;
	struct report *r = &d->sent[d->count++];
	struct reader in = reader_of(payload);
	struct bytes value;
	uint8_t name;

	assert_true(d->count <= SENT_MAX);
	*r = (struct report){.id = id};
	while (frame_next_field(&in, &name, &value)) {
		if (name == SENT_STAGE)
			r->stage = frame_number(value);
		else if (name == SENT_CODE)
			r->code = frame_number(value);
		else if (name == SENT_SIZE_MAX)
			r->size_max = frame_number(value);
		else if (name == SENT_TEXT && value.len < sizeof(r->text))
			memcpy(r->text, value.data, value.len);
	}
}

static void
desk_open(struct desk *d, int64_t answer_ms)
{
	struct relay_limits limits = {.connect_ms = answer_ms,
		.greeting_ms = answer_ms,
		.answer_ms = answer_ms,
		.dot_ms = answer_ms,
		.session_ms = LONG_MS,
		.idle_ms = LONG_MS};

	*d = (struct desk){.loop = loop_new()};
	d->relay = relay_new(d->loop, "a.example", &limits, on_sent, d);
}

static void
desk_close(struct desk *d)
{
	relay_free(d->relay);
	loop_free(d->loop);
}

struct parcel {
	const char *peer, *relay, *to, *text;
	enum relay_tls tls;
};

static void
put(struct buf *b, uint8_t name, const char *text)
{
	assert_ok(frame_put_field(b, name, bytes_of(text)));
}

static void
post(struct desk *d, uint64_t id, const struct parcel *p)
{
	struct buf b = {.len = 0};

	put(&b, SEND_PEER, p->peer != NULL ? p->peer : "b");
	put(&b, SEND_RELAY, p->relay);
	put(&b, SEND_SENDER, "bounce+b.7@a.example");
	put(&b, SEND_RECIPIENT, p->to != NULL ? p->to : "keys@b.example");
	put(&b, SEND_ENVID, "7-9");
	put(&b, SEND_DATA, p->text != NULL ? p->text : "Subject: x\n\nkey\n");
	assert_ok(frame_put_number(&b, SEND_TLS, (uint64_t)p->tls));
	relay_send(d->relay, id, buf_view(&b));
	buf_done(&b);
}

static void
wait_sent(struct desk *d, size_t n)
{
	int64_t until = clock_mono_ms() + WAIT_MS;

	while (d->count < n && clock_mono_ms() < until)
		loop_turn(d->loop);
	assert_int_equal(d->count, n);
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
	desk_open(&d, WAIT_MS);
	post(&d, 5,
		&(struct parcel){.relay = h.smtp,
			.tls = RELAY_TLS_NONE,
			.text = "Subject: x\n\n.dot\n..two\nend"});
	wait_sent(&d, 1);
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

/* Where a server can go wrong, and what is reported then. */
static const struct {
	const char *name;
	size_t field; /* of the script */
	enum sent_stage stage;
} steps[] = {
	{"greeting", offsetof(struct hell_script, greeting), STAGE_GREETING},
	{"hello", offsetof(struct hell_script, hello), STAGE_GREETING},
	{"mail", offsetof(struct hell_script, mail), STAGE_MAIL},
	{"rcpt", offsetof(struct hell_script, rcpt), STAGE_RCPT},
	{"data", offsetof(struct hell_script, data), STAGE_DATA},
	{"dot", offsetof(struct hell_script, dot), STAGE_DOT},
};

static struct hell_script
broken_at(size_t step, const char *how)
{
	struct hell_script s = {.letters = 0};

	memcpy((char *)&s + steps[step].field, &how, sizeof(how));
	return s;
}

/* The first session fails that way, the next letter goes through. */
static void
check_failure(size_t step, const char *how, unsigned code, bool lmtp,
	int64_t answer_ms)
{
	static const struct hell_script good = {.letters = 0};
	struct hell_script bad = broken_at(step, how);
	char said[10000];
	struct hell h;
	struct desk d;
	struct parcel p = {.tls = RELAY_TLS_NONE};

	hell_start(&h, &bad, &good);
	p.relay = lmtp ? h.lmtp : h.smtp;
	desk_open(&d, answer_ms);
	post(&d, 1, &p);
	wait_sent(&d, 1);
	if (d.sent[0].stage != (uint64_t)steps[step].stage ||
		d.sent[0].code != code)
		fail_msg("%s %s: stage %d code %d: %s", steps[step].name, how,
			(int)d.sent[0].stage, (int)d.sent[0].code,
			d.sent[0].text);
	/* A refusal leaves the session open; else a new one is made. */
	if (code == 0 || code == 421 || steps[step].stage == STAGE_GREETING) {
		desk_close(&d);
		desk_open(&d, WAIT_MS);
		post(&d, 2, &p);
		wait_sent(&d, 1);
		assert_int_equal(d.sent[0].stage, STAGE_DONE);
	}
	desk_close(&d);
	hell_stop(&h, said, sizeof(said));
}

static void
test_each_refusal_keeps_its_code(void **state)
{
	static const struct {
		const char *reply;
		unsigned code;
	} replies[] = {{"421 4.3.2 bye", 421}, {"450 4.2.1 later", 450},
		{"451 4.7.1 greylisted", 451}, {"550 5.1.1 no", 550},
		{"552 5.3.4 too big", 552},
		{"554-5.7.1 two\r\n554 lines", 554}};
	size_t step, i;

	(void)state;
	for (step = 0; step < sizeof(steps) / sizeof(steps[0]); step++) {
		for (i = 0; i < sizeof(replies) / sizeof(replies[0]); i++)
			check_failure(step, replies[i].reply, replies[i].code,
				(i & 1) != 0, WAIT_MS);
	}
}

static void
test_lost_connection_has_no_code(void **state)
{
	size_t step;

	(void)state;
	for (step = 0; step < sizeof(steps) / sizeof(steps[0]); step++)
		check_failure(step, HELL_DROP, 0, (step & 1) != 0, WAIT_MS);
}

static void
test_silence_ends_at_the_deadline(void **state)
{
	size_t step;

	(void)state;
	for (step = 0; step < sizeof(steps) / sizeof(steps[0]); step++)
		check_failure(step, HELL_SILENT, 0, (step & 1) != 0, 500);
}

static void
test_answer_without_end_is_cut(void **state)
{
	size_t step;

	(void)state;
	/* The deadline is far: it is the length that ends it. */
	for (step = 0; step < sizeof(steps) / sizeof(steps[0]); step++) {
		check_failure(step, HELL_ENDLESS, 0, false, LONG_MS);
		check_failure(step, HELL_LINES, 0, true, LONG_MS);
	}
}

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
	desk_open(&d, WAIT_MS);
	for (i = 1; i <= 3; i++)
		post(&d, i,
			&(struct parcel){
				.relay = h.smtp, .tls = RELAY_TLS_NONE});
	wait_sent(&d, 3);
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
	desk_open(&d, WAIT_MS);
	for (i = 1; i <= 4; i++)
		post(&d, i,
			&(struct parcel){
				.relay = h.smtp, .tls = RELAY_TLS_NONE});
	wait_sent(&d, 4);
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
	uint64_t i;

	(void)state;
	hell_start(&h, &one, &one);
	desk_open(&d, WAIT_MS);
	for (i = 1; i <= 3; i++) {
		post(&d, i,
			&(struct parcel){
				.relay = h.smtp, .tls = RELAY_TLS_NONE});
		wait_sent(&d, i);
		assert_int_equal(d.sent[i - 1].stage, STAGE_DONE);
	}
	desk_close(&d);
	hell_stop(&h, said, sizeof(said));
}

static void
test_required_tls_never_speaks_clear(void **state)
{
	static const struct hell_script offers = {
		.hello = "250-hell.example\r\n250 STARTTLS"};
	static const struct hell_script lacks = {.letters = 0};
	const struct hell_script *scripts[] = {&offers, &lacks};
	char said[10000];
	struct hell h;
	struct desk d;
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		hell_start(&h, scripts[i], scripts[i]);
		desk_open(&d, WAIT_MS);
		post(&d, 1,
			&(struct parcel){
				.relay = h.smtp, .tls = RELAY_TLS_REQUIRED});
		wait_sent(&d, 1);
		assert_int_equal(d.sent[0].stage, STAGE_TLS);
		assert_int_equal(d.sent[0].code, 0);
		desk_close(&d);
		hell_stop(&h, said, sizeof(said));
		assert_null(strstr(said, "MAIL"));
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
	desk_open(&d, WAIT_MS);
	for (i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		post(&d, i,
			&(struct parcel){.relay = h.smtp,
				.to = addresses[i],
				.tls = RELAY_TLS_NONE});
		wait_sent(&d, i + 1);
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
	desk_open(&d, WAIT_MS);
	post(&d, 1, &(struct parcel){.relay = h.smtp, .tls = RELAY_TLS_NONE});
	wait_sent(&d, 1);
	assert_int_equal(d.sent[0].stage, STAGE_MAIL);
	assert_int_equal(d.sent[0].code, 552);
	assert_int_equal(d.sent[0].size_max, 10);
	desk_close(&d);
	hell_stop(&h, said, sizeof(said));
	assert_null(strstr(said, "MAIL"));
}

static void
test_silent_peer_does_not_delay_another(void **state)
{
	static const struct hell_script silent = {.greeting = HELL_SILENT};
	static const struct hell_script good = {.letters = 0};
	char said[10000];
	struct hell bad, fine;
	struct desk d;

	(void)state;
	hell_start(&bad, &silent, &silent);
	hell_start(&fine, &good, &good);
	desk_open(&d, LONG_MS);
	post(&d, 1,
		&(struct parcel){.peer = "bad",
			.relay = bad.smtp,
			.tls = RELAY_TLS_NONE});
	post(&d, 2,
		&(struct parcel){.peer = "fine",
			.relay = fine.smtp,
			.tls = RELAY_TLS_NONE});
	wait_sent(&d, 1);
	assert_int_equal(d.sent[0].id, 2);
	assert_int_equal(d.sent[0].stage, STAGE_DONE);
	desk_close(&d);
	hell_stop(&bad, said, sizeof(said));
	hell_stop(&fine, said, sizeof(said));
}

static void
test_nobody_listening_is_a_failure_to_connect(void **state)
{
	static const char *const relays[] = {"smtp://127.0.0.1:1",
		"lmtp+unix:/nonexistent/socket", "smtps://127.0.0.1:465",
		"http://x", ""};
	struct desk d;
	size_t i;

	(void)state;
	desk_open(&d, WAIT_MS);
	for (i = 0; i < sizeof(relays) / sizeof(relays[0]); i++) {
		post(&d, i,
			&(struct parcel){
				.relay = relays[i], .tls = RELAY_TLS_NONE});
		wait_sent(&d, i + 1);
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
		cmocka_unit_test(test_each_refusal_keeps_its_code),
		cmocka_unit_test(test_lost_connection_has_no_code),
		cmocka_unit_test(test_silence_ends_at_the_deadline),
		cmocka_unit_test(test_answer_without_end_is_cut),
		cmocka_unit_test(test_refused_letter_does_not_stop_the_next),
		cmocka_unit_test(test_letters_behind_a_failure_were_not_tried),
		cmocka_unit_test(
			test_session_closed_while_idle_is_opened_again),
		cmocka_unit_test(test_required_tls_never_speaks_clear),
		cmocka_unit_test(test_unsafe_address_goes_into_no_command),
		cmocka_unit_test(
			test_letter_over_the_announced_size_is_not_sent),
		cmocka_unit_test(test_silent_peer_does_not_delay_another),
		cmocka_unit_test(test_nobody_listening_is_a_failure_to_connect),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
