/* Promises of gaps and their answers, with the test in the place of bob. */
#include <stdio.h>
#include <string.h>

#include "../unit.h"
#include "bob.h"

/* ---- gaps ------------------------------------------------------------------
 */

static void
test_a_gap_is_asked_for_by_mail(void **state)
{
	struct world *w = *state;

	world_start(w);
	hear_range(w, 1, "1-4");
	hear_range(w, 2, "8-9");
	expect_repair(w, REPAIR_ASK, STORE " 5-7");
}

/* What the statistics read. */
static void
test_a_gap_is_told_until_it_is_filled(void **state)
{
	struct world *w = *state;
	struct mend_counters told = mend_counters_of("bob");

	world_start(w);
	hear_range(w, 1, "1-4");
	hear_range(w, 2, "8-9");
	expect_repair(w, REPAIR_ASK, STORE " 5-7");
	world_until(counter_value(told.asked) == 1);
	assert_int_equal(counter_value(told.gaps), 1);
	world_until(counter_value(told.speaks) == 1);
	hear_range(w, 3, "5-7");
	world_until(counter_value(told.gaps) == 0);
	world_until(counter_value(told.asked) == 0);
}

static void
test_a_restart_asks_for_what_is_missing(void **state)
{
	struct world *w = *state;
	struct repair_look look;

	w->settings.repair_after_ms = 3600 * 1000;
	world_start(w);
	hear_range(w, 1, "1-4");
	hear_range(w, 2, "8-9");
	assert_ok(mail_look_at_repair(w->mail, "bob", &look));
	assert_int_equal(look.gaps, 1);
	assert_int_equal(look.asked, 0);
	world_stop(w);
	w->settings.repair_after_ms = 500;
	world_start(w);
	expect_repair(w, REPAIR_ASK, STORE " 5-7");
}

static void
test_what_is_filled_is_not_asked_for(void **state)
{
	struct world *w = *state;
	struct repair_look look;

	w->settings.repair_after_ms = 2000;
	world_start(w);
	hear_range(w, 1, "1-4");
	hear_range(w, 2, "8-9");
	hear_range(w, 3, "5-7");
	assert_ok(mail_look_at_repair(w->mail, "bob", &look));
	assert_int_equal(look.gaps, 0);
	agent_expect_silence(w);
}

/* A stranger's copy came first, and told no range. */
static void
test_a_copy_hides_no_range(void **state)
{
	struct world *w = *state;
	struct offer o = {.subject = "incremental",
		.sender = "pks@stranger.example",
		.message_id = "kp.here.2-2@bob.example",
		.seed = 2,
		.parts = KEY_SELF};
	struct repair_look look;
	struct sent s;

	world_start(w);
	hear_range(w, 1, "1-1");
	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	agent_expect(w, &s); /* bob is told of it */
	agent_accept_letter(w, &s);
	sent_done(&s);
	o.sender = o.from = "pks@bob.example";
	o.batch = "v1; keys=1; range=2-2; store=" STORE "; level=sks";
	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	hear_range(w, 3, "3-3");
	assert_ok(mail_look_at_repair(w->mail, "bob", &look));
	assert_int_equal(look.gaps, 0);
}

/* Old servers do not say what their letters cover. */
static void
test_a_peer_that_tells_no_ranges_gets_no_repair(void **state)
{
	struct world *w = *state;
	struct repair_look look;
	struct offer o = {.subject = "incremental",
		.sender = "pks@bob.example",
		.seed = 1,
		.parts = KEY_SELF,
		.batch = "v1; keys=1; sha256=00"};

	w->settings.summary_every_ms = 200;
	world_start(w);
	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	assert_ok(mail_look_at_repair(w->mail, "bob", &look));
	assert_false(look.speaks);
	agent_expect_wait(w);
}

static void
test_strangers_letters_of_repair_are_let_go_of(void **state)
{
	struct world *w = *state;
	struct buf body;
	struct offer o = {.subject = "repair", .sender = "x@evil.example"};

	world_start(w);
	begin(&body);
	assert_ok(frame_put_field(&body, REPAIR_ASK, bytes_of(STORE " 1-2")));
	o.repair = buf_view(&body);
	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	buf_done(&body);
	agent_expect_silence(w);
}

/* ---- answers ----------------------------------------------------------------
 */

static void
test_a_range_is_sent_again_out_of_the_log(void **state)
{
	struct world *w = *state;
	struct sent s;

	world_start(w);
	for (unsigned int i = 1; i <= 3; i++) {
		world_submit(w, i, KEY_SELF, "http", "");
		agent_accept_next(w, 1);
	}
	world_settled(w, "bob");
	hear_ask(w, store_id(w->store), "2-3");
	agent_expect(w, &s);
	assert_true(sent_has_key(&s, 2));
	assert_true(sent_has_key(&s, 3));
	assert_false(sent_has_key(&s, 1));
	assert_non_null(strstr(s.text, "; range=2-3; "));
	/* not the id of a letter that a mail system may have seen */
	assert_non_null(strstr(s.text, "<kp.bob.r2-3."));
	agent_accept_letter(w, &s);
	sent_done(&s);
}

static void
test_nothing_left_of_a_range_is_said(void **state)
{
	struct world *w = *state;
	char want[128];

	world_start(w);
	world_submit(w, 1, KEY_SELF, "http", "pks@bob.example");
	world_settled(w, "bob");
	(void)snprintf(want, sizeof(want), "%s 1-1", store_id(w->store));
	/* and nothing is said of what was not written yet */
	hear_ask(w, store_id(w->store), "1-9");
	expect_repair(w, REPAIR_NONE, want);
}

static void
test_another_stores_range_is_gone(void **state)
{
	struct world *w = *state;

	world_start(w);
	hear_ask(w, OTHER, "5-9");
	expect_repair(w, REPAIR_GONE, OTHER " 5-9");
}

static int64_t
budget(struct world *w)
{
	struct repair_look look;

	assert_ok(mail_look_at_repair(w->mail, "bob", &look));
	return look.budget;
}

static void
test_a_budget_ends_the_answers_of_a_day(void **state)
{
	struct world *w = *state;
	int64_t before;
	struct sent s;

	w->settings.repair_octets = 4000;
	world_start(w);
	world_submit(w, 1, KEY_SELF | KEY_BIG, "http", "");
	agent_accept_next(w, 1);
	world_settled(w, "bob");
	world_until(budget(w) == 4000);
	while ((before = budget(w)) > 0) {
		hear_ask(w, store_id(w->store), "1-1");
		agent_expect(w, &s);
		assert_true(sent_has_key(&s, 1));
		agent_accept_letter(w, &s);
		sent_done(&s);
		world_until(budget(w) < before);
	}
	hear_ask(w, store_id(w->store), "1-1");
	agent_expect_wait(w);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		BOB_PROMISE(test_a_gap_is_asked_for_by_mail),
		BOB_PROMISE(test_a_gap_is_told_until_it_is_filled),
		BOB_PROMISE(test_a_restart_asks_for_what_is_missing),
		BOB_PROMISE(test_what_is_filled_is_not_asked_for),
		BOB_PROMISE(test_a_copy_hides_no_range),
		BOB_PROMISE(test_a_peer_that_tells_no_ranges_gets_no_repair),
		BOB_PROMISE(test_strangers_letters_of_repair_are_let_go_of),
		BOB_PROMISE(test_a_range_is_sent_again_out_of_the_log),
		BOB_PROMISE(test_nothing_left_of_a_range_is_said),
		BOB_PROMISE(test_another_stores_range_is_gone),
		BOB_PROMISE(test_a_budget_ends_the_answers_of_a_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
