/* Promises of the ranges that letters tell: they follow each other. */
#include <stdio.h>
#include <string.h>

#include "../unit.h"
#include "world.h"

/* The next letter covers just this, and is accepted. */
static void
expect_range(struct world *w, const char *range)
{
	char want[64];
	struct sent s;

	(void)snprintf(want, sizeof(want), "; range=%s; store=", range);
	agent_expect(w, &s);
	assert_non_null(strstr(s.text, want));
	agent_accept_letter(w, &s);
	sent_done(&s);
}

/* Only who answers names what may be asked for. */
static int
ranges_setup(void **state)
{
	struct world *w;

	if (world_setup(state) != 0)
		return -1;
	w = *state;
	w->settings.repair = true;
	return 0;
}

static void
expect_no_range(struct world *w)
{
	struct sent s;

	agent_expect(w, &s);
	assert_non_null(strstr(s.text, "X-Keypost-Batch: v1; keys=1; "));
	assert_null(strstr(s.text, "; range="));
	assert_null(strstr(s.text, "; store="));
	agent_accept_letter(w, &s);
	sent_done(&s);
}

static void
test_who_does_not_repair_names_nothing_to_ask_for(void **state)
{
	struct world *w = *state;

	world_only_bob(w);
	w->settings.repair = false;
	world_start(w);
	world_submit(w, 1, KEY_SELF, "http", "");
	expect_no_range(w);
}

static void
test_a_peer_without_repair_is_told_nothing_to_ask_for(void **state)
{
	struct world *w = *state;

	world_only_bob(w);
	w->peers[0].repair = PEER_REPAIR_NO;
	world_start(w);
	world_submit(w, 1, KEY_SELF, "http", "");
	expect_no_range(w);
}

/* The second change is one that he has seen. */
static void
tell_bob_of_one_of_two(struct world *w)
{
	world_only_bob(w);
	world_start(w);
	world_submit(w, 1, KEY_SELF, "http", "");
	expect_range(w, "1-1");
	world_submit(w, 2, KEY_SELF, "http", "pks@bob.example");
}

static void
test_what_is_stepped_over_is_covered_by_the_next_letter(void **state)
{
	struct world *w = *state;

	tell_bob_of_one_of_two(w);
	world_submit(w, 3, KEY_SELF, "bob", "");
	world_settled(w, "bob");
	world_submit(w, 4, KEY_SELF, "http", "");
	expect_range(w, "2-4");
}

static void
test_a_restart_forgets_nothing_of_it(void **state)
{
	struct world *w = *state;

	tell_bob_of_one_of_two(w);
	world_settled(w, "bob");
	world_stop(w);
	world_start(w);
	world_submit(w, 3, KEY_SELF, "http", "");
	expect_range(w, "2-3");
}

static void
test_a_letter_in_two_covers_the_same(void **state)
{
	struct world *w = *state;
	struct sent s;

	world_only_bob(w);
	world_start(w);
	world_hold(w);
	world_submit(w, 1, KEY_SELF, "http", "pks@bob.example");
	for (unsigned int i = 2; i <= 4; i++)
		world_submit(w, i, KEY_SELF, "http", "");
	world_let_go(w);
	agent_expect(w, &s);
	assert_non_null(strstr(s.text, "; range=1-4; "));
	agent_answer(w, s.id, STAGE_DATA, 552, "5.3.4 too big");
	sent_done(&s);
	expect_range(w, "1-2");
	expect_range(w, "3-4");
	world_settled(w, "bob");
}

#define PROMISE(f)                                                             \
	cmocka_unit_test_setup_teardown(f, ranges_setup, world_teardown)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		PROMISE(test_what_is_stepped_over_is_covered_by_the_next_letter),
		PROMISE(test_a_restart_forgets_nothing_of_it),
		PROMISE(test_a_letter_in_two_covers_the_same),
		PROMISE(test_who_does_not_repair_names_nothing_to_ask_for),
		PROMISE(test_a_peer_without_repair_is_told_nothing_to_ask_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
