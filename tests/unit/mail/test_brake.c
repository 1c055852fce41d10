/* Promises about certificates that change all the time. */
#include <string.h>

#include "../unit.h"
#include "mail/brake.h"
#include "pgp/crypto.h"
#include "world.h"

enum { MINUTE = 60 * 1000, HOUR = 60 * MINUTE };

static struct cert_id
id_of(uint8_t octet)
{
	struct cert_id id = {.fpr = {.version = 4, .len = 20}};

	memset(id.fpr.octets, octet, 20);
	return id;
}

static void
test_so_many_an_hour_and_no_more(void **state)
{
	struct cert_id one = id_of(1), two = id_of(2);
	struct brake *b = brake_new(20);

	(void)state;
	for (size_t i = 0; i < 20; i++) {
		assert_false(brake_holds(b, 0, &one, 0));
		brake_count(b, 0, &one, 0);
	}
	assert_true(brake_holds(b, 0, &one, 0));
	/* Other certificates and other peers are not held up. */
	assert_false(brake_holds(b, 0, &two, 0));
	assert_false(brake_holds(b, 1, &one, 0));
	/* Twenty an hour are one in three minutes. */
	assert_true(brake_holds(b, 0, &one, 2 * MINUTE));
	assert_false(brake_holds(b, 0, &one, 3 * MINUTE));
	brake_count(b, 0, &one, 3 * MINUTE);
	assert_true(brake_holds(b, 0, &one, 3 * MINUTE));
	assert_false(brake_holds(b, 0, &one, 2 * HOUR));
	brake_free(b);
}

static void
test_without_a_number_nothing_is_held(void **state)
{
	struct cert_id one = id_of(1);
	struct brake *b = brake_new(0);

	(void)state;
	for (size_t i = 0; i < 1000; i++)
		brake_count(b, 0, &one, 0);
	assert_false(brake_holds(b, 0, &one, 0));
	brake_free(b);
}

/* Five changes of one certificate, one after the other. */
static const unsigned int parts[] = {KEY_SELF, KEY_SELF | KEY_SIG_A,
	KEY_SELF | KEY_SIG_B, KEY_SELF | KEY_SIG_C, KEY_SELF | KEY_SUBKEY};

static void
test_what_is_held_is_owed_and_others_go_on(void **state)
{
	struct world *w = *state;
	struct sent s;

	world_only_bob(w);
	w->settings.max_forwards = 3;
	world_start(w);
	for (size_t i = 0; i < 3; i++) {
		world_submit(w, 1, parts[i], "http", "");
		agent_accept_next(w, 1);
	}
	assert_int_equal(world_owed(w, "bob"), 0);
	world_submit(w, 1, parts[3], "http", "");
	agent_expect_none(w);
	assert_int_equal(world_owed(w, "bob"), 1);
	world_submit(w, 2, KEY_SELF, "http", "");
	agent_expect(w, &s);
	assert_true(sent_has_key(&s, 2));
	agent_accept_letter(w, &s);
	sent_done(&s);
	world_settled(w, "bob");
	/* However often: it is owed once. */
	world_submit(w, 1, parts[4], "http", "");
	agent_expect_none(w);
	assert_int_equal(world_owed(w, "bob"), 1);
}

static void
test_changes_in_one_letter_count_once(void **state)
{
	struct world *w = *state;

	world_only_bob(w);
	w->settings.max_forwards = 1;
	world_start(w);
	world_hold(w);
	for (size_t i = 0; i < 5; i++)
		world_submit(w, 1, parts[i], "http", "");
	world_let_go(w);
	agent_accept_next(w, 1);
	world_settled(w, "bob");
	assert_int_equal(world_owed(w, "bob"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_so_many_an_hour_and_no_more),
		cmocka_unit_test(test_without_a_number_nothing_is_held),
		WORLD_PROMISE(test_what_is_held_is_owed_and_others_go_on),
		WORLD_PROMISE(test_changes_in_one_letter_count_once),
	};
	struct err err;

	if (crypto_init(&err) != STATUS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
