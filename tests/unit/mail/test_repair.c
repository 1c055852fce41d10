/* Promises of repair, with the test in the place of the peers. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../unit.h"
#include "base/clock.h"
#include "mail/repair_state.h"
#include "pair.h"
#include "pgp/base64.h"
#include "world.h"

#define STORE "0123456789abcdef0123456789abcdef"
#define OTHER "fedcba9876543210fedcba9876543210"

/* A world in which nothing is late and nobody compares by himself. */
static int
setup(void **state)
{
	struct world *w;

	if (world_setup(state) != 0)
		return -1;
	w = *state;
	world_only_bob(w);
	w->settings.repair = true;
	w->settings.repair_after_ms = 500;
	w->settings.repair_keep_s = 3600;
	w->settings.repair_octets = 64 * 1024 * 1024;
	return 0;
}

#define PROMISE(f) cmocka_unit_test_setup_teardown(f, setup, world_teardown)

/* ---- being bob -------------------------------------------------------------
 */

/* Bob's letter with one key and what it says of itself. */
static void
hear_range(struct world *w, unsigned int seed, const char *range)
{
	char batch[160];
	struct offer o = {.subject = "incremental",
		.sender = "pks@bob.example",
		.from = "pks@bob.example",
		.seed = seed,
		.parts = KEY_SELF,
		.batch = batch};

	(void)snprintf(batch, sizeof(batch),
		"v1; keys=1; range=%s; store=" STORE "; level=sks", range);
	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
}

/* Bob's letter of repair. */
static void
hear_repair(struct world *w, struct buf *body)
{
	struct offer o = {.subject = "repair",
		.sender = "pks@bob.example",
		.from = "pks@bob.example",
		.machine = MACHINE_AUTO,
		.repair = buf_view(body)};

	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	buf_done(body);
}

static void
begin(struct buf *body)
{
	buf_init(body, 0);
	assert_ok(frame_put_number(body, REPAIR_VERSION, 1));
	assert_ok(frame_put_field(body, REPAIR_STORE, bytes_of(STORE)));
	assert_ok(frame_put_field(body, REPAIR_LEVEL, bytes_of("sks")));
}

static void
hear_ask(struct world *w, const char *store, const char *range)
{
	struct buf body;
	char text[128];

	(void)snprintf(text, sizeof(text), "%s %s", store, range);
	begin(&body);
	assert_ok(frame_put_field(&body, REPAIR_ASK, bytes_of(text)));
	hear_repair(w, &body);
}

/* The body of a letter of repair that left. */
static struct buf
body_of(const struct sent *s)
{
	struct buf body = {0};
	const char *text = strstr(s->text, "\n\n");
	enum { LINE = 76 };

	assert_true(sent_has(s, "Content-Type: application/x-keypost-repair"));
	assert_true(sent_has(s, "Subject: repair"));
	assert_non_null(text);
	for (text += 2; *text != '\0';) {
		size_t n = strcspn(text, "\n");
		uint8_t out[LINE];
		struct bytes line = bytes_make(text, n);
		size_t len = 0;
		uint32_t bits = 0;
		unsigned int held = 0;

		assert_true(n <= LINE);
		for (size_t i = 0; i < n && line.data[i] != '='; i++) {
			static const char digits[] =
				"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrs"
				"tuvwxyz0123456789+/";
			const char *d = strchr(digits, line.data[i]);

			assert_non_null(d);
			bits = bits << 6 | (uint32_t)(d - digits);
			held += 6;
			if (held >= 8) {
				held -= 8;
				out[len++] = (uint8_t)(bits >> held);
			}
		}
		assert_ok(buf_put(&body, bytes_make(out, len)));
		text += n + (text[n] == '\n');
	}
	return body;
}

