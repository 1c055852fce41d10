/* Promises of fetching: what comes in, what is asked for, and how often. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "keeper.h"
#include "recon/recover.h"
#include "store/store.h"
#include "tests/unit/ingest/fixture.h"

enum { STEP_MS = 200, STEPS_MAX = 3000 };

/* A store, a partner, and who fetches from it. */
struct world {
	struct fixture f;
	struct keeper k;
	struct fetcher *fetcher;
	struct recover *r;
	struct sks_digest list[KEEPER_MAX];
};

static const struct recover_settings settings = {.deadline_ms = 20000,
	.backoff_ms = 3600000,
	.backoff_max_ms = 7 * 86400000,
	.pause_ms = 1};

static int
setup(void **state)
{
	struct world *w = xcalloc(1, sizeof(*w));

	fixture_open(&w->f);
	fixture_start(&w->f);
	keeper_start(&w->k);
	w->fetcher = fetcher_new(4, "test");
	w->r = recover_new(&settings, w->fetcher, w->f.in);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = *state;

	fetcher_free(w->fetcher);
	recover_free(w->r);
	keeper_stop(&w->k);
	fixture_close(&w->f);
	free(w);
	return 0;
}

static struct recover_source
source_of(const struct world *w, const char *peer)
{
	return (struct recover_source){
		.peer = peer, .host = "127.0.0.1", .port = w->k.port};
}

static int
by_digest(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct sks_digest));
}

/* All that the partner keeps, but the last `but` ones. */
static size_t
offer_as(struct world *w, const char *peer, size_t but)
{
	struct recover_source from = source_of(w, peer);
	size_t n = w->k.count - but;

	for (size_t i = 0; i < n; i++)
		w->list[i] = w->k.list[i].digest;
	qsort(w->list, n, sizeof(w->list[0]), by_digest);
	return recover_offer(w->r, &from, w->list, n);
}

static size_t
offer(struct world *w)
{
	return offer_as(w, "peer", 0);
}

static void
keep_certs(struct world *w, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct buf cert = {0};

		make_cert(&cert, 1 + w->k.count, 1);
		keeper_put(&w->k, buf_view(&cert));
		buf_done(&cert);
	}
}

static void
run(struct world *w)
{
	for (int i = 0; i < STEPS_MAX; i++) {
		int64_t next = recover_step(w->r), now = clock_mono_ms();

		if (recover_idle(w->r))
			return;
		if (next > now + STEP_MS)
			next = now + STEP_MS;
		fetch_step(w->fetcher, NULL, 0, next > now ? next - now : 0);
	}
	fail_msg("it never ends");
}

static struct recover_facts
facts_of(struct world *w, const char *peer)
{
	struct recover_facts f;

	recover_get_facts(w->r, peer, &f);
	return f;
}

/* ---- what is honest ---------------------------------------------------- */

static void
test_what_is_offered_is_fetched_and_its_origin_is_the_peer(void **state)
{
	struct world *w = *state;
	struct change_batch log;
	struct recover_facts f;

	keep_certs(w, 3);
	assert_int_equal(offer(w), 3);
	assert_int_equal(facts_of(w, "peer").waiting, 3);
	run(w);
	assert_int_equal(fixture_certs(&w->f), 3);
	assert_int_equal(fixture_changes(&w->f, &log), 3);
	assert_string_equal(log.list[0].origin, "peer");
	assert_string_equal(log.list[0].seen, "");
	f = facts_of(w, "peer");
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

	keep_certs(w, 320);
	assert_int_equal(offer(w), 320);
	run(w);
	assert_int_equal(fixture_certs(&w->f), 320);
	assert_int_equal(w->k.requests, 9);
	for (size_t i = 0; i < 9; i++)
		assert_int_equal(w->k.sizes[i], want[i]);
}

static void
test_the_two_octets_at_the_end_may_be_missing(void **state)
{
	struct world *w = *state;

	keep_certs(w, 2);
	keeper_be(&w->k, KEEPER_BARE);
	offer(w);
	run(w);
	assert_int_equal(fixture_certs(&w->f), 2);
	assert_int_equal(facts_of(w, "peer").missing, 0);
}

