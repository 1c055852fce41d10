/* Promises of the inbox: what becomes of a letter. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit.h"
#include "base/clock.h"
#include "world.h"

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return -1;
	world_init(w);
	world_start(w);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	world_stop(*state);
	world_done(*state);
	free(*state);
	return 0;
}

static const char *const from_ann[] = {"pks@ann.example", NULL};

/* The letter that leaves is to somebody, and is taken. */
static void
take_one(struct world *w, const char *peer, unsigned int seed)
{
	struct sent s;

	agent_expect(w, &s);
	assert_string_equal(s.peer, peer);
	assert_true(sent_has_key(&s, seed));
	agent_accept_letter(w, &s);
	sent_done(&s);
}

/* ---- shapes of other servers ------------------------------------------------
 */

static void
test_incremental_is_stored_before_it_is_let_go(void **state)
{
	struct world *w = *state;
	const struct offer o = {.subject = "incremental",
		.sender = "mailer-daemon@ann.example",
		.from = "human@ann.example",
		.seen = from_ann,
		.precedence = "list",
		.machine = MACHINE_LIST,
		.seed = 1,
		.parts = KEY_SELF};

	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	assert_true(world_stored(w, 1));
}

static void
test_null_sender_does_not_make_an_update_a_bounce(void **state)
{
	struct world *w = *state;
	const struct offer o = {.subject = "Incremental",
		.sender = "",
		.machine = MACHINE_BOUNCE,
		.seen = from_ann,
		.seed = 1,
		.parts = KEY_SELF};

	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	assert_true(world_stored(w, 1));
}

static void
test_add_without_from_is_merged_and_not_answered(void **state)
{
	struct world *w = *state;
	const struct offer o = {.subject = "ADD",
		.sender = "hkp@cy.example",
		.seed = 1,
		.parts = KEY_SELF};
	struct sent s;
	size_t letters = 0;

	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	assert_true(world_stored(w, 1));
	while (agent_heard(w, &s)) {
		assert_string_not_equal(s.peer, "@reply");
		agent_accept_letter(w, &s);
		sent_done(&s);
		letters++;
	}
	assert_int_equal(letters, 3);
}

static void
test_stranger_may_send_updates(void **state)
{
	struct world *w = *state;
	const struct offer o = {.subject = "incremental",
		.sender = "x@nobody.example",
		.from = "pks@nobody.example",
		.seed = 1,
		.parts = KEY_SELF};

	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	assert_true(world_stored(w, 1));
}

static void
test_peer_is_not_told_what_it_told_us(void **state)
{
	struct world *w = *state;
	const struct offer o = {.subject = "incremental",
		.from = "pks@ann.example",
		.seed = 1,
		.parts = KEY_SELF};
	struct sent s;

	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	for (size_t i = 0; i < 2; i++) {
		agent_expect(w, &s);
		assert_string_not_equal(s.peer, "ann");
		/* That peer has it, so the letter says so. */
		assert_true(sent_has(&s, "X-KeyServer-Sent: pks@ann.example"));
		agent_accept_letter(w, &s);
		sent_done(&s);
	}
	agent_expect_none(w);
}

static void
test_html_counts_only_without_other(void **state)
{
	struct world *w = *state;
	const struct offer o = {.subject = "incremental",
		.from = "pks@ann.example",
		.kind = BLOCK_HTML,
		.seed = 1,
		.parts = KEY_SELF};

	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	assert_true(world_stored(w, 1));
}

static void
test_quoted_key_counts_for_add_only(void **state)
{
	struct world *w = *state;
	struct offer o = {.subject = "incremental",
		.from = "pks@ann.example",
		.kind = BLOCK_QUOTED,
		.seed = 1,
		.parts = KEY_SELF};

	assert_int_equal(agent_letter(w, &o), FATE_QUARANTINE);
	assert_false(world_stored(w, 1));
	o.subject = "add";
	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	assert_true(world_stored(w, 1));
}

static void
test_peer_may_decorate_its_subject(void **state)
{
	struct world *w = *state;
	struct offer o = {.subject = "[pks] incremental",
		.sender = "pks@ann.example",
		.seed = 1,
		.parts = KEY_SELF};

	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	assert_true(world_stored(w, 1));
	o.sender = "pks@nobody.example";
	o.seed = 2;
	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	assert_false(world_stored(w, 2));
}

/* ---- what is dropped
 * ----------------------------------------------------------- */

static void
assert_dropped(struct world *w, const struct offer *o)
{
	assert_int_equal(agent_letter(w, o), FATE_TAKEN);
	assert_false(world_stored(w, o->seed));
}

