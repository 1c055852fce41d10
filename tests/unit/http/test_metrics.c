/*
 * Requests are counted by route, method, status and time.
 */
#include <stdio.h>
#include <string.h>

#include "http/state/metrics.h"
#include "tests/unit/unit.h"

static const struct route *
find_route(const char *path)
{
	const struct route *r = route_table();

	while (r->path != NULL && strcmp(r->path, path) != 0)
		r++;
	assert_non_null(r->path);
	return r;
}

static bool
says(const struct metrics *m, const char *line)
{
	struct buf b = {0};
	bool found;

	assert_ok(metrics_write(m, &b));
	assert_ok(buf_puts(&b, ""));
	found = strstr((const char *)b.data, line) != NULL;
	buf_done(&b);
	return found;
}

static void
test_request_is_counted_by_route_method_and_status(void **state)
{
	struct metrics *m = metrics_new();
	const struct route *r = find_route("/pks/lookup");
	struct metrics_totals t;

	(void)state;
	metrics_count(m, r, METHOD_GET, 200, 10);
	metrics_count(m, r, METHOD_GET, 200, 10);
	metrics_count(m, r, METHOD_HEAD, 404, 10);
	metrics_count(m, NULL, METHOD_OTHER, 405, 10);
	metrics_count(m, NULL, METHOD_GET, 999, 10);
	metrics_count(m, r, METHOD_GET, 503, 10);
	assert_true(says(m, "keypost_http_requests_total{route=\"/pks/lookup\","
			    "method=\"GET\",status=\"200\"} 2\n"));
	assert_true(says(m, "{route=\"/pks/lookup\",method=\"HEAD\","
			    "status=\"404\"} 1\n"));
	assert_true(says(m, "{route=\"none\",method=\"other\","
			    "status=\"405\"} 1\n"));
	assert_true(says(m, "{route=\"none\",method=\"GET\",status=\"0\"} "
			    "1\n"));
	t = metrics_sum(m);
	assert_int_equal(t.all, 6);
	assert_int_equal(t.refused, 2);
	assert_int_equal(t.failed, 1);
	metrics_free(m);
}

static void
expect_bucket(int64_t us, const char *bound, const char *below)
{
	struct metrics *m = metrics_new();
	char line[200];

	metrics_count(m, find_route("/healthz"), METHOD_GET, 200, us);
	snprintf(line, sizeof(line),
		"_bucket{route=\"/healthz\",le=\"%s\"} 1\n", bound);
	if (!says(m, line))
		fail_msg("%d us are not in %s", (int)us, bound);
	snprintf(line, sizeof(line),
		"_bucket{route=\"/healthz\",le=\"%s\"} 0\n", below);
	if (below != NULL && !says(m, line))
		fail_msg("%d us are in %s", (int)us, below);
	metrics_free(m);
}

static void
test_time_is_counted_at_and_below_its_bound(void **state)
{
	(void)state;
	expect_bucket(-5, "0.000064", NULL);
	expect_bucket(0, "0.000064", NULL);
	expect_bucket(64, "0.000064", NULL);
	expect_bucket(65, "0.000256", "0.000064");
	expect_bucket(256, "0.000256", "0.000064");
	expect_bucket(257, "0.001024", "0.000256");
	expect_bucket(1048576, "1.048576", "0.262144");
	expect_bucket(1048577, "4.194304", "1.048576");
	expect_bucket(4194305, "+Inf", "4.194304");
	expect_bucket(INT64_MAX, "+Inf", "4.194304");
}

static void
test_times_of_a_route_are_summed_in_seconds(void **state)
{
	struct metrics *m = metrics_new();
	const struct route *r = find_route("/healthz");

	(void)state;
	metrics_count(m, r, METHOD_GET, 200, 1500000);
	metrics_count(m, r, METHOD_GET, 200, 2);
	assert_true(says(m, "_sum{route=\"/healthz\"} 1.500002\n"));
	assert_true(says(m, "_count{route=\"/healthz\"} 2\n"));
	metrics_free(m);
}

/* A path with a row for each method is one route: no line comes twice. */
static void
test_no_series_is_written_twice(void **state)
{
	struct metrics *m = metrics_new();
	const struct route *r;
	struct buf b = {0};
	char *line, *next;

	(void)state;
	for (r = route_table(); r->path != NULL; r++)
		metrics_count(m, r, METHOD_GET, 200, 1);
	assert_ok(metrics_write(m, &b));
	assert_ok(buf_puts(&b, ""));
	for (line = (char *)b.data; (next = strchr(line, '\n')) != NULL;
		line = next + 1) {
		size_t n = strcspn(line, "}");
		char series[300];

		if (*line == '#')
			continue;
		snprintf(series, sizeof(series), "\n%.*s}", (int)n, line);
		if (strstr(next, series) != NULL)
			fail_msg("twice: %s", series);
	}
	buf_done(&b);
	metrics_free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_request_is_counted_by_route_method_and_status),
		cmocka_unit_test(test_time_is_counted_at_and_below_its_bound),
		cmocka_unit_test(test_times_of_a_route_are_summed_in_seconds),
		cmocka_unit_test(test_no_series_is_written_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