static void
test_what_waits_is_taken_once_whoever_offers_it(void **state)
{
	struct world *w = *state;

	keep_certs(w, 5);
	assert_int_equal(offer(w), 5);
	assert_int_equal(offer(w), 0);
	assert_int_equal(offer_as(w, "other", 0), 0);
	run(w);
	assert_int_equal(keeper_asked(&w->k), 5);
}

static void
test_what_is_stored_by_then_is_not_asked_for(void **state)
{
	struct world *w = *state;

	keep_certs(w, 4);
	submission_free(fixture_submit(&w->f, buf_view(&w->k.list[2].octets)));
	assert_int_equal(offer(w), 4);
	run(w);
	assert_int_equal(keeper_asked(&w->k), 3);
	assert_int_equal(fixture_certs(&w->f), 4);
}

static void
test_who_took_the_call_waits_before_it_asks(void **state)
{
	struct world *w = *state;
	struct recover_source from = source_of(w, "peer");

	keep_certs(w, 1);
	from.wait_ms = 3600000;
	assert_int_equal(
		recover_offer(w->r, &from, &w->k.list[0].digest, 1), 1);
	assert_true(recover_step(w->r) > clock_mono_ms() + 3500000);
	assert_false(recover_idle(w->r));
	assert_int_equal(fetch_pending(w->fetcher), 0);
}

static void
test_an_offer_and_the_queue_are_bounded(void **state)
{
	enum { N = RECOVER_OFFER_MAX + 1 };
	struct world *w = *state;
	struct recover_source from = source_of(w, "peer");
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

/* ---- what is not ------------------------------------------------------- */

static void
test_one_that_spoils_its_batch_is_found_and_the_others_come(void **state)
{
	struct world *w = *state;
	size_t before;

	keep_certs(w, 40);
	w->k.list[17].is_poison = true;
	offer(w);
	run(w);
	assert_int_equal(fixture_certs(&w->f), 39);
	assert_int_equal(facts_of(w, "peer").backed_off, 1);
	assert_int_equal(facts_of(w, "peer").missing, 1);
	before = keeper_requests(&w->k);
	assert_int_equal(offer(w), 39);
	run(w);
	assert_int_equal(keeper_requests(&w->k), before);
	/* Another partner may have it whole. */
	w->k.list[17].is_poison = false;
	assert_int_equal(offer_as(w, "other", 0), 40);
	run(w);
	assert_int_equal(fixture_certs(&w->f), 40);
}

static void
test_what_never_turns_up_is_remembered(void **state)
{
	struct world *w = *state;

	keep_certs(w, 3);
	w->k.list[1].is_hidden = true;
	offer(w);
	run(w);
	assert_int_equal(fixture_certs(&w->f), 2);
	assert_int_equal(facts_of(w, "peer").missing, 1);
	assert_int_equal(facts_of(w, "peer").backed_off, 1);
	offer(w);
	run(w);
	assert_int_equal(keeper_asked(&w->k), 3);
}

static void
test_what_was_not_asked_for_is_stored_and_counted(void **state)
{
	struct world *w = *state;

	keep_certs(w, 2);
	keeper_be(&w->k, KEEPER_UNEXPECTED);
	assert_int_equal(offer_as(w, "peer", 1), 1);
	run(w);
	assert_int_equal(fixture_certs(&w->f), 1);
	assert_int_equal(facts_of(w, "peer").unexpected, 1);
	assert_int_equal(facts_of(w, "peer").missing, 1);
}

static void
test_replies_that_lie_store_nothing_and_end(void **state)
{
	static const enum keeper_way ways[] = {KEEPER_MORE, KEEPER_CUT,
		KEEPER_GARBAGE, KEEPER_HUGE, KEEPER_FAILS, KEEPER_BUSY,
		KEEPER_RESETS};
	struct world *w = *state;
	char name[8] = "peer-0";
	size_t before;

	keep_certs(w, 20);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		keeper_be(&w->k, ways[i]);
		before = keeper_requests(&w->k);
		name[5] = (char)('0' + i);
		assert_int_equal(offer_as(w, name, 0), 20);
		run(w);
		assert_int_equal(fixture_certs(&w->f), 0);
		assert_int_equal(facts_of(w, name).got, 0);
		/* It is given up before all of them were tried. */
		assert_in_range(keeper_requests(&w->k) - before, 5, 15);
	}
}