static void
test_machines_are_dropped(void **state)
{
	struct world *w = *state;
	const struct offer offers[] = {
		{.subject = "Undelivered Mail Returned to Sender",
			.sender = "",
			.from = "MAILER-DAEMON@ann.example",
			.machine = MACHINE_BOUNCE},
		{.subject = "incremental", .sender = "", .report = true},
		{.subject = "ADD", .sender = "", .report = true},
		{.subject = "Reply to ADD",
			.sender = "pks@ann.example",
			.from = "pks@ann.example"},
		{.subject = "Your command, ADD",
			.sender = "pks@ann.example",
			.from = "pks@ann.example"},
		{.subject = "your command, incremental, was invalid",
			.sender = "a@b.example"},
		{.subject = "Out of office",
			.sender = "pks@ann.example",
			.machine = MACHINE_AUTO},
		{.subject = "news", .sender = "", .from = "x@y.example"},
	};

	for (size_t i = 0; i < sizeof(offers) / sizeof(offers[0]); i++) {
		struct offer o = offers[i];

		o.seed = 1;
		o.parts = KEY_SELF;
		assert_dropped(w, &o);
	}
	agent_expect_none(w);
}

static void
test_unknown_command_gets_silence(void **state)
{
	struct world *w = *state;
	static const char *const subjects[] = {"", "hello", "ADDENDUM to it",
		"add this please", "incremental build", "GET 0x1234", "ad d",
		"INCREMENTAL\001"};

	for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++) {
		const struct offer o = {.subject = subjects[i],
			.sender = "joe@user.example",
			.from = "joe@user.example",
			.seed = 1,
			.parts = KEY_SELF};

		assert_dropped(w, &o);
	}
	agent_expect_none(w);
}

static void
test_letter_without_key_is_set_aside(void **state)
{
	struct world *w = *state;
	const struct offer o = {
		.subject = "incremental", .sender = "pks@ann.example"};

	assert_int_equal(agent_letter(w, &o), FATE_QUARANTINE);
}

static void
test_unreadable_frame_is_set_aside(void **state)
{
	struct world *w = *state;

	assert_ok(frame_send(w->in, FRAME_LETTER, 77,
		bytes_make("\005\377\377\377\377x", 6),
		clock_mono_ms() + WORLD_WAIT_MS));
	assert_int_equal(agent_fate(w, 77), FATE_QUARANTINE);
}

/* ---- answers
 * --------------------------------------------------------------------- */

static const struct offer by_joe = {.subject = "ADD",
	.sender = "joe@user.example",
	.from = "joe@user.example",
	.message_id = "m1@user.example",
	.seed = 1,
	.parts = KEY_SELF};

/* The answer among what leaves, if there is one. */
static bool
find_answer(struct world *w, struct sent *answer)
{
	struct sent s;
	bool found = false;

	while (agent_heard(w, &s)) {
		agent_accept_letter(w, &s);
		if (strcmp(s.peer, "@reply") == 0) {
			assert_false(found);
			found = true;
			*answer = s;
		} else {
			sent_done(&s);
		}
	}
	return found;
}

