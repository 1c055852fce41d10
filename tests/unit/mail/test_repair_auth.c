/* Promises of proofs of letters, with the test in bob's place. */
#include <semaphore.h>
#include <stdio.h>
#include <string.h>

#include "../unit.h"
#include "base/clock.h"
#include "base/file.h"
#include "bob.h"

static char path[128], bobs[] = "pks@bob.example", ours[] = "ours@here.example";
static char our_name[] = "here", nothing[] = "";
static struct peer_settings us;
static struct mail_settings there;
static struct auth *bob;

/* Bob and we share a secret. */
static int
setup(void **state)
{
	struct err err = {{0}};
	struct world *w;

	if (bob_setup(state) != 0)
		return -1;
	w = *state;
	(void)snprintf(path, sizeof(path), "%s/secret", w->dir);
	assert_ok(file_replace(
		path, bytes_of("a secret of two servers\n"), 0600, &err));
	w->peers[0].auth = PEER_AUTH_HMAC;
	w->peers[0].auth_key = path;
	us = (struct peer_settings){.name = our_name,
		.mail = ours,
		.auth = PEER_AUTH_HMAC,
		.auth_tag = nothing,
		.auth_key = path};
	there = (struct mail_settings){
		.address = bobs, .peers = &us, .peer_count = 1};
	assert_ok(auth_new(&there, &bob, &err));
	world_start(w);
	return 0;
}

static int
teardown(void **state)
{
	clock_set_for_test(-1, -1);
	auth_free(bob);
	return world_teardown(state);
}

/* What bob finds of a letter of ours. */
static enum auth_verdict
judge(const struct sent *s, struct incoming *in)
{
	static const char field[] = "\nX-Keypost-Auth: ";
	const char *value = strstr(s->text, field);
	struct auth_proof proof;

	in->source = "lmtp";
	in->sender = ours;
	assert_non_null(value);
	value += strlen(field);
	in->auth = bytes_make(value, strcspn(value, "\n"));
	return auth_judge(bob, in, 0, clock_wall_s(), &proof);
}

/* Bob asks for a range that is of no store of ours, by this road. */
static void
ask_by(struct world *w, const char *source, const char *auth)
{
	struct offer o = {.subject = "repair",
		.source = source,
		.sender = bobs,
		.from = bobs,
		.machine = MACHINE_AUTO,
		.auth = auth};
	struct buf body;

	begin(&body);
	assert_ok(frame_put_field(&body, REPAIR_ASK, bytes_of(OTHER " 5-9")));
	o.repair = buf_view(&body);
	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	buf_done(&body);
}

static void
ask(struct world *w, const char *auth)
{
	ask_by(w, "lmtp", auth);
}

static void
sign(char value[AUTH_VALUE_SIZE])
{
	struct bytes view;
	struct buf body;

	begin(&body);
	assert_ok(frame_put_field(&body, REPAIR_ASK, bytes_of(OTHER " 5-9")));
	view = buf_view(&body);
	assert_true(auth_sign(bob, 0, &view, 1, clock_wall_s(), value));
	buf_done(&body);
}

static void
test_letters_of_repair_prove_whose_they_are(void **state)
{
	struct world *w = *state;
	struct incoming in = {0};
	struct sent s;
	struct buf body;

	hear_range(w, 1, "1-4");
	hear_range(w, 2, "8-9");
	agent_expect(w, &s);
	body = body_of(&s);
	in.repair = buf_view(&body);
	assert_int_equal(judge(&s, &in), AUTH_PROVEN);
	body.data[body.len - 1] ^= 1;
	assert_int_equal(judge(&s, &in), AUTH_NONE);
	agent_accept_letter(w, &s);
	buf_done(&body);
	sent_done(&s);
}

static void
test_what_repair_sends_proves_it_too(void **state)
{
	struct world *w = *state;
	struct incoming in = {0};
	struct incoming_block block = {.kind = BLOCK_PLAIN};
	struct err err = {{0}};
	struct sent s;

	world_submit(w, 1, KEY_SELF, "load", "");
	assert_ok(mail_resync_peer(w->mail, "bob", 1, &err));
	agent_expect(w, &s);
	assert_true(sent_has_key(&s, 1));
	block.text = bytes_of(strstr(s.text, "\n\n") + 2);
	in.blocks = &block;
	in.block_count = 1;
	assert_int_equal(judge(&s, &in), AUTH_PROVEN);
	agent_accept_letter(w, &s);
	sent_done(&s);
}

static void
test_a_proven_letter_of_repair_is_answered(void **state)
{
	struct world *w = *state;
	char value[AUTH_VALUE_SIZE];

	sign(value);
	ask(w, value);
	expect_repair(w, REPAIR_GONE, OTHER " 5-9");
}

