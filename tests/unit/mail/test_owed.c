/* What a peer could not take is offered again when somebody asks for it. */
#include "../unit.h"

#include "world.h"

/* Letters of one key are refused, each for good: all are owed. */
static void
owe(struct world *w, unsigned int keys)
{
	unsigned int refused = 0;
	struct sent s;

	world_only_bob(w);
	world_start(w);
	world_hold(w);
	for (unsigned int i = 1; i <= keys; i++)
		world_submit(w, i, KEY_SELF, "http", "");
	world_let_go(w);
	while (refused < keys) {
		agent_expect(w, &s);
		refused += sent_count_keys(&s, 1, keys) == 1;
		agent_answer(w, s.id, STAGE_DOT, 552, "5.3.4 too big");
		sent_done(&s);
	}
	world_until(world_owed(w, "bob") == keys);
	world_settled(w, "bob");
	assert_int_equal(world_letters(w, "bob"), 0);
}

/* Whether or not letters of repair are written here. */
static void
test_retry_sends_what_is_owed(void **state)
{
	struct world *w = *state;
	struct err err = {{0}};
	struct sent s;

	owe(w, 1);
	assert_ok(mail_retry_peer(w->mail, "bob", &err));
	agent_expect(w, &s);
	assert_true(sent_has(&s, "Subject: incremental"));
	assert_true(sent_has_key(&s, 1));
	agent_accept_letter(w, &s);
	sent_done(&s);
	world_until(world_owed(w, "bob") == 0);
}

static void
test_what_is_refused_again_stays_owed(void **state)
{
	struct world *w = *state;
	struct err err = {{0}};
	struct sent s;
	unsigned int accepted = 0, refused = 0;

	w->settings.repair = true;
	owe(w, 3);
	assert_ok(mail_retry_peer(w->mail, NULL, &err));
	for (int i = 0; i < 3; i++) {
		agent_expect(w, &s);
		assert_int_equal(sent_count_keys(&s, 1, 3), 1);
		if (sent_has_key(&s, 2)) {
			agent_answer(w, s.id, STAGE_DOT, 552, "5.3.4 big");
			refused++;
		} else {
			agent_accept_letter(w, &s);
			accepted++;
		}
		sent_done(&s);
	}
	assert_int_equal(accepted, 2);
	assert_int_equal(refused, 1);
	world_until(world_owed(w, "bob") == 1);
	/* And nothing more is tried by itself. */
	agent_expect_wait(w);
	assert_int_equal(world_owed(w, "bob"), 1);
}

static void
test_nothing_is_sent_unasked(void **state)
{
	struct world *w = *state;

	owe(w, 1);
	agent_expect_wait(w);
	assert_int_equal(world_owed(w, "bob"), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_PROMISE(test_retry_sends_what_is_owed),
		WORLD_PROMISE(test_what_is_refused_again_stays_owed),
		WORLD_PROMISE(test_nothing_is_sent_unasked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