static void
test_add_of_a_person_is_answered(void **state)
{
	struct world *w = *state;
	struct sent s;
	char fpr[41], line[64];

	assert_int_equal(agent_letter(w, &by_joe), FATE_TAKEN);
	assert_true(find_answer(w, &s));
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

static void
test_help_is_answered(void **state)
{
	struct world *w = *state;
	struct offer o = by_joe;
	struct sent s;

	o.subject = "help";
	o.parts = 0;
	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	assert_true(find_answer(w, &s));
	assert_true(sent_has(&s, "Subject: Re: HELP"));
	assert_non_null(strstr(s.text, "  ADD "));
	sent_done(&s);
}

static void
test_same_person_is_answered_once(void **state)
{
	struct world *w = *state;
	struct offer o = by_joe;
	struct sent s;

	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	assert_true(find_answer(w, &s));
	sent_done(&s);
	o.message_id = "m2@user.example";
	o.parts = KEY_SELF | KEY_SIG_A;
	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	assert_false(find_answer(w, &s));
}

static void
test_no_answer_where_rfc_3834_forbids_it(void **state)
{
	struct world *w = *state;
	static const char *const listed[] = {"x@y.example", NULL};
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
	struct sent s;

	for (size_t i = 0; i < sizeof(offers) / sizeof(offers[0]); i++) {
		struct offer o = offers[i];

		o.subject = "HELP";
		assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	}
	assert_false(find_answer(w, &s));
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
	assert_true(find_answer(w, &s));
	assert_string_equal(s.recipient, "joe.doe@user.example");
	sent_done(&s);
}

/* ---- rates and duplicates
 * ------------------------------------------------------------ */

static void
test_stranger_over_its_rate_is_left_for_later(void **state)
{
	struct world *w = *state;
	struct offer o = {.subject = "incremental",
		.sender = "pks@flood.example",
		.seed = 1,
		.parts = KEY_SELF};
	unsigned int later = 0;

	/* A letter that is kept for later does not count again. */
	for (unsigned int i = 0; i < 70; i++)
		later += agent_letter(w, &o) == FATE_LATER;
	assert_in_range(later, 5, 10);
	o.sender = "pks@calm.example";
	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
}

static void
test_listed_peer_has_ten_times_that(void **state)
{
	struct world *w = *state;
	const struct offer o = {.subject = "incremental",
		.sender = "pks@ann.example",
		.seed = 1,
		.parts = KEY_SELF};

	for (unsigned int i = 0; i < 200; i++)
		assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
}

static void
test_peer_by_transport_has_no_limit(void **state)
{
	struct world *w = *state;
	const struct offer o = {.subject = "incremental",
		.sender = "pks@ann.example",
		.seed = 1,
		.parts = KEY_SELF};

	w->peers[0].auth = PEER_AUTH_TRANSPORT;
	for (unsigned int i = 0; i < 700; i++)
		assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
}

static void
test_person_over_its_rate_is_left_for_later(void **state)
{
	struct world *w = *state;

	for (unsigned int i = 0; i < 20; i++)
		assert_int_equal(agent_letter(w, &by_joe), FATE_TAKEN);
	assert_int_equal(agent_letter(w, &by_joe), FATE_LATER);
}

static void
test_many_letters_are_under_way_at_once(void **state)
{
	struct world *w = *state;

	for (unsigned int i = 1; i <= 200; i++) {
		const struct offer o = {.subject = "incremental",
			.sender = "pks@ann.example",
			.seed = i,
			.parts = KEY_SELF};

		(void)agent_offer(w, &o);
	}
	for (unsigned int i = 1; i <= 200; i++)
		assert_int_equal(agent_fate(w, 0), FATE_TAKEN);
	for (unsigned int i = 1; i <= 200; i++)
		assert_true(world_stored(w, i));
}

static void
test_letter_offered_to_a_dead_agent_is_offered_again(void **state)
{
	struct world *w = *state;
	const struct offer o = {.subject = "incremental",
		.sender = "pks@ann.example",
		.seed = 1,
		.parts = KEY_SELF};
	uint64_t id;

	(void)agent_offer(w, &o);
	agent_die(w);
	agent_accept(w);
	id = agent_offer(w, &o);
	assert_int_equal(agent_fate(w, id), FATE_TAKEN);
	assert_true(world_stored(w, 1));
}

static void
test_peer_is_known_to_have_written(void **state)
{
	struct world *w = *state;
	const struct offer o = {.subject = "incremental",
		.sender = "pks@ann.example",
		.seed = 1,
		.parts = KEY_SELF};
	struct peer row;

	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	world_until((world_peer(w, "ann", &row), row.last_received > 0));
	take_one(w, "bob", 1);
	take_one(w, "cy", 1);
}

#define PROMISE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PROMISE(test_incremental_is_stored_before_it_is_let_go),
		PROMISE(test_null_sender_does_not_make_an_update_a_bounce),
		PROMISE(test_add_without_from_is_merged_and_not_answered),
		PROMISE(test_stranger_may_send_updates),
		PROMISE(test_peer_is_not_told_what_it_told_us),
		PROMISE(test_html_counts_only_without_other),
		PROMISE(test_quoted_key_counts_for_add_only),
		PROMISE(test_peer_may_decorate_its_subject),
		PROMISE(test_machines_are_dropped),
		PROMISE(test_unknown_command_gets_silence),
		PROMISE(test_letter_without_key_is_set_aside),
		PROMISE(test_unreadable_frame_is_set_aside),
		PROMISE(test_add_of_a_person_is_answered),
		PROMISE(test_help_is_answered),
		PROMISE(test_same_person_is_answered_once),
		PROMISE(test_no_answer_where_rfc_3834_forbids_it),
		PROMISE(test_answer_may_go_below_the_same_domain),
		PROMISE(test_stranger_over_its_rate_is_left_for_later),
		PROMISE(test_listed_peer_has_ten_times_that),
		PROMISE(test_peer_by_transport_has_no_limit),
		PROMISE(test_person_over_its_rate_is_left_for_later),
		PROMISE(test_many_letters_are_under_way_at_once),
		PROMISE(test_letter_offered_to_a_dead_agent_is_offered_again),
		PROMISE(test_peer_is_known_to_have_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