static void
test_a_letter_of_repair_without_proof_is_not_answered(void **state)
{
	struct world *w = *state;
	char value[AUTH_VALUE_SIZE];

	ask(w, NULL);
	sign(value);
	value[strlen(value) - 1] = value[strlen(value) - 1] == '0' ? '1' : '0';
	ask(w, value);
	agent_expect_wait(w);
}

static void
test_a_copy_of_a_letter_of_repair_is_not_answered(void **state)
{
	struct world *w = *state;
	char value[AUTH_VALUE_SIZE];

	sign(value);
	ask(w, value);
	expect_repair(w, REPAIR_GONE, OTHER " 5-9");
	ask(w, value);
	agent_expect_wait(w);
}

static void
test_nor_is_one_after_a_restart(void **state)
{
	struct world *w = *state;
	char value[AUTH_VALUE_SIZE];

	sign(value);
	ask(w, value);
	expect_repair(w, REPAIR_GONE, OTHER " 5-9");
	world_stop(w);
	world_start(w);
	ask(w, value);
	agent_expect_wait(w);
}

/* ---- letters with keys ----------------------------------------------------
 */

/* Keeps the writer busy, so that letters stay under way. */
struct held {
	struct write_job job;
	sem_t let_go;
};

static enum status
run_held(struct write_job *job, struct store_session *s, struct err *err)
{
	(void)s;
	(void)err;
	while (sem_wait(&((struct held *)job)->let_go) != 0)
		;
	job->wrote_nothing = true;
	return STATUS_NOT_FOUND;
}

static void
held_done(struct write_job *job, enum status st, const struct err *err)
{
	(void)job;
	(void)st;
	(void)err;
}

/* Nothing is left of the rate that a listed peer has. */
static void
use_up_rate(struct world *w)
{
	const struct offer o = {.subject = "incremental",
		.sender = "somebody@bob.example",
		.seed = 9,
		.parts = KEY_SELF};

	clock_set_for_test(clock_mono_ms(), -1);
	for (int i = 0; i < 60; i++)
		assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	assert_int_equal(agent_letter(w, &o), FATE_LATER);
}

static void
sign_key(unsigned int seed, char value[AUTH_VALUE_SIZE])
{
	struct buf key = {0};
	struct bytes view;

	key_write(&key, seed, KEY_SELF);
	view = buf_view(&key);
	assert_true(auth_sign(bob, 0, &view, 1, clock_wall_s(), value));
	buf_done(&key);
}

static void
test_a_copy_of_what_is_under_way_proves_nothing(void **state)
{
	struct world *w = *state;
	struct held held = {.job = {.run = run_held, .done = held_done}};
	char value[AUTH_VALUE_SIZE];
	struct offer o = {.subject = "incremental",
		.sender = bobs,
		.auth = value,
		.seed = 1,
		.parts = KEY_SELF};
	uint64_t first, second;

	use_up_rate(w);
	assert_int_equal(sem_init(&held.let_go, 0, 0), 0);
	assert_ok(writer_put(ingest_writer(w->ingest), &held.job));
	sign_key(1, value);
	first = agent_offer(w, &o);
	second = agent_offer(w, &o);
	assert_int_equal(agent_fate(w, second), FATE_LATER);
	(void)sem_post(&held.let_go);
	assert_int_equal(agent_fate(w, first), FATE_TAKEN);
	/* Nor does it when that is on disk; another letter does. */
	assert_int_equal(agent_letter(w, &o), FATE_LATER);
	sign_key(2, value);
	o.seed = 2;
	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	world_written(w);
}

/* With transport and no tag the road is the proof: a folder shows none. */
static int
setup_transport(void **state)
{
	struct world *w;

	if (bob_setup(state) != 0)
		return -1;
	w = *state;
	w->peers[0].auth = PEER_AUTH_TRANSPORT;
	w->peers[0].auth_tag = nothing;
	world_start(w);
	return 0;
}

static void
test_the_road_proves_a_question_where_there_is_one(void **state)
{
	struct world *w = *state;

	ask_by(w, "imap", NULL);
	ask_by(w, "maildir", NULL);
	ask_by(w, "spool", NULL);
	agent_expect_wait(w);
	ask_by(w, "lmtp", NULL);
	expect_repair(w, REPAIR_GONE, OTHER " 5-9");
}

#define PROMISE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PROMISE(test_letters_of_repair_prove_whose_they_are),
		PROMISE(test_what_repair_sends_proves_it_too),
		PROMISE(test_a_proven_letter_of_repair_is_answered),
		PROMISE(test_a_letter_of_repair_without_proof_is_not_answered),
		PROMISE(test_a_copy_of_a_letter_of_repair_is_not_answered),
		PROMISE(test_nor_is_one_after_a_restart),
		PROMISE(test_a_copy_of_what_is_under_way_proves_nothing),
		cmocka_unit_test_setup_teardown(
			test_the_road_proves_a_question_where_there_is_one,
			setup_transport, world_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
