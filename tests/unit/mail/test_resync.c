/* Promises of summaries and resyncs, with the test in the place of bob. */
#include <stdlib.h>
#include <string.h>

#include "../unit.h"
#include "base/clock.h"
#include "bob.h"
#include "pair.h"

/* ---- summaries
 * ----------------------------------------------------------------
 */

/* The ids of what the world stores. */
static enum status
list_stored(void *ctx, enum store_ids by, uint64_t from, uint64_t *list,
	size_t max, size_t *count, struct err *err)
{
	struct world *w = ctx;

	return store_list_ids(w->session, by, from, list, max, count, err);
}

/* Bob has what the world has, but for one: he says so when he is asked. */
struct bob {
	struct pair_set set;
};

static enum status
list_bobs(void *ctx, enum store_ids by, uint64_t from, uint64_t *list,
	size_t max, size_t *count, struct err *err)
{
	struct bob *b = ctx;
	size_t n = 0;

	(void)by;
	(void)err;
	for (size_t i = 0; i < b->set.count && n < max; i++) {
		if (b->set.list[i] >= from)
			list[n++] = b->set.list[i];
	}
	*count = n;
	return STATUS_OK;
}

/* Answers a letter of repair as bob would; gives how many he would send. */
static size_t
answer_as_bob(struct world *w, struct bob *b, const struct sent *s)
{
	const struct summary_source source = {.list = list_bobs, .ctx = b};
	struct buf got = body_of(s), body;
	struct reader r = reader_of(buf_view(&got));
	struct summary *sum = NULL;
	enum store_ids by;
	struct bytes value;
	struct err err;
	uint8_t name;
	size_t n = 0;

	begin(&body);
	while (frame_next_field(&r, &name, &value)) {
		if (name == REPAIR_SALT) {
			sum = summary_new(
				&source, (uint32_t)frame_number(value));
			assert_ok(frame_put_field(&body, name, value));
		} else if (name >= SUMMARY_SUMS) {
			assert_ok(summary_take(sum, name, value, &err));
		}
	}
	assert_non_null(sum);
	assert_ok(summary_answer(sum, &body, &err));
	(void)summary_send(sum, &by, &n);
	summary_free(sum);
	buf_done(&got);
	hear_repair(w, &body);
	return n;
}

static void
bob_like_world(struct world *w, struct bob *b)
{
	struct err err = {{0}};

	b->set.list = xcalloc(4096, sizeof(*b->set.list));
	assert_ok(list_stored(
		w, IDS_DIGEST, 0, b->set.list, 4096, &b->set.count, &err));
}

static void
store_without_log(struct world *w, unsigned int from, unsigned int to)
{
	for (unsigned int i = from; i <= to; i++)
		world_submit(w, i, KEY_SELF, "load", "");
	world_settled(w, "bob");
}

static void
test_a_summary_finds_what_the_peer_lacks(void **state)
{
	struct world *w = *state;
	struct bob b;
	struct sent s;
	struct err err;

	w->settings.summary_every_ms = 3600 * 1000;
	w->peers[0].repair = PEER_REPAIR_YES;
	world_start(w);
	store_without_log(w, 1, 20);
	bob_like_world(w, &b);
	memmove(b.set.list + 7, b.set.list + 8,
		(b.set.count - 8) * sizeof(*b.set.list));
	b.set.count--;
	assert_ok(mail_resync_peer(w->mail, "bob", 0, &err));
	agent_expect(w, &s);
	agent_accept_letter(w, &s);
	assert_int_equal(answer_as_bob(w, &b, &s), 0);
	sent_done(&s);
	/* whole, and of no range */
	agent_expect(w, &s);
	agent_accept_letter(w, &s);
	assert_int_equal(sent_count_keys(&s, 1, 20), 1);
	assert_null(strstr(s.text, "; range="));
	sent_done(&s);
	/* which the statistics read */
	world_until(counter_value(mend_counters_of("bob").differed) > 0);
	assert_int_equal(counter_value(mend_counters_of("bob").agreed), 0);
	/* the same difference again: it was offered already */
	assert_ok(mail_resync_peer(w->mail, "bob", 0, &err));
	agent_expect(w, &s);
	agent_accept_letter(w, &s);
	(void)answer_as_bob(w, &b, &s);
	sent_done(&s);
	agent_expect_silence(w);
	free(b.set.list);
}

