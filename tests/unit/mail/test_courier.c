/* Promises of the courier, with a fake keypost-mail and a real store. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit.h"
#include "base/clock.h"
#include "world.h"

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return -1;
	world_init(w);
	*state = w;
	return 0;
}

static int
teardown(void **state)
{
	world_done(*state);
	free(*state);
	return 0;
}

/* Only bob gets letters. */
static void
only_bob(struct world *w)
{
	struct peer_settings first = w->peers[0];

	w->peers[0] = w->peers[1];
	w->peers[1] = first;
	w->settings.peer_count = 1;
}

static void
test_commit_leaves_as_letter(void **state)
{
	struct world *w = *state;
	struct sent s;

	only_bob(w);
	world_start(w);
	world_submit(w, 1, KEY_SELF, "http", "");
	agent_expect(w, &s);
	assert_string_equal(s.peer, "bob");
	assert_string_equal(s.recipient, "pks@bob.example");
	assert_string_equal(s.relay, "smtp://127.0.0.1:25");
	assert_string_equal(s.sender, "bounce+bob.1-1@here.example");
	assert_true(sent_has(&s, "Subject: incremental"));
	assert_true(sent_has(&s, "X-KeyServer-Sent: ours@here.example"));
	assert_true(sent_has_key(&s, 1));
	agent_accept_letter(w, &s);
	sent_done(&s);
	world_settled(w, "bob");
	assert_int_equal(world_letters(w, "bob"), 0);
	world_stop(w);
}

static void
test_dot_accepted_moves_cursor(void **state)
{
	struct world *w = *state;
	struct peer row;
	struct sent s;

	only_bob(w);
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
	world_stop(w);
}

static void
test_update_sends_only_what_is_new(void **state)
{
	struct world *w = *state;
	struct sent first, second;

	only_bob(w);
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
	world_stop(w);
}

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

static void
test_restart_sends_the_same_range_again(void **state)
{
	struct world *w = *state;
	struct sent before, after;

	only_bob(w);
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
	world_stop(w);
}

static void
test_agent_death_sends_again(void **state)
{
	struct world *w = *state;
	struct sent before, after;

	only_bob(w);
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
	world_stop(w);
}

static void
answer_all(struct world *w, size_t n)
{
	struct sent s;

	for (size_t i = 0; i < n; i++) {
		agent_expect(w, &s);
		agent_accept_letter(w, &s);
		sent_done(&s);
	}
}

static void
test_sixteen_letters_travel_at_once(void **state)
{
	struct world *w = *state;
	struct sent s[16];

	only_bob(w);
	w->settings.batch_keys = 1;
	world_start(w);
	agent_die(w); /* so that they gather */
	for (unsigned int i = 1; i <= 40; i++)
		world_submit(w, i, KEY_SELF, "http", "");
	agent_accept(w);
	for (size_t i = 0; i < 16; i++)
		agent_expect(w, &s[i]);
	agent_expect_none(w);
	for (size_t i = 0; i < 16; i++) {
		agent_accept_letter(w, &s[i]);
		sent_done(&s[i]);
	}
	answer_all(w, 24);
	world_settled(w, "bob");
	assert_int_equal(world_letters(w, "bob"), 0);
	world_stop(w);
}

static size_t
count_keys(const struct sent *s, unsigned int from, unsigned int to)
{
	size_t n = 0;

	for (unsigned int i = from; i <= to; i++)
		n += sent_has_key(s, i);
	return n;
}

static void
test_batch_keys_closes_a_letter(void **state)
{
	struct world *w = *state;
	struct sent s;

	only_bob(w);
	w->settings.batch_keys = 3;
	w->settings.batch_delay_ms = 3600 * 1000;
	world_start(w);
	for (unsigned int i = 1; i <= 7; i++)
		world_submit(w, i, KEY_SELF, "http", "");
	agent_expect(w, &s);
	assert_int_equal(count_keys(&s, 1, 7), 3);
	agent_accept_letter(w, &s);
	sent_done(&s);
	agent_expect(w, &s);
	assert_int_equal(count_keys(&s, 1, 7), 3);
	agent_accept_letter(w, &s);
	sent_done(&s);
	/* The seventh waits for more, or for the delay to pass. */
	agent_expect_none(w);
	world_stop(w);
}

