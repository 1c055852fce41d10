/* Before a talk: who may talk with us, and what each side is told. */

#include "../unit.h"

#include <string.h>

#include "partner.h"

static void
meet(struct partner *p, const char *busy)
{
	struct talk_settings s = talks_settings;

	s.busy = busy;
	partner_meet(p, TALK_ASKER, &s, &nothing);
}

/* Behind the Config that it said first. */
static void
assert_verdict(struct partner *p, const char *reason)
{
	struct bytes frame, left, why;
	size_t used;
	bool passed;

	assert_ok(message_cut(buf_view(&p->heard), MESSAGE_MAX, &frame, &used));
	left = bytes_make(p->heard.data + used, p->heard.len - used);
	assert_ok(message_read_verdict(left, &passed, &why, &used));
	assert_int_equal(used, left.len);
	assert_int_equal(passed, !*reason);
	assert_text(why, reason);
}

static void
say_config(struct partner *p, const struct message_config *c)
{
	assert_ok(message_put_config(&p->say, c));
	partner_say(p);
}

static void
test_a_config_is_said_at_once_and_a_verdict_after_theirs(void **state)
{
	struct message_config c = partner_config();
	struct message m;
	struct partner p;

	(void)state;
	meet(&p, NULL);
	partner_say(&p);
	assert_true(partner_hears(&p, &m));
	assert_int_equal(m.type, MESSAGE_CONFIG);
	assert_int_equal(m.config.has, CONFIG_ALL);
	assert_int_equal(m.config.http_port, 11371);
	assert_text(m.config.filters, "yminsky.dedup,yminsky.merge");
	assert_hears_nothing(&p);
	say_config(&p, &c);
	assert_verdict(&p, "");
	/* It asks nothing before it has our verdict. */
	assert_state(&p, TALK_GREETING, "");
	partner_hex(&p, "00000006706173736564");
	partner_say(&p);
	assert_state(&p, TALK_TALKING, "");
	partner_done(&p);
}

/* One wrong thing of a Config, and the words of SKS for it. */
struct mismatch {
	unsigned int has;
	uint32_t bitquantum, mbar;
	const char *filters, *version, *reason;
};

static const struct mismatch mismatches[] = {
	{CONFIG_ALL, 2, 5, "yminsky.merge,yminsky.dedup", "1.1.6", ""},
	{CONFIG_ALL, 2, 5, "yminsky.dedup,yminsky.merge", "0.1.5", ""},
	{CONFIG_ALL, 2, 5, "yminsky.dedup,yminsky.merge", "0.1.4",
		"Requires version at least 0.1.5.  0.1.4 provided "},
	{CONFIG_ALL, 2, 5, "yminsky.dedup,yminsky.merge", "1.1.6+",
		"Error parsing configdata: version"},
	{CONFIG_ALL, 2, 5, "", "1.1.6",
		"filters do not match.\n\tlocal filters: [ "
		"yminsky.dedup,yminsky.merge ]\n\tremote filters: [  ]"},
	{CONFIG_ALL, 3, 5, "yminsky.dedup,yminsky.merge", "1.1.6",
		"bitquantum values do not match"},
	{CONFIG_ALL, 2, 6, "yminsky.dedup,yminsky.merge", "1.1.6",
		"mbar values do not match"},
	{CONFIG_ALL - CONFIG_MBAR, 2, 5, "yminsky.dedup,yminsky.merge", "1.1.6",
		"Missing entry in configdata"},
	{CONFIG_ALL - CONFIG_FILTERS, 2, 5, "yminsky.dedup", "1.1.6",
		"Missing entry in configdata"},
};

enum { MISMATCHES = sizeof(mismatches) / sizeof(mismatches[0]) };

static void
say_mismatch(struct partner *p, const struct mismatch *row)
{
	struct message_config c = partner_config();

	c.has = row->has;
	c.bitquantum = row->bitquantum;
	c.mbar = row->mbar;
	c.filters = bytes_of(row->filters);
	c.version = bytes_of(row->version);
	say_config(p, &c);
	assert_verdict(p, row->reason);
}

static void
test_a_mismatch_is_said_in_the_words_of_sks(void **state)
{
	struct partner p;
	size_t i;

	(void)state;
	for (i = 0; i < MISMATCHES; i++) {
		meet(&p, NULL);
		say_mismatch(&p, &mismatches[i]);
		/* Its own verdict may be on its way. */
		assert_int_equal(talk_state(p.talk), TALK_GREETING);
		partner_hex(&p, "00000006706173736564");
		partner_say(&p);
		assert_int_equal(talk_state(p.talk),
			*mismatches[i].reason ? TALK_REFUSED : TALK_TALKING);
		partner_done(&p);
	}
}

static void
test_who_was_refused_may_hang_up(void **state)
{
	struct partner p;

	(void)state;
	meet(&p, NULL);
	say_mismatch(&p, &mismatches[5]);
	talk_lost(p.talk);
	assert_state(&p, TALK_REFUSED, "bitquantum is 2 here and 3 there");
	partner_done(&p);
}

static void
test_a_config_that_cannot_be_read_is_refused(void **state)
{
	struct partner p;

	(void)state;
	meet(&p, NULL);
	/* mbar in one octet */
	partner_hex(&p, "000000120a00000001000000046d6261720000000105");
	partner_say(&p);
	assert_verdict(&p, "Error parsing configdata: malformed");
	partner_done(&p);
}

static void
test_who_is_busy_says_so(void **state)
{
	struct message_config c = partner_config();
	struct partner p;

	(void)state;
	meet(&p, "one talk at a time");
	say_config(&p, &c);
	assert_verdict(&p, "busy: one talk at a time");
	partner_hex(&p, "00000006706173736564");
	partner_say(&p);
	assert_state(&p, TALK_BUSY, "busy: one talk at a time");
	partner_done(&p);
}