static void
test_a_summary_asks_for_what_we_lack(void **state)
{
	struct world *w = *state;
	struct bob b;
	struct sent s;
	struct buf got;
	char want[128];
	struct err err;

	w->settings.summary_every_ms = 3600 * 1000;
	w->peers[0].repair = PEER_REPAIR_YES;
	world_start(w);
	store_without_log(w, 1, 20);
	bob_like_world(w, &b);
	b.set.list[b.set.count++] = UINT64_MAX - 5;
	assert_ok(mail_resync_peer(w->mail, "bob", 0, &err));
	agent_expect(w, &s);
	agent_accept_letter(w, &s);
	(void)answer_as_bob(w, &b, &s);
	sent_done(&s);
	agent_expect(w, &s);
	agent_accept_letter(w, &s);
	got = body_of(&s);
	field_of(&got, SUMMARY_WANTED, want);
	assert_memory_equal(want, "\0\xff\xff\xff\xff\xff\xff\xff\xfa", 9);
	buf_done(&got);
	sent_done(&s);
	free(b.set.list);
}

/* A peer at another level never has our digests. */
static void
test_levels_that_differ_compare_names(void **state)
{
	struct world *w = *state;
	struct buf body, got;
	struct sent s;
	char sums[128];
	struct err err;

	w->settings.summary_every_ms = 3600 * 1000;
	w->peers[0].repair = PEER_REPAIR_YES;
	world_start(w);
	store_without_log(w, 1, 3);
	begin(&body);
	assert_ok(frame_put_field(&body, REPAIR_LEVEL, bytes_of("clean")));
	hear_repair(w, &body);
	agent_expect_silence(w);
	assert_ok(mail_resync_peer(w->mail, "bob", 0, &err));
	agent_expect(w, &s);
	agent_accept_letter(w, &s);
	got = body_of(&s);
	field_of(&got, SUMMARY_SUMS, sums);
	/* too long for a text: look at its first octet in place */
	assert_string_equal(sums, "");
	{
		struct reader r = reader_of(buf_view(&got));
		struct bytes value;
		uint8_t name, by = 99;

		while (frame_next_field(&r, &name, &value)) {
			if (name == SUMMARY_SUMS)
				by = value.data[0];
		}
		assert_int_equal(by, IDS_FINGERPRINT);
	}
	buf_done(&got);
	sent_done(&s);
}

/* ---- resync
 * --------------------------------------------------------------------
 */

/* Letters with so many keys, no more and no less. */
static void
expect_keys(struct world *w, unsigned int count)
{
	struct sent s;
	size_t n = 0;

	while (n < count) {
		agent_expect(w, &s);
		n += sent_count_keys(&s, 1, count);
		agent_accept_letter(w, &s);
		sent_done(&s);
	}
	assert_int_equal(n, count);
}

static void
test_resync_sends_the_store_again(void **state)
{
	struct world *w = *state;
	struct repair_look look;
	struct err err;

	world_start(w);
	store_without_log(w, 1, 30);
	assert_ok(mail_resync_peer(w->mail, "bob", 0, &err));
	expect_keys(w, 30);
	world_until((assert_ok(mail_look_at_repair(w->mail, "bob", &look)),
		!look.resync));
	assert_int_equal(
		mail_resync_peer(w->mail, "nobody", 0, &err), STATUS_NOT_FOUND);
}

