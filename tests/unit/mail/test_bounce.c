/* Letters of ours that come back: which one it is. */
#include "../unit.h"

#include <stdio.h>

#include "base/clock.h"
#include "returned.h"

/* ---- whose it is ----------------------------------------------------------
 */

/* There is no such person: said of the letter that one of them names. */
static void
fails(struct world *w, const char *to, const char *id)
{
	const struct offer_bounce b = {
		.to = to, .id = id, .action = "failed", .status = "5.1.1"};

	assert_int_equal(bounce(w, &b), FATE_TAKEN);
}

static void
test_the_address_names_the_letter(void **state)
{
	struct world *w = *state;
	struct sent s;

	deliver_one(w, &s);
	assert_memory_equal(s.sender, "bounce+bob.", 11);
	fails(w, s.sender, NULL);
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
	fails(w, NULL, id);
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
	assert_int_equal(
		sscanf(s.sender, "bounce+bob.%63[0-9a-f.-]@", envid), 1);
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

/* Whoever knows a peer's name and counts from 1 could stop it otherwise. */
static void
test_nobody_else_can_make_a_bounce_up(void **state)
{
	struct world *w = *state;
	struct sent s;
	char to[128], cy[128];
	int64_t before = counted("mail_in_bounces", "unmatched");
	struct offer_bounce b = {
		.to = to, .action = "failed", .status = "5.1.1"};

	deliver_one(w, &s);
	/* Without a mark, with another's, with that of another letter. */
	(void)snprintf(to, sizeof(to), "bounce+bob.1-2@here.example");
	assert_int_equal(bounce(w, &b), FATE_FOREIGN);
	address_of(w, "cy", "1-2", cy);
	(void)snprintf(to, sizeof(to), "bounce+bob.%.100s", cy + 10);
	assert_int_equal(bounce(w, &b), FATE_FOREIGN);
	address_of(w, "bob", "1-3", to);
	to[13] = '2';
	assert_int_equal(bounce(w, &b), FATE_FOREIGN);
	b = (struct offer_bounce){.envid = "1-2",
		.recipient = s.recipient,
		.action = "failed",
		.status = "5.1.1"};
	assert_int_equal(bounce(w, &b), FATE_FOREIGN);
	assert_int_equal(counted("mail_in_bounces", "unmatched") - before, 4);
	retry(w);
	agent_expect_none(w);
	sent_done(&s);
}

/* Who is sent letters reads our store's name in them, and can count. */
static void
test_a_message_id_alone_harms_no_peer(void **state)
{
	struct world *w = *state;
	struct sent s;
	char id[300];
	int64_t hard = counted("mail_in_bounces", "hard");
	struct offer_bounce b = {
		.id = id, .action = "failed", .status = "5.1.1"};

	deliver_one(w, &s);
	id_of(&s, id);
	/* Nothing has to wait for it, whoever says so. */
	for (int i = 0; i < 2; i++) {
		assert_int_equal(bounce(w, &b), FATE_TAKEN);
		expect_again(w, &s);
		world_settled(w, "bob");
	}
	assert_int_equal(bounce(w, &b), FATE_TAKEN);
	world_until(world_owed(w, "bob") == 2);
	assert_false(is_stopped(w));
	assert_int_equal(counted("mail_in_bounces", "hard"), hard);
	sent_done(&s);
}

static void
test_a_message_id_alone_is_believed_of_what_is_remembered(void **state)
{
	struct world *w = *state;
	struct sent s;
	char id[300];

	deliver_one(w, &s);
	id_of(&s, id);
	world_stop(w);
	world_start(w);
	fails(w, NULL, id);
	retry(w);
	agent_expect_none(w);
	assert_false(is_stopped(w));
	sent_done(&s);
}

static void
test_what_never_left_is_not_sent_again(void **state)
{
	struct world *w = *state;
	struct sent s;
	char to[128];

	deliver_one(w, &s);
	/* As after an old backup: the log is not that long. */
	address_of(w, "bob", "3-4", to);
	fails(w, to, NULL);
	retry(w);
	agent_expect_none(w);
	assert_false(is_stopped(w));
	sent_done(&s);
}

/* It carried nothing that is not asked for again; but it was ours. */
static void
test_a_letter_of_repair_that_comes_back_is_known(void **state)
{
	struct world *w = *state;
	struct sent s;
	char to[128];
	int64_t before = counted("mail_in_bounces", "hard");

	deliver_one(w, &s);
	address_of(w, "bob", "0-123456", to);
	fails(w, to, NULL);
	assert_int_equal(counted("mail_in_bounces", "hard") - before, 1);
	retry(w);
	agent_expect_none(w);
	assert_false(is_stopped(w));
	sent_done(&s);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		WORLD_PROMISE(test_the_address_names_the_letter),
		WORLD_PROMISE(test_our_message_id_names_the_letter),
		WORLD_PROMISE(test_envelope_id_and_recipient_name_the_letter),
		WORLD_PROMISE(test_what_names_no_letter_is_dropped),
		WORLD_PROMISE(test_nobody_else_can_make_a_bounce_up),
		WORLD_PROMISE(test_a_message_id_alone_harms_no_peer),
		WORLD_PROMISE(
			test_a_message_id_alone_is_believed_of_what_is_remembered),
		WORLD_PROMISE(test_what_never_left_is_not_sent_again),
		WORLD_PROMISE(test_a_letter_of_repair_that_comes_back_is_known),
	};

	return cmocka_run_group_tests_name("bounce", tests, NULL, NULL);
}