static void
test_busy_partners_are_told_from_those_that_refuse(void **state)
{
	static const struct {
		const char *reason;
		enum talk_state state;
		const char *why;
	} rows[] = {
		{"busy: later", TALK_BUSY, "it refuses: busy: later"},
		{"sync not available, currently mutating", TALK_BUSY,
			"it refuses: sync not available, currently mutating"},
		{"filters do not match.\n\tlocal \x1b[2J\xc3\xa9", TALK_REFUSED,
			"it refuses: filters do not match.  local ?[2J??"},
		{"", TALK_REFUSED, "it refuses: "},
	};
	struct message_config c = partner_config();
	struct partner p;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		meet(&p, NULL);
		say_config(&p, &c);
		assert_ok(message_put_failed(&p.say, bytes_of(rows[i].reason)));
		partner_say(&p);
		assert_state(&p, rows[i].state, rows[i].why);
		partner_done(&p);
	}
}

static void
test_who_hangs_up_without_a_word_is_busy(void **state)
{
	struct partner p;

	(void)state;
	meet(&p, NULL);
	partner_say(&p);
	talk_lost(p.talk);
	assert_state(&p, TALK_BUSY, "it closed without a word");
	partner_done(&p);
	meet(&p, NULL);
	partner_hex(&p, "00");
	partner_say(&p);
	talk_lost(p.talk);
	assert_state(&p, TALK_FAILED, "the connection was lost");
	partner_done(&p);
}

static void
test_what_it_announces_is_printable_and_cut(void **state)
{
	struct message_config c = partner_config();
	char filters[1000];
	struct talk_facts facts;
	struct partner p;

	(void)state;
	memset(filters, 'x', sizeof(filters));
	filters[0] = '\n';
	filters[1] = '\0';
	filters[2] = '\x9b';
	c.filters = bytes_make(filters, sizeof(filters));
	c.version = bytes_of("1.1\x07.6");
	c.http_port = 80;
	meet(&p, NULL);
	say_config(&p, &c);
	talk_get_facts(p.talk, &facts);
	assert_memory_equal(facts.filters, " ??xxx", 6);
	assert_int_equal(strlen(facts.filters), sizeof(facts.filters) - 1);
	assert_string_equal(facts.version, "1.1?.6");
	assert_int_equal(facts.http_port, 80);
	partner_done(&p);
}

/* Says that, at once or when it has said its Config. */
static void
greet_with(struct partner *p, bool after_config, const char *hex)
{
	struct message_config c = partner_config();

	meet(p, NULL);
	if (after_config)
		say_config(p, &c);
	partner_hex(p, hex);
	partner_say(p);
}

static void
test_malformed_greetings_end_it(void **state)
{
	static const struct {
		bool after_config;
		const char *hex, *why;
	} rows[] = {
		{false, "00000000", "a message is malformed"},
		{false, "00010001", "a message is too long"},
		{false, "ffffffff", "a message is too long"},
		{false, "0000000106", "it said Flush where that means nothing"},
		{false, "000000010b", "a message is malformed"},
		{false, "000000070700000002681b", "it reports an error: h?"},
		{false, "000000050a00000041", "a message is too long"},
		{true, "0000000670617373656e", "a message is malformed"},
		{true, "00001001", "a message is too long"},
		{true, "000000066661696c656400001001", "a message is too long"},
		{true, "0000000106", "a message is malformed"},
	};
	struct partner p;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		greet_with(&p, rows[i].after_config, rows[i].hex);
		assert_state(&p, TALK_FAILED, rows[i].why);
		assert_int_equal(talk_room(p.talk), 0);
		partner_done(&p);
	}
}

static void
test_the_longest_greetings_are_waited_for(void **state)
{
	static const struct {
		bool after_config;
		const char *hex;
	} rows[] = {
		{false, "000100000a"},
		{true, "00001000"},
		{true, "000000066661696c656400001000"},
	};
	struct partner p;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		greet_with(&p, rows[i].after_config, rows[i].hex);
		assert_state(&p, TALK_GREETING, "");
		assert_true(talk_room(p.talk) > 0);
		partner_done(&p);
	}
}

/* More than the longest message is not even read. */
static void
test_strangers_are_heard_for_less(void **state)
{
	struct partner p;

	(void)state;
	meet(&p, NULL);
	assert_int_equal(talk_room(p.talk), 4 + MESSAGE_MAX_EARLY);
	partner_done(&p);
	partner_greet(&p, TALK_ANSWERER, NULL, &nothing);
	assert_int_equal(talk_room(p.talk), 4 + MESSAGE_MAX);
	assert_int_equal(MESSAGE_MAX_EARLY, 64 << 10);
	assert_int_equal(MESSAGE_MAX, 1 << 20);
	partner_done(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_a_config_is_said_at_once_and_a_verdict_after_theirs),
		cmocka_unit_test(test_a_mismatch_is_said_in_the_words_of_sks),
		cmocka_unit_test(test_who_was_refused_may_hang_up),
		cmocka_unit_test(test_a_config_that_cannot_be_read_is_refused),
		cmocka_unit_test(test_who_is_busy_says_so),
		cmocka_unit_test(
			test_busy_partners_are_told_from_those_that_refuse),
		cmocka_unit_test(test_who_hangs_up_without_a_word_is_busy),
		cmocka_unit_test(test_what_it_announces_is_printable_and_cut),
		cmocka_unit_test(test_malformed_greetings_end_it),
		cmocka_unit_test(test_the_longest_greetings_are_waited_for),
		cmocka_unit_test(test_strangers_are_heard_for_less),
	};

	return cmocka_run_group_tests_name(
		"talk_greet", tests, sets_few, sets_gone);
}
