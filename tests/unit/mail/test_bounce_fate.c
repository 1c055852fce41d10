/* Letters of ours that come back: what becomes of them and of their peer. */
#include "../unit.h"

#include <string.h>

#include "returned.h"

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

/* ---- long after -------------------------------------------------------------
 */

struct prune {
	struct write_job job;
	int64_t upto;
};

static enum status
run_prune(struct write_job *job, struct store_session *s, struct err *err)
{
	return store_prune_changes(s, ((struct prune *)job)->upto, err);
}

static void
prune(struct world *w, int64_t upto)
{
	struct prune p = {.job.run = run_prune, .upto = upto};
	struct err err;

	assert_ok(writer_do(ingest_writer(w->ingest), &p.job, &err));
}

static bool
needs_resync(struct world *w, const char *name)
{
	struct peer row;

	world_peer(w, name, &row);
	return (row.flags & PEER_RESYNC) != 0;
}

static const struct offer_bounce gone = {
	.action = "failed", .status = "4.4.7", .text = "given up"};

/* Mail systems give up after days; the letter's row and changes are gone. */
static void
test_what_the_log_lost_is_not_forgotten(void **state)
{
	struct world *w = *state;
	struct offer_bounce b = gone;
	struct sent s;
	int64_t before = counted("mail_in_bounces", "soft");

	deliver_one(w, &s);
	assert_int_equal(world_letters(w, "bob"), 0);
	prune(w, 2);
	b.to = s.sender;
	assert_int_equal(bounce(w, &b), FATE_TAKEN);
	retry(w);
	world_until(needs_resync(w, "bob"));
	agent_expect_none(w);
	assert_false(is_stopped(w));
	assert_int_equal(counted("mail_in_bounces", "soft") - before, 1);
	sent_done(&s);
}

static void
test_what_the_log_still_has_is_sent_again(void **state)
{
	struct world *w = *state;
	struct offer_bounce b = gone;
	struct sent s, again;

	deliver_one(w, &s);
	prune(w, 1);
	b.to = s.sender;
	assert_int_equal(bounce(w, &b), FATE_TAKEN);
	retry(w);
	agent_expect(w, &again);
	assert_false(sent_has_key(&again, 1));
	assert_true(sent_has_key(&again, 2));
	agent_accept_letter(w, &again);
	/* The rest is not there any more. */
	world_until(needs_resync(w, "bob"));
	sent_done(&again);
	sent_done(&s);
}

static void
test_too_large_and_gone_is_survived(void **state)
{
	struct world *w = *state;
	struct offer_bounce b = gone;
	struct sent s;

	deliver_one(w, &s);
	prune(w, 2);
	b.to = s.sender;
	b.status = "5.3.4";
	assert_int_equal(bounce(w, &b), FATE_TAKEN);
	world_until(needs_resync(w, "bob"));
	agent_expect_none(w);
	assert_int_equal(world_letters(w, "bob"), 0);
	sent_done(&s);
}

/* What was sent is not remembered over a restart; the address is enough. */
static void
test_a_restart_forgets_no_letter(void **state)
{
	struct world *w = *state;
	struct offer_bounce b = gone;
	struct sent s;

	deliver_one(w, &s);
	world_stop(w);
	world_start(w);
	b.to = s.sender;
	assert_int_equal(bounce(w, &b), FATE_TAKEN);
	retry(w);
	expect_again(w, &s);
	sent_done(&s);
}

static void
test_it_is_that_peers_letter_and_nobody_elses(void **state)
{
	struct world *w = *state;
	struct offer_bounce b = gone;
	struct sent s, bobs = {0};

	world_start(w);
	world_submit(w, 1, KEY_SELF, "http", "");
	for (int i = 0; i < 3; i++) {
		agent_expect(w, &s);
		agent_accept_letter(w, &s);
		if (strcmp(s.peer, "bob") == 0)
			bobs = s;
		else
			sent_done(&s);
	}
	world_settled(w, "ann");
	world_settled(w, "bob");
	world_settled(w, "cy");
	prune(w, 1);
	b.to = bobs.sender;
	assert_int_equal(bounce(w, &b), FATE_TAKEN);
	retry(w);
	world_until(needs_resync(w, "bob"));
	assert_false(needs_resync(w, "ann"));
	assert_false(needs_resync(w, "cy"));
	agent_expect_none(w);
	sent_done(&bobs);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		WORLD_PROMISE(test_delayed_is_no_failure),
		WORLD_PROMISE(test_three_refusals_stop_the_peer),
		WORLD_PROMISE(test_too_large_is_sent_in_two),
		WORLD_PROMISE(test_no_report_counts_as_a_failure_for_now),
		WORLD_PROMISE(test_what_the_log_lost_is_not_forgotten),
		WORLD_PROMISE(test_what_the_log_still_has_is_sent_again),
		WORLD_PROMISE(test_too_large_and_gone_is_survived),
		WORLD_PROMISE(test_a_restart_forgets_no_letter),
		WORLD_PROMISE(test_it_is_that_peers_letter_and_nobody_elses),
	};

	return cmocka_run_group_tests_name("bounce fate", tests, NULL, NULL);
}
