/* Messages that mean nothing where they are said, and the end of a talk. */

#include "../unit.h"

#include "partner.h"

struct wrong {
	enum talk_role role;
	const char *hex, *why;
};

static const struct wrong wrongs[] = {
	{TALK_ANSWERER, "00000000", "a message is malformed"},
	{TALK_ANSWERER, "000000010b", "a message is malformed"},
	{TALK_ANSWERER, "ffffffff", "a message is too long"},
	{TALK_ANSWERER, "000000020600", "a message is malformed"},
	/* Elements: a count that does not fit; octets left over */
	{TALK_ANSWERER, "0000000502ffffffff", "a message is malformed"},
	{TALK_ANSWERER, "000000050200000001", "a message is malformed"},
	{TALK_ANSWERER, "00000006020000000000", "a message is malformed"},
	/* Full: an odd number of bits, octets that do not fit it */
	{TALK_ANSWERER,
		"0000000e01"
		"00000001"
		"00000001"
		"80"
		"00000000",
		"a message is malformed"},
	{TALK_ANSWERER,
		"0000000d01"
		"00000002"
		"00000000"
		"00000000",
		"a message is malformed"},
	/* Full: two bits more than a digest has */
	{TALK_ANSWERER,
		"0000001e01"
		"00000082"
		"00000011"
		"5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5ac0"
		"00000000",
		"a message is malformed"},
	/* Poly: five samples */
	{TALK_ANSWERER,
		"0000001100"
		"00000000"
		"00000000"
		"00000001"
		"00000005",
		"a message is malformed"},
	{TALK_ANSWERER, "000000050300000000",
		"it said FullElements where that means nothing"},
	{TALK_ANSWERER, "0000000104",
		"it said SyncFail where that means nothing"},
	{TALK_ANSWERER, "000000050a00000000",
		"it said Config where that means nothing"},
	{TALK_ANSWERER, "000000050800000000",
		"it said DbRqst where that means nothing"},
	{TALK_ANSWERER, "000000050900000000",
		"it said DbRepl where that means nothing"},
	{TALK_ANSWERER,
		"0000000a07"
		"00000005"
		"6f1b5b326d",
		"it reports an error: o?[2m"},
	{TALK_ASKER, "0000000106", "it said Flush where that means nothing"},
	{TALK_ASKER, "0000000105", "it said Done where that means nothing"},
	{TALK_ASKER,
		"0000000d01"
		"00000000"
		"00000000"
		"00000000",
		"it said Full where that means nothing"},
	{TALK_ASKER, "000000050700000000", "it reports an error: "},
	/* Two replies to one request */
	{TALK_ASKER,
		"0000000104"
		"0000000104"
		"0000000104"
		"0000000104"
		"0000000104"
		"0000000104",
		"it said SyncFail where that means nothing"},
	{TALK_ASKER, "000000020400", "a message is malformed"},
};

static void
test_what_means_nothing_ends_it(void **state)
{
	struct partner p;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrongs) / sizeof(wrongs[0]); i++) {
		partner_greet(&p, wrongs[i].role, NULL, &ours);
		partner_hex(&p, wrongs[i].hex);
		/* Whole: our side asks on when it heard all of it. */
		talk_take(p.talk, buf_view(&p.say));
		assert_state(&p, TALK_FAILED, wrongs[i].why);
		assert_int_equal(talk_room(p.talk), 0);
		partner_done(&p);
	}
}

static void
test_a_full_is_answered_with_elements_only(void **state)
{
	static const enum message_type types[] = {
		MESSAGE_SYNC_FAIL, MESSAGE_FULL_ELEMENTS};
	struct partner p;
	struct message m;
	size_t i, deep;

	(void)state;
	for (i = 0; i < 2; i++) {
		partner_greet(&p, TALK_ASKER, NULL, &nothing);
		/* Down to where a Full is said. */
		for (deep = 0; deep < 5; deep++) {
			while (partner_hears(&p, &m))
				if (m.type == MESSAGE_POLY)
					partner_bare(&p, MESSAGE_SYNC_FAIL);
			partner_say(&p);
		}
		while (partner_hears(&p, &m))
			continue;
		assert_int_equal(m.type, MESSAGE_FLUSH);
		partner_elements(&p, MESSAGE_ELEMENTS, NULL, 0);
		partner_say(&p);
		assert_state(&p, TALK_TALKING, "");
		if (types[i] == MESSAGE_SYNC_FAIL)
			partner_bare(&p, MESSAGE_SYNC_FAIL);
		else
			partner_elements(&p, types[i], NULL, 0);
		partner_say(&p);
		assert_int_equal(talk_state(p.talk), TALK_FAILED);
		partner_done(&p);
	}
}

