/* Promises of fetching from who has not what it says, or has it wrong. */

#include <stdlib.h>

#include "recover_world.h"
#include "store/store.h"

static void
test_one_that_spoils_its_batch_is_found_and_the_others_come(void **state)
{
	struct world *w = *state;
	size_t before;

	world_keep_certs(w, 40);
	w->k.list[17].is_poison = true;
	world_offer(w);
	world_run(w);
	assert_int_equal(fixture_certs(&w->f), 39);
	assert_int_equal(world_facts_of(w, "peer").backed_off, 1);
	assert_int_equal(world_facts_of(w, "peer").missing, 1);
	assert_int_equal(
		world_facts_of(w, "peer").backed_off_as[RECOVER_UNREADABLE], 1);
	before = keeper_requests(&w->k);
	assert_int_equal(world_offer(w), 39);
	world_run(w);
	assert_int_equal(keeper_requests(&w->k), before);
	/* Another partner may have it whole. */
	w->k.list[17].is_poison = false;
	assert_int_equal(world_offer_as(w, "other", 0), 40);
	world_run(w);
	assert_int_equal(fixture_certs(&w->f), 40);
}

static void
test_what_never_turns_up_is_remembered(void **state)
{
	struct world *w = *state;

	world_keep_certs(w, 3);
	w->k.list[1].is_hidden = true;
	world_offer(w);
	world_run(w);
	assert_int_equal(fixture_certs(&w->f), 2);
	assert_int_equal(world_facts_of(w, "peer").missing, 1);
	assert_int_equal(world_facts_of(w, "peer").backed_off, 1);
	world_offer(w);
	world_run(w);
	assert_int_equal(keeper_asked(&w->k), 3);
}

static void
test_what_was_not_asked_for_is_stored_and_counted(void **state)
{
	struct world *w = *state;

	world_keep_certs(w, 2);
	keeper_be(&w->k, KEEPER_UNEXPECTED);
	assert_int_equal(world_offer_as(w, "peer", 1), 1);
	world_run(w);
	assert_int_equal(fixture_certs(&w->f), 1);
	assert_int_equal(world_facts_of(w, "peer").unexpected, 1);
	assert_int_equal(world_facts_of(w, "peer").missing, 1);
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

	world_keep_certs(w, 20);
	for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
		keeper_be(&w->k, ways[i]);
		before = keeper_requests(&w->k);
		name[5] = (char)('0' + i);
		assert_int_equal(world_offer_as(w, name, 0), 20);
		world_run(w);
		assert_int_equal(fixture_certs(&w->f), 0);
		assert_int_equal(world_facts_of(w, name).got, 0);
		assert_int_equal(world_facts_of(w, name).trouble, RECOVER_ILL);
		/* It is given up before all of them were tried. */
		assert_in_range(keeper_requests(&w->k) - before, 5, 15);
	}
}

static void
test_who_is_silent_three_times_is_left_for_the_next_talk(void **state)
{
	struct world *w = *state;
	struct recover_settings soon = world_settings;
	struct recover_facts f;

	soon.deadline_ms = 50;
	recover_free(w->r);
	w->r = recover_new(&soon, w->fetcher, w->f.in);
	world_keep_certs(w, 20);
	keeper_be(&w->k, KEEPER_SILENT);
	assert_int_equal(world_offer(w), 20);
	world_run(w);
	f = world_facts_of(w, "peer");
	/* Each of them was asked for alone: it may be what takes so long. */
	assert_int_equal(f.asked, 3);
	assert_int_equal(f.got, 0);
	assert_int_equal(f.waiting, 0);
	assert_int_equal(f.backed_off_as[RECOVER_UNREADABLE], 3);
	assert_int_equal(world_offer(w), 17);
	recover_quiesce(w->r);
}

/* What gossip may take is 64 MiB, other things included. */
static void
test_two_that_pour_at_once_have_bounded_room(void **state)
{
	struct world *w = *state;
	struct keeper *other = xcalloc(1, sizeof(*other));
	struct recover_source from = {.peer = "other", .host = "127.0.0.1"};
	struct buf cert = {0};
	size_t before;

	world_keep_certs(w, 3);
	keeper_start(other);
	for (uint64_t i = 0; i < 3; i++) {
		buf_clear(&cert);
		make_cert(&cert, 100 + i, 1);
		keeper_put(other, buf_view(&cert));
	}
	buf_done(&cert);
	w->k.beside = other;
	other->beside = &w->k;
	keeper_be(&w->k, KEEPER_POURS);
	keeper_be(other, KEEPER_POURS);
	world_offer(w);
	from.port = other->port;
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(
			recover_offer(w->r, &from, &other->list[i].digest, 1),
			1);
	world_look_at_memory(w);
	before = w->most;
	world_run(w);
	assert_true(w->most - before < 56 << 20);
	/* What was poured instead of a certificate is not asked for again. */
	assert_int_equal(fixture_certs(&w->f), 4);
	for (int i = 0; i < 2; i++)
		assert_int_equal(world_facts_of(w, i ? "other" : "peer")
					 .backed_off_as[RECOVER_UNREADABLE],
			1);
	keeper_stop(other);
	free(other);
}

