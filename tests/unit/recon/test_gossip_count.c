/*
 * What gossip tells of itself is what the statistics and the metrics find.
 */
#include "base/gossip.h"
#include "recon/gossip_count.h"
#include "tests/unit/unit.h"

static struct gossip_look look;
static struct gossip_peer_look peers[2];

/* ---- instead of the thread that gossips -----------------------------------
 */

void
gossip_look_at(struct gossip *g, struct gossip_look *out)
{
	(void)g;
	*out = look;
}

enum status
gossip_look_at_peer(struct gossip *g, size_t i, struct gossip_peer_look *out)
{
	(void)g;
	if (i >= 2)
		return STATUS_NOT_FOUND;
	*out = peers[i];
	return STATUS_OK;
}

static int
setup(void **state)
{
	(void)state;
	look = (struct gossip_look){.port = 11370,
		.digests = 6000,
		.octets = 99,
		.seq = 10,
		.last_seq = 17,
		.rebuilds = 3};
	peers[0] = (struct gossip_peer_look){.name = "kiel",
		.ways = {[GOSSIP_BY_PEER] = {1700000001, GOSSIP_BROKE,
				 "it was silent"},
			[GOSSIP_BY_US] = {1700000002, GOSSIP_MISMATCH,
				"filters only there: mine"}},
		.end = GOSSIP_MISMATCH,
		.talks = 4,
		.failures = 2,
		.learned = 10,
		.owed = 20,
		.fetched = 5,
		.refused = 1,
		.unexpected = 6,
		.missing = 7,
		.trouble = RECOVER_ILL,
		.waiting = 8,
		.backed_off = 9,
		.backed_off_as = {[RECOVER_MISSING] = 3,
			[RECOVER_UNREADABLE] = 2,
			[RECOVER_REFUSED] = 4},
		.why = "filters only there: mine"};
	peers[1] = (struct gossip_peer_look){
		.name = "self", .is_self = true, .talks = 1};
	return 0;
}

static void
test_all_is_told(void **state)
{
	struct gossip_counters c = gossip_counters_of("kiel");

	(void)state;
	gossip_count(NULL);
	assert_int_equal(counter_value(gossip_port()), 11370);
	assert_int_equal(counter_value(gossip_on()), 1);
	assert_int_equal(counter_value(counter_get("gossip_digests")), 6000);
	assert_int_equal(counter_value(counter_get("gossip_octets")), 99);
	assert_int_equal(counter_value(counter_get("gossip_behind")), 7);
	assert_int_equal(counter_value(counter_get("gossip_rebuilds")), 3);
	assert_int_equal(counter_value(c.asks), 1700000001);
	assert_int_equal(counter_value(c.asked), 1700000002);
	assert_int_equal(counter_value(c.ended), GOSSIP_ENDED_MISMATCH);
	assert_int_equal(
		counter_value(c.ended_by[GOSSIP_BY_PEER]), GOSSIP_ENDED_BROKEN);
	assert_int_equal(
		counter_value(c.ended_by[GOSSIP_BY_US]), GOSSIP_ENDED_MISMATCH);
	assert_int_equal(counter_value(c.self), 0);
	assert_int_equal(counter_value(c.talks), 4);
	assert_int_equal(counter_value(c.failed), 2);
	assert_int_equal(counter_value(c.learned), 10);
	assert_int_equal(counter_value(c.owed), 20);
	assert_int_equal(counter_value(c.got), 5);
	assert_int_equal(counter_value(c.refused), 1);
	assert_int_equal(counter_value(c.unexpected), 6);
	assert_int_equal(counter_value(c.missing), 7);
	assert_int_equal(counter_value(c.waiting), 8);
	assert_int_equal(counter_value(c.trouble), GOSSIP_FETCH_ILL);
	assert_int_equal(counter_value(c.backed_off), 9);
}

/* What waits and what does not come; what is refused here is not wanted. */
static void
test_what_we_lack_is_what_we_want(void **state)
{
	(void)state;
	gossip_count(NULL);
	assert_int_equal(counter_value(gossip_counters_of("kiel").lacking), 13);
}

static void
test_what_differs_is_told_until_it_differs_no_more(void **state)
{
	char why[GOSSIP_WHY_MAX];

	(void)state;
	gossip_get_why("mainz", GOSSIP_BY_US, why);
	assert_string_equal(why, "");
	gossip_count(NULL);
	gossip_get_why("kiel", GOSSIP_BY_US, why);
	assert_string_equal(why, "filters only there: mine");
	/* What the other way failed of is another matter. */
	gossip_get_why("kiel", GOSSIP_BY_PEER, why);
	assert_string_equal(why, "");
	gossip_get_why("self", GOSSIP_BY_US, why);
	assert_string_equal(why, "");
	peers[0].ways[GOSSIP_BY_US].end = GOSSIP_UNREACHED;
	gossip_count(NULL);
	gossip_get_why("kiel", GOSSIP_BY_US, why);
	assert_string_equal(why, "");
}

static void
test_a_fetch_has_a_time(void **state)
{
	struct gossip_counters c = gossip_counters_of("kiel");

	(void)state;
	gossip_count(NULL);
	counter_set(c.fetched, 1);
	gossip_count(NULL);
	assert_int_equal(counter_value(c.fetched), 1);
	peers[0].fetched++;
	gossip_count(NULL);
	assert_true(counter_value(c.fetched) > 1700000000);
}

static void
test_we_ourselves_are_no_peer(void **state)
{
	(void)state;
	gossip_count(NULL);
	assert_int_equal(counter_value(gossip_counters_of("self").talks), 0);
	assert_int_equal(counter_value(gossip_counters_of("self").self), 1);
	/* It may move. */
	peers[1].is_self = false;
	gossip_count(NULL);
	assert_int_equal(counter_value(gossip_counters_of("self").self), 0);
	assert_int_equal(counter_value(gossip_counters_of("self").talks), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_all_is_told, setup),
		cmocka_unit_test_setup(
			test_what_differs_is_told_until_it_differs_no_more,
			setup),
		cmocka_unit_test_setup(
			test_what_we_lack_is_what_we_want, setup),
		cmocka_unit_test_setup(test_a_fetch_has_a_time, setup),
		cmocka_unit_test_setup(test_we_ourselves_are_no_peer, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
