/* Letters of ours that come back, and other letters that machines wrote. */
#include "../unit.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/counter.h"
#include "mail/bounce.h"
#include "world.h"

static const struct offer report = {.subject = "Undelivered Mail",
	.sender = "",
	.from = "MAILER-DAEMON@bob.example",
	.machine = MACHINE_BOUNCE,
	.report = true,
	.seed = 99,
	.parts = KEY_SELF};

static int64_t
counted(const char *name, const char *kind)
{
	return counter_value(counter_get_labelled(name, "kind", kind));
}

/* One letter to bob, delivered. */
static void
deliver_one(struct world *w, struct sent *s)
{
	world_only_bob(w);
	world_start(w);
	world_hold(w);
	world_submit(w, 1, KEY_SELF, "http", "");
	world_submit(w, 2, KEY_SELF, "http", "");
	world_let_go(w);
	agent_expect(w, s);
	assert_int_equal(sent_count_keys(s, 1, 2), 2);
	agent_accept_letter(w, s);
	world_settled(w, "bob");
}

/* The Message-ID without its brackets. */
static void
id_of(const struct sent *s, char id[300])
{
	const char *at = strstr(s->text, "\nMessage-ID: <");
	size_t n;

	assert_non_null(at);
	at += strlen("\nMessage-ID: <");
	n = strcspn(at, ">");
	assert_true(n < 300);
	memcpy(id, at, n);
	id[n] = '\0';
}

static unsigned int
bounce(struct world *w, const struct offer_bounce *b)
{
	struct offer o = report;
	unsigned int fate;

	o.bounce = *b;
	fate = agent_letter(w, &o);
	assert_false(world_stored(w, o.seed));
	return fate;
}

static void
retry(struct world *w)
{
	struct err err;

	assert_ok(mail_retry_peer(w->mail, "bob", &err));
}

static bool
is_stopped(struct world *w)
{
	struct peer row;

	world_peer(w, "bob", &row);
	return (row.flags & PEER_STOPPED) != 0;
}

static void
expect_again(struct world *w, const struct sent *before)
{
	struct sent s;

	agent_expect(w, &s);
	assert_string_equal(s.sender, before->sender);
	assert_int_equal(sent_count_keys(&s, 1, 2), 2);
	agent_accept_letter(w, &s);
	sent_done(&s);
}

/* ---- whose it is ----------------------------------------------------------
 */

static void
test_the_address_names_the_letter(void **state)
{
	struct world *w = *state;
	struct sent s;

	deliver_one(w, &s);
	assert_memory_equal(s.sender, "bounce+bob.", 11);
	assert_int_equal(bounce(w, &(struct offer_bounce){.to = s.sender,
					   .action = "failed",
					   .status = "5.1.1"}),
		FATE_TAKEN);
	/* It waits as after a 550; not for long, if somebody says so. */
	agent_expect_wait(w);
	retry(w);
	expect_again(w, &s);
	sent_done(&s);
}

static void
test_our_message_id_names_the_letter(void **state)
{
	struct world *w = *state;
	struct sent s;
	char id[300];

	deliver_one(w, &s);
	id_of(&s, id);
	assert_int_equal(bounce(w, &(struct offer_bounce){.id = id,
					   .action = "failed",
					   .status = "5.1.1"}),
		FATE_TAKEN);
	retry(w);
	expect_again(w, &s);
	sent_done(&s);
}

static void
test_envelope_id_and_recipient_name_the_letter(void **state)
{
	struct world *w = *state;
	struct sent s;
	char envid[64];

	deliver_one(w, &s);
	assert_int_equal(sscanf(s.sender, "bounce+bob.%63[0-9-]@", envid), 1);
	assert_int_equal(bounce(w, &(struct offer_bounce){.envid = envid,
					   .recipient = s.recipient,
					   .action = "failed",
					   .status = "5.1.1"}),
		FATE_TAKEN);
	retry(w);
	expect_again(w, &s);
	sent_done(&s);
}

