/* Promises of peers that do not repair any more, with the test as bob. */

#include "../unit.h"
#include "bob.h"

static int
setup(void **state)
{
	struct world *w;

	if (bob_setup(state) != 0)
		return -1;
	w = *state;
	w->settings.repair_after_ms = 100;
	w->settings.summary_every_ms = 200;
	world_start(w);
	return 0;
}

static bool
speaks(struct world *w)
{
	struct repair_look look;

	assert_ok(mail_look_at_repair(w->mail, "bob", &look));
	return look.speaks;
}

/* As an old server writes: bob's letter, or one in his name. */
static void
hear_plain(struct world *w, unsigned int seed)
{
	struct offer o = {.subject = "incremental",
		.sender = "pks@bob.example",
		.from = "pks@bob.example",
		.seed = seed,
		.parts = KEY_SELF};

	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
}

static void
expect_summary(struct world *w)
{
	struct sent s;

	agent_expect(w, &s);
	assert_true(sent_has(&s, "Subject: repair"));
	agent_accept_letter(w, &s);
	sent_done(&s);
}

/* Bob says that both hold the same. */
static void
hear_agreed(struct world *w)
{
	struct buf body;

	begin(&body);
	assert_ok(frame_put_field(&body, REPAIR_AGREE, bytes_make("", 0)));
	hear_repair(w, &body);
}

static void
fall_silent(struct world *w)
{
	hear_plain(w, 2);
	for (int i = 0; i < 3; i++)
		expect_summary(w);
	world_until(!speaks(w));
}

static void
test_who_answers_nothing_is_asked_nothing(void **state)
{
	struct world *w = *state;

	hear_range(w, 1, "1-4");
	assert_true(speaks(w));
	fall_silent(w);
	agent_expect_wait(w);
}

static void
test_a_silent_peer_is_resynced_as_an_old_one(void **state)
{
	struct world *w = *state;
	struct err err;
	struct sent s;

	world_submit(w, 11, KEY_SELF, "load", "");
	hear_range(w, 1, "1-4");
	fall_silent(w);
	assert_ok(mail_resync_peer(w->mail, "bob", 0, &err));
	agent_expect(w, &s);
	assert_true(sent_has_key(&s, 11));
	agent_accept_letter(w, &s);
	sent_done(&s);
}

/* Nobody has to find out: what may be missing goes out by itself. */
static void
test_what_it_may_lack_is_sent_when_it_falls_silent(void **state)
{
	struct world *w = *state;
	struct sent s;

	hear_range(w, 1, "1-4");
	expect_summary(w);
	hear_agreed(w);
	world_submit(w, 12, KEY_SELF, "load", "");
	hear_plain(w, 2);
	for (;;) {
		agent_expect(w, &s);
		if (!sent_has(&s, "Subject: repair"))
			break;
		agent_accept_letter(w, &s);
		sent_done(&s);
	}
	assert_true(sent_has_key(&s, 12));
	assert_false(speaks(w));
	agent_accept_letter(w, &s);
	sent_done(&s);
}

static void
test_it_stays_silent_over_a_restart_until_it_speaks(void **state)
{
	struct world *w = *state;

	hear_range(w, 1, "1-4");
	fall_silent(w);
	world_stop(w);
	world_start(w);
	assert_false(speaks(w));
	hear_range(w, 3, "5-6");
	assert_true(speaks(w));
	expect_summary(w);
}

/* Letters in bob's name cannot keep us from comparing with him. */
static void
test_who_answers_is_never_silent(void **state)
{
	struct world *w = *state;

	hear_range(w, 1, "1-4");
	for (unsigned int i = 0; i < 5; i++) {
		hear_plain(w, 20 + i);
		expect_summary(w);
		hear_agreed(w);
	}
	assert_true(speaks(w));
}

#define PROMISE(f) cmocka_unit_test_setup_teardown(f, setup, world_teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		PROMISE(test_who_answers_nothing_is_asked_nothing),
		PROMISE(test_a_silent_peer_is_resynced_as_an_old_one),
		PROMISE(test_what_it_may_lack_is_sent_when_it_falls_silent),
		PROMISE(test_it_stays_silent_over_a_restart_until_it_speaks),
		PROMISE(test_who_answers_is_never_silent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
