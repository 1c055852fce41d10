/* Promises of src/mail/canary: the test is the peer, and the clock. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "../unit.h"
#include "base/canary.h"
#include "base/clock.h"
#include "base/file.h"
#include "canary_peer.h"
#include "ingest/ingest.h"
#include "mail/canary.h"
#include "mail/canary_key.h"
#include "world.h"

enum { DAY = 86400, T0 = 1700000000, ROUND_MS = 1000 };

static int64_t mono, wall;

/* ---- our side -------------------------------------------------------------
 */

struct bench {
	struct world w;
	struct canary *canary;
	char url[64];
};

static void
at(int64_t s)
{
	mono += (s - wall) * 1000;
	wall = s;
	clock_set_for_test(mono, wall);
}

static void
open_canary(struct bench *b)
{
	struct err err = {{0}};

	assert_ok(canary_new(&b->w.settings, b->w.ingest, &b->canary, &err));
	assert_ok(canary_open(b->canary, &err));
}

static int
setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	struct canary_counters c = canary_counters_of("bob");
	struct err err = {{0}};

	mono = 1000000;
	wall = T0;
	clock_set_for_test(mono, wall);
	world_init(&b->w);
	world_only_bob(&b->w);
	b->w.ingest_settings.policy.level = LEVEL_CLEAN;
	(void)snprintf(b->url, sizeof(b->url), "hkp://127.0.0.1:%u",
		canary_peer_start());
	b->w.peers[0].lookup = b->url;
	b->w.settings.canary_every_s = DAY;
	assert_ok(store_open(&b->w.store_settings, &b->w.store, &err));
	assert_ok(ingest_new(
		&b->w.ingest_settings, b->w.store, &b->w.ingest, &err));
	assert_ok(ingest_start(b->w.ingest, &err));
	counter_set(c.seen, 0);
	counter_set(c.seconds, 0);
	counter_set(c.looks, 0);
	open_canary(b);
	*state = b;
	return 0;
}

static int
teardown(void **state)
{
	struct bench *b = *state;

	canary_free(b->canary);
	ingest_drain(b->w.ingest);
	ingest_stop(b->w.ingest);
	ingest_free(b->w.ingest);
	store_close(b->w.store);
	clock_set_for_test(-1, -1);
	canary_peer_stop();
	world_done(&b->w);
	free(b);
	return 0;
}

/* One step, and all that it began is over. */
static void
turn(struct bench *b)
{
	(void)canary_step(b->canary, clock_mono_ms());
	while (canary_wait(b->canary, ROUND_MS))
		continue;
}

static void
read_key(struct bench *b, struct canary_key *key)
{
	struct err err = {{0}};

	assert_ok(canary_key_read(b->w.dir, "other", 1, key, &err));
}

/* What a peer has that got the signatures of these times. */
static void
peer_has(struct bench *b, const uint32_t *times, size_t n)
{
	struct canary_key key;
	struct buf out;
	struct err err = {{0}};

	read_key(b, &key);
	buf_init(&out, 1 << 16);
	for (size_t i = 0; i < n; i++)
		assert_ok(sign_certificate(&key.key, key.user_id,
			SIGN_MAY_CERTIFY, times[i], &out, &err));
	canary_peer_serves(200, buf_view(&out));
	buf_done(&out);
}

static int64_t
seen(void)
{
	return counter_value(canary_counters_of("bob").seen);
}

static int64_t
seconds(void)
{
	return counter_value(canary_counters_of("bob").seconds);
}

/* ---- promises -------------------------------------------------------------
 */

static void
what_a_peer_takes_is_known_in_seconds(void **state)
{
	struct bench *b = *state;
	const uint32_t first = T0, both[] = {T0, T0 + DAY};

	turn(b);
	assert_int_equal(counter_value(canary_signed()), T0);
	assert_int_equal(seen(), 0);
	at(T0 + 40);
	peer_has(b, &first, 1);
	turn(b);
	assert_int_equal(seen(), T0);
	assert_int_equal(seconds(), 40);
	at(T0 + DAY);
	turn(b);
	assert_int_equal(counter_value(canary_signed()), T0 + DAY);
	assert_int_equal(seen(), T0);
	at(T0 + DAY + 700);
	peer_has(b, both, 2);
	turn(b);
	assert_int_equal(seen(), T0 + DAY);
	assert_int_equal(seconds(), 700);
}

static void
a_peer_that_never_serves_it_is_asked_ever_more_seldom(void **state)
{
	struct bench *b = *state;
	int64_t next;
	int rounds = 0;

	turn(b);
	while ((next = canary_step(b->canary, clock_mono_ms())) <
		1000000 + (int64_t)DAY * 1000) {
		at(T0 + (next - 1000000 + 999) / 1000);
		turn(b);
		rounds++;
	}
	assert_in_range(rounds, 20, 150);
	assert_in_range(canary_peer_asked(), 20, 150);
	assert_int_equal(seen(), 0);
	assert_int_equal(seconds(), 0);
}

static void
once_it_is_served_nobody_asks_until_the_next(void **state)
{
	struct bench *b = *state;
	const uint32_t first = T0;
	int asked;

	turn(b);
	at(T0 + 5);
	peer_has(b, &first, 1);
	turn(b);
	asked = canary_peer_asked();
	at(T0 + DAY - 1);
	turn(b);
	assert_int_equal(canary_peer_asked(), asked);
	at(T0 + DAY);
	turn(b);
	assert_int_equal(canary_peer_asked(), asked + 1);
}

