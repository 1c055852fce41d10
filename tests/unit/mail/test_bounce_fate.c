/* Letters of ours that come back: what becomes of them and of their peer. */
#include "../unit.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
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

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		WORLD_PROMISE(test_delayed_is_no_failure),
		WORLD_PROMISE(test_three_refusals_stop_the_peer),
		WORLD_PROMISE(test_too_large_is_sent_in_two),
		WORLD_PROMISE(test_no_report_counts_as_a_failure_for_now),
	};

	return cmocka_run_group_tests_name("bounce fate", tests, NULL, NULL);
}
