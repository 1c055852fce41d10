/* What a partner offers and nobody here wants is asked for once, not for ever.
 */
#include <string.h>

#include "base/clock.h"
#include "recover_world.h"
#include "store/store.h"
#include "tests/unit/ingest/takedown_world.h"

enum { HOUR = 3600000 };

/* An ingest that knows tombstones, and who fetches for it: as after a start. */
static void
start_again(struct world *w)
{
	recover_free(w->r);
	world_restart(&w->f);
	w->r = recover_new(&world_settings, w->fetcher, w->f.in);
}

static int
setup(void **state)
{
	(void)world_setup(state);
	start_again(*state);
	return 0;
}

static int
teardown(void **state)
{
	clock_set_for_test(-1, -1);
	return world_teardown(state);
}

static const char *
fpr_of(struct world *w, size_t i)
{
	return world_hex(&world_parsed(&w->f, &w->k.list[i].octets)->id.fpr);
}

/* How many digests a partner is asked for that offers all of it. */
static size_t
asked_by(struct world *w, const char *peer)
{
	size_t before = keeper_asked(&w->k);

	(void)world_offer_as(w, peer, 0);
	world_run(w);
	return keeper_asked(&w->k) - before;
}

/* ---- taken down -------------------------------------------------------- */

static void
test_what_is_taken_down_is_asked_for_once_until_that_is_lifted(void **state)
{
	struct world *w = *state;

	world_keep_certs(w, 2);
	(void)world_down(&w->f, TOMBSTONE_ERASE, fpr_of(w, 1));
	assert_int_equal(asked_by(w, "peer"), 2);
	assert_int_equal(fixture_certs(&w->f), 1);
	assert_int_equal(world_facts_of(w, "peer").refused, 1);
	/* Not from another one either, nor after a restart. */
	assert_int_equal(asked_by(w, "peer"), 0);
	assert_int_equal(asked_by(w, "other"), 0);
	start_again(w);
	assert_int_equal(asked_by(w, "peer"), 0);
	world_lift(&w->f, TOMBSTONE_ERASE, fpr_of(w, 1));
	assert_int_equal(asked_by(w, "peer"), 1);
	assert_int_equal(fixture_certs(&w->f), 2);
}

static void
test_what_was_stored_and_taken_down_is_not_asked_for(void **state)
{
	struct world *w = *state;

	world_keep_certs(w, 1);
	assert_int_equal(asked_by(w, "peer"), 1);
	(void)world_down(&w->f, TOMBSTONE_ERASE, fpr_of(w, 0));
	assert_int_equal(fixture_certs(&w->f), 0);
	assert_int_equal(asked_by(w, "peer"), 0);
}

/* The store remembers the digest that it would have had here. */
static void
test_so_is_one_that_comes_with_a_packet_twice(void **state)
{
	struct world *w = *state;

	world_keep_repeated(w);
	(void)world_down(&w->f, TOMBSTONE_ERASE, fpr_of(w, 0));
	assert_int_equal(asked_by(w, "peer"), 1);
	assert_int_equal(asked_by(w, "peer"), 0);
	assert_int_equal(asked_by(w, "other"), 0);
	assert_int_equal(
		world_facts_of(w, "peer").backed_off_as[RECOVER_REFUSED], 1);
}

static void
test_what_is_banned_in_part_is_not_asked_for_again(void **state)
{
	struct world *w = *state;
	struct buf cert = {0};

	make_cert_named(&cert, 1, "Ada <ada@example.org>");
	keeper_put(&w->k, buf_view(&cert));
	(void)world_down(&w->f, TOMBSTONE_UID, "ada@example.org");
	assert_int_equal(asked_by(w, "peer"), 1);
	assert_int_equal(asked_by(w, "peer"), 0);
	assert_int_equal(asked_by(w, "other"), 0);
	assert_int_equal(fixture_certs(&w->f), 1);
	assert_int_equal(stored_user_ids(&w->f, &cert), 0);
	assert_int_equal(
		world_facts_of(w, "peer").backed_off_as[RECOVER_CHANGED], 1);
	buf_done(&cert);
}

/* ---- and what never comes ---------------------------------------------- */

static void
test_what_is_never_given_is_asked_for_ever_more_rarely(void **state)
{
	static const struct {
		int64_t hours;
		size_t asked;
	} rows[] = {{0, 1}, {0, 0}, {1, 1}, {2, 0}, {3, 1}, {6, 0}, {7, 1},
		{14, 0}, {15, 1}};
	struct world *w = *state;
	int64_t start = clock_mono_ms();

	world_keep_certs(w, 1);
	w->k.list[0].is_hidden = true;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		clock_set_for_test(start + rows[i].hours * HOUR, -1);
		assert_int_equal(asked_by(w, "peer"), rows[i].asked);
		assert_int_equal(world_facts_of(w, "peer")
					 .backed_off_as[RECOVER_MISSING],
			1);
	}
	assert_int_equal(world_facts_of(w, "peer").missing, 5);
}

#define PROMISE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PROMISE(test_what_is_taken_down_is_asked_for_once_until_that_is_lifted),
		PROMISE(test_what_was_stored_and_taken_down_is_not_asked_for),
		PROMISE(test_so_is_one_that_comes_with_a_packet_twice),
		PROMISE(test_what_is_banned_in_part_is_not_asked_for_again),
		PROMISE(test_what_is_never_given_is_asked_for_ever_more_rarely),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
