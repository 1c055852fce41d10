/* Promises of the courier: what is committed leaves, in batches. */
#include <string.h>

#include "../unit.h"
#include "world.h"

static void
test_commit_leaves_as_letter(void **state)
{
	struct world *w = *state;
	struct sent s;

	world_only_bob(w);
	world_start(w);
	world_submit(w, 1, KEY_SELF, "http", "");
	agent_expect(w, &s);
	assert_string_equal(s.peer, "bob");
	assert_string_equal(s.recipient, "pks@bob.example");
	assert_string_equal(s.relay, "smtp://127.0.0.1:25");
	assert_memory_equal(s.sender, "bounce+bob.1-1.", 15);
	assert_true(sent_has(&s, "Subject: incremental"));
	assert_true(sent_has(&s, "X-KeyServer-Sent: ours@here.example"));
	assert_true(sent_has_key(&s, 1));
	agent_accept_letter(w, &s);
	sent_done(&s);
	world_settled(w, "bob");
	assert_int_equal(world_letters(w, "bob"), 0);
}

static void
test_dot_accepted_moves_cursor(void **state)
{
	struct world *w = *state;
	struct peer row;
	struct sent s;

	world_only_bob(w);
	world_start(w);
	world_submit(w, 1, KEY_SELF, "http", "");
	agent_expect(w, &s);
	world_peer(w, "bob", &row);
	assert_int_equal(row.cursor, 0);
	assert_int_equal(world_letters(w, "bob"), 1);
	agent_accept_letter(w, &s);
	sent_done(&s);
	world_settled(w, "bob");
	world_peer(w, "bob", &row);
	assert_int_equal(row.cursor, 1);
	assert_int_equal(row.attempts, 0);
	assert_true(row.last_sent > 0);
}

static void
test_update_sends_only_what_is_new(void **state)
{
	struct world *w = *state;
	struct sent first, second;

	world_only_bob(w);
	world_start(w);
	world_submit(w, 1, KEY_SELF | KEY_BIG | KEY_SIG_A, "http", "");
	agent_expect(w, &first);
	agent_accept_letter(w, &first);
	world_settled(w, "bob");
	world_submit(w, 1, KEY_SELF | KEY_SIG_B, "http", "");
	agent_expect(w, &second);
	agent_accept_letter(w, &second);
	assert_true(strlen(second.text) + 2000 < strlen(first.text));
	assert_true(sent_has_key(&second, 1));
	sent_done(&first);
	sent_done(&second);
	world_settled(w, "bob");
}

/* ---- batches ------------------------------------------------------------ */

static void
test_sixteen_letters_travel_at_once(void **state)
{
	struct world *w = *state;
	struct sent s[16];

	world_only_bob(w);
	w->settings.batch_keys = 1;
	world_start(w);
	agent_die(w); /* so that they gather */
	for (unsigned int i = 1; i <= 40; i++)
		world_submit(w, i, KEY_SELF, "http", "");
	agent_accept(w);
	for (size_t i = 0; i < 16; i++)
		agent_expect(w, &s[i]);
	agent_expect_wait(w);
	for (size_t i = 0; i < 16; i++) {
		agent_accept_letter(w, &s[i]);
		sent_done(&s[i]);
	}
	agent_accept_next(w, 24);
	world_settled(w, "bob");
	assert_int_equal(world_letters(w, "bob"), 0);
}

static void
test_batch_keys_closes_a_letter(void **state)
{
	struct world *w = *state;
	struct sent s;

	world_only_bob(w);
	w->settings.batch_keys = 3;
	w->settings.batch_delay_ms = 3600 * 1000;
	world_start(w);
	for (unsigned int i = 1; i <= 7; i++)
		world_submit(w, i, KEY_SELF, "http", "");
	agent_expect(w, &s);
	assert_int_equal(sent_count_keys(&s, 1, 7), 3);
	agent_accept_letter(w, &s);
	sent_done(&s);
	agent_expect(w, &s);
	assert_int_equal(sent_count_keys(&s, 1, 7), 3);
	agent_accept_letter(w, &s);
	sent_done(&s);
	/* The seventh waits for more, or for the delay to pass. */
	agent_expect_wait(w);
}

static void
test_batch_octets_closes_a_letter(void **state)
{
	struct world *w = *state;
	struct sent s;
	size_t keys = 0, letters = 0;

	world_only_bob(w);
	w->settings.batch_octets = 12000;
	world_start(w);
	world_hold(w);
	for (unsigned int i = 1; i <= 6; i++)
		world_submit(w, i, KEY_SELF | KEY_BIG, "http", "");
	world_let_go(w);
	while (agent_heard(w, &s)) {
		letters++;
		assert_true(strlen(s.text) <= 12000);
		assert_true(sent_count_keys(&s, 1, 6) <= 3);
		keys += sent_count_keys(&s, 1, 6);
		agent_accept_letter(w, &s);
		sent_done(&s);
	}
	assert_int_equal(keys, 6);
	assert_int_equal(letters, 2);
}

static void
test_key_over_batch_octets_travels_alone(void **state)
{
	struct world *w = *state;
	struct sent s;

	world_only_bob(w);
	w->settings.batch_octets = 3000;
	world_start(w);
	world_hold(w);
	world_submit(w, 1, KEY_SELF, "http", "");
	world_submit(w, 2, KEY_SELF | KEY_BIG, "http", "");
	world_let_go(w);
	agent_expect(w, &s);
	assert_int_equal(sent_count_keys(&s, 1, 2), 1);
	assert_true(sent_has_key(&s, 1));
	agent_accept_letter(w, &s);
	sent_done(&s);
	agent_expect(w, &s);
	assert_true(sent_has_key(&s, 2));
	assert_int_equal(sent_count_keys(&s, 1, 2), 1);
	agent_accept_letter(w, &s);
	sent_done(&s);
	world_settled(w, "bob");
}

static void
test_key_changed_twice_is_sent_once(void **state)
{
	struct world *w = *state;
	struct sent s;

	world_only_bob(w);
	world_start(w);
	world_hold(w);
	world_submit(w, 1, KEY_SELF, "http", "");
	world_submit(w, 1, KEY_SELF | KEY_SIG_A, "http", "");
	world_let_go(w);
	agent_expect(w, &s);
	assert_true(sent_has(&s, "To: pks@bob.example"));
	assert_non_null(strstr(s.text, "X-Keypost-Batch: v1; keys=1; "));
	assert_non_null(strstr(s.text, "<kp.bob.1-2."));
	agent_accept_letter(w, &s);
	sent_done(&s);
	world_settled(w, "bob");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_PROMISE(test_commit_leaves_as_letter),
		WORLD_PROMISE(test_dot_accepted_moves_cursor),
		WORLD_PROMISE(test_update_sends_only_what_is_new),
		WORLD_PROMISE(test_sixteen_letters_travel_at_once),
		WORLD_PROMISE(test_batch_keys_closes_a_letter),
		WORLD_PROMISE(test_batch_octets_closes_a_letter),
		WORLD_PROMISE(test_key_over_batch_octets_travels_alone),
		WORLD_PROMISE(test_key_changed_twice_is_sent_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
