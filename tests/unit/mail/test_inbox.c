/* Promises of the inbox: what becomes of a letter. */

#include "../unit.h"
#include "base/clock.h"
#include "base/counter.h"
#include "world.h"

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

/* ---- shapes of other servers -------------------------------------------- */

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

	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	assert_true(world_stored(w, 1));
	take_one(w, "ann", 1);
	take_one(w, "bob", 1);
	take_one(w, "cy", 1);
	agent_expect_silence(w);
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
	assert_int_equal(agent_letter(w, &o), FATE_FOREIGN);
	assert_false(world_stored(w, 2));
}

/* ---- what is dropped ---------------------------------------------------- */

static void
assert_dropped(struct world *w, const struct offer *o)
{
	assert_int_equal(agent_letter(w, o), FATE_FOREIGN);
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
	agent_expect_silence(w);
}

static void
test_unknown_command_gets_silence(void **state)
{
	struct world *w = *state;
	static const char *const subjects[] = {"", "hello", "ADDENDUM to it",
		"add this please", "incremental build", "GETTING a key", "ad d",
		"INCREMENTAL\001"};

	for (size_t i = 0; i < sizeof(subjects) / sizeof(subjects[0]); i++) {
		const struct offer o = {.subject = subjects[i],
			.sender = "joe@user.example",
			.from = "joe@user.example",
			.seed = 1,
			.parts = KEY_SELF};

		assert_dropped(w, &o);
	}
	agent_expect_silence(w);
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

/* ---- the flow ----------------------------------------------------------- */

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

static void
beat(struct world *w, const char *broken)
{
	struct buf b = {0};

	if (broken != NULL)
		assert_ok(frame_put_field(&b, BEAT_BROKEN, bytes_of(broken)));
	assert_ok(frame_send(w->in, FRAME_BEAT, 0, buf_view(&b),
		clock_mono_ms() + WORLD_WAIT_MS));
	buf_done(&b);
}

static void
test_source_that_cannot_be_opened_is_told(void **state)
{
	struct counter *imap =
		counter_get_labelled("mail_source_down", "source", "imap");
	struct counter *lmtp =
		counter_get_labelled("mail_source_down", "source", "lmtp");
	struct world *w = *state;

	beat(w, "imap");
	world_until(counter_value(imap) == 1);
	assert_int_equal(counter_value(lmtp), 0);
	beat(w, "a source that nobody knows");
	world_until(counter_value(imap) == 0);
	assert_int_equal(counter_value(lmtp), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_STARTED_PROMISE(
			test_incremental_is_stored_before_it_is_let_go),
		WORLD_STARTED_PROMISE(
			test_null_sender_does_not_make_an_update_a_bounce),
		WORLD_STARTED_PROMISE(
			test_add_without_from_is_merged_and_not_answered),
		WORLD_STARTED_PROMISE(test_stranger_may_send_updates),
		WORLD_STARTED_PROMISE(test_peer_is_not_told_what_it_told_us),
		WORLD_STARTED_PROMISE(test_html_counts_only_without_other),
		WORLD_STARTED_PROMISE(test_quoted_key_counts_for_add_only),
		WORLD_STARTED_PROMISE(test_peer_may_decorate_its_subject),
		WORLD_STARTED_PROMISE(test_machines_are_dropped),
		WORLD_STARTED_PROMISE(test_unknown_command_gets_silence),
		WORLD_STARTED_PROMISE(test_letter_without_key_is_set_aside),
		WORLD_STARTED_PROMISE(test_unreadable_frame_is_set_aside),
		WORLD_STARTED_PROMISE(test_many_letters_are_under_way_at_once),
		WORLD_STARTED_PROMISE(
			test_letter_offered_to_a_dead_agent_is_offered_again),
		WORLD_STARTED_PROMISE(test_peer_is_known_to_have_written),
		WORLD_STARTED_PROMISE(
			test_source_that_cannot_be_opened_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