/* The value of a field of it as text; "" when it is not there. */
static void
field_of(const struct buf *body, uint8_t want, char out[128])
{
	struct reader r = reader_of(buf_view(body));
	struct bytes value;
	uint8_t name;

	out[0] = '\0';
	while (frame_next_field(&r, &name, &value)) {
		if (name == want && value.len < 128) {
			memcpy(out, value.data, value.len);
			out[value.len] = '\0';
		}
	}
}

/* The next letter is one of repair, and says this. */
static void
expect_repair(struct world *w, uint8_t field, const char *want)
{
	struct sent s;
	struct buf body;
	char value[128];

	agent_expect(w, &s);
	assert_string_equal(s.recipient, "pks@bob.example");
	body = body_of(&s);
	field_of(&body, field, value);
	assert_string_equal(value, want);
	agent_accept_letter(w, &s);
	buf_done(&body);
	sent_done(&s);
}

/* ---- gaps ------------------------------------------------------------------
 */

static void
test_a_gap_is_asked_for_by_mail(void **state)
{
	struct world *w = *state;

	world_start(w);
	hear_range(w, 1, "1-4");
	hear_range(w, 2, "8-9");
	expect_repair(w, REPAIR_ASK, STORE " 5-7");
}

static void
test_a_restart_asks_for_what_is_missing(void **state)
{
	struct world *w = *state;
	struct repair_look look;

	w->settings.repair_after_ms = 3600 * 1000;
	world_start(w);
	hear_range(w, 1, "1-4");
	hear_range(w, 2, "8-9");
	assert_ok(mail_look_at_repair(w->mail, "bob", &look));
	assert_int_equal(look.gaps, 1);
	assert_int_equal(look.asked, 0);
	world_stop(w);
	w->settings.repair_after_ms = 500;
	world_start(w);
	expect_repair(w, REPAIR_ASK, STORE " 5-7");
}

static void
test_what_is_filled_is_not_asked_for(void **state)
{
	struct world *w = *state;
	struct repair_look look;

	w->settings.repair_after_ms = 2000;
	world_start(w);
	hear_range(w, 1, "1-4");
	hear_range(w, 2, "8-9");
	hear_range(w, 3, "5-7");
	assert_ok(mail_look_at_repair(w->mail, "bob", &look));
	assert_int_equal(look.gaps, 0);
	agent_expect_silence(w);
}

/* Old servers do not say what their letters cover. */
static void
test_a_peer_that_tells_no_ranges_gets_no_repair(void **state)
{
	struct world *w = *state;
	struct repair_look look;
	struct offer o = {.subject = "incremental",
		.sender = "pks@bob.example",
		.seed = 1,
		.parts = KEY_SELF,
		.batch = "v1; keys=1; sha256=00"};

	w->settings.summary_every_ms = 200;
	world_start(w);
	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	assert_ok(mail_look_at_repair(w->mail, "bob", &look));
	assert_false(look.speaks);
	agent_expect_wait(w);
}

static void
test_strangers_letters_of_repair_are_let_go_of(void **state)
{
	struct world *w = *state;
	struct buf body;
	struct offer o = {.subject = "repair", .sender = "x@evil.example"};

	world_start(w);
	begin(&body);
	assert_ok(frame_put_field(&body, REPAIR_ASK, bytes_of(STORE " 1-2")));
	o.repair = buf_view(&body);
	assert_int_equal(agent_letter(w, &o), FATE_TAKEN);
	buf_done(&body);
	agent_expect_silence(w);
}

/* ---- answers ----------------------------------------------------------------
 */

static void
test_a_range_is_sent_again_out_of_the_log(void **state)
{
	struct world *w = *state;
	struct sent s;

	world_start(w);
	for (unsigned int i = 1; i <= 3; i++) {
		world_submit(w, i, KEY_SELF, "http", "");
		agent_accept_next(w, 1);
	}
	world_settled(w, "bob");
	hear_ask(w, store_id(w->store), "2-3");
	agent_expect(w, &s);
	assert_true(sent_has_key(&s, 2));
	assert_true(sent_has_key(&s, 3));
	assert_false(sent_has_key(&s, 1));
	assert_non_null(strstr(s.text, "; range=2-3; "));
	/* not the id of a letter that a mail system may have seen */
	assert_non_null(strstr(s.text, "<kp.bob.r2-3."));
	agent_accept_letter(w, &s);
	sent_done(&s);
}