static void
test_nobody_there_is_no_fault_of_the_digests(void **state)
{
	struct world *w = *state;
	struct recover_source from = world_source_of(w, "peer");

	world_keep_certs(w, 5);
	from.port = 1; /* nobody listens on it */
	assert_int_equal(
		recover_offer(w->r, &from, &w->k.list[0].digest, 1), 1);
	world_run(w);
	assert_int_equal(world_facts_of(w, "peer").backed_off, 0);
	assert_int_equal(world_facts_of(w, "peer").trouble, RECOVER_UNREACHED);
	assert_true(world_facts_of(w, "peer").why[0] != '\0');
	/* By mail, say. */
	recover_agreed(w->r, "peer");
	assert_int_equal(world_facts_of(w, "peer").trouble, RECOVER_WELL);
	assert_int_equal(
		recover_offer(w->r, &from, &w->k.list[0].digest, 1), 1);
	world_run(w);
	assert_int_equal(world_facts_of(w, "peer").trouble, RECOVER_UNREACHED);
	assert_int_equal(world_offer(w), 5);
	world_run(w);
	assert_int_equal(fixture_certs(&w->f), 5);
	/* It is there again. */
	assert_int_equal(world_facts_of(w, "peer").trouble, RECOVER_WELL);
	assert_string_equal(world_facts_of(w, "peer").why, "");
}

static void
test_of_an_answer_with_two_in_one_the_first_is_taken(void **state)
{
	struct world *w = *state;
	struct buf more = {0};

	world_keep_certs(w, 2);
	make_cert(&more, 77, 1);
	assert_ok(buf_put(&w->k.list[0].octets, buf_view(&more)));
	world_offer(w);
	world_run(w);
	assert_int_equal(fixture_certs(&w->f), 2);
	assert_int_equal(world_facts_of(w, "peer").got, 2);
	assert_int_equal(world_facts_of(w, "peer").unexpected, 0);
	assert_int_equal(world_facts_of(w, "peer").backed_off, 0);
	buf_done(&more);
}

/* Twice the same signature: SKS knows it by a digest that we never have. */
static void
test_what_becomes_another_one_is_not_asked_for_again(void **state)
{
	struct world *w = *state;

	world_keep_repeated(w);
	world_offer(w);
	world_run(w);
	assert_int_equal(fixture_certs(&w->f), 1);
	assert_int_equal(world_facts_of(w, "peer").got, 1);
	assert_int_equal(world_facts_of(w, "peer").unexpected, 0);
	assert_int_equal(world_facts_of(w, "peer").changed, 1);
	assert_int_equal(world_facts_of(w, "peer").backed_off, 1);
	assert_int_equal(world_offer(w), 0);
	assert_int_equal(world_offer_as(w, "other", 0), 0);
}

static void
test_what_is_no_certificate_is_refused_and_the_rest_comes(void **state)
{
	struct world *w = *state;
	struct buf cert = {0}, part = {0};

	world_keep_certs(w, 2);
	make_cert(&cert, 50, 1);
	make_part(&part, buf_view(&cert), 1, 3); /* no key */
	keeper_put(&w->k, buf_view(&part));
	world_offer(w);
	world_run(w);
	assert_int_equal(fixture_certs(&w->f), 2);
	assert_int_equal(world_facts_of(w, "peer").refused, 1);
	assert_int_equal(
		world_facts_of(w, "peer").backed_off_as[RECOVER_REFUSED], 1);
	assert_int_equal(world_offer(w), 2);
	world_run(w);
	assert_int_equal(keeper_asked(&w->k), 3);
	buf_done(&cert);
	buf_done(&part);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_PROMISE(
			test_one_that_spoils_its_batch_is_found_and_the_others_come),
		WORLD_PROMISE(test_what_never_turns_up_is_remembered),
		WORLD_PROMISE(
			test_what_was_not_asked_for_is_stored_and_counted),
		WORLD_PROMISE(test_replies_that_lie_store_nothing_and_end),
		WORLD_PROMISE(
			test_who_is_silent_three_times_is_left_for_the_next_talk),
		WORLD_PROMISE(test_two_that_pour_at_once_have_bounded_room),
		WORLD_PROMISE(test_nobody_there_is_no_fault_of_the_digests),
		WORLD_PROMISE(
			test_of_an_answer_with_two_in_one_the_first_is_taken),
		WORLD_PROMISE(
			test_what_becomes_another_one_is_not_asked_for_again),
		WORLD_PROMISE(
			test_what_is_no_certificate_is_refused_and_the_rest_comes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
