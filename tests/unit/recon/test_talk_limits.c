/* Each limit of a talk, at the limit and one beyond it. */

#include "../unit.h"

#include <stdlib.h>
#include <string.h>

#include "partner.h"

enum { HUGE_SET = 70000 };

static struct set ours, theirs, huge, nothing;

static int
setup(void **state)
{
	(void)state;
	/* 40 in common, 20 and 500 of each alone. */
	sets_make(7, 40, 20, 500, &ours, &theirs);
	sets_make(8, 0, HUGE_SET, 0, &huge, &nothing);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	set_free(&ours);
	set_free(&theirs);
	set_free(&huge);
	set_free(&nothing);
	return 0;
}

static struct talk_settings
settings(void)
{
	return talks_settings;
}

/* Elements of which none is a digest: 2^128 and more. */
static void
say_bad(struct partner *p, size_t count)
{
	struct sks_digest *list = xcalloc(count, sizeof(*list));
	size_t i, at = p->say.len;

	partner_elements(p, MESSAGE_ELEMENTS, list, count);
	for (i = 0; i < count; i++)
		p->say.data[at + 9 + i * ZP_WIRE + 16] = 1;
	free(list);
}

static void
test_a_hundred_bad_elements_end_it_and_teach_nothing(void **state)
{
	struct talk_settings s = settings();
	struct talk_facts facts;
	struct partner p;
	size_t count;

	(void)state;
	partner_greet(&p, TALK_ANSWERER, &s, &ours);
	partner_elements(&p, MESSAGE_ELEMENTS, theirs.list, 10);
	say_bad(&p, 99);
	partner_say(&p);
	assert_state(&p, TALK_TALKING, "");
	say_bad(&p, 1);
	partner_say(&p);
	assert_state(&p, TALK_FAILED, "100 of its elements are no digests");
	(void)talk_learned(p.talk, &count);
	assert_int_equal(count, 0);
	talk_get_facts(p.talk, &facts);
	assert_int_equal(facts.bad, 100);
	partner_done(&p);
}

static void
test_sample_points_and_too_large_numbers_are_left_out(void **state)
{
	struct talk_settings s = settings();
	struct sks_digest list[3];
	struct talk_facts facts;
	struct partner p;
	size_t count;

	(void)state;
	memset(list, 0, sizeof(list));
	list[1].octets[0] = 1;
	list[2].octets[0] = 2;
	partner_greet(&p, TALK_ANSWERER, &s, &ours);
	partner_elements(&p, MESSAGE_ELEMENTS, list, 3);
	partner_elements(&p, MESSAGE_ELEMENTS, theirs.list, 1);
	/* p itself, and 2^136 - 1 */
	partner_hex(&p, "00000027"
			"02"
			"00000002"
			"1b43a530d9851fc9df1f8b87e4d0f1f101"
			"ffffffffffffffffffffffffffffffffff");
	partner_say(&p);
	assert_state(&p, TALK_TALKING, "");
	talk_get_facts(p.talk, &facts);
	assert_int_equal(facts.bad, 5);
	(void)talk_learned(p.talk, &count);
	assert_int_equal(count, 1);
	partner_done(&p);
}

static void
test_who_answers_learns_so_much_and_is_done(void **state)
{
	struct talk_settings s = settings();
	struct partner p;
	size_t count;

	(void)state;
	s.limits.learned = 50;
	partner_greet(&p, TALK_ANSWERER, &s, &ours);
	partner_elements(&p, MESSAGE_ELEMENTS, huge.list, 49);
	/* The same again is nothing new. */
	partner_elements(&p, MESSAGE_ELEMENTS, huge.list, 49);
	partner_elements(&p, MESSAGE_ELEMENTS, huge.list, 49);
	partner_say(&p);
	assert_state(&p, TALK_TALKING, "");
	partner_elements(&p, MESSAGE_ELEMENTS, huge.list, 60);
	partner_say(&p);
	assert_state(&p, TALK_DONE, "learned enough for once");
	(void)talk_learned(p.talk, &count);
	assert_int_equal(count, 50);
	partner_done(&p);
}

