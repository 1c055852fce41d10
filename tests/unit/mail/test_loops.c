/* Promises about loops: who is not told, and that duplicates end. */
#include <stdio.h>
#include <string.h>

#include "../unit.h"
#include "world.h"

static const char *const names[] = {"ann", "bob", "cy", "dora"};

/* One letter goes to each of these (bit i: names[i]), and to nobody else. */
static void
assert_told(struct world *w, unsigned int peers, unsigned int seed)
{
	unsigned int told = 0;
	struct sent s;

	while (agent_heard(w, &s)) {
		assert_true(sent_has_key(&s, seed));
		for (unsigned int i = 0; i < 4; i++) {
			if (strcmp(s.peer, names[i]) != 0)
				continue;
			assert_false(told & 1U << i);
			told |= 1U << i;
		}
		agent_accept_letter(w, &s);
		sent_done(&s);
	}
	assert_int_equal(told, peers);
}

static void
test_three_copies_make_one_letter_to_none_of_the_three(void **state)
{
	struct world *w = *state;
	static char dora[] = "dora", address[] = "pks@dora.example";
	static char none[] = "";
	static const char *const from[] = {
		"pks@ann.example", "pks@bob.example", "pks@cy.example"};
	struct sent s;
	char id[32];

	w->peers[3] = (struct peer_settings){
		.name = dora, .mail = address, .relay = none};
	w->settings.peer_count = 4;
	world_start(w);
	world_hold(w);
	for (unsigned int i = 0; i < 3; i++) {
		const char *const seen[] = {from[i], NULL};
		struct offer o = {.subject = "incremental",
			.sender = "mailer-daemon@relay.example",
			.from = "human@site.example",
			.seen = seen,
			.seed = 1,
			.parts = KEY_SELF | KEY_SIG_A};

		(void)snprintf(id, sizeof(id), "%u@x.example", i);
		o.message_id = id;
		assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
		/* What follows the answer has happened: the courier knows of
		 * the change, and who else has it is noted. */
		world_written(w);
		agent_expect_silence(w);
		world_written(w);
	}
	assert_true(world_stored(w, 1));
	world_let_go(w);
	agent_expect(w, &s);
	assert_string_equal(s.peer, "dora");
	for (unsigned int i = 0; i < 3; i++) {
		char line[64];

		(void)snprintf(
			line, sizeof(line), "X-KeyServer-Sent: %s", from[i]);
		assert_true(sent_has(&s, line));
	}
	agent_accept_letter(w, &s);
	sent_done(&s);
	agent_expect_none(w);
}

static void
test_same_again_goes_nowhere(void **state)
{
	struct world *w = *state;
	const struct offer o = {.subject = "incremental",
		.sender = "pks@ann.example",
		.seed = 1,
		.parts = KEY_SELF};

	world_start(w);
	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	assert_told(w, 6, 1);
	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	agent_expect_none(w);
}

static void
offer_listed(struct world *w, const char *entry, const char *subject,
	const char *sender)
{
	const char *const seen[] = {entry, NULL};
	const struct offer o = {.subject = subject,
		.sender = sender,
		.seen = seen,
		.seed = 1,
		.parts = KEY_SELF};

	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	assert_true(world_stored(w, 1));
}

static void
test_own_address_listed_still_merges_and_forwards(void **state)
{
	struct world *w = *state;
	static const char *const seen[] = {
		"pks@ann.example", "ours@here.example", NULL};
	const struct offer o = {.subject = "incremental",
		.sender = "x@relay.example",
		.seen = seen,
		.seed = 1,
		.parts = KEY_SELF};
	struct sent s;
	const char *own = "X-KeyServer-Sent: ours@here.example\n", *first;

	world_start(w);
	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	agent_expect(w, &s);
	first = strstr(s.text, own);
	assert_non_null(first);
	assert_null(strstr(first + 1, own));
	agent_accept_letter(w, &s);
	sent_done(&s);
	assert_told(w, 4, 1);
}

static void
test_alias_is_the_same_server(void **state)
{
	struct world *w = *state;
	static char alias[] = "robot@old-name.example";
	static char *aliases[] = {alias};

	w->peers[1].aliases = aliases;
	w->peers[1].alias_count = 1;
	world_start(w);
	offer_listed(
		w, "robot@old-name.example", "incremental", "x@relay.example");
	assert_told(w, 5, 1);
}

static void
test_case_and_trailing_dot_are_the_same_server(void **state)
{
	struct world *w = *state;

	world_start(w);
	offer_listed(w, "PKS@Bob.Example.", "incremental", "x@relay.example");
	assert_told(w, 5, 1);
}

static void
test_received_spelling_travels_on(void **state)
{
	struct world *w = *state;
	struct sent s;

	world_start(w);
	offer_listed(w, "PKS@Bob.Example", "incremental", "x@relay.example");
	agent_expect(w, &s);
	assert_true(sent_has(&s, "X-KeyServer-Sent: PKS@Bob.Example"));
	agent_accept_letter(w, &s);
	sent_done(&s);
	assert_told(w, 4, 1);
}

