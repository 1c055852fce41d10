/* How much is asked and answered, and when it is said. */

#include "../unit.h"

#include <string.h>

#include "partner.h"

static void
test_replies_wait_for_flush_or_for_their_limit(void **state)
{
	struct talk_settings s = talks_settings;
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
	struct talk_settings s = talks_settings;
	struct talk_facts facts;
	struct partner p;
	size_t i;

	(void)state;
	s.limits.replies = 10000;
	partner_greet(&p, TALK_ANSWERER, &s, &large);
	for (i = 0; i < 2000; i++)
		partner_full(&p, "", large.list, 0);
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
	struct talk_settings s = talks_settings;
	struct partner p;
	size_t i, round, most = 4;

	(void)state;
	s.limits.outstanding = 10;
	partner_greet(&p, TALK_ASKER, &s, &large);
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

/* So the way there and back is not waited for. */
static void
test_more_is_asked_when_half_is_answered(void **state)
{
	struct talk_settings s = talks_settings;
	struct partner p;
	size_t i;

	(void)state;
	s.limits.outstanding = 4;
	partner_greet(&p, TALK_ASKER, &s, &large);
	partner_bare(&p, MESSAGE_SYNC_FAIL);
	partner_say(&p);
	assert_hears(&p, MESSAGE_POLY, 0);
	assert_hears(&p, MESSAGE_FLUSH, 0);
	for (i = 0; i < 4; i++)
		assert_hears(&p, MESSAGE_POLY, 0);
	assert_hears(&p, MESSAGE_FLUSH, 0);
	partner_bare(&p, MESSAGE_SYNC_FAIL);
	partner_say(&p);
	assert_hears_nothing(&p);
	partner_bare(&p, MESSAGE_SYNC_FAIL);
	partner_say(&p);
	assert_hears(&p, MESSAGE_POLY, 0);
	assert_hears(&p, MESSAGE_POLY, 0);
	assert_hears(&p, MESSAGE_FLUSH, 0);
	assert_hears_nothing(&p);
	partner_done(&p);
}

/* Each answer has some 170 KB. */
static void
test_what_was_said_takes_no_memory(void **state)
{
	struct talk_facts facts;
	struct partner p;
	size_t i;

	(void)state;
	partner_greet(&p, TALK_ANSWERER, NULL, &large);
	for (i = 0; i < 10; i++)
		partner_full(&p, "", NULL, 0);
	talk_take(p.talk, buf_view(&p.say));
	talk_get_facts(p.talk, &facts);
	assert_true(facts.memory > 1000000);
	buf_clear(&p.say);
	partner_bare(&p, MESSAGE_FLUSH);
	partner_say(&p);
	for (i = 0; i < 10; i++)
		assert_hears(&p, MESSAGE_ELEMENTS, 10000);
	talk_get_facts(p.talk, &facts);
	assert_true(facts.memory < 600000);
	partner_done(&p);
}

static void
test_a_reply_to_full_is_cut(void **state)
{
	struct talk_settings s = talks_settings;
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
	struct talk_settings s = talks_settings;
	struct partner p;

	(void)state;
	partner_greet(&p, TALK_ASKER, &s, &large);
	assert_hears(&p, MESSAGE_POLY, 0);
	assert_hears(&p, MESSAGE_FLUSH, 0);
	partner_elements(&p, MESSAGE_FULL_ELEMENTS, NULL, 0);
	partner_say(&p);
	assert_hears(&p, MESSAGE_ELEMENTS, s.limits.full_reply);
	assert_hears(&p, MESSAGE_DONE, 0);
	partner_done(&p);
}

/*
 * It says all the time that it has nothing, and takes nothing of what we owe
 * it: we owe no more than may wait.
 */
static void
test_what_is_owed_waits_within_bounds(void **state)
{
	struct talk_settings s = talks_settings;
	struct talk_facts facts;
	struct partner p;
	size_t i, level;

	(void)state;
	s.limits.replies = 100000;
	s.limits.outstanding = 64;
	partner_greet(&p, TALK_ASKER, &s, &large);
	for (level = 1; level < 64; level *= 4) {
		for (i = 0; i < level; i++)
			partner_bare(&p, MESSAGE_SYNC_FAIL);
		partner_say(&p);
	}
	/* Each of those 64 has some 1,000 digests; there is more to ask. */
	partner_bare(&p, MESSAGE_SYNC_FAIL);
	for (i = 1; i < 64; i++)
		partner_elements(&p, MESSAGE_FULL_ELEMENTS, NULL, 0);
	while (p.say.len) {
		size_t n = p.say.len < 9 ? p.say.len : 9;

		talk_take(p.talk, bytes_make(p.say.data, n));
		memmove(p.say.data, p.say.data + n, p.say.len - n);
		p.say.len -= n;
	}
	assert_state(&p, TALK_TALKING, "");
	talk_get_facts(p.talk, &facts);
	assert_true(facts.owed * 17 >= 90000);
	assert_true(facts.owed * 17 <= 130000);
	/* Nor is anything asked until it listens again. */
	assert_int_equal(facts.requests, 1 + 4 + 16 + 64);
	partner_say(&p);
	talk_get_facts(p.talk, &facts);
	assert_int_equal(facts.requests, 1 + 4 + 16 + 64 + 4);
	partner_done(&p);
}

/* Five levels down it has so many below each node; how many Fulls it heard. */
static size_t
fulls_heard(size_t size)
{
	struct talk_settings s = talks_settings;
	struct partner p;
	struct message m;
	size_t fulls = 0;

	partner_greet(&p, TALK_ASKER, &s, &large);
	while (talk_state(p.talk) == TALK_TALKING) {
		while (partner_hears(&p, &m)) {
			if (m.type == MESSAGE_FULL) {
				fulls++;
				partner_elements(&p, MESSAGE_ELEMENTS, NULL, 0);
			} else if (m.type == MESSAGE_POLY && m.prefix.bits < 10)
				partner_bare(&p, MESSAGE_SYNC_FAIL);
			else if (m.type == MESSAGE_POLY)
				partner_elements(&p, MESSAGE_FULL_ELEMENTS,
					theirs.list, size);
		}
		partner_say(&p);
	}
	assert_state(&p, TALK_DONE, "all was asked and answered");
	partner_done(&p);
	return fulls;
}

/* Of 1,024 nodes with some 70 digests each. */
static void
test_a_full_is_asked_where_polys_were_in_vain(void **state)
{
	(void)state;
	assert_true(fulls_heard(60) > 800);
	assert_true(fulls_heard(60) < 1024 - 15);
	/* It has far more there: a Full might be answered without end. */
	assert_int_equal(fulls_heard(400), 0);
}

/* Six digests are shorter than samples; above, an answer might be long. */
static void
test_a_full_is_asked_where_it_is_shorter_and_deep(void **state)
{
	size_t fulls = 0, polys = 0;
	struct set set, none;
	struct partner p;
	struct message m;

	(void)state;
	sets_make(9, 0, 6000, 0, &set, &none);
	partner_greet(&p, TALK_ASKER, NULL, &set);
	while (talk_state(p.talk) == TALK_TALKING) {
		while (partner_hears(&p, &m)) {
			if (m.type == MESSAGE_POLY && m.prefix.bits < 10) {
				partner_bare(&p, MESSAGE_SYNC_FAIL);
			} else if (m.type == MESSAGE_POLY) {
				polys++;
				assert_true(m.size > 6);
				partner_elements(&p, MESSAGE_ELEMENTS, NULL, 0);
			} else if (m.type == MESSAGE_FULL) {
				fulls++;
				assert_int_equal(m.prefix.bits, 10);
				assert_true(m.elements.len <= 6 * ZP_WIRE);
				partner_elements(&p, MESSAGE_ELEMENTS, NULL, 0);
			}
		}
		partner_say(&p);
	}
	assert_state(&p, TALK_DONE, "all was asked and answered");
	assert_true(fulls > 300 && polys > 300);
	assert_int_equal(fulls + polys, 1024);
	partner_done(&p);
	set_free(&set);
	set_free(&none);
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
	struct talk_settings s = talks_settings;
	struct talk_facts facts;
	struct prefix_tree_stats nodes;
	struct partner p;

	(void)state;
	partner_greet(&p, TALK_ASKER, &s, &large);
	assert_true(lead_astray(&p) < 1024 * 1024);
	assert_state(&p, TALK_DONE, "all was asked and answered");
	partner_done(&p);
	prefix_tree_measure(large.tree, &nodes);
	s.limits.requests = 0;
	partner_greet(&p, TALK_ASKER, &s, &large);
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
			test_replies_wait_for_flush_or_for_their_limit),
		cmocka_unit_test(test_who_does_not_take_replies_is_not_heard),
		cmocka_unit_test(test_so_many_requests_are_outstanding),
		cmocka_unit_test(test_more_is_asked_when_half_is_answered),
		cmocka_unit_test(test_what_was_said_takes_no_memory),
		cmocka_unit_test(test_a_reply_to_full_is_cut),
		cmocka_unit_test(test_what_is_owed_is_cut),
		cmocka_unit_test(test_what_is_owed_waits_within_bounds),
		cmocka_unit_test(test_a_full_is_asked_where_polys_were_in_vain),
		cmocka_unit_test(
			test_a_full_is_asked_where_it_is_shorter_and_deep),
		cmocka_unit_test(test_a_way_down_without_end_ends),
	};

	return cmocka_run_group_tests_name(
		"talk_replies", tests, sets_many, sets_gone);
}