static void
test_who_asks_learns_so_much_and_says_done(void **state)
{
	struct talk_settings s = settings();
	struct partner p;
	size_t count;

	(void)state;
	s.limits.learned = 50;
	partner_greet(&p, TALK_ASKER, &s, &ours);
	assert_hears(&p, MESSAGE_POLY, 0);
	assert_hears(&p, MESSAGE_FLUSH, 0);
	partner_elements(&p, MESSAGE_FULL_ELEMENTS, huge.list, 51);
	partner_say(&p);
	assert_hears(&p, MESSAGE_ELEMENTS, ours.count);
	assert_hears(&p, MESSAGE_DONE, 0);
	assert_state(&p, TALK_DONE, "learned, or asked, enough for once");
	(void)talk_learned(p.talk, &count);
	assert_int_equal(count, 50);
	partner_done(&p);
}

/* One for the root of the tree, beside the limit: four in all. */
static void
test_so_many_requests_are_answered(void **state)
{
	struct talk_settings s = settings();
	struct prefix_tree_stats nodes;
	struct partner p;
	size_t i, most;

	(void)state;
	prefix_tree_measure(ours.tree, &nodes);
	s.limits.requests = 10;
	most = 10 + 4 * (nodes.inner + nodes.leaves);
	partner_greet(&p, TALK_ANSWERER, &s, &ours);
	for (i = 0; i < most; i++)
		partner_poly(&p, "", &ours);
	partner_bare(&p, MESSAGE_FLUSH);
	partner_say(&p);
	assert_state(&p, TALK_TALKING, "");
	for (i = 0; i < most; i++)
		assert_hears(&p, MESSAGE_ELEMENTS, 0);
	partner_poly(&p, "", &ours);
	partner_say(&p);
	assert_state(&p, TALK_FAILED, "it asks more than any set explains");
	partner_done(&p);
}

static void
test_a_flood_of_flushes_ends(void **state)
{
	struct talk_settings s = settings();
	struct partner p;
	size_t i;

	(void)state;
	s.limits.requests = 10;
	partner_greet(&p, TALK_ANSWERER, &s, &nothing);
	for (i = 0; i < 3 * 14; i++)
		partner_bare(&p, MESSAGE_FLUSH);
	partner_say(&p);
	assert_state(&p, TALK_TALKING, "");
	partner_bare(&p, MESSAGE_FLUSH);
	partner_say(&p);
	assert_state(&p, TALK_FAILED, "it asks more than any set explains");
	partner_done(&p);
}

static void
test_a_flood_of_elements_that_we_hold_ends(void **state)
{
	struct talk_settings s = settings();
	struct partner p;

	(void)state;
	s.limits.elements = 30;
	partner_greet(&p, TALK_ANSWERER, &s, &ours);
	partner_elements(&p, MESSAGE_ELEMENTS, ours.list, 60);
	partner_elements(&p, MESSAGE_ELEMENTS, ours.list, 60);
	partner_elements(&p, MESSAGE_ELEMENTS, ours.list, 30);
	partner_say(&p);
	assert_state(&p, TALK_TALKING, "");
	partner_elements(&p, MESSAGE_ELEMENTS, ours.list, 1);
	partner_say(&p);
	assert_state(&p, TALK_FAILED, "more elements than any set explains");
	partner_done(&p);
}

static void
test_replies_wait_for_flush_or_for_their_limit(void **state)
{
	struct talk_settings s = settings();
	struct partner p;

	(void)state;
	/* An empty Elements has 9 octets. */
	s.limits.replies = 27;
	partner_greet(&p, TALK_ANSWERER, &s, &ours);
	partner_poly(&p, "", &ours);
	partner_poly(&p, "00", &ours);
	partner_say(&p);
	assert_hears_nothing(&p);
	partner_bare(&p, MESSAGE_FLUSH);
	partner_say(&p);
	assert_hears(&p, MESSAGE_ELEMENTS, 0);
	assert_hears(&p, MESSAGE_ELEMENTS, 0);
	assert_hears_nothing(&p);
	partner_poly(&p, "", &ours);
	partner_poly(&p, "", &ours);
	partner_say(&p);
	assert_hears_nothing(&p);
	partner_poly(&p, "", &ours);
	partner_say(&p);
	assert_hears(&p, MESSAGE_ELEMENTS, 0);
	assert_hears(&p, MESSAGE_ELEMENTS, 0);
	assert_hears(&p, MESSAGE_ELEMENTS, 0);
	partner_done(&p);
}