static void
test_nothing_left_of_a_range_is_said(void **state)
{
	struct world *w = *state;
	char want[128];

	world_start(w);
	world_submit(w, 1, KEY_SELF, "http", "pks@bob.example");
	world_settled(w, "bob");
	(void)snprintf(want, sizeof(want), "%s 1-1", store_id(w->store));
	/* and nothing is said of what was not written yet */
	hear_ask(w, store_id(w->store), "1-9");
	expect_repair(w, REPAIR_NONE, want);
}

static void
test_another_stores_range_is_gone(void **state)
{
	struct world *w = *state;

	world_start(w);
	hear_ask(w, OTHER, "5-9");
	expect_repair(w, REPAIR_GONE, OTHER " 5-9");
}

static int64_t
budget(struct world *w)
{
	struct repair_look look;

	assert_ok(mail_look_at_repair(w->mail, "bob", &look));
	return look.budget;
}

static void
test_a_budget_ends_the_answers_of_a_day(void **state)
{
	struct world *w = *state;
	int64_t before;
	struct sent s;

	w->settings.repair_octets = 4000;
	world_start(w);
	world_submit(w, 1, KEY_SELF | KEY_BIG, "http", "");
	agent_accept_next(w, 1);
	world_settled(w, "bob");
	world_until(budget(w) == 4000);
	while ((before = budget(w)) > 0) {
		hear_ask(w, store_id(w->store), "1-1");
		agent_expect(w, &s);
		assert_true(sent_has_key(&s, 1));
		agent_accept_letter(w, &s);
		sent_done(&s);
		world_until(budget(w) < before);
	}
	hear_ask(w, store_id(w->store), "1-1");
	agent_expect_wait(w);
}

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

static void
test_resync_sends_the_store_again(void **state)
{
	struct world *w = *state;
	struct repair_look look;
	struct sent s;
	struct err err;
	size_t n = 0;

	world_start(w);
	store_without_log(w, 1, 30);
	assert_ok(mail_resync_peer(w->mail, "bob", 0, &err));
	while (n < 30) {
		agent_expect(w, &s);
		n += sent_count_keys(&s, 1, 30);
		agent_accept_letter(w, &s);
		sent_done(&s);
	}
	assert_int_equal(n, 30);
	world_until((assert_ok(mail_look_at_repair(w->mail, "bob", &look)),
		!look.resync));
	assert_int_equal(
		mail_resync_peer(w->mail, "nobody", 0, &err), STATUS_NOT_FOUND);
}

static void
test_resync_goes_on_after_a_restart(void **state)
{
	struct world *w = *state;
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

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		PROMISE(test_a_gap_is_asked_for_by_mail),
		PROMISE(test_a_restart_asks_for_what_is_missing),
		PROMISE(test_what_is_filled_is_not_asked_for),
		PROMISE(test_a_peer_that_tells_no_ranges_gets_no_repair),
		PROMISE(test_strangers_letters_of_repair_are_let_go_of),
		PROMISE(test_a_range_is_sent_again_out_of_the_log),
		PROMISE(test_nothing_left_of_a_range_is_said),
		PROMISE(test_another_stores_range_is_gone),
		PROMISE(test_a_budget_ends_the_answers_of_a_day),
		PROMISE(test_a_summary_finds_what_the_peer_lacks),
		PROMISE(test_a_summary_asks_for_what_we_lack),
		PROMISE(test_levels_that_differ_compare_names),
		PROMISE(test_resync_sends_the_store_again),
		PROMISE(test_resync_goes_on_after_a_restart),
		PROMISE(test_resync_since_leaves_out_what_is_older),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
