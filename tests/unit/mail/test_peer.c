/* Promises about one peer's state, answer by answer, without a clock. */
#include <string.h>

#include "../unit.h"
#include "mail/courier_state.h"

static char name[] = "bob", nothing[] = "";
static const struct peer_settings set = {.name = name, .mail = nothing};
static const struct mail_settings settings;

struct one {
	struct courier c;
	struct courier_peer p;
};

static uint32_t
no_jitter(void)
{
	return 0;
}

static void
make(struct one *o, size_t letters)
{
	memset(o, 0, sizeof(*o));
	o->c.p.settings = &settings;
	o->c.p.random = no_jitter;
	o->c.delivered = counter_get("t_delivered");
	o->c.deferred = counter_get("t_deferred");
	o->c.refused = counter_get("t_refused");
	o->c.owed = counter_get("t_owed");
	o->p.c = &o->c;
	o->p.set = &set;
	for (size_t i = 0; i < letters; i++) {
		int64_t seq = 10 * (int64_t)(i + 1);

		(void)plan_insert(&o->p, i, seq, seq + 9);
	}
}

/* All letters travel in one round. */
static void
travel(struct one *o)
{
	for (size_t i = 0; i < o->p.count; i++) {
		o->p.letters[i].state = LETTER_SENT;
		o->p.letters[i].id = i + 1;
		o->p.letters[i].round = o->p.round;
		o->p.letters[i].keys = 5;
	}
}

static void
answer_text(struct one *o, uint64_t id, unsigned int stage, unsigned int code,
	const char *text, int64_t now)
{
	const struct answer a = {.stage = (enum sent_stage)stage,
		.code = code,
		.text = bytes_of(text)};

	peer_answered(&o->p, id, &a, now);
}

static void
answer(struct one *o, uint64_t id, unsigned int stage, unsigned int code,
	int64_t now)
{
	answer_text(o, id, stage, code, "", now);
}

static void
test_first_failure_of_a_round_is_the_one_told(void **state)
{
	struct one o;

	(void)state;
	make(&o, 3);
	travel(&o);
	answer_text(&o, 1, STAGE_GREETING, 0, "no answer in time", 1000);
	answer_text(&o, 2, STAGE_CONNECT, 0, "not tried", 1000);
	answer_text(&o, 3, STAGE_CONNECT, 0, "not tried", 1000);
	assert_string_equal(o.p.last_error, "no answer in time");
	travel(&o);
	answer_text(&o, 1, STAGE_CONNECT, 0, "refused", 9000);
	assert_string_equal(o.p.last_error, "refused");
	peer_done(&o.p);
}

/* What is written beside certificates that are owed is about them. */
static void
test_letter_refused_after_a_failure_tells_its_own_reason(void **state)
{
	struct one o;

	(void)state;
	make(&o, 2);
	travel(&o);
	o.p.letters[1].keys = 1;
	answer_text(&o, 1, STAGE_RCPT, 451, "later", 1000);
	answer_text(&o, 2, STAGE_DOT, 554, "never", 1000);
	assert_int_equal(o.p.letters[1].state, LETTER_OWED);
	assert_string_equal(o.p.letters[1].reason, "554 never");
	peer_done(&o.p);
}

static void
test_letters_that_fail_together_count_once(void **state)
{
	struct one o;

	(void)state;
	make(&o, 16);
	travel(&o);
	for (uint64_t id = 1; id <= 16; id++)
		answer(&o, id, STAGE_CONNECT, 0, 1000);
	assert_int_equal(o.p.failures, 1);
	assert_int_equal(o.p.next_try, 1000 + 800);
	travel(&o);
	answer(&o, 1, STAGE_CONNECT, 0, 2000);
	assert_int_equal(o.p.failures, 2);
	assert_int_equal(o.p.next_try, 2000 + 1600);
	peer_done(&o.p);
}

static void
test_three_refusals_of_the_recipient_stop_the_peer(void **state)
{
	struct one o;

	(void)state;
	make(&o, 2);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(o.p.flags & PEER_STOPPED, 0);
		travel(&o);
		answer(&o, 1, STAGE_RCPT, 550, 0);
		answer(&o, 2, STAGE_RCPT, 550, 0);
	}
	assert_int_equal(o.p.flags & PEER_STOPPED, PEER_STOPPED);
	assert_true(o.p.dirty);
	peer_retry(&o.p);
	assert_int_equal(o.p.flags & PEER_STOPPED, 0);
	peer_done(&o.p);
}