static void
test_what_names_no_letter_is_dropped(void **state)
{
	static const struct offer_bounce others[] = {{.action = "failed"},
		{.to = "bounce+nobody.1-2@here.example", .action = "failed"},
		{.to = "bounce+bob@here.example", .action = "failed"},
		{.to = "bounce+bob.2-1@here.example", .action = "failed"},
		{.to = "bounce+bob.1-@here.example", .action = "failed"},
		{.to = "bounce+bob.-1-2@here.example", .action = "failed"},
		{.to = "bounce+bob.1-99999999@here.example",
			.action = "failed"},
		{.id = "kp.bob.1-2.0123456789@here.example",
			.action = "failed"},
		{.envid = "1-2", .action = "failed"},
		{.envid = "1-2",
			.recipient = "x@nobody.example",
			.action = "failed"}};
	struct world *w = *state;
	struct sent s;
	int64_t before = counted("mail_in_bounces", "unmatched");

	deliver_one(w, &s);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_int_equal(bounce(w, &others[i]), FATE_FOREIGN);
	assert_int_equal(counted("mail_in_bounces", "unmatched") - before,
		sizeof(others) / sizeof(others[0]));
	retry(w);
	agent_expect_none(w);
	sent_done(&s);
}

static void
test_a_guess_makes_nothing_be_sent(void **state)
{
	struct world *w = *state;
	struct sent s;

	deliver_one(w, &s);
	/* A letter of this range never left. */
	assert_int_equal(bounce(w,
				 &(struct offer_bounce){
					 .to = "bounce+bob.1-1@here.example",
					 .action = "failed",
					 .status = "5.1.1"}),
		FATE_TAKEN);
	retry(w);
	agent_expect_none(w);
	assert_false(is_stopped(w));
	sent_done(&s);
}

/* ---- what it means --------------------------------------------------------
 */

static void
test_delayed_is_no_failure(void **state)
{
	struct world *w = *state;
	struct sent s;
	int64_t before = counted("mail_in_bounces", "delayed");

	deliver_one(w, &s);
	for (int i = 0; i < 5; i++)
		assert_int_equal(
			bounce(w, &(struct offer_bounce){.to = s.sender,
					  .action = "delayed",
					  .status = "4.4.1"}),
			FATE_TAKEN);
	assert_int_equal(counted("mail_in_bounces", "delayed") - before, 5);
	retry(w);
	agent_expect_none(w);
	assert_false(is_stopped(w));
	sent_done(&s);
}

static void
test_three_refusals_stop_the_peer(void **state)
{
	struct world *w = *state;
	const struct offer_bounce failed = {
		.action = "failed", .status = "5.1.1", .text = "no such user"};
	struct offer_bounce b = failed;
	struct sent s;
	struct peer row;

	deliver_one(w, &s);
	b.to = s.sender;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(bounce(w, &b), FATE_TAKEN);
		retry(w);
		expect_again(w, &s);
		world_settled(w, "bob");
		assert_false(is_stopped(w));
	}
	assert_int_equal(bounce(w, &b), FATE_TAKEN);
	world_until(is_stopped(w));
	world_peer(w, "bob", &row);
	assert_non_null(strstr(row.last_error, "5.1.1 no such user"));
	/* The letter is kept: an operator's word sends it again. */
	retry(w);
	expect_again(w, &s);
	sent_done(&s);
}

static void
test_too_large_is_sent_in_two(void **state)
{
	struct world *w = *state;
	struct sent s, half;

	deliver_one(w, &s);
	assert_int_equal(bounce(w, &(struct offer_bounce){.to = s.sender,
					   .action = "failed",
					   .status = "5.3.4"}),
		FATE_TAKEN);
	for (int i = 0; i < 2; i++) {
		agent_expect(w, &half);
		assert_int_equal(sent_count_keys(&half, 1, 2), 1);
		agent_accept_letter(w, &half);
		if (i == 1)
			break;
		sent_done(&half);
	}
	world_settled(w, "bob");
	/* One certificate alone, too large: it is noted as owed. */
	assert_int_equal(bounce(w, &(struct offer_bounce){.to = half.sender,
					   .action = "failed",
					   .status = "5.2.3"}),
		FATE_TAKEN);
	world_until(world_owed(w, "bob") == 1);
	sent_done(&half);
	sent_done(&s);
}