/* Somebody ground our digests, and sends us on where nobody need go. */
static void
test_so_deep_nobody_is_sent_on(void **state)
{
	struct set ground = set_ground(0, 256);
	struct partner p;
	struct message m;
	size_t polys = 0;

	(void)state;
	partner_greet(&p, TALK_ASKER, NULL, &ground);
	while (talk_state(p.talk) == TALK_TALKING) {
		while (partner_hears(&p, &m)) {
			polys += m.type == MESSAGE_POLY && m.size == 256;
			if (m.type == MESSAGE_POLY)
				partner_bare(&p, MESSAGE_SYNC_FAIL);
			else if (m.type == MESSAGE_FULL)
				partner_elements(&p, MESSAGE_ELEMENTS, NULL, 0);
		}
		partner_say(&p);
	}
	assert_state(
		&p, TALK_FAILED, "it said SyncFail where that means nothing");
	assert_int_equal(polys, PREFIX_TREE_DEPTH + 1);
	partner_done(&p);
	set_free(&ground);
}

static void
test_what_was_learned_outlives_the_connection(void **state)
{
	struct partner p;

	(void)state;
	partner_greet(&p, TALK_ANSWERER, NULL, &ours);
	partner_elements(&p, MESSAGE_ELEMENTS, theirs.list, theirs.count);
	partner_say(&p);
	talk_lost(p.talk);
	assert_state(&p, TALK_FAILED, "the connection was lost");
	assert_true(learned_exactly(p.talk, &ours, &theirs));
	partner_done(&p);
}

static uint64_t
messages(const struct partner *p)
{
	struct talk_facts facts;

	talk_get_facts(p->talk, &facts);
	return facts.messages;
}

/* By that its owner knows silence; octets alone are none. */
static void
test_only_a_whole_message_is_a_sign_of_life(void **state)
{
	struct message_config c = partner_config();
	struct partner p;
	size_t i;

	(void)state;
	partner_meet(&p, TALK_ANSWERER, &talks_settings, &ours);
	assert_ok(message_put_config(&p.say, &c));
	assert_ok(message_put_passed(&p.say));
	partner_elements(&p, MESSAGE_ELEMENTS, theirs.list, theirs.count);
	for (i = 0; i < p.say.len; i++) {
		uint64_t whole = i < 130 ? 0 : i < 140 ? 1 : 2;

		assert_int_equal(messages(&p), whole);
		talk_take(p.talk, bytes_make(p.say.data + i, 1));
	}
	assert_int_equal(messages(&p), 3);
	buf_clear(&p.say);
	partner_hex(&p, "0000000c");
	partner_say(&p);
	assert_int_equal(messages(&p), 3);
	partner_done(&p);
}

static void
test_after_the_end_nothing_is_heard(void **state)
{
	struct partner p;
	size_t count;

	(void)state;
	partner_greet(&p, TALK_ANSWERER, NULL, &ours);
	partner_bare(&p, MESSAGE_DONE);
	partner_say(&p);
	assert_state(&p, TALK_DONE, "it has asked all it wanted");
	assert_int_equal(talk_room(p.talk), 0);
	partner_elements(&p, MESSAGE_ELEMENTS, theirs.list, theirs.count);
	talk_take(p.talk, buf_view(&p.say));
	talk_lost(p.talk);
	assert_state(&p, TALK_DONE, "it has asked all it wanted");
	(void)talk_learned(p.talk, &count);
	assert_int_equal(count, 0);
	partner_done(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_means_nothing_ends_it),
		cmocka_unit_test(test_a_full_is_answered_with_elements_only),
		cmocka_unit_test(test_so_deep_nobody_is_sent_on),
		cmocka_unit_test(test_what_was_learned_outlives_the_connection),
		cmocka_unit_test(test_only_a_whole_message_is_a_sign_of_life),
		cmocka_unit_test(test_after_the_end_nothing_is_heard),
	};

	return cmocka_run_group_tests_name(
		"talk_wrong", tests, sets_few, sets_gone);
}
