/*
 * HKP v2: which fingerprints changed on a day.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "http/keys/prefix_set.h"
#include "http/keys/v2_prefixlog.h"
#include "tests/unit/http/one_site.h"
#include "tests/unit/unit.h"

#define LOG "/pks/v2/prefixlog/"
enum { DAY = 86400 };

static int64_t
day(const char *text)
{
	int64_t t;

	assert_ok(prefixlog_day(bytes_of(text), &t));
	return t;
}

struct filler {
	struct store *store;
	struct store_session *w;
	struct err err;
};

/* A certificate whose fingerprint begins with `prefix`, changed at `time`. */
static void
put(struct filler *f, uint32_t prefix, int64_t time)
{
	struct cert_row row = {.id.fpr = {.version = 4, .len = 20}};
	struct key_ref key = {.primary = true, .bound = true};
	struct cert_search search = {.keys = &key, .key_count = 1};
	struct change c = {.origin = "http", .seen = "", .time = time};
	int64_t seq;
	int i;

	for (i = 0; i < 4; i++)
		row.id.fpr.octets[i] = (uint8_t)(prefix >> (24 - 8 * i));
	memcpy(row.sks_digest.octets, row.id.fpr.octets, 16);
	key.fpr = row.id.fpr;
	row.octets = bytes_of("x");
	c.cert = row.id;
	assert_ok(store_put_cert(f->w, &row, &search, &f->err));
	assert_ok(store_append_change(f->w, &c, &seq, &f->err));
}

/* Changes of one certificate: more than are read in one go. */
static void
put_crowd(struct filler *f, uint32_t prefix, int64_t time)
{
	struct change c = {.origin = "http", .seen = "", .time = time};
	int64_t seq;
	int i;

	put(f, prefix, time);
	c.cert.fpr = (struct fingerprint){.version = 4, .len = 20};
	for (i = 0; i < 4; i++)
		c.cert.fpr.octets[i] = (uint8_t)(prefix >> (24 - 8 * i));
	for (i = 0; i < 2 * PREFIXLOG_TURN; i++)
		assert_ok(store_append_change(f->w, &c, &seq, &f->err));
}

static int
start(void **state)
{
	struct filler f;
	uint32_t i;
	int64_t t;

	(void)state;
	site_init(&site);
	assert_ok(store_open(&site.store_settings, &f.store, &f.err));
	assert_ok(session_open(f.store, SESSION_WRITE, &f.w, &f.err));
	assert_ok(store_begin(f.w, &f.err));
	put(&f, 0x33333333, day("2020-01-01"));
	put(&f, 0x44444444, day("2020-01-02") + DAY / 2);
	assert_ok(store_prune_changes(f.w, 1, &f.err));
	put(&f, 0x11111111, day("2024-02-29") - 1);
	put(&f, 0xFFEEDDCC, day("2024-02-29"));
	put(&f, 0x00ABCDEF, day("2024-02-29") + 10);
	put(&f, 0xFFEEDDCC, day("2024-02-29") + 20);
	put(&f, 0x80000000, day("2024-02-29") + DAY - 1);
	put(&f, 0x22222222, day("2024-03-01"));
	/* 1001 that differ in the last two digits of six: still too many. */
	t = day("2024-04-01");
	for (i = 0; i < 1001; i++)
		put(&f, 0xAB000000 + (i << 8), t + i);
	/* 1001 that become four with six digits. */
	t = day("2024-04-02");
	for (i = 0; i < 1001; i++)
		put(&f, 0xCD000000 + i, t + i);
	t = day("2024-04-03");
	for (i = 0; i < 1000; i++)
		put(&f, 0xEF000000 + i, t + i);
	t = day("2024-05-01");
	put_crowd(&f, 0x12345678, t);
	put(&f, 0x87654321, t + 1);
	assert_ok(store_commit(f.w, &f.err));
	session_close(f.w);
	store_close(f.store);
	site.settings.lookup_time_ms = 1;
	site_start(&site);
	return 0;
}

static void
test_day_is_whole_sorted_and_each_once(void **state)
{
	struct answer a = site_get(&site, LOG "2024-02-29");

	(void)state;
	assert_int_equal(a.status, 200);
	assert_text(a.body, "00abcdef\r\n80000000\r\nffeeddcc\r\n");
	assert_text(
		answer_field(&a, "Content-Type"), "text/plain; charset=UTF-8");
	assert_text(
		answer_field(&a, "Cache-Control"), "max-age=86400, immutable");
	assert_text(answer_field(&a, "Access-Control-Allow-Origin"), "*");
	answer_done(&a);
	a = site_get(&site, LOG "2024-02-28");
	assert_text(a.body, "11111111\r\n");
	answer_done(&a);
	a = site_get(&site, LOG "2023-02-28");
	assert_int_equal(a.status, 200);
	assert_int_equal(a.body.len, 0);
	answer_done(&a);
	one_site_head_is_get(LOG "2024-02-29");
}

/* Nor is half of a day told for the whole of it. */
static void
test_day_that_left_the_log_is_404(void **state)
{
	static const char *const gone[] = {"2019-12-31", "2020-01-01",
		"2020-01-02"};
	struct answer a;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(gone) / sizeof(gone[0]); i++) {
		char target[64];

		snprintf(target, sizeof(target), LOG "%s", gone[i]);
		answer_expect(site_get(&site, target), 404,
			"Not found: that day is no longer known here");
	}
	a = site_get(&site, LOG "2020-01-03");
	assert_int_equal(a.status, 200);
	assert_int_equal(a.body.len, 0);
	answer_done(&a);
}