/* Our side hears no more; then it takes what it was told, and we go on. */
static void
test_who_does_not_take_replies_is_not_heard(void **state)
{
	struct talk_settings s = settings();
	struct talk_facts facts;
	struct partner p;
	size_t i;

	(void)state;
	s.limits.replies = 10000;
	partner_greet(&p, TALK_ANSWERER, &s, &huge);
	for (i = 0; i < 2000; i++)
		partner_full(&p, "", huge.list, 0);
	for (i = 0; i < p.say.len && talk_room(p.talk); i++)
		talk_take(p.talk, bytes_make(p.say.data + i, 1));
	assert_true(i < p.say.len);
	talk_get_facts(p.talk, &facts);
	assert_true(talk_out(p.talk).len >= 10000);
	assert_true(talk_out(p.talk).len < 20000);
	assert_int_equal(talk_state(p.talk), TALK_TALKING);
	talk_said(p.talk, talk_out(p.talk).len);
	assert_true(talk_room(p.talk) > 0);
	partner_done(&p);
}

static void
test_so_many_requests_are_outstanding(void **state)
{
	struct talk_settings s = settings();
	struct partner p;
	size_t i, round, most = 4;

	(void)state;
	s.limits.outstanding = 10;
	partner_greet(&p, TALK_ASKER, &s, &huge);
	assert_hears(&p, MESSAGE_POLY, 0);
	assert_hears(&p, MESSAGE_FLUSH, 0);
	partner_bare(&p, MESSAGE_SYNC_FAIL);
	partner_say(&p);
	for (round = 0; round < 3; round++) {
		for (i = 0; i < most; i++)
			assert_hears(&p, MESSAGE_POLY, 0);
		assert_hears(&p, MESSAGE_FLUSH, 0);
		assert_hears_nothing(&p);
		/* All of them, at once. */
		for (i = 0; i < most; i++)
			partner_bare(&p, MESSAGE_SYNC_FAIL);
		partner_say(&p);
		most = 10;
	}
	partner_done(&p);
}

static void
test_a_reply_to_full_is_cut(void **state)
{
	struct talk_settings s = settings();
	struct partner p;

	(void)state;
	s.limits.full_reply = 30;
	partner_greet(&p, TALK_ANSWERER, &s, &ours);
	partner_full(&p, "", NULL, 0);
	partner_full(&p, "", ours.list, 29);
	partner_full(&p, "", ours.list, 31);
	partner_full(&p, "", theirs.list, theirs.count);
	partner_bare(&p, MESSAGE_FLUSH);
	partner_say(&p);
	assert_hears(&p, MESSAGE_ELEMENTS, 30);
	assert_hears(&p, MESSAGE_ELEMENTS, 30);
	assert_hears(&p, MESSAGE_ELEMENTS, 29);
	assert_hears(&p, MESSAGE_ELEMENTS, 20);
	partner_done(&p);
}

static void
test_what_is_owed_is_cut(void **state)
{
	struct talk_settings s = settings();
	struct partner p;

	(void)state;
	partner_greet(&p, TALK_ASKER, &s, &huge);
	assert_hears(&p, MESSAGE_POLY, 0);
	assert_hears(&p, MESSAGE_FLUSH, 0);
	partner_elements(&p, MESSAGE_FULL_ELEMENTS, NULL, 0);
	partner_say(&p);
	assert_hears(&p, MESSAGE_ELEMENTS, s.limits.full_reply);
	assert_hears(&p, MESSAGE_DONE, 0);
	partner_done(&p);
}

/* No CPU at all: so that the first solution is too much. */
static void
test_solving_has_its_time(void **state)
{
	struct talk_settings s = settings();
	struct partner p;

	(void)state;
	s.limits.solve_ms = -1;
	partner_greet(&p, TALK_ANSWERER, &s, &ours);
	partner_poly(&p, "", &theirs);
	partner_say(&p);
	assert_state(&p, TALK_FAILED, "its samples cost too much to solve");
	partner_done(&p);
}