static void
test_refusals_must_follow_each_other_to_stop(void **state)
{
	struct one o;

	(void)state;
	make(&o, 1);
	for (int i = 0; i < 10; i++) {
		travel(&o);
		answer(&o, 1, i % 3 == 2 ? STAGE_CONNECT : STAGE_RCPT,
			i % 3 == 2 ? 0 : 550, 0);
		assert_int_equal(o.p.flags & PEER_STOPPED, 0);
	}
	peer_done(&o.p);
}

static void
test_letter_refused_for_five_days_is_owed(void **state)
{
	struct one o;

	(void)state;
	make(&o, 1);
	for (int i = 1; i < RETRY_LETTER_MAX; i++) {
		travel(&o);
		answer(&o, 1, STAGE_DOT, 451, 0);
		assert_int_equal(o.p.letters[0].state, LETTER_PLANNED);
	}
	travel(&o);
	answer(&o, 1, STAGE_DOT, 451, 0);
	assert_int_equal(o.p.letters[0].state, LETTER_OWED);
	peer_done(&o.p);
}

/* However long its relay is away, nothing is given up. */
static void
test_absent_relay_costs_no_letter(void **state)
{
	struct one o;

	(void)state;
	make(&o, 1);
	for (int i = 0; i < 1000; i++) {
		travel(&o);
		answer(&o, 1, STAGE_CONNECT, 0, 0);
	}
	assert_int_equal(o.p.letters[0].state, LETTER_PLANNED);
	assert_int_equal(o.p.next_try, 48000);
	assert_int_equal(o.p.flags, 0);
	peer_done(&o.p);
}

static void
test_acceptance_ends_the_back_off(void **state)
{
	struct one o;

	(void)state;
	make(&o, 2);
	travel(&o);
	answer(&o, 1, STAGE_DOT, 421, 0);
	assert_int_equal(o.p.failures, 1);
	travel(&o);
	answer(&o, 1, STAGE_DONE, 250, 0);
	assert_int_equal(o.p.failures, 0);
	assert_int_equal(o.p.next_try, 0);
	assert_int_equal(o.p.letters[0].state, LETTER_DELIVERED);
	assert_int_equal(o.p.letters[1].state, LETTER_SENT);
	peer_done(&o.p);
}

static void
test_refused_letter_does_not_make_the_peer_wait(void **state)
{
	struct one o;

	(void)state;
	make(&o, 3);
	travel(&o);
	o.p.letters[1].keys = 1;
	answer(&o, 1, STAGE_DOT, 552, 0);
	answer(&o, 2, STAGE_DATA, 554, 0);
	assert_int_equal(o.p.letters[0].state, LETTER_HALVE);
	assert_int_equal(o.p.letters[1].state, LETTER_OWED);
	assert_int_equal(o.p.failures, 0);
	peer_done(&o.p);
}

static void
test_answers_for_unknown_letters_change_nothing(void **state)
{
	struct one o;

	(void)state;
	make(&o, 1);
	travel(&o);
	answer(&o, 99, STAGE_DONE, 250, 0);
	assert_int_equal(o.p.letters[0].state, LETTER_SENT);
	answer(&o, 1, STAGE_DONE, 250, 0);
	answer(&o, 1, STAGE_AUTH, 535, 0);
	assert_int_equal(o.p.letters[0].state, LETTER_DELIVERED);
	assert_int_equal(o.p.flags, 0);
	peer_done(&o.p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_failure_of_a_round_is_the_one_told),
		cmocka_unit_test(
			test_letter_refused_after_a_failure_tells_its_own_reason),
		cmocka_unit_test(test_letters_that_fail_together_count_once),
		cmocka_unit_test(
			test_three_refusals_of_the_recipient_stop_the_peer),
		cmocka_unit_test(test_refusals_must_follow_each_other_to_stop),
		cmocka_unit_test(test_letter_refused_for_five_days_is_owed),
		cmocka_unit_test(test_absent_relay_costs_no_letter),
		cmocka_unit_test(test_acceptance_ends_the_back_off),
		cmocka_unit_test(
			test_refused_letter_does_not_make_the_peer_wait),
		cmocka_unit_test(
			test_answers_for_unknown_letters_change_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
