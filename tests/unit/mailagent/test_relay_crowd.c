/* Peers that take their time, and the others. */
#include "../unit.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "desk.h"
#include "hellserver.h"

static void
test_silent_peer_does_not_delay_another(void **state)
{
	static const struct hell_script silent = {.greeting = HELL_SILENT};
	static const struct hell_script good = {.letters = 0};
	char said[10000];
	struct hell bad, fine;
	struct desk d;

	(void)state;
	hell_start(&bad, &silent, &silent);
	hell_start(&fine, &good, &good);
	desk_open(&d, DESK_LONG_MS);
	desk_post(&d, 1,
		&(struct parcel){.peer = "bad",
			.relay = bad.smtp,
			.tls = RELAY_TLS_NONE});
	desk_post(&d, 2,
		&(struct parcel){.peer = "fine",
			.relay = fine.smtp,
			.tls = RELAY_TLS_NONE});
	desk_wait(&d, 1);
	assert_int_equal(d.sent[0].id, 2);
	assert_int_equal(d.sent[0].stage, STAGE_DONE);
	desk_close(&d);
	hell_stop(&bad, said, sizeof(said));
	hell_stop(&fine, said, sizeof(said));
}

/*
 * As many peers as there are places keep theirs: a letter to another peer goes
 * all the same, and theirs are reported as not delivered.
 */
static void
check_crowd(const struct hell_script *bad, enum sent_stage stage)
{
	static const struct hell_script good = {.letters = 0};
	char said[10000], names[AGENT_RELAYS_MAX][8];
	struct hell crowd[AGENT_RELAYS_MAX], fine;
	struct desk d;
	size_t i;

	hell_start(&fine, &good, &good);
	desk_open(&d, DESK_LONG_MS);
	for (i = 0; i < AGENT_RELAYS_MAX; i++) {
		hell_start(&crowd[i], bad, bad);
		snprintf(names[i], sizeof(names[i]), "bad%zu", i);
		desk_post(&d, i,
			&(struct parcel){.peer = names[i],
				.relay = crowd[i].smtp,
				.tls = RELAY_TLS_NONE});
	}
	desk_post(&d, 99,
		&(struct parcel){.peer = "fine",
			.relay = fine.smtp,
			.tls = RELAY_TLS_NONE});
	for (i = 0; i == 0 || d.sent[i - 1].id != 99; i++) {
		desk_turn(&d, i);
		if (d.sent[i].id == 99)
			continue;
		assert_int_equal(d.sent[i].code, 0);
		assert_int_equal(d.sent[i].stage, stage);
	}
	assert_int_equal(d.sent[i - 1].stage, STAGE_DONE);
	desk_close(&d);
	for (i = 0; i < AGENT_RELAYS_MAX; i++)
		hell_stop(&crowd[i], said, sizeof(said));
	hell_stop(&fine, said, sizeof(said));
}

static void
test_a_crowd_of_silent_peers_does_not_delay_another(void **state)
{
	static const struct hell_script silent = {.greeting = HELL_SILENT};

	(void)state;
	check_crowd(&silent, STAGE_GREETING);
}

static void
test_nor_does_one_that_greets_and_then_stalls(void **state)
{
	static const struct hell_script hello = {.hello = HELL_SILENT};
	static const struct hell_script mail = {.mail = HELL_SILENT};
	static const struct hell_script data = {.data = HELL_SILENT};
	static const struct hell_script dot = {.dot = HELL_SILENT};

	(void)state;
	check_crowd(&hello, STAGE_GREETING);
	check_crowd(&mail, STAGE_MAIL);
	check_crowd(&data, STAGE_DATA);
	check_crowd(&dot, STAGE_DOT);
}

/* They have more letters than will ever end; the other peer has one. */
static void
test_nor_does_one_that_is_busy_for_ever(void **state)
{
	static const struct hell_script good = {.letters = 0};
	char said[100000], names[AGENT_RELAYS_MAX][8];
	struct hell crowd[AGENT_RELAYS_MAX], fine;
	struct desk d;
	int64_t until = clock_mono_ms() + DESK_WAIT_MS;
	size_t i;
	bool done = false;

	(void)state;
	hell_start(&fine, &good, &good);
	desk_open(&d, DESK_LONG_MS);
	for (i = 0; i < AGENT_RELAYS_MAX; i++) {
		hell_start(&crowd[i], &good, &good);
		snprintf(names[i], sizeof(names[i]), "busy%zu", i);
		/* The next is there before the last is through. */
		for (size_t n = 0; n < 2; n++)
			desk_post(&d, i,
				&(struct parcel){.peer = names[i],
					.relay = crowd[i].smtp,
					.tls = RELAY_TLS_NONE});
	}
	desk_post(&d, 99,
		&(struct parcel){.peer = "fine",
			.relay = fine.smtp,
			.tls = RELAY_TLS_NONE});
	while (!done) {
		struct report sent[DESK_SENT_MAX];
		size_t n;

		desk_turn(&d, 0);
		assert_true(clock_mono_ms() < until);
		n = d.count;
		memcpy(sent, d.sent, n * sizeof(sent[0]));
		d.count = 0;
		/* One is through: its peer has the next ready at once. */
		for (i = 0; i < n; i++) {
			assert_int_equal(sent[i].stage, STAGE_DONE);
			done = done || sent[i].id == 99;
			if (sent[i].id == 99)
				continue;
			desk_post(&d, sent[i].id,
				&(struct parcel){.peer = names[sent[i].id],
					.relay = crowd[sent[i].id].smtp,
					.tls = RELAY_TLS_NONE});
		}
	}
	desk_close(&d);
	for (i = 0; i < AGENT_RELAYS_MAX; i++)
		hell_stop(&crowd[i], said, sizeof(said));
	hell_stop(&fine, said, sizeof(said));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_silent_peer_does_not_delay_another),
		cmocka_unit_test(
			test_a_crowd_of_silent_peers_does_not_delay_another),
		cmocka_unit_test(test_nor_does_one_that_greets_and_then_stalls),
		cmocka_unit_test(test_nor_does_one_that_is_busy_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
