/* Promises of fetching: what comes in, what is asked for, and how often. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/counter.h"
#include "recover_world.h"
#include "store/store.h"

/* ---- what is honest ---------------------------------------------------- */

static void
test_what_is_offered_is_fetched_and_its_origin_is_the_peer(void **state)
{
	struct world *w = *state;
	struct change_batch log;
	struct recover_facts f;

	world_keep_certs(w, 3);
	assert_int_equal(world_offer(w), 3);
	assert_int_equal(world_facts_of(w, "peer").waiting, 3);
	world_run(w);
	assert_int_equal(fixture_certs(&w->f), 3);
	assert_int_equal(fixture_changes(&w->f, &log), 3);
	assert_string_equal(log.list[0].origin, "peer");
	assert_string_equal(log.list[0].seen, "");
	assert_int_equal(counter_value(counter_get_labelled(
				 "keys_added", "source", "recon")),
		3);
	f = world_facts_of(w, "peer");
	assert_int_equal(f.asked, 3);
	assert_int_equal(f.got, 3);
	assert_int_equal(f.unexpected + f.missing + f.refused + f.changed, 0);
	assert_int_equal(f.waiting + f.backed_off, 0);
	assert_true(f.last_fetch > 0);
	/* As SKS would have it: nothing chunked, nobody waits for a 100. */
	assert_non_null(strstr(w->k.head, "POST /pks/hashquery HTTP/1."));
	assert_non_null(strstr(w->k.head, "\r\nContent-Length: 44"));
	assert_null(strstr(w->k.head, "Expect"));
	assert_null(strstr(w->k.head, "chunked"));
}

static void
test_requests_grow_to_a_hundred_digests_and_no_further(void **state)
{
	static const size_t want[] = {1, 2, 4, 8, 16, 32, 64, 100, 93};
	struct world *w = *state;

	world_keep_certs(w, 320);
	assert_int_equal(world_offer(w), 320);
	world_run(w);
	assert_int_equal(fixture_certs(&w->f), 320);
	assert_int_equal(w->k.requests, 9);
	for (size_t i = 0; i < 9; i++)
		assert_int_equal(w->k.sizes[i], want[i]);
}

static void
test_the_two_octets_at_the_end_may_be_missing(void **state)
{
	struct world *w = *state;

	world_keep_certs(w, 2);
	keeper_be(&w->k, KEEPER_BARE);
	world_offer(w);
	world_run(w);
	assert_int_equal(fixture_certs(&w->f), 2);
	assert_int_equal(world_facts_of(w, "peer").missing, 0);
}

static void
test_what_waits_is_taken_once_whoever_offers_it(void **state)
{
	struct world *w = *state;

	world_keep_certs(w, 5);
	assert_int_equal(world_offer(w), 5);
	assert_int_equal(world_offer(w), 0);
	assert_int_equal(world_offer_as(w, "other", 0), 0);
	world_run(w);
	assert_int_equal(keeper_asked(&w->k), 5);
}

static void
test_what_is_stored_by_then_is_not_asked_for(void **state)
{
	struct world *w = *state;

	world_keep_certs(w, 4);
	submission_free(fixture_submit(&w->f, buf_view(&w->k.list[2].octets)));
	assert_int_equal(world_offer(w), 4);
	world_run(w);
	assert_int_equal(keeper_asked(&w->k), 3);
	assert_int_equal(fixture_certs(&w->f), 4);
}

static void
test_who_took_the_call_waits_before_it_asks(void **state)
{
	struct world *w = *state;
	struct recover_source from = world_source_of(w, "peer");

	world_keep_certs(w, 1);
	from.wait_ms = 3600000;
	assert_int_equal(
		recover_offer(w->r, &from, &w->k.list[0].digest, 1), 1);
	assert_true(recover_step(w->r) > clock_mono_ms() + 3500000);
	assert_int_equal(recover_waiting(w->r, "peer"), 1);
	assert_int_equal(fetch_pending(w->fetcher), 0);
}

static void
test_an_offer_and_the_queue_are_bounded(void **state)
{
	enum { N = RECOVER_OFFER_MAX + 1 };
	struct world *w = *state;
	struct recover_source from = world_source_of(w, "peer");
	struct sks_digest *list = xcalloc(N, sizeof(*list));
	char name[8] = "peer-0";
	size_t all = 0;

	from.wait_ms = 3600000;
	for (int turn = 0; turn < 8; turn++) {
		for (uint32_t i = 0; i < N; i++) {
			list[i].octets[0] = (uint8_t)turn;
			memcpy(list[i].octets + 1, &i, sizeof(i));
			list[i].octets[15] = 1;
		}
		name[5] = (char)('0' + turn);
		from.peer = name;
		all += recover_offer(w->r, &from, list, N);
		if (turn == 0)
			assert_int_equal(all, RECOVER_OFFER_MAX);
	}
	assert_int_equal(all, RECOVER_QUEUE_MAX);
	free(list);
}

/* ---- the way in -------------------------------------------------------- */

static void
test_nothing_is_lost_while_the_way_in_is_busy(void **state)
{
	struct world *w = *state;

	recover_free(w->r);
	ingest_stop(w->f.in);
	ingest_free(w->f.in);
	w->f.settings.policy.max_queue_items = 1;
	fixture_start(&w->f);
	w->r = recover_new(&world_settings, w->fetcher, w->f.in);
	world_keep_certs(w, 30);
	world_offer(w);
	world_run(w);
	assert_int_equal(fixture_certs(&w->f), 30);
	assert_int_equal(keeper_asked(&w->k), 30);
}

static void
test_quiet_it_asks_for_nothing_and_leaves_what_waits(void **state)
{
	struct world *w = *state;

	world_keep_certs(w, 3);
	world_offer(w);
	recover_quiesce(w->r);
	assert_true(recover_step(w->r) == INT64_MAX);
	assert_int_equal(fetch_pending(w->fetcher), 0);
	assert_int_equal(world_facts_of(w, "peer").waiting, 3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_PROMISE(
			test_what_is_offered_is_fetched_and_its_origin_is_the_peer),
		WORLD_PROMISE(
			test_requests_grow_to_a_hundred_digests_and_no_further),
		WORLD_PROMISE(test_the_two_octets_at_the_end_may_be_missing),
		WORLD_PROMISE(test_what_waits_is_taken_once_whoever_offers_it),
		WORLD_PROMISE(test_what_is_stored_by_then_is_not_asked_for),
		WORLD_PROMISE(test_who_took_the_call_waits_before_it_asks),
		WORLD_PROMISE(test_an_offer_and_the_queue_are_bounded),
		WORLD_PROMISE(test_nothing_is_lost_while_the_way_in_is_busy),
		WORLD_PROMISE(
			test_quiet_it_asks_for_nothing_and_leaves_what_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