static void
test_list_of_a_person_is_not_believed(void **state)
{
	struct world *w = *state;

	world_start(w);
	offer_listed(w, "pks@elsewhere.example", "ADD", "joe@user.example");
	assert_told(w, 7, 1);
}

static void
test_list_over_its_cap_is_merged_and_goes_nowhere(void **state)
{
	struct world *w = *state;
	const struct offer o = {.subject = "incremental",
		.sender = "x@relay.example",
		.seen_over = true,
		.seed = 1,
		.parts = KEY_SELF};

	world_start(w);
	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	assert_true(world_stored(w, 1));
	agent_expect_none(w);
}

static void
offer_entries(struct world *w, size_t n, unsigned int seed)
{
	static char entries[80][32];
	const char *seen[80] = {NULL};
	const struct offer o = {.subject = "incremental",
		.sender = "x@relay.example",
		.seen = seen,
		.seed = seed,
		.parts = KEY_SELF};

	for (size_t i = 0; i < n; i++) {
		(void)snprintf(
			entries[i], sizeof(entries[i]), "pks@s%zu.example", i);
		seen[i] = entries[i];
	}
	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	assert_true(world_stored(w, seed));
}

static void
test_sixty_four_entries_travel_and_sixty_five_do_not(void **state)
{
	struct world *w = *state;

	world_start(w);
	offer_entries(w, 65, 1);
	agent_expect_none(w);
	offer_entries(w, 64, 2);
	assert_told(w, 7, 2);
}

static void
test_only_what_every_change_has_seen_is_listed(void **state)
{
	struct world *w = *state;
	struct sent s;

	w->settings.peer_count = 1;
	world_start(w);
	world_hold(w);
	world_submit(w, 1, KEY_SELF, "mail", "a@x.example b@x.example");
	world_submit(w, 2, KEY_SELF, "mail", "B@x.example c@x.example");
	world_let_go(w);
	agent_expect(w, &s);
	assert_true(sent_has_key(&s, 1));
	assert_true(sent_has_key(&s, 2));
	assert_false(sent_has(&s, "X-KeyServer-Sent: a@x.example"));
	assert_true(sent_has(&s, "X-KeyServer-Sent: b@x.example"));
	assert_false(sent_has(&s, "X-KeyServer-Sent: c@x.example"));
	agent_accept_letter(w, &s);
	sent_done(&s);
}

static void
test_loaded_and_taken_down_do_not_travel(void **state)
{
	struct world *w = *state;

	world_start(w);
	world_submit(w, 1, KEY_SELF, "load", "");
	world_submit(w, 2, KEY_SELF, "admin", "");
	agent_expect_none(w);
}

static void
test_modern_key_only_to_who_takes_it_and_alone(void **state)
{
	struct world *w = *state;
	struct sent s;
	size_t letters = 0;

	w->peers[1].accept_modern = true;
	world_start(w);
	world_hold(w);
	world_submit(w, 1, KEY_SELF, "http", "");
	world_submit(w, 2, KEY_V6, "http", "");
	world_let_go(w);
	while (letters < 4) {
		agent_expect(w, &s);
		letters++;
		assert_non_null(strstr(s.text, "v1; keys=1; "));
		if (strcmp(s.peer, "bob") != 0)
			assert_true(sent_has_key(&s, 1));
		agent_accept_letter(w, &s);
		sent_done(&s);
	}
	agent_expect_none(w);
}

static void
test_mail_goes_round_no_ring(void **state)
{
	struct world *w = *state;
	static const char *const seen[] = {"ours@here.example",
		"pks@ann.example", "pks@bob.example", NULL};
	struct offer o = {.subject = "incremental",
		.sender = "pks@bob.example",
		.seen = seen,
		.seed = 1,
		.parts = KEY_SELF};

	world_start(w);
	world_submit(w, 1, KEY_SELF, "http", "");
	assert_told(w, 7, 1);
	/* Our own change comes back by two servers. */
	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	agent_expect_none(w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_PROMISE(
			test_three_copies_make_one_letter_to_none_of_the_three),
		WORLD_PROMISE(test_same_again_goes_nowhere),
		WORLD_PROMISE(
			test_own_address_listed_still_merges_and_forwards),
		WORLD_PROMISE(test_alias_is_the_same_server),
		WORLD_PROMISE(test_case_and_trailing_dot_are_the_same_server),
		WORLD_PROMISE(test_received_spelling_travels_on),
		WORLD_PROMISE(test_list_of_a_person_is_not_believed),
		WORLD_PROMISE(
			test_list_over_its_cap_is_merged_and_goes_nowhere),
		WORLD_PROMISE(
			test_sixty_four_entries_travel_and_sixty_five_do_not),
		WORLD_PROMISE(test_only_what_every_change_has_seen_is_listed),
		WORLD_PROMISE(test_loaded_and_taken_down_do_not_travel),
		WORLD_PROMISE(test_modern_key_only_to_who_takes_it_and_alone),
		WORLD_PROMISE(test_mail_goes_round_no_ring),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
