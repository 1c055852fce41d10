/* Promises about how many letters anybody may send. */

#include "../unit.h"
#include "base/clock.h"
#include "world.h"

/* The clock stands still, so that a rate fills up when a test says so. */
static void
stop_clock(int64_t later_ms)
{
	static int64_t at_ms;

	at_ms = later_ms == 0 ? clock_mono_ms() : at_ms + later_ms;
	clock_set_for_test(at_ms, -1);
}

static int
start_clock(void **state)
{
	clock_set_for_test(-1, -1);
	return world_teardown(state);
}

/* So many are taken, and the next is left for later. */
static void
assert_taken(struct world *w, const struct offer *o, unsigned int most)
{
	for (unsigned int i = 0; i < most; i++)
		assert_int_equal(agent_letter(w, o), FATE_TAKEN);
	assert_int_equal(agent_letter(w, o), FATE_LATER);
}

static void
test_stranger_over_its_rate_is_left_for_later(void **state)
{
	struct world *w = *state;
	struct offer o = {.subject = "incremental",
		.sender = "pks@flood.example",
		.seed = 1,
		.parts = KEY_SELF};

	stop_clock(0);
	assert_taken(w, &o, 60);
	o.sender = "pks@Flood.EXAMPLE";
	assert_int_equal(agent_letter(w, &o), FATE_LATER);
	o.sender = "pks@calm.example";
	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	o.sender = "pks@flood.example";
	/* A letter that is kept for later does not count again. */
	for (unsigned int i = 0; i < 100; i++)
		assert_int_equal(agent_letter(w, &o), FATE_LATER);
	stop_clock(60 * 1000);
	assert_taken(w, &o, 60);
}

static void
test_listed_peer_has_ten_times_that(void **state)
{
	struct world *w = *state;
	const struct offer o = {.subject = "incremental",
		.sender = "pks@ann.example",
		.seed = 1,
		.parts = KEY_SELF};

	stop_clock(0);
	assert_taken(w, &o, 600);
}

static void
test_peer_by_transport_has_no_limit(void **state)
{
	struct world *w = *state;
	const struct offer o = {.subject = "incremental",
		.sender = "pks@ann.example",
		.seed = 1,
		.parts = KEY_SELF};

	stop_clock(0);
	w->peers[0].auth = PEER_AUTH_TRANSPORT;
	for (unsigned int i = 0; i < 700; i++)
		assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
}

static void
test_person_over_its_rate_is_left_for_later(void **state)
{
	struct world *w = *state;
	struct offer o = {.subject = "ADD",
		.sender = "joe@user.example",
		.from = "joe@user.example",
		.message_id = "m1@user.example",
		.seed = 1,
		.parts = KEY_SELF};

	stop_clock(0);
	assert_taken(w, &o, 20);
	o.sender = o.from = "Joe+keys@user.example";
	assert_int_equal(agent_letter(w, &o), FATE_LATER);
	/* 20 an hour are one in three minutes. */
	stop_clock(60 * 1000);
	assert_taken(w, &o, 0);
	stop_clock(60 * 1000);
	assert_taken(w, &o, 0);
	stop_clock(60 * 1000);
	assert_taken(w, &o, 1);
}

#define PROMISE(f)                                                             \
	cmocka_unit_test_setup_teardown(f, world_setup_started, start_clock)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PROMISE(test_stranger_over_its_rate_is_left_for_later),
		PROMISE(test_listed_peer_has_ten_times_that),
		PROMISE(test_peer_by_transport_has_no_limit),
		PROMISE(test_person_over_its_rate_is_left_for_later),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
