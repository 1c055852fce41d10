/* Promises about who starts where, and what the log keeps for whom. */

#include "../unit.h"
#include "base/clock.h"
#include "store/ids.h"
#include "world.h"

/* ---- who starts where --------------------------------------------------- */

static void
test_new_peer_starts_at_the_end(void **state)
{
	struct world *w = *state;
	struct sent s;

	w->settings.peer_count = 1;
	world_start(w);
	world_submit(w, 1, KEY_SELF, "http", "");
	agent_accept_next(w, 1);
	world_settled(w, "ann");
	world_stop(w);
	w->settings.peer_count = 2;
	world_start(w);
	world_submit(w, 2, KEY_SELF, "http", "pks@ann.example");
	agent_expect(w, &s);
	assert_string_equal(s.peer, "bob");
	assert_false(sent_has_key(&s, 1));
	assert_true(sent_has_key(&s, 2));
	agent_accept_letter(w, &s);
	sent_done(&s);
	world_settled(w, "bob");
}

static void
test_peer_no_longer_configured_holds_nothing(void **state)
{
	struct world *w = *state;
	struct peer *list;
	struct err err = {{0}};
	size_t n;

	w->settings.peer_count = 2;
	world_start(w);
	world_stop(w);
	w->settings.peer_count = 1;
	world_start(w);
	assert_ok(store_list_peers(w->session, w->arena, &list, &n, &err));
	assert_int_equal(n, 1);
	assert_string_equal(list[0].name, "ann");
}

static size_t
log_length(struct world *w)
{
	struct change_batch batch;
	struct err err = {{0}};

	arena_reset(w->arena);
	assert_ok(store_read_changes(
		w->session, 0, 1000, w->arena, &batch, &err));
	return batch.count;
}

static void
test_log_is_pruned_below_every_cursor(void **state)
{
	struct world *w = *state;

	world_only_bob(w);
	world_start(w);
	world_submit(w, 1, KEY_SELF, "http", "");
	agent_accept_next(w, 1);
	world_settled(w, "bob");
	world_stop(w);
	world_start(w);
	world_until(log_length(w) == 0);
}

/* Bob has had three changes; the tree of digests has those up to `seq`. */
static void
start_with_three(struct world *w, int64_t seq)
{
	world_only_bob(w);
	world_start(w);
	world_hold(w);
	for (unsigned int i = 1; i <= 3; i++)
		world_submit(w, i, KEY_SELF, "http", "");
	world_let_go(w);
	agent_accept_next(w, 1);
	world_settled(w, "bob");
	world_stop(w);
	world_start(w);
	/* The first turn only looks. */
	store_hold(w->store, seq);
}

static void
test_log_is_kept_for_the_tree_of_digests(void **state)
{
	struct world *w = *state;

	start_with_three(w, 1);
	world_until(log_length(w) == 2);
}

static void
test_log_is_not_kept_for_it_for_ever(void **state)
{
	struct world *w = *state;

	w->settings.change_keep_count = 1;
	start_with_three(w, 0);
	world_until(log_length(w) == 1);
}

static void
test_peer_away_too_long_is_marked_for_resync(void **state)
{
	struct world *w = *state;
	struct peer row;
	struct err err;

	world_only_bob(w);
	w->settings.change_keep_count = 3;
	world_start(w);
	assert_ok(mail_pause_peer(w->mail, "bob", true, &err));
	for (unsigned int i = 1; i <= 10; i++)
		world_submit(w, i, KEY_SELF, "http", "");
	world_stop(w);
	world_start(w);
	world_until((world_peer(w, "bob", &row), row.flags & PEER_RESYNC));
	assert_int_equal(row.cursor, 7);
	world_until(log_length(w) == 3);
}

static void
test_changes_too_old_are_not_kept(void **state)
{
	struct world *w = *state;
	struct peer row;
	struct err err;

	world_only_bob(w);
	w->settings.change_keep_s = 1000;
	world_start(w);
	assert_ok(mail_pause_peer(w->mail, "bob", true, &err));
	for (unsigned int i = 1; i <= 5; i++)
		world_submit(w, i, KEY_SELF, "http", "");
	world_stop(w);
	/* A day later, as a restart sees it. */
	clock_set_for_test(-1, clock_wall_s() + 86400);
	world_start(w);
	world_until((world_peer(w, "bob", &row), row.flags & PEER_RESYNC));
	assert_int_equal(row.cursor, 5);
	world_stop(w);
	clock_set_for_test(-1, -1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_PROMISE(test_new_peer_starts_at_the_end),
		WORLD_PROMISE(test_peer_no_longer_configured_holds_nothing),
		WORLD_PROMISE(test_log_is_pruned_below_every_cursor),
		WORLD_PROMISE(test_log_is_kept_for_the_tree_of_digests),
		WORLD_PROMISE(test_log_is_not_kept_for_it_for_ever),
		WORLD_PROMISE(test_peer_away_too_long_is_marked_for_resync),
		WORLD_PROMISE(test_changes_too_old_are_not_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
