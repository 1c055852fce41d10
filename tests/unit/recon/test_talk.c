/* Two of ours talk: afterwards each knows what it lacks, and nothing else. */

#include "../unit.h"

#include "talks.h"

static void
assert_agreed(const struct pair *p)
{
	assert_string_equal(talk_why(p->asker), "all was asked and answered");
	assert_string_equal(
		talk_why(p->answerer), "it has asked all it wanted");
	assert_int_equal(talk_state(p->asker), TALK_DONE);
	assert_int_equal(talk_state(p->answerer), TALK_DONE);
}

static void
agree(const struct set *a, const struct set *b, pair_chunk chunk)
{
	struct pair p;

	pair_init(&p, a, b);
	pair_run(&p, chunk);
	assert_agreed(&p);
	assert_true(learned_exactly(p.asker, a, b));
	assert_true(learned_exactly(p.answerer, b, a));
	pair_done(&p);
}

static const pair_chunk chunks[] = {chunk_one, chunk_odd, chunk_whole};

enum { CHUNKS = sizeof(chunks) / sizeof(chunks[0]) };

/* The difference on one side, on the other, and on both. */
static void
agree_about(size_t common, size_t difference, size_t ways)
{
	const size_t left[] = {difference / 3, 0, difference};
	struct set a, b;
	size_t i, j;

	for (i = 0; i < 3; i++) {
		sets_make((uint32_t)(common + difference + i), common, left[i],
			difference - left[i], &a, &b);
		for (j = CHUNKS - ways; j < CHUNKS; j++)
			agree(&a, &b, chunks[j]);
		set_free(&a);
		set_free(&b);
	}
}

static void
test_equal_sets_agree_in_one_round(void **state)
{
	struct talk_facts facts;
	struct pair p;
	struct set a, b;

	(void)state;
	sets_make(1, 20000, 0, 0, &a, &b);
	pair_init(&p, &a, &b);
	pair_run(&p, chunk_whole);
	assert_agreed(&p);
	talk_get_facts(p.asker, &facts);
	assert_int_equal(facts.rounds, 1);
	assert_int_equal(facts.requests, 1);
	pair_done(&p);
	set_free(&a);
	set_free(&b);
}

static void
test_few_differences_among_many(void **state)
{
	static const size_t differences[] = {0, 1, 5, 6, 100};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(differences) / sizeof(differences[0]); i++)
		agree_about(20000, differences[i], CHUNKS);
}

static void
test_many_differences(void **state)
{
	(void)state;
	agree_about(20000, 1000, CHUNKS);
	agree_about(20000, 10000, CHUNKS);
}

static void
test_sets_of_every_small_size(void **state)
{
	size_t n;

	(void)state;
	for (n = 0; n < 60; n++) {
		agree_about(0, n, 1);
		agree_about(n, 5, 1);
		agree_about(n * 7, n, 1);
	}
}

static void
test_an_empty_set_and_a_full_one(void **state)
{
	struct set a, b;

	(void)state;
	sets_make(2, 0, 0, 20000, &a, &b);
	agree(&a, &b, chunk_odd);
	agree(&b, &a, chunk_odd);
	agree(&a, &a, chunk_one);
	set_free(&a);
	set_free(&b);
}

static void
test_sets_that_share_nothing(void **state)
{
	struct set a, b;

	(void)state;
	sets_make(3, 0, 10000, 10000, &a, &b);
	agree(&a, &b, chunk_odd);
	set_free(&a);
	set_free(&b);
	sets_make(4, 0, 60, 10000, &a, &b);
	agree(&a, &b, chunk_odd);
	agree(&b, &a, chunk_odd);
	set_free(&a);
	set_free(&b);
}

static void
test_digests_that_are_nearly_alike(void **state)
{
	struct set a = set_ground(0, 200), b = set_ground(100, 256);

	(void)state;
	agree(&a, &b, chunk_odd);
	agree(&b, &a, chunk_odd);
	set_free(&a);
	set_free(&b);
}

static void
test_no_frame_is_large_between_an_empty_set_and_a_full_one(void **state)
{
	struct talk_facts facts;
	struct pair p;
	struct set a, b;

	(void)state;
	sets_make(5, 0, 0, 20000, &a, &b);
	pair_init(&p, &b, &a);
	pair_run(&p, chunk_whole);
	assert_agreed(&p);
	talk_get_facts(p.answerer, &facts);
	/* Frame by frame it owed it all; none came near a message's bound. */
	assert_true(facts.requests >= 20000 / 600);
	assert_true(facts.memory < 1024 * 1024);
	pair_done(&p);
	set_free(&a);
	set_free(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equal_sets_agree_in_one_round),
		cmocka_unit_test(test_few_differences_among_many),
		cmocka_unit_test(test_many_differences),
		cmocka_unit_test(test_sets_of_every_small_size),
		cmocka_unit_test(test_an_empty_set_and_a_full_one),
		cmocka_unit_test(test_sets_that_share_nothing),
		cmocka_unit_test(test_digests_that_are_nearly_alike),
		cmocka_unit_test(
			test_no_frame_is_large_between_an_empty_set_and_a_full_one),
	};

	return cmocka_run_group_tests_name("talk", tests, NULL, NULL);
}
