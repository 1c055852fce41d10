/* Promises of the courier when a peer, a relay or the agent fails. */
#include <string.h>

#include "../unit.h"
#include "world.h"

/* Takes letters until there are no more. */
static void
accept_rest(struct world *w)
{
	struct sent s;

	while (agent_heard(w, &s)) {
		agent_accept_letter(w, &s);
		sent_done(&s);
	}
}

static const char *
message_id(const struct sent *s)
{
	const char *id = strstr(s->text, "\nMessage-ID: ");

	assert_non_null(id);
	return id;
}

static void
assert_same_letter(const struct sent *a, const struct sent *b)
{
	const char *x = message_id(a), *y = message_id(b);

	assert_int_equal(strcspn(x + 1, "\n"), strcspn(y + 1, "\n"));
	/* Nothing but Date differs, and that stands before. */
	assert_string_equal(x, y);
}

/* ---- what failure does -------------------------------------------------- */

static void
test_restart_sends_the_same_range_again(void **state)
{
	struct world *w = *state;
	struct sent before, after;

	world_only_bob(w);
	world_start(w);
	world_submit(w, 1, KEY_SELF, "http", "");
	world_submit(w, 2, KEY_SELF, "http", "");
	agent_expect(w, &before);
	world_stop(w);
	world_start(w);
	world_submit(w, 3, KEY_SELF, "http", "");
	agent_expect(w, &after);
	assert_string_equal(before.sender, after.sender);
	assert_same_letter(&before, &after);
	agent_accept_letter(w, &after);
	sent_done(&before);
	sent_done(&after);
	accept_rest(w);
	world_settled(w, "bob");
}

static void
test_agent_death_sends_again(void **state)
{
	struct world *w = *state;
	struct sent before, after;

	world_only_bob(w);
	world_start(w);
	world_submit(w, 1, KEY_SELF, "http", "");
	agent_expect(w, &before);
	agent_die(w);
	agent_accept(w);
	agent_expect(w, &after);
	assert_same_letter(&before, &after);
	agent_accept_letter(w, &after);
	sent_done(&before);
	sent_done(&after);
	world_settled(w, "bob");
}

struct failure {
	unsigned int stage, code;
	const char *text;
};

/* Every one of these is tried again, as it was. */
static const struct failure deferred[] = {
	{STAGE_CONNECT, 0, "connection refused"},
	{STAGE_GREETING, 0, "no greeting"},
	{STAGE_GREETING, 421, "4.3.2 busy"},
	{STAGE_GREETING, 554, "no service"},
	{STAGE_TLS, 0, "certificate does not verify"},
	{STAGE_TLS, 454, "4.7.0 no TLS now"},
	{STAGE_AUTH, 454, "4.7.0 later"},
	{STAGE_MAIL, 451, "4.3.0 later"},
	{STAGE_RCPT, 450, "4.2.0 greylisted"},
	{STAGE_RCPT, 550, "5.1.1 who is that"},
	{STAGE_RCPT, 0, "silence"},
	{STAGE_DATA, 451, "4.3.0 later"},
	{STAGE_DATA, 0, "silence"},
	{STAGE_DOT, 0, "connection lost after the dot"},
	{STAGE_DOT, 452, "4.3.1 full"},
	{STAGE_DOT, 421, "4.3.2 going down"},
	{99, 250, "unreadable"},
	{STAGE_DONE, 5000, "unreadable"},
};

static void
test_each_failure_is_tried_again(void **state)
{
	struct world *w = *state;
	struct sent before, after;
	struct peer row;
	struct err err;

	world_only_bob(w);
	world_start(w);
	world_submit(w, 1, KEY_SELF, "http", "");
	agent_expect(w, &before);
	for (size_t i = 0; i < sizeof(deferred) / sizeof(deferred[0]); i++) {
		const struct failure *f = &deferred[i];

		agent_answer(w, before.id, f->stage, f->code, f->text);
		world_until((world_peer(w, "bob", &row), row.attempts > 0));
		assert_int_equal(row.cursor, 0);
		assert_int_equal(row.flags, 0);
		assert_non_null(strstr(row.last_error, f->text));
		/* no reply code where the relay gave none */
		if (f->code == 0)
			assert_string_equal(row.last_error, f->text);
		assert_ok(mail_retry_peer(w->mail, "bob", &err));
		agent_expect(w, &after);
		assert_same_letter(&before, &after);
		sent_done(&before);
		before = after;
		/* so that the row says 0 again before the next failure */
		world_until((world_peer(w, "bob", &row), row.attempts == 0));
	}
	agent_accept_letter(w, &before);
	sent_done(&before);
	world_settled(w, "bob");
	world_peer(w, "bob", &row);
	assert_string_equal(row.last_error, "");
}