static void
test_batch_octets_closes_a_letter(void **state)
{
	struct world *w = *state;
	struct sent s;
	size_t keys = 0;

	only_bob(w);
	w->settings.batch_octets = 12000;
	w->settings.batch_delay_ms = 200;
	world_start(w);
	for (unsigned int i = 1; i <= 6; i++)
		world_submit(w, i, KEY_SELF | KEY_BIG, "http", "");
	while (keys < 6) {
		agent_expect(w, &s);
		assert_true(strlen(s.text) <= 12000);
		assert_true(count_keys(&s, 1, 6) <= 3);
		keys += count_keys(&s, 1, 6);
		agent_accept_letter(w, &s);
		sent_done(&s);
	}
	assert_int_equal(keys, 6);
	world_settled(w, "bob");
	world_stop(w);
}

static void
test_key_over_batch_octets_travels_alone(void **state)
{
	struct world *w = *state;
	struct sent s;

	only_bob(w);
	w->settings.batch_octets = 3000;
	w->settings.batch_delay_ms = 200;
	world_start(w);
	world_submit(w, 1, KEY_SELF, "http", "");
	world_submit(w, 2, KEY_SELF | KEY_BIG, "http", "");
	agent_expect(w, &s);
	assert_int_equal(count_keys(&s, 1, 2), 1);
	assert_true(sent_has_key(&s, 1));
	agent_accept_letter(w, &s);
	sent_done(&s);
	agent_expect(w, &s);
	assert_true(sent_has_key(&s, 2));
	assert_int_equal(count_keys(&s, 1, 2), 1);
	agent_accept_letter(w, &s);
	sent_done(&s);
	world_settled(w, "bob");
	world_stop(w);
}

static void
test_key_changed_twice_is_sent_once(void **state)
{
	struct world *w = *state;
	struct sent s;

	only_bob(w);
	w->settings.batch_delay_ms = 1500;
	world_start(w);
	world_submit(w, 1, KEY_SELF, "http", "");
	world_submit(w, 1, KEY_SELF | KEY_SIG_A, "http", "");
	agent_expect(w, &s);
	assert_true(sent_has(&s, "To: pks@bob.example"));
	assert_non_null(strstr(s.text, "X-Keypost-Batch: v1; keys=1; "));
	assert_non_null(strstr(s.text, "<kp.bob.1-2."));
	agent_accept_letter(w, &s);
	sent_done(&s);
	world_settled(w, "bob");
	world_stop(w);
}

/* ---- what failure does --------------------------------------------------- */

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

	only_bob(w);
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
	world_stop(w);
}

static void
test_no_relay_is_tried_again_by_itself(void **state)
{
	struct world *w = *state;
	struct sent s;

	only_bob(w);
	world_start(w);
	world_submit(w, 1, KEY_SELF, "http", "");
	agent_expect(w, &s);
	agent_answer(w, s.id, STAGE_CONNECT, 0, "refused");
	sent_done(&s);
	agent_expect(w, &s);
	agent_accept_letter(w, &s);
	sent_done(&s);
	world_settled(w, "bob");
	world_stop(w);
}

static void
test_auth_refused_stops_the_peer(void **state)
{
	struct world *w = *state;
	struct peer row;
	struct sent s;
	struct err err;

	only_bob(w);
	world_start(w);
	world_submit(w, 1, KEY_SELF, "http", "");
	agent_expect(w, &s);
	agent_answer(w, s.id, STAGE_AUTH, 535, "5.7.8 no");
	sent_done(&s);
	world_until((world_peer(w, "bob", &row), row.flags & PEER_STOPPED));
	agent_expect_none(w);
	assert_ok(mail_pause_peer(w->mail, "bob", false, &err));
	agent_expect(w, &s);
	agent_accept_letter(w, &s);
	sent_done(&s);
	world_settled(w, "bob");
	world_peer(w, "bob", &row);
	assert_int_equal(row.flags, 0);
	world_stop(w);
}

