/*
 * What the statistics tell of gossip is what whoever gossips has counted.
 */
#include "base/gossip.h"
#include "http/state/gather.h"
#include "tests/unit/http/site_harness.h"
#include "tests/unit/unit.h"

static const struct http_peer told[] = {
	{.name = "kiel", .gossip = "kiel.example:11370"},
	{.name = "mainz", .gossip = "mainz.example:11370"},
	{.name = "ulm", .gossip = "", .gossips = true},
	{.name = "bonn", .gossip = "bonn.example:11370"},
	{.name = "worms", .gossip = "worms.example:11370"},
};

static struct site site;
static struct gather *gather;

static int
setup(void **state)
{
	(void)state;
	site_init(&site);
	site.settings.peers = told;
	site.settings.peer_count = sizeof(told) / sizeof(told[0]);
	site_start(&site);
	gather = gather_new(&site.settings);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	gather_free(gather);
	site_stop(&site);
	return 0;
}

/* As it is now: peers that are told anew end what was kept. */
static const struct site_state *
made(void)
{
	const struct site_state *s;
	struct err err;

	gather_tell(gather, &site.settings);
	assert_ok(gather_make(gather, site.store, &s, &err));
	return s;
}

static enum gossip_word
word_of_kiel(void)
{
	const struct site_state *s = made();
	enum gossip_word word = s->peers[0].gossip_word;

	gather_give(gather, s);
	return word;
}

static void
test_state_follows_the_counters(void **state)
{
	struct gossip_counters c = gossip_counters_of("kiel");

	(void)state;
	assert_int_equal(word_of_kiel(), GOSSIP_WORD_OFF);
	counter_set(gossip_port(), 11370);
	assert_int_equal(word_of_kiel(), GOSSIP_WORD_NONE);
	counter_set(c.asks, 1700000001);
	assert_int_equal(word_of_kiel(), GOSSIP_WORD_FINE);
	counter_set(c.lacking, 7);
	assert_int_equal(word_of_kiel(), GOSSIP_WORD_BEHIND);
	counter_set(c.failed, 2);
	assert_int_equal(word_of_kiel(), GOSSIP_WORD_FAILING);
	counter_set(c.ended, GOSSIP_ENDED_BROKEN);
	assert_int_equal(word_of_kiel(), GOSSIP_WORD_BROKE);
	counter_set(c.ended, GOSSIP_ENDED_MISMATCH);
	assert_int_equal(word_of_kiel(), GOSSIP_WORD_DIFFERS);
	counter_set(gossip_port(), 0);
	assert_int_equal(word_of_kiel(), GOSSIP_WORD_OFF);
	counter_set(gossip_on(), 1);
	assert_int_equal(word_of_kiel(), GOSSIP_WORD_DIFFERS);
}

static void
test_each_peer_has_its_own_numbers(void **state)
{
	struct gossip_counters c = gossip_counters_of("mainz");
	const struct site_state *s;

	(void)state;
	counter_set(gossip_port(), 11370);
	counter_set(c.asks, 1700000001);
	counter_set(c.asked, 1700000002);
	counter_set(c.fetched, 1700000003);
	counter_set(c.lacking, 9);
	s = made();
	assert_int_equal(s->recon_port, 11370);
	assert_int_equal(s->peers[1].in.time, 1700000001);
	assert_int_equal(s->peers[1].out.time, 1700000002);
	assert_int_equal(s->peers[1].recovery.time, 1700000003);
	assert_int_equal(s->peers[1].lacking, 9);
	assert_string_equal(s->peers[1].out.error, "");
	assert_int_not_equal(s->peers[0].lacking, 9);
	gather_give(gather, s);
}

static void
test_peer_that_only_asks_is_told_by_its_name(void **state)
{
	struct gossip_counters c = gossip_counters_of("ulm");
	const struct site_state *s;
	const struct state_peer *ulm;

	(void)state;
	counter_set(gossip_port(), 11370);
	counter_set(c.asks, 1700000001);
	s = made();
	ulm = &s->peers[2];
	assert_true(state_peer_has_gossip(ulm));
	assert_string_equal(ulm->host, "ulm");
	assert_string_equal(ulm->gossip, "");
	assert_int_equal(ulm->gossip_word, GOSSIP_WORD_FINE);
	assert_true(state_peer_takes_by_gossip(ulm));
	assert_false(state_peer_gives_by_gossip(ulm));
	gather_give(gather, s);
}