static void
test_nobody_there_is_no_fault_of_the_digests(void **state)
{
	struct world *w = *state;
	struct recover_source from = source_of(w, "peer");

	keep_certs(w, 5);
	from.port = 1; /* nobody listens on it */
	assert_int_equal(
		recover_offer(w->r, &from, &w->k.list[0].digest, 1), 1);
	run(w);
	assert_int_equal(facts_of(w, "peer").backed_off, 0);
	assert_int_equal(offer(w), 5);
	run(w);
	assert_int_equal(fixture_certs(&w->f), 5);
}

/* Twice the same signature: SKS knows it by a digest that we never have. */
static void
test_what_becomes_another_one_is_not_asked_for_again(void **state)
{
	struct world *w = *state;
	struct buf cert = {0}, last = {0};
	size_t n;

	make_cert(&cert, 1, 1);
	n = count_packets(buf_view(&cert));
	make_part(&last, buf_view(&cert), n - 1, n);
	assert_ok(buf_put(&cert, buf_view(&last)));
	keeper_put(&w->k, buf_view(&cert));
	offer(w);
	run(w);
	assert_int_equal(fixture_certs(&w->f), 1);
	assert_int_equal(facts_of(w, "peer").got, 1);
	assert_int_equal(facts_of(w, "peer").unexpected, 0);
	assert_int_equal(facts_of(w, "peer").changed, 1);
	assert_int_equal(facts_of(w, "peer").backed_off, 1);
	assert_int_equal(offer(w), 0);
	assert_int_equal(offer_as(w, "other", 0), 0);
	buf_done(&cert);
	buf_done(&last);
}

static void
test_what_is_no_certificate_is_refused_and_the_rest_comes(void **state)
{
	struct world *w = *state;
	struct buf cert = {0}, part = {0};

	keep_certs(w, 2);
	make_cert(&cert, 50, 1);
	make_part(&part, buf_view(&cert), 1, 3); /* no key */
	keeper_put(&w->k, buf_view(&part));
	offer(w);
	run(w);
	assert_int_equal(fixture_certs(&w->f), 2);
	assert_int_equal(facts_of(w, "peer").refused, 1);
	assert_int_equal(offer(w), 2);
	run(w);
	assert_int_equal(keeper_asked(&w->k), 3);
	buf_done(&cert);
	buf_done(&part);
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
	w->r = recover_new(&settings, w->fetcher, w->f.in);
	keep_certs(w, 30);
	offer(w);
	run(w);
	assert_int_equal(fixture_certs(&w->f), 30);
	assert_int_equal(keeper_asked(&w->k), 30);
}

static void
test_quiet_it_asks_for_nothing_and_leaves_what_waits(void **state)
{
	struct world *w = *state;

	keep_certs(w, 3);
	offer(w);
	recover_quiesce(w->r);
	assert_true(recover_step(w->r) == INT64_MAX);
	assert_int_equal(fetch_pending(w->fetcher), 0);
	assert_int_equal(facts_of(w, "peer").waiting, 3);
}

#define PROMISE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PROMISE(test_what_is_offered_is_fetched_and_its_origin_is_the_peer),
		PROMISE(test_requests_grow_to_a_hundred_digests_and_no_further),
		PROMISE(test_the_two_octets_at_the_end_may_be_missing),
		PROMISE(test_what_waits_is_taken_once_whoever_offers_it),
		PROMISE(test_what_is_stored_by_then_is_not_asked_for),
		PROMISE(test_who_took_the_call_waits_before_it_asks),
		PROMISE(test_an_offer_and_the_queue_are_bounded),
		PROMISE(test_one_that_spoils_its_batch_is_found_and_the_others_come),
		PROMISE(test_what_never_turns_up_is_remembered),
		PROMISE(test_what_was_not_asked_for_is_stored_and_counted),
		PROMISE(test_replies_that_lie_store_nothing_and_end),
		PROMISE(test_nobody_there_is_no_fault_of_the_digests),
		PROMISE(test_what_becomes_another_one_is_not_asked_for_again),
		PROMISE(test_what_is_no_certificate_is_refused_and_the_rest_comes),
		PROMISE(test_nothing_is_lost_while_the_way_in_is_busy),
		PROMISE(test_quiet_it_asks_for_nothing_and_leaves_what_waits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