static void
test_resync_goes_on_after_a_restart(void **state)
{
	struct world *w = *state;
	struct mend_counters told = mend_counters_of("bob");
	struct repair_look look;
	bool seen[121] = {false};
	struct sent s;
	struct err err;
	size_t n = 0;

	w->settings.batch_octets = 4096;
	world_start(w);
	store_without_log(w, 1, 120);
	assert_ok(mail_resync_peer(w->mail, "bob", 0, &err));
	for (int i = 0; i < 6; i++) {
		agent_expect(w, &s);
		for (unsigned int k = 1; k <= 120; k++)
			seen[k] = seen[k] || sent_has_key(&s, k);
		agent_accept_letter(w, &s);
		sent_done(&s);
	}
	world_until(counter_value(told.upto) > 0);
	assert_true(counter_value(told.left) > 0);
	world_until(counter_value(told.left) < counter_value(told.upto));
	world_stop(w);
	world_start(w);
	do {
		agent_expect(w, &s);
		for (unsigned int k = 1; k <= 120; k++)
			seen[k] = seen[k] || sent_has_key(&s, k);
		agent_accept_letter(w, &s);
		sent_done(&s);
		n = 0;
		for (unsigned int k = 1; k <= 120; k++)
			n += seen[k];
	} while (n < 120);
	world_until((assert_ok(mail_look_at_repair(w->mail, "bob", &look)),
		!look.resync));
	world_until(counter_value(told.upto) == 0);
}

static void
test_resync_since_leaves_out_what_is_older(void **state)
{
	struct world *w = *state;
	struct repair_look look;
	struct err err;

	world_start(w);
	store_without_log(w, 1, 5);
	assert_ok(
		mail_resync_peer(w->mail, "bob", clock_wall_s() + 3600, &err));
	world_until((assert_ok(mail_look_at_repair(w->mail, "bob", &look)),
		!look.resync));
	agent_expect_silence(w);
}

static enum status
run_flag(struct write_job *job, struct store_session *s, struct err *err)
{
	struct arena *arena = arena_new(1024 * 1024);
	struct peer row;
	enum status st = store_find_peer(s, "bob", arena, &row, err);

	(void)job;
	row.flags |= PEER_RESYNC;
	row.last_sent = clock_wall_s();
	if (st == STATUS_OK)
		st = store_put_peer(s, &row, err);
	arena_free(arena);
	return st;
}

/* Five changes that the log lost, and the mark that they were. */
static void
miss_five(struct world *w)
{
	struct write_job job = {.run = run_flag};
	struct err err;

	store_without_log(w, 1, 5);
	assert_ok(writer_do(ingest_writer(w->ingest), &job, &err));
	world_stop(w);
}

static void
expect_missed(struct world *w)
{
	struct peer row;

	expect_keys(w, 5);
	world_until(
		(world_peer(w, "bob", &row), (row.flags & PEER_RESYNC) == 0));
}

/* L26: its cursor was moved up over changes that the log lost. */
static void
test_a_peer_away_for_too_long_is_sent_what_it_missed(void **state)
{
	struct world *w = *state;

	w->settings.repair = false;
	world_start(w);
	miss_five(w);
	w->settings.repair = true;
	world_start(w);
	expect_missed(w);
}

/* Nobody compares: then what it missed is sent, though it repairs. */
static void
test_nor_is_it_forgotten_where_nobody_compares(void **state)
{
	struct world *w = *state;

	w->peers[0].repair = PEER_REPAIR_YES;
	world_start(w);
	miss_five(w);
	world_start(w);
	expect_missed(w);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		BOB_PROMISE(test_a_summary_finds_what_the_peer_lacks),
		BOB_PROMISE(test_a_summary_asks_for_what_we_lack),
		BOB_PROMISE(test_levels_that_differ_compare_names),
		BOB_PROMISE(test_resync_sends_the_store_again),
		BOB_PROMISE(test_resync_goes_on_after_a_restart),
		BOB_PROMISE(test_resync_since_leaves_out_what_is_older),
		BOB_PROMISE(
			test_a_peer_away_for_too_long_is_sent_what_it_missed),
		BOB_PROMISE(test_nor_is_it_forgotten_where_nobody_compares),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