static void
test_no_relay_is_tried_again_by_itself(void **state)
{
	struct world *w = *state;
	struct sent s;

	world_only_bob(w);
	world_start(w);
	world_submit(w, 1, KEY_SELF, "http", "");
	agent_expect(w, &s);
	agent_answer(w, s.id, STAGE_CONNECT, 0, "refused");
	sent_done(&s);
	agent_expect(w, &s);
	agent_accept_letter(w, &s);
	sent_done(&s);
	world_settled(w, "bob");
}

static void
test_auth_refused_stops_the_peer(void **state)
{
	struct world *w = *state;
	struct peer row;
	struct sent s;
	struct err err;

	world_only_bob(w);
	world_start(w);
	world_submit(w, 1, KEY_SELF, "http", "");
	agent_expect(w, &s);
	agent_answer(w, s.id, STAGE_AUTH, 535, "5.7.8 no");
	sent_done(&s);
	world_until((world_peer(w, "bob", &row), row.flags & PEER_STOPPED));
	agent_expect_wait(w);
	assert_ok(mail_pause_peer(w->mail, "bob", false, &err));
	agent_expect(w, &s);
	agent_accept_letter(w, &s);
	sent_done(&s);
	world_settled(w, "bob");
	world_peer(w, "bob", &row);
	assert_int_equal(row.flags, 0);
}

static void
test_oversized_letter_is_split_to_single_keys(void **state)
{
	struct world *w = *state;
	size_t accepted = 0;
	struct sent s;

	world_only_bob(w);
	world_start(w);
	world_hold(w);
	for (unsigned int i = 1; i <= 5; i++)
		world_submit(w, i, KEY_SELF, "http", "");
	world_let_go(w);
	/* Letters of one key are taken, but for key 3. */
	while (accepted < 4 || agent_heard(w, &s)) {
		if (accepted < 4)
			agent_expect(w, &s);
		if (sent_count_keys(&s, 1, 5) > 1)
			agent_answer(w, s.id, STAGE_DOT, 552, "5.3.4 big");
		else if (sent_has_key(&s, 3))
			agent_answer(w, s.id, STAGE_DATA, 554, "no");
		else {
			agent_accept_letter(w, &s);
			accepted++;
		}
		sent_done(&s);
	}
	world_settled(w, "bob");
	assert_int_equal(accepted, 4);
	assert_int_equal(world_owed(w, "bob"), 1);
	assert_int_equal(world_letters(w, "bob"), 0);
}

static void
test_dead_peer_does_not_delay_another(void **state)
{
	struct world *w = *state;
	unsigned int got = 0, refused = 0;
	struct peer row;
	struct sent s;

	w->settings.peer_count = 2;
	world_start(w);
	for (unsigned int i = 1; i <= 30; i++)
		world_submit(w, i, KEY_SELF, "http", "");
	while (got < 30 || refused == 0) {
		agent_expect(w, &s);
		if (strcmp(s.peer, "ann") == 0) {
			agent_answer(w, s.id, STAGE_RCPT, 450, "later");
			refused++;
		} else {
			got += (unsigned int)sent_count_keys(&s, 1, 30);
			agent_accept_letter(w, &s);
		}
		sent_done(&s);
	}
	world_settled(w, "bob");
	world_until((world_peer(w, "ann", &row), row.attempts > 0));
	assert_int_equal(row.cursor, 0);
}

static void
test_paused_peer_keeps_its_cursor(void **state)
{
	struct world *w = *state;
	struct peer row;
	struct sent s;
	struct err err;

	world_only_bob(w);
	world_start(w);
	assert_ok(mail_pause_peer(w->mail, "bob", true, &err));
	world_submit(w, 1, KEY_SELF, "http", "");
	agent_expect_wait(w);
	world_peer(w, "bob", &row);
	assert_int_equal(row.flags, PEER_PAUSED);
	assert_int_equal(row.cursor, 0);
	assert_ok(mail_pause_peer(w->mail, "bob", false, &err));
	agent_expect(w, &s);
	agent_accept_letter(w, &s);
	sent_done(&s);
	world_settled(w, "bob");
	assert_status(mail_pause_peer(w->mail, "nobody", true, &err),
		STATUS_NOT_FOUND);
	assert_status(
		mail_retry_peer(w->mail, "nobody", &err), STATUS_NOT_FOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_PROMISE(test_restart_sends_the_same_range_again),
		WORLD_PROMISE(test_agent_death_sends_again),
		WORLD_PROMISE(test_each_failure_is_tried_again),
		WORLD_PROMISE(test_no_relay_is_tried_again_by_itself),
		WORLD_PROMISE(test_auth_refused_stops_the_peer),
		WORLD_PROMISE(test_oversized_letter_is_split_to_single_keys),
		WORLD_PROMISE(test_dead_peer_does_not_delay_another),
		WORLD_PROMISE(test_paused_peer_keeps_its_cursor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
