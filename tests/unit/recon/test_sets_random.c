/*
 * Rows that come, change, share digests and go in any order, with looks,
 * saves, new beginnings and a pruned log between them: the trees are right.
 */
#include "sets_world.h"

enum { ROWS = 400, DIGESTS = 300, TURNS = 250, SEEDS = 2 };

static uint32_t chance;

static uint32_t
below(uint32_t n)
{
	chance = chance * 1103515245 + 12345;
	return (chance >> 16) % n;
}

static void
change_some(struct world *w)
{
	static const uint32_t flags[] = {0, 0, CERT_NOT_SKS, CERT_UNVERIFIED,
		CERT_HAS_UNSERVED, CERT_NOT_SKS | CERT_HAS_V5_V6};

	world_begin(w);
	for (uint32_t i = below(120); i > 0; i--) {
		struct sks_digest d = world_digest(below(DIGESTS));
		size_t n = below(ROWS);

		if (w->rows[n].there && below(3) == 0)
			world_delete(w, n);
		else
			world_put(w, n, &d, flags[below(6)]);
	}
	world_commit(w);
}

static void
turn(struct world *w)
{
	struct sets_facts facts;
	struct err err = {""};

	switch (below(10)) {
	case 0:
		assert_ok(sets_save(w->sets, &err));
		break;
	case 1:
		(void)world_open_sets(w);
		world_assert_right(w);
		break;
	case 2:
		sets_get_facts(w->sets, &facts);
		world_prune(w, facts.seq - 50 + below(60));
		break;
	case 3:
	case 4:
		assert_ok(sets_follow(w->sets, &err));
		world_assert_right(w);
		break;
	default:
		change_some(w);
		break;
	}
}

static void
test_any_order_of_things_comes_to_the_same(void **state)
{
	struct world *w = *state;
	struct sets_facts facts;
	struct err err = {""};

	w->profile_count = 2;
	for (uint32_t seed = 1; seed <= SEEDS; seed++) {
		chance = seed;
		(void)world_open_sets(w);
		for (int i = 0; i < TURNS; i++)
			turn(w);
		assert_ok(sets_follow(w->sets, &err));
		world_assert_right(w);
	}
	sets_get_facts(w->sets, &facts);
	assert_true(facts.seq > 5000);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_PROMISE(test_any_order_of_things_comes_to_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
