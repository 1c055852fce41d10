/* Promises about answers: who gets one, and who does not. */
#include <stdio.h>
#include <string.h>

#include "../unit.h"
#include "world.h"

/* ---- answers ------------------------------------------------------------ */

static const struct offer by_joe = {.subject = "ADD",
	.sender = "joe@user.example",
	.from = "joe@user.example",
	.message_id = "m1@user.example",
	.seed = 1,
	.parts = KEY_SELF};

static void
test_add_of_a_person_is_answered(void **state)
{
	struct world *w = *state;
	struct sent s;
	char fpr[41], line[64];

	assert_int_equal(agent_letter(w, &by_joe), FATE_TAKEN);
	agent_next_answer(w, &s);
	assert_string_equal(s.recipient, "joe@user.example");
	assert_string_equal(s.sender, "");
	assert_true(sent_has(&s, "To: joe@user.example"));
	assert_true(sent_has(&s, "From: boss@here.example"));
	assert_true(sent_has(&s, "Subject: Re: ADD"));
	assert_true(sent_has(&s, "Auto-Submitted: auto-replied"));
	assert_true(sent_has(&s, "Precedence: bulk"));
	assert_true(sent_has(&s, "In-Reply-To: <m1@user.example>"));
	assert_true(sent_has(&s, "References: <m1@user.example>"));
	key_fpr(1, fpr);
	(void)snprintf(line, sizeof(line), "  %s: new", fpr);
	assert_true(sent_has(&s, line));
	sent_done(&s);
}

/* The verdicts of HTTP and explain, packet by packet. */
static void
test_answer_tells_what_was_left_out(void **state)
{
	struct world *w = *state;
	struct offer o = by_joe;
	struct sent s;
	char fpr[41], line[128];

	w->ingest_settings.policy.limits.max_user_id = 1000;
	world_start(w);
	o.parts = KEY_SELF | KEY_BIG;
	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	agent_next_answer(w, &s);
	key_fpr(1, fpr);
	(void)snprintf(line, sizeof(line), "  %s: new", fpr);
	assert_true(sent_has(&s, line));
	(void)snprintf(line, sizeof(line), "    dropped user ID: %s",
		verdict_sentence(VERDICT_TOO_LARGE));
	assert_true(sent_has(&s, line));
	sent_done(&s);
}

static void
test_answer_tells_why_a_key_was_refused(void **state)
{
	struct world *w = *state;
	struct offer o = by_joe;
	struct sent s;
	char fpr[41], line[128];

	/* These keys' signatures are plausible at best. */
	w->ingest_settings.policy.level = LEVEL_CLEAN;
	world_start(w);
	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	agent_next_answer(w, &s);
	key_fpr(1, fpr);
	(void)snprintf(line, sizeof(line), "  %s: refused: %s", fpr,
		verdict_sentence(VERDICT_NOTHING_LEFT));
	assert_true(sent_has(&s, line));
	(void)snprintf(line, sizeof(line), "    dropped user ID: %s",
		verdict_sentence(VERDICT_NOT_BOUND));
	assert_true(sent_has(&s, line));
	assert_non_null(strstr(s.text, "    dropped signature 0x"));
	sent_done(&s);
}

static void
test_help_is_answered(void **state)
{
	struct world *w = *state;
	struct offer o = by_joe;
	struct sent s;

	o.subject = "help";
	o.parts = 0;
	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	agent_next_answer(w, &s);
	assert_true(sent_has(&s, "Subject: Re: HELP"));
	assert_non_null(strstr(s.text, "  ADD "));
	sent_done(&s);
}

static void
joe_is_answered(struct world *w, const struct offer *o)
{
	struct sent s;

	assert_int_equal(agent_letter(w, o), FATE_TAKEN);
	agent_next_answer(w, &s);
	assert_string_equal(s.recipient, "joe@user.example");
	sent_done(&s);
}

static void
test_same_person_is_answered_once(void **state)
{
	struct world *w = *state;
	struct offer o = by_joe;
	char other[64];
	struct sent s;

	joe_is_answered(w, &o);
	o.message_id = "m2@user.example";
	o.parts = KEY_SELF | KEY_SIG_A;
	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	agent_ask(w, other);
	agent_next_answer(w, &s);
	assert_string_equal(s.recipient, other);
	sent_done(&s);
}

