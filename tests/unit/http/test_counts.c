/* What was counted of the log outlives the process and the log. */

#include "base/clock.h"
#include "http/state/counts.h"
#include "http/state/gather.h"
#include "http/state/log_count.h"
#include "ingest/writer.h"
#include "tests/unit/http/site_harness.h"
#include "tests/unit/unit.h"

enum { NOW = 1795341600 };

static struct site site;
static struct err err;

static int
start(void **state)
{
	(void)state;
	site_init(&site);
	site_start(&site);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	clock_set_for_test(-1, -1);
	site_stop(&site);
	return 0;
}

static void
test_counts_come_back_as_they_were_written(void **state)
{
	struct counts c, back;
	struct buf out = {0};
	size_t i;

	(void)state;
	counts_init(&c);
	counts_init(&back);
	counts_advance(&c, 70, 3, NOW);
	c.since = NOW - 86400;
	histogram_add(&c.hours, CHANGE_UPDATED, NOW - 3600, NOW);
	histogram_add(&c.days, CHANGE_REMOVED, NOW, NOW);
	assert_ok(counts_write(&c, &out));
	assert_ok(counts_read(buf_view(&out), &back));
	assert_memory_equal(&c, &back, sizeof(c));
	/* Cut anywhere, longer, of another form or shifted: not believed. */
	for (i = 0; i < out.len; i++)
		assert_status(counts_read(bytes_make(out.data, i), &back),
			STATUS_MALFORMED);
	out.data[7]++;
	assert_status(counts_read(buf_view(&out), &back), STATUS_MALFORMED);
	out.data[7]--;
	assert_ok(buf_put_u8(&out, 0));
	assert_status(counts_read(buf_view(&out), &back), STATUS_MALFORMED);
	out.len--;
	c.hours.number[1] = 2;
	out.len = 0;
	assert_ok(counts_write(&c, &out));
	assert_status(counts_read(buf_view(&out), &back), STATUS_MALFORMED);
	buf_done(&out);
}

static void
test_what_was_missed_long_ago_is_not_told_for_ever(void **state)
{
	struct counts c;

	(void)state;
	counts_init(&c);
	counts_advance(&c, 10, 4, NOW);
	counts_advance(&c, 20, 0, NOW + 86400);
	assert_int_equal(counts_missed(&c, NOW + 28 * 86400), 4);
	assert_int_equal(counts_missed(&c, NOW + 31 * 86400), 0);
	counts_advance(&c, 30, 1, NOW + 31 * 86400);
	assert_int_equal(counts_missed(&c, NOW + 31 * 86400), 1);
}

static void
submit(uint64_t key)
{
	struct buf armor;
	char fpr[41];

	site_key(key, &armor, fpr);
	answer_expect(site_add(&site, buf_view(&armor), NULL), 200, "inserted");
	buf_done(&armor);
}

/* Prunes the log up to `upto`; what was put before is written then. */
struct order {
	struct write_job job;
	int64_t upto;
};

static enum status
run_order(struct write_job *job, struct store_session *s, struct err *e)
{
	return store_prune_changes(s, ((struct order *)job)->upto, e);
}

static void
prune(int64_t upto)
{
	struct order o = {.job = {.run = run_order}, .upto = upto};

	assert_ok(writer_do(ingest_writer(site.ingest), &o.job, &err));
}

static void
finds(struct gather *g, int64_t inserted, int64_t missed)
{
	const struct site_state *s;

	assert_ok(gather_make(g, site.store, &s, &err));
	assert_int_equal(
		histogram_sum(&s->days, 30, s->now).inserted, inserted);
	assert_int_equal(
		histogram_sum(&s->hours, 48, s->now).inserted, inserted);
	assert_int_equal(s->missed, missed);
	assert_int_equal(s->counted_since, 0);
	gather_give(g, s);
}

static void
test_counts_outlive_a_restart_and_the_log(void **state)
{
	struct writer *writer = ingest_writer(site.ingest);
	struct gather *g = gather_new(&site.settings);
	int64_t again;

	(void)state;
	submit(1);
	submit(2);
	assert_ok(gather_step(g, site.store, &again, &err));
	/* Not each time: only now and then, and at the end. */
	gather_keep(g, writer, false);
	gather_keep(g, writer, true);
	gather_free(g);
	prune(2);
	submit(3);
	g = gather_new(&site.settings);
	finds(g, 3, 0);
	/* What went meanwhile is told as missed. */
	gather_keep(g, writer, true);
	gather_free(g);
	submit(4);
	submit(5);
	prune(4);
	g = gather_new(&site.settings);
	finds(g, 4, 1);
	gather_free(g);
}

/* Is there something kept? What was put before is written by now. */
static bool
is_kept(void)
{
	struct arena *a = arena_new(1 << 20);
	struct store_session *s;
	struct bytes note;
	enum status st;

	prune(0);
	assert_ok(session_borrow(site.store, &s, &err));
	st = store_get_note(s, "changes", a, &note, &err);
	session_return(site.store, s);
	arena_free(a);
	return st == STATUS_OK;
}

static void
test_counts_are_kept_now_and_then(void **state)
{
	struct writer *writer = ingest_writer(site.ingest);
	struct gather *g;
	int64_t again;

	(void)state;
	clock_set_for_test(1000000, NOW);
	g = gather_new(&site.settings);
	gather_keep(g, writer, true);
	assert_false(is_kept()); /* nothing was counted */
	submit(1);
	assert_ok(gather_step(g, site.store, &again, &err));
	clock_set_for_test(1000000 + LOG_COUNT_KEEP_MS - 1, NOW);
	gather_keep(g, writer, false);
	assert_false(is_kept());
	clock_set_for_test(1000000 + LOG_COUNT_KEEP_MS, NOW);
	gather_keep(g, writer, false);
	assert_true(is_kept());
	gather_free(g);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, start, stop)
		cmocka_unit_test(test_counts_come_back_as_they_were_written),
		cmocka_unit_test(
			test_what_was_missed_long_ago_is_not_told_for_ever),
		WITH_SERVER(test_counts_outlive_a_restart_and_the_log),
		WITH_SERVER(test_counts_are_kept_now_and_then),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
