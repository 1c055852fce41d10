/* Where a server can go wrong on the way out, and what is reported then. */
#include "../unit.h"

#include <string.h>

#include "desk.h"
#include "hellserver.h"

/* Where a server can go wrong, and what is reported then. */
static const struct step {
	const char *name;
	size_t field; /* of the script */
	enum sent_stage stage;
} steps[] = {
	{"greeting", offsetof(struct hell_script, greeting), STAGE_GREETING},
	{"hello", offsetof(struct hell_script, hello), STAGE_GREETING},
	{"mail", offsetof(struct hell_script, mail), STAGE_MAIL},
	{"rcpt", offsetof(struct hell_script, rcpt), STAGE_RCPT},
	{"data", offsetof(struct hell_script, data), STAGE_DATA},
	{"dot", offsetof(struct hell_script, dot), STAGE_DOT},
};

enum { STEPS = sizeof(steps) / sizeof(steps[0]), SILENT_MS = 4000 };

static struct hell_script
broken_at(size_t step, const char *how)
{
	struct hell_script s = {.letters = 0};

	memcpy((char *)&s + steps[step].field, &how, sizeof(how));
	return s;
}

/* The first session fails that way, the next letter goes through. */
static void
check_failure(size_t step, const char *how, unsigned code, bool lmtp,
	int64_t answer_ms)
{
	static const struct hell_script good = {.letters = 0};
	struct hell_script bad = broken_at(step, how);
	char said[10000];
	struct hell h;
	struct desk d;
	struct parcel p = {.tls = RELAY_TLS_NONE};

	hell_start(&h, &bad, &good);
	p.relay = lmtp ? h.lmtp : h.smtp;
	desk_open(&d, answer_ms);
	desk_post(&d, 1, &p);
	desk_wait(&d, 1);
	if (d.sent[0].stage != (uint64_t)steps[step].stage ||
		d.sent[0].code != code)
		fail_msg("%s %s: stage %d code %d: %s", steps[step].name, how,
			(int)d.sent[0].stage, (int)d.sent[0].code,
			d.sent[0].text);
	/* A refusal leaves the session open; else a new one is made. */
	if (code == 0 || code == 421 || steps[step].stage == STAGE_GREETING) {
		desk_close(&d);
		desk_open(&d, DESK_WAIT_MS);
		desk_post(&d, 2, &p);
		desk_wait(&d, 1);
		assert_int_equal(d.sent[0].stage, STAGE_DONE);
	}
	desk_close(&d);
	hell_stop(&h, said, sizeof(said));
}

static void
test_each_refusal_keeps_its_code(void **state)
{
	static const struct {
		const char *reply;
		unsigned code;
	} replies[] = {{"421 4.3.2 bye", 421}, {"450 4.2.1 later", 450},
		{"451 4.7.1 greylisted", 451}, {"550 5.1.1 no", 550},
		{"552 5.3.4 too big", 552},
		{"554-5.7.1 two\r\n554 lines", 554}};
	size_t step, i;

	(void)state;
	for (step = 0; step < STEPS; step++) {
		for (i = 0; i < sizeof(replies) / sizeof(replies[0]); i++)
			check_failure(step, replies[i].reply, replies[i].code,
				(i & 1) != 0, DESK_WAIT_MS);
	}
}

static void
test_lost_connection_has_no_code(void **state)
{
	size_t step;

	(void)state;
	for (step = 0; step < STEPS; step++)
		check_failure(
			step, HELL_DROP, 0, (step & 1) != 0, DESK_WAIT_MS);
}

/* All at once, so that the deadline can be long. */
static void
test_silence_ends_at_the_deadline(void **state)
{
	static const struct hell_script good = {.letters = 0};
	static const char *const peers[STEPS] = {"a", "b", "c", "d", "e", "f"};
	struct parcel p = {.tls = RELAY_TLS_NONE};
	struct hell hells[STEPS];
	char said[10000];
	struct desk d;
	size_t step, i;

	(void)state;
	desk_open(&d, SILENT_MS);
	for (step = 0; step < STEPS; step++) {
		struct hell_script bad = broken_at(step, HELL_SILENT);

		hell_start(&hells[step], &bad, &good);
		p.peer = peers[step];
		p.relay = (step & 1) != 0 ? hells[step].lmtp : hells[step].smtp;
		desk_post(&d, step, &p);
	}
	desk_wait(&d, STEPS);
	for (i = 0; i < STEPS; i++) {
		step = (size_t)d.sent[i].id;
		assert_int_equal(d.sent[i].stage, steps[step].stage);
		assert_int_equal(d.sent[i].code, 0);
	}
	desk_close(&d);
	desk_open(&d, DESK_WAIT_MS);
	for (step = 0; step < STEPS; step++) {
		p.peer = peers[step];
		p.relay = hells[step].smtp;
		desk_post(&d, step, &p);
	}
	desk_wait(&d, STEPS);
	for (i = 0; i < STEPS; i++)
		assert_int_equal(d.sent[i].stage, STAGE_DONE);
	desk_close(&d);
	for (step = 0; step < STEPS; step++)
		hell_stop(&hells[step], said, sizeof(said));
}

static void
test_answer_without_end_is_cut(void **state)
{
	size_t step;

	(void)state;
	/* The deadline is far: it is the length that ends it. */
	for (step = 0; step < STEPS; step++) {
		check_failure(step, HELL_ENDLESS, 0, false, DESK_LONG_MS);
		check_failure(step, HELL_LINES, 0, true, DESK_LONG_MS);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_refusal_keeps_its_code),
		cmocka_unit_test(test_lost_connection_has_no_code),
		cmocka_unit_test(test_silence_ends_at_the_deadline),
		cmocka_unit_test(test_answer_without_end_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