static void
test_oversized_letter_is_split_to_single_keys(void **state)
{
	struct world *w = *state;
	size_t accepted = 0;
	struct sent s;

	only_bob(w);
	w->settings.batch_delay_ms = 1000;
	world_start(w);
	for (unsigned int i = 1; i <= 5; i++)
		world_submit(w, i, KEY_SELF, "http", "");
	/* Letters of one key are taken, but for key 3. */
	while (accepted < 4 || agent_heard(w, &s)) {
		if (accepted < 4)
			agent_expect(w, &s);
		if (count_keys(&s, 1, 5) > 1)
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
	world_stop(w);
}

static void
test_dead_peer_does_not_delay_another(void **state)
{
	struct world *w = *state;
	unsigned int got = 0;
	struct peer row;
	struct sent s;

	w->settings.peer_count = 2;
	world_start(w);
	for (unsigned int i = 1; i <= 30; i++)
		world_submit(w, i, KEY_SELF, "http", "");
	while (got < 30) {
		agent_expect(w, &s);
		if (strcmp(s.peer, "ann") == 0) {
			agent_answer(w, s.id, STAGE_RCPT, 450, "later");
		} else {
			got += (unsigned int)count_keys(&s, 1, 30);
			agent_accept_letter(w, &s);
		}
		sent_done(&s);
	}
	world_settled(w, "bob");
	world_peer(w, "ann", &row);
	assert_int_equal(row.cursor, 0);
	assert_true(row.attempts > 0);
	world_stop(w);
}

static void
test_paused_peer_keeps_its_cursor(void **state)
{
	struct world *w = *state;
	struct peer row;
	struct sent s;
	struct err err;

	only_bob(w);
	world_start(w);
	assert_ok(mail_pause_peer(w->mail, "bob", true, &err));
	world_submit(w, 1, KEY_SELF, "http", "");
	agent_expect_none(w);
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
	world_stop(w);
}

/* ---- who starts where ------------------------------------------------------
 */

static void
test_new_peer_starts_at_the_end(void **state)
{
	struct world *w = *state;
	struct sent s;

	w->settings.peer_count = 1;
	world_start(w);
	world_submit(w, 1, KEY_SELF, "http", "");
	answer_all(w, 1);
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
	world_stop(w);
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
	world_stop(w);
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

	only_bob(w);
	world_start(w);
	world_submit(w, 1, KEY_SELF, "http", "");
	answer_all(w, 1);
	world_settled(w, "bob");
	world_stop(w);
	world_start(w);
	world_until(log_length(w) == 0);
	world_stop(w);
}

static void
test_peer_away_too_long_is_marked_for_resync(void **state)
{
	struct world *w = *state;
	struct peer row;
	struct err err;

	only_bob(w);
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
	world_stop(w);
}

static void
test_changes_too_old_are_not_kept(void **state)
{
	struct world *w = *state;
	struct peer row;
	struct err err;

	only_bob(w);
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

#define PROMISE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PROMISE(test_commit_leaves_as_letter),
		PROMISE(test_dot_accepted_moves_cursor),
		PROMISE(test_update_sends_only_what_is_new),
		PROMISE(test_restart_sends_the_same_range_again),
		PROMISE(test_agent_death_sends_again),
		PROMISE(test_sixteen_letters_travel_at_once),
		PROMISE(test_batch_keys_closes_a_letter),
		PROMISE(test_batch_octets_closes_a_letter),
		PROMISE(test_key_over_batch_octets_travels_alone),
		PROMISE(test_key_changed_twice_is_sent_once),
		PROMISE(test_each_failure_is_tried_again),
		PROMISE(test_no_relay_is_tried_again_by_itself),
		PROMISE(test_auth_refused_stops_the_peer),
		PROMISE(test_oversized_letter_is_split_to_single_keys),
		PROMISE(test_dead_peer_does_not_delay_another),
		PROMISE(test_paused_peer_keeps_its_cursor),
		PROMISE(test_new_peer_starts_at_the_end),
		PROMISE(test_peer_no_longer_configured_holds_nothing),
		PROMISE(test_log_is_pruned_below_every_cursor),
		PROMISE(test_peer_away_too_long_is_marked_for_resync),
		PROMISE(test_changes_too_old_are_not_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