static void
the_key_survives_a_restart_and_nothing_is_signed_twice(void **state)
{
	struct bench *b = *state;
	struct canary_key before, after;
	char path[128];
	struct stat st;

	turn(b);
	read_key(b, &before);
	canary_free(b->canary);
	at(T0 + 3600);
	open_canary(b);
	turn(b);
	read_key(b, &after);
	assert_memory_equal(&before, &after, sizeof(before));
	assert_int_equal(after.signed_at, T0);
	(void)snprintf(path, sizeof(path), "%s/canary.key", b->w.dir);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

/* It may have been there for long: no number is better than a wrong one. */
static void
after_a_restart_no_number_is_made_up(void **state)
{
	struct bench *b = *state;
	const uint32_t first = T0;

	turn(b);
	peer_has(b, &first, 1);
	canary_free(b->canary);
	at(T0 + 3600);
	open_canary(b);
	turn(b);
	assert_int_equal(seen(), T0);
	assert_int_equal(seconds(), 0);
}

static void
a_key_file_that_is_damaged_is_told_and_left_alone(void **state)
{
	struct bench *b = *state;
	char path[128];
	struct buf left;
	struct err err = {{0}};

	turn(b);
	(void)snprintf(path, sizeof(path), "%s/canary.key", b->w.dir);
	assert_ok(file_replace(
		path, bytes_of("keypost canary 1\ncreated 17"), 0600, &err));
	canary_free(b->canary);
	assert_ok(canary_new(&b->w.settings, b->w.ingest, &b->canary, &err));
	assert_status(canary_open(b->canary, &err), STATUS_MALFORMED);
	buf_init(&left, 1024);
	assert_ok(file_read(path, 1024, &left, &err));
	assert_text(buf_view(&left), "keypost canary 1\ncreated 17");
	buf_done(&left);
}

/* The words of another key, and a signature that says another time. */
static void
what_our_key_did_not_sign_does_not_count(void **state)
{
	struct bench *b = *state;
	struct canary_key key;
	struct buf out;
	struct err err = {{0}};

	turn(b);
	read_key(b, &key);
	buf_init(&out, 1 << 16);
	assert_ok(sign_certificate(
		&key.key, key.user_id, SIGN_MAY_CERTIFY, T0, &out, &err));
	out.data[out.len - 1] ^= 1;
	canary_peer_serves(200, buf_view(&out));
	at(T0 + 10);
	turn(b);
	assert_int_equal(seen(), 0);
	key.key.secret[0] ^= 1;
	buf_clear(&out);
	assert_ok(sign_certificate(
		&key.key, key.user_id, SIGN_MAY_CERTIFY, T0, &out, &err));
	canary_peer_serves(200, buf_view(&out));
	at(T0 + 20);
	turn(b);
	assert_int_equal(seen(), 0);
	buf_done(&out);
}

static void
an_answer_that_is_no_key_is_no_harm(void **state)
{
	struct bench *b = *state;
	const uint32_t first = T0;

	turn(b);
	canary_peer_serves(200, bytes_of("no packet at all"));
	at(T0 + 10);
	turn(b);
	canary_peer_serves(500, bytes_of(""));
	at(T0 + 20);
	turn(b);
	assert_int_equal(seen(), 0);
	at(T0 + 30);
	peer_has(b, &first, 1);
	turn(b);
	assert_int_equal(seconds(), 30);
}

/* It goes to the peers: it is in the log of changes, at level clean. */
static void
each_signature_is_a_change_of_ours(void **state)
{
	struct bench *b = *state;
	struct store_session *s;
	struct err err = {{0}};
	int64_t first, second;

	assert_ok(session_open(b->w.store, SESSION_READ, &s, &err));
	turn(b);
	assert_ok(store_last_seq(s, &first, &err));
	assert_true(first > 0);
	at(T0 + DAY);
	turn(b);
	assert_ok(store_last_seq(s, &second, &err));
	assert_int_equal(second, first + 1);
	session_close(s);
}

static void
a_peer_that_is_fed_is_looked_at_there_and_vks_is_not(void **state)
{
	char fed[] = "hkps://keys.example", vks[] = "vks://keys.example";
	struct peer_settings p = {.hkp = fed};

	(void)state;
	assert_string_equal(canary_place(&p), fed);
	p.hkp = vks;
	assert_string_equal(canary_place(&p), "");
	p.lookup = fed;
	assert_string_equal(canary_place(&p), fed);
}

#define PROMISE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PROMISE(what_a_peer_takes_is_known_in_seconds),
		PROMISE(a_peer_that_never_serves_it_is_asked_ever_more_seldom),
		PROMISE(once_it_is_served_nobody_asks_until_the_next),
		PROMISE(the_key_survives_a_restart_and_nothing_is_signed_twice),
		PROMISE(after_a_restart_no_number_is_made_up),
		PROMISE(a_key_file_that_is_damaged_is_told_and_left_alone),
		PROMISE(what_our_key_did_not_sign_does_not_count),
		PROMISE(an_answer_that_is_no_key_is_no_harm),
		PROMISE(each_signature_is_a_change_of_ours),
		cmocka_unit_test(
			a_peer_that_is_fed_is_looked_at_there_and_vks_is_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
