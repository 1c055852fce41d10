/* Each limit of a talk, at the limit and one beyond it. */

#include "../unit.h"

#include <stdlib.h>
#include <string.h>

#include "partner.h"

/* Those that strangers meet; other promises are about the same. */
static void
test_limits_are_those_that_are_promised(void **state)
{
	const struct talk_limits *l = &talk_limits_default;

	(void)state;
	assert_int_equal(l->learned, 100000);
	assert_int_equal(l->requests, 10000);
	assert_int_equal(l->elements, 1000000);
	assert_int_equal(l->replies, 8 << 20);
	assert_int_equal(l->outstanding, 100);
	assert_int_equal(l->bad_elements, 100);
	assert_int_equal(l->full_reply, 10000);
	assert_int_equal(l->solve_ms, 60000);
	assert_memory_equal(l, &talks_settings.limits, sizeof(*l));
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
	struct talk_settings s = talks_settings;
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
	struct talk_settings s = talks_settings;
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
	struct talk_settings s = talks_settings;
	struct partner p;
	size_t count;

	(void)state;
	s.limits.learned = 50;
	partner_greet(&p, TALK_ANSWERER, &s, &ours);
	partner_elements(&p, MESSAGE_ELEMENTS, large.list, 49);
	/* The same again is nothing new. */
	partner_elements(&p, MESSAGE_ELEMENTS, large.list, 49);
	partner_elements(&p, MESSAGE_ELEMENTS, large.list, 49);
	partner_say(&p);
	assert_state(&p, TALK_TALKING, "");
	partner_elements(&p, MESSAGE_ELEMENTS, large.list, 60);
	partner_say(&p);
	assert_state(&p, TALK_DONE, "learned enough for once");
	(void)talk_learned(p.talk, &count);
	assert_int_equal(count, 50);
	partner_done(&p);
}

static void
test_who_asks_learns_so_much_and_says_done(void **state)
{
	struct talk_settings s = talks_settings;
	struct partner p;
	size_t count;

	(void)state;
	s.limits.learned = 50;
	partner_greet(&p, TALK_ASKER, &s, &ours);
	assert_hears(&p, MESSAGE_POLY, 0);
	assert_hears(&p, MESSAGE_FLUSH, 0);
	partner_elements(&p, MESSAGE_FULL_ELEMENTS, large.list, 51);
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
	struct talk_settings s = talks_settings;
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
	struct talk_settings s = talks_settings;
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
	struct talk_settings s = talks_settings;
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

/* No CPU at all: so that the first solution is too much. */
static void
test_solving_has_its_time(void **state)
{
	struct talk_settings s = talks_settings;
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
	struct talk_settings s = talks_settings;
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
	struct talk_settings s = talks_settings;
	struct talk_facts facts;
	struct partner p;
	size_t count, most = (MESSAGE_MAX - 5) / ZP_WIRE;

	(void)state;
	partner_greet(&p, TALK_ANSWERER, &s, &ours);
	partner_elements(&p, MESSAGE_ELEMENTS, large.list, most);
	partner_say(&p);
	assert_state(&p, TALK_TALKING, "");
	(void)talk_learned(p.talk, &count);
	assert_int_equal(count, most);
	talk_get_facts(p.talk, &facts);
	assert_true(facts.memory < 8 * 1024 * 1024);
	partner_done(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_limits_are_those_that_are_promised),
		cmocka_unit_test(
			test_a_hundred_bad_elements_end_it_and_teach_nothing),
		cmocka_unit_test(
			test_sample_points_and_too_large_numbers_are_left_out),
		cmocka_unit_test(test_who_answers_learns_so_much_and_is_done),
		cmocka_unit_test(test_who_asks_learns_so_much_and_says_done),
		cmocka_unit_test(test_so_many_requests_are_answered),
		cmocka_unit_test(test_a_flood_of_flushes_ends),
		cmocka_unit_test(test_a_flood_of_elements_that_we_hold_ends),
		cmocka_unit_test(test_solving_has_its_time),
		cmocka_unit_test(test_the_longest_message_is_waited_for),
		cmocka_unit_test(test_the_largest_message_is_understood),
	};

	return cmocka_run_group_tests_name(
		"talk_limits", tests, sets_many, sets_gone);
}