static void
test_many_are_told_by_shorter_prefixes(void **state)
{
	struct answer a = site_get(&site, LOG "2024-04-01");

	(void)state;
	assert_text(a.body, "ab00\r\nab01\r\nab02\r\nab03\r\n");
	answer_done(&a);
	a = site_get(&site, LOG "2024-04-02");
	assert_text(a.body, "cd0000\r\ncd0001\r\ncd0002\r\ncd0003\r\n");
	answer_done(&a);
	/* As many as may be keep their digits. */
	a = site_get(&site, LOG "2024-04-03");
	assert_int_equal(a.body.len, 1000 * 10);
	answer_done(&a);
}

/* Whatever a single look-up may take. */
static void
test_great_day_is_read_in_turns(void **state)
{
	struct answer a = site_get(&site, LOG "2024-05-01");

	(void)state;
	assert_int_equal(a.status, 200);
	assert_text(a.body, "12345678\r\n87654321\r\n");
	answer_done(&a);
}

static int
asks_until_refused(const char *target)
{
	int n;

	for (n = 0; n < 100; n++) {
		struct answer a = site_get(&site, target);
		int status = a.status;

		answer_done(&a);
		if (status == 429)
			break;
		assert_int_equal(status, 200);
	}
	return n;
}

/* The last of all: it starts the server again, and no bucket refills. */
static void
test_great_day_costs_more(void **state)
{
	(void)state;
	site.keep = true;
	site_stop(&site);
	site.keep = false;
	site.settings.rate_exempt_count = 0;
	site_start(&site);
	clock_set_for_test(1000000, -1);
	/* Of 20, three for each; the last may owe. */
	assert_int_equal(asks_until_refused(LOG "2024-05-01"), 7);
	/* A minute later all is paid. */
	clock_set_for_test(1060000, -1);
	assert_int_equal(asks_until_refused(LOG "2024-02-29"), 20);
	clock_set_for_test(-1, -1);
}

static void
test_today_is_what_there_is_so_far(void **state)
{
	time_t now = (time_t)clock_wall_s(), tomorrow = now + 2 * DAY;
	char target[64], fpr[41], want[16];
	struct buf armor;
	struct answer a;
	struct tm tm;

	(void)state;
	site_key(one_site_next_key++, &armor, fpr);
	answer_expect(
		site_post(&site, "/pks/add", NULL, buf_view(&armor), NULL), 200,
		NULL);
	buf_done(&armor);
	gmtime_r(&now, &tm);
	strftime(target, sizeof(target), LOG "%Y-%m-%d", &tm);
	a = site_get(&site, target);
	/* Midnight may have passed just now: then the day before has it. */
	if (a.body.len > 0) {
		snprintf(want, sizeof(want), "%.8s\r\n", fpr);
		for (char *p = want; *p != '\0'; p++)
			if (*p >= 'A' && *p <= 'F')
				*p = (char)(*p + 32);
		assert_text(a.body, want);
	}
	assert_text(answer_field(&a, "Cache-Control"), "max-age=600");
	answer_done(&a);
	gmtime_r(&tomorrow, &tm);
	strftime(target, sizeof(target), LOG "%Y-%m-%d", &tm);
	answer_expect(site_get(&site, target), 404, "yet to come");
}

static void
test_what_is_no_day_is_400(void **state)
{
	static const char *const bad[] = {"2024-02-30", "2023-02-29",
		"2024-13-01", "2024-00-01", "2024-01-00", "2024-1-1",
		"20240101", "2024-01-01x", "x", "2024-01-0a", "2024/01/01",
		"-024-01-01", "2024-01-01T00:00:00Z"};
	char target[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(target, sizeof(target), LOG "%s", bad[i]);
		answer_expect(site_get(&site, target),
			strchr(bad[i], '/') == NULL ? 400 : 404, NULL);
	}
}

static void
test_any_number_of_prefixes_takes_the_same_room(void **state)
{
	struct arena *arena = arena_new(1 << 20);
	struct prefix_set s;
	uint8_t o[4];
	uint32_t i;

	(void)state;
	assert_ok(prefix_set_init(&s, arena, 8));
	/* 300,000 that differ, of 37 beginnings. */
	for (i = 0; i < 300000; i++) {
		o[0] = (uint8_t)(i % 37);
		o[1] = 7;
		o[2] = (uint8_t)(i >> 8);
		o[3] = (uint8_t)i;
		prefix_set_put(&s, o);
	}
	prefix_set_close(&s, 1000, 4);
	assert_int_equal(s.digits, 4);
	assert_int_equal(s.count, 37);
	assert_int_equal(s.list[36], 36u << 24 | 7u << 16);
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_day_is_whole_sorted_and_each_once),
		cmocka_unit_test(test_day_that_left_the_log_is_404),
		cmocka_unit_test(test_many_are_told_by_shorter_prefixes),
		cmocka_unit_test(test_today_is_what_there_is_so_far),
		cmocka_unit_test(test_what_is_no_day_is_400),
		cmocka_unit_test(
			test_any_number_of_prefixes_takes_the_same_room),
		cmocka_unit_test(test_great_day_is_read_in_turns),
		cmocka_unit_test(test_great_day_costs_more),
	};

	return cmocka_run_group_tests(tests, start, one_site_stop);
}
