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

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		WORLD_PROMISE(
			test_what_is_stepped_over_is_covered_by_the_next_letter),
		WORLD_PROMISE(test_a_restart_forgets_nothing_of_it),
		WORLD_PROMISE(test_a_letter_in_two_covers_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