static void
test_the_longest_message_is_waited_for(void **state)
{
	struct talk_settings s = settings();
	struct partner p;

	(void)state;
	partner_greet(&p, TALK_ANSWERER, &s, &ours);
	partner_hex(&p, "0010000002");
	partner_say(&p);
	assert_state(&p, TALK_TALKING, "");
	partner_done(&p);
	partner_greet(&p, TALK_ANSWERER, &s, &ours);
	partner_hex(&p, "00100001");
	partner_say(&p);
	assert_state(&p, TALK_FAILED, "a message is too long");
	partner_done(&p);
}

static void
test_the_largest_message_is_understood(void **state)
{
	struct talk_settings s = settings();
	struct talk_facts facts;
	struct partner p;
	size_t count, most = (MESSAGE_MAX - 5) / ZP_WIRE;

	(void)state;
	partner_greet(&p, TALK_ANSWERER, &s, &ours);
	partner_elements(&p, MESSAGE_ELEMENTS, huge.list, most);
	partner_say(&p);
	assert_state(&p, TALK_TALKING, "");
	(void)talk_learned(p.talk, &count);
	assert_int_equal(count, most);
	talk_get_facts(p.talk, &facts);
	assert_true(facts.memory < 8 * 1024 * 1024);
	partner_done(&p);
}

/* It says SyncFail whatever it is asked; the most memory that took. */
static size_t
lead_astray(struct partner *p)
{
	struct talk_facts facts;
	struct message m;
	size_t memory = 0;

	while (talk_state(p->talk) == TALK_TALKING) {
		while (partner_hears(p, &m))
			if (m.type == MESSAGE_POLY)
				partner_bare(p, MESSAGE_SYNC_FAIL);
			else if (m.type == MESSAGE_FULL)
				partner_elements(p, MESSAGE_ELEMENTS, NULL, 0);
		buf_clear(&p->heard);
		p->read = 0;
		partner_say(p);
		talk_get_facts(p->talk, &facts);
		if (facts.memory > memory)
			memory = facts.memory;
	}
	return memory;
}

static void
test_a_way_down_without_end_ends(void **state)
{
	struct talk_settings s = settings();
	struct talk_facts facts;
	struct prefix_tree_stats nodes;
	struct partner p;

	(void)state;
	partner_greet(&p, TALK_ASKER, &s, &huge);
	assert_true(lead_astray(&p) < 1024 * 1024);
	assert_state(&p, TALK_DONE, "all was asked and answered");
	partner_done(&p);
	prefix_tree_measure(huge.tree, &nodes);
	s.limits.requests = 0;
	partner_greet(&p, TALK_ASKER, &s, &huge);
	assert_true(lead_astray(&p) < 1024 * 1024);
	assert_state(&p, TALK_DONE, "learned, or asked, enough for once");
	talk_get_facts(p.talk, &facts);
	assert_true(facts.requests >= 4 * (nodes.inner + nodes.leaves));
	assert_true(facts.requests < 4 * (nodes.inner + nodes.leaves) + 100);
	partner_done(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_a_hundred_bad_elements_end_it_and_teach_nothing),
		cmocka_unit_test(
			test_sample_points_and_too_large_numbers_are_left_out),
		cmocka_unit_test(test_who_answers_learns_so_much_and_is_done),
		cmocka_unit_test(test_who_asks_learns_so_much_and_says_done),
		cmocka_unit_test(test_so_many_requests_are_answered),
		cmocka_unit_test(test_a_flood_of_flushes_ends),
		cmocka_unit_test(test_a_flood_of_elements_that_we_hold_ends),
		cmocka_unit_test(
			test_replies_wait_for_flush_or_for_their_limit),
		cmocka_unit_test(test_who_does_not_take_replies_is_not_heard),
		cmocka_unit_test(test_so_many_requests_are_outstanding),
		cmocka_unit_test(test_a_reply_to_full_is_cut),
		cmocka_unit_test(test_what_is_owed_is_cut),
		cmocka_unit_test(test_solving_has_its_time),
		cmocka_unit_test(test_the_longest_message_is_waited_for),
		cmocka_unit_test(test_the_largest_message_is_understood),
		cmocka_unit_test(test_a_way_down_without_end_ends),
	};

	return cmocka_run_group_tests_name(
		"talk_limits", tests, setup, teardown);
}