static void
test_no_report_counts_as_a_failure_for_now(void **state)
{
	struct world *w = *state;
	struct offer o = report;
	struct sent s;
	char id[300];
	int64_t before = counted("mail_in_bounces", "soft");

	deliver_one(w, &s);
	id_of(&s, id);
	o.report = false;
	o.bounce.id = id;
	for (int i = 0; i < 2; i++) {
		assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
		retry(w);
		expect_again(w, &s);
		world_settled(w, "bob");
	}
	/* It goes on like that: the letter is given up, the peer is not. */
	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	world_until(world_owed(w, "bob") == 2);
	assert_false(is_stopped(w));
	assert_int_equal(counted("mail_in_bounces", "soft") - before, 3);
	sent_done(&s);
}

/* ---- other machines ---------------------------------------------------------
 */

static void
test_our_own_letter_is_not_taken_in(void **state)
{
	struct world *w = *state;
	struct offer o = {.subject = "incremental",
		.sender = "bounce+bob.1-2@here.example",
		.from = "ours@here.example",
		.seed = 98,
		.parts = KEY_SELF};
	struct sent s;
	char id[300];
	int64_t before = counted("mail_in_machine", "own");

	deliver_one(w, &s);
	id_of(&s, id);
	o.message_id = id;
	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	assert_false(world_stored(w, 98));
	assert_int_equal(counted("mail_in_machine", "own") - before, 1);
	sent_done(&s);
}

static void
test_machines_are_counted_by_kind(void **state)
{
	static const struct {
		const char *kind;
		struct offer offer;
	} rows[] = {
		{"bounce", {.subject = "x", .sender = "", .report = true}},
		{"auto", {.subject = "Out of office",
				 .sender = "a@b.example",
				 .machine = MACHINE_AUTO}},
		{"list", {.subject = "[keys] digest",
				 .sender = "a@b.example",
				 .machine = MACHINE_LIST}},
		{"reply", {.subject = "Reply to ADD", .sender = "a@b.example"}},
		{"reply", {.subject = "Your command, ADD",
				  .sender = "a@b.example"}},
	};
	struct world *w = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		int64_t before = counted("mail_in_machine", rows[i].kind);
		struct offer o = rows[i].offer;

		o.seed = 97;
		o.parts = KEY_SELF;
		assert_int_equal(agent_letter(w, &o), FATE_FOREIGN);
		assert_false(world_stored(w, 97));
		assert_int_equal(
			counted("mail_in_machine", rows[i].kind) - before, 1);
	}
	agent_expect_silence(w);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		WORLD_PROMISE(test_the_address_names_the_letter),
		WORLD_PROMISE(test_our_message_id_names_the_letter),
		WORLD_PROMISE(test_envelope_id_and_recipient_name_the_letter),
		WORLD_PROMISE(test_what_names_no_letter_is_dropped),
		WORLD_PROMISE(test_a_guess_makes_nothing_be_sent),
		WORLD_PROMISE(test_delayed_is_no_failure),
		WORLD_PROMISE(test_three_refusals_stop_the_peer),
		WORLD_PROMISE(test_too_large_is_sent_in_two),
		WORLD_PROMISE(test_no_report_counts_as_a_failure_for_now),
		WORLD_PROMISE(test_our_own_letter_is_not_taken_in),
		WORLD_STARTED_PROMISE(test_machines_are_counted_by_kind),
	};

	return cmocka_run_group_tests_name("bounce", tests, NULL, NULL);
}