/* Or a hundred spellings of an address would bring a hundred answers there. */
static void
test_a_person_is_one_however_the_address_is_spelled(void **state)
{
	static const char *const others[] = {"Joe@user.example",
		"joe@USER.example", "joe+keys@user.example",
		"JOE+a+b@user.Example"};
	struct world *w = *state;
	struct offer o = by_joe;

	o.subject = "HELP";
	o.parts = 0;
	joe_is_answered(w, &o);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		o.sender = o.from = others[i];
		assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	}
	agent_expect_silence(w);
}

static void
test_no_answer_where_rfc_3834_forbids_it(void **state)
{
	struct world *w = *state;
	static const char *const listed[] = {"x@y.example", NULL};
	static const char *const unreadable[] = {"", NULL};
	const struct offer offers[] = {
		{.sender = "", .from = "a@u.example"},
		{.sender = NULL, .from = "a@u.example"},
		{.sender = "a@u.example", .from = NULL},
		{.sender = "a@u.example",
			.from = "a@u.example",
			.machine = MACHINE_AUTO},
		{.sender = "a@u.example",
			.from = "a@u.example",
			.machine = MACHINE_LIST},
		{.sender = "a@u.example",
			.from = "a@u.example",
			.precedence = "junk"},
		{.sender = "a@u.example",
			.from = "a@u.example",
			.precedence = "Bulk"},
		{.sender = "a@u.example",
			.from = "a@u.example",
			.seen = listed},
		{.sender = "a@u.example",
			.from = "a@u.example",
			.seen = unreadable},
		{.sender = "pks@ann.example", .from = "pks@ann.example"},
		{.sender = "ours@here.example", .from = "ours@here.example"},
		{.sender = "a@u.example", .from = "mailer-daemon@u.example"},
		{.sender = "a@u.example", .from = "postmaster@u.example"},
		{.sender = "owner-keys@u.example", .from = "a@u.example"},
		{.sender = "a@u.example", .from = "keys-request@u.example"},
		{.sender = "a@u.example", .from = "victim@other.example"},
		{.sender = "a@u.example",
			.from = "a@u.example",
			.reply_to = "victim@other.example"},
		{.sender = "a@u.example",
			.from = "a@u.example",
			.reply_to = "pks@ann.example"},
	};

	for (size_t i = 0; i < sizeof(offers) / sizeof(offers[0]); i++) {
		struct offer o = offers[i];

		o.subject = "HELP";
		assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	}
	agent_expect_silence(w);
}

static void
test_answer_may_go_below_the_same_domain(void **state)
{
	struct world *w = *state;
	struct offer o = by_joe;
	struct sent s;

	o.subject = "help";
	o.parts = 0;
	o.sender = "joe@mail.user.example";
	o.reply_to = "joe.doe@user.example";
	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	agent_next_answer(w, &s);
	assert_string_equal(s.recipient, "joe.doe@user.example");
	sent_done(&s);
}

/* Answers that nobody takes: the relay is slow, or they are too many. */
static void
test_answers_do_not_hold_up_letters_to_peers(void **state)
{
	struct world *w = *state;
	struct sent first, second, s;
	char person[64];

	world_only_bob(w);
	world_start(w);
	for (size_t i = 0; i < 5; i++)
		agent_ask(w, person);
	agent_expect(w, &first);
	agent_expect(w, &second);
	assert_string_equal(first.peer, "@reply");
	assert_string_equal(second.peer, "@reply");
	world_submit(w, 1, KEY_SELF, "http", "");
	agent_expect(w, &s);
	assert_string_equal(s.peer, "bob");
	agent_accept_letter(w, &s);
	sent_done(&s);
	world_settled(w, "bob");
	/* One is out of the way: the next goes. */
	agent_expect_none(w);
	agent_accept_letter(w, &first);
	agent_expect(w, &s);
	assert_string_equal(s.peer, "@reply");
	sent_done(&first);
	sent_done(&second);
	sent_done(&s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_STARTED_PROMISE(test_add_of_a_person_is_answered),
		WORLD_PROMISE(test_answer_tells_what_was_left_out),
		WORLD_PROMISE(test_answer_tells_why_a_key_was_refused),
		WORLD_STARTED_PROMISE(test_help_is_answered),
		WORLD_STARTED_PROMISE(test_same_person_is_answered_once),
		WORLD_STARTED_PROMISE(
			test_a_person_is_one_however_the_address_is_spelled),
		WORLD_STARTED_PROMISE(test_no_answer_where_rfc_3834_forbids_it),
		WORLD_STARTED_PROMISE(test_answer_may_go_below_the_same_domain),
		WORLD_PROMISE(test_answers_do_not_hold_up_letters_to_peers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