static void
test_filters_that_differ_are_named(void **state)
{
	struct gossip_counters c = gossip_counters_of("mainz");
	const struct site_state *s;

	(void)state;
	gossip_set_why("mainz", GOSSIP_BY_US, "only there: mine");
	counter_set(c.ended, GOSSIP_ENDED_MISMATCH);
	counter_set(c.ended_by[GOSSIP_BY_US], GOSSIP_ENDED_MISMATCH);
	s = made();
	assert_string_equal(s->peers[1].gossip_why, "only there: mine");
	assert_string_equal(s->peers[1].out.error,
		"its configuration differs: only there: mine");
	assert_string_equal(s->peers[0].gossip_why, "");
	gather_give(gather, s);
	counter_set(c.ended, GOSSIP_ENDED_WELL);
	counter_set(c.ended_by[GOSSIP_BY_US], GOSSIP_ENDED_WELL);
	s = made();
	assert_string_equal(s->peers[1].gossip_why, "");
	gather_give(gather, s);
}

static void
test_each_way_has_its_own_error(void **state)
{
	struct gossip_counters c = gossip_counters_of("bonn");
	const struct site_state *s;

	(void)state;
	counter_set(gossip_port(), 11370);
	counter_set(c.asks, 1700000001);
	counter_set(c.ended_by[GOSSIP_BY_US], GOSSIP_ENDED_UNREACHED);
	s = made();
	assert_string_equal(s->peers[3].in.error, "");
	assert_string_equal(s->peers[3].out.error, "not reached");
	/* It came after that. */
	assert_int_equal(s->peers[3].gossip_word, GOSSIP_WORD_FINE);
	gather_give(gather, s);
	gossip_set_why("bonn", GOSSIP_BY_PEER, "only here: mine");
	counter_set(c.ended_by[GOSSIP_BY_PEER], GOSSIP_ENDED_MISMATCH);
	s = made();
	assert_string_equal(s->peers[3].in.error,
		"its configuration differs: only here: mine");
	assert_string_equal(s->peers[3].out.error, "not reached");
	gather_give(gather, s);
}

static void
test_what_cannot_be_fetched_is_told(void **state)
{
	struct gossip_counters c = gossip_counters_of("worms");
	const struct site_state *s;

	(void)state;
	counter_set(gossip_port(), 11370);
	counter_set(c.trouble, GOSSIP_FETCH_UNREACHED);
	s = made();
	assert_string_equal(s->peers[4].recovery.error, "not reached");
	/* Talks go well, and yet nothing comes. */
	assert_int_equal(s->peers[4].gossip_word, GOSSIP_WORD_UNFETCHED);
	gather_give(gather, s);
	counter_set(c.trouble, GOSSIP_FETCH_ILL);
	s = made();
	assert_string_equal(s->peers[4].recovery.error, "does not answer well");
	gather_give(gather, s);
	counter_set(c.trouble, GOSSIP_FETCH_WELL);
	s = made();
	assert_string_equal(s->peers[4].recovery.error, "");
	gather_give(gather, s);
}

/* What failed before is no other thing because it has no time now. */
static void
test_being_busy_does_not_rename_a_failure(void **state)
{
	struct gossip_counters c = gossip_counters_of("bonn");
	const struct site_state *s;

	(void)state;
	counter_set(gossip_port(), 11370);
	counter_set(c.failed, 3);
	counter_set(c.ended, GOSSIP_ENDED_BUSY);
	counter_set(c.ended_by[GOSSIP_BY_US], GOSSIP_ENDED_BROKEN);
	s = made();
	assert_int_equal(s->peers[3].gossip_word, GOSSIP_WORD_BROKE);
	gather_give(gather, s);
}

static void
test_this_server_itself_is_no_peer_of_the_graph(void **state)
{
	struct gossip_counters c = gossip_counters_of("bonn");
	const struct site_state *s;

	(void)state;
	counter_set(gossip_port(), 11370);
	counter_set(c.self, 1);
	s = made();
	assert_int_equal(s->peer_count, 4);
	assert_int_equal(s->self_count, 1);
	assert_string_equal(s->peers[3].name, "worms");
	assert_string_equal(s->peers[4].name, "bonn");
	assert_int_equal(s->peers[4].gossip_word, GOSSIP_WORD_SELF);
	assert_false(state_peer_has_gossip(&s->peers[4]));
	gather_give(gather, s);
	/* Its address was moved, or ours. */
	counter_set(c.self, 0);
	s = made();
	assert_int_equal(s->peer_count, 5);
	assert_string_equal(s->peers[3].name, "bonn");
	gather_give(gather, s);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_state_follows_the_counters),
		cmocka_unit_test(test_each_peer_has_its_own_numbers),
		cmocka_unit_test(test_peer_that_only_asks_is_told_by_its_name),
		cmocka_unit_test(test_filters_that_differ_are_named),
		cmocka_unit_test(test_each_way_has_its_own_error),
		cmocka_unit_test(test_what_cannot_be_fetched_is_told),
		cmocka_unit_test(test_being_busy_does_not_rename_a_failure),
		cmocka_unit_test(
			test_this_server_itself_is_no_peer_of_the_graph),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
