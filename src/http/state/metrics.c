#include "http/state/metrics.h"

#include <inttypes.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { OTHER_STATUS = METRICS_STATUSES - 1, FIRST_BITS = 6 };

/* Every status that we send; another one is counted in the last place. */
static const unsigned short statuses[METRICS_STATUSES] = {200, 304, 404, 400,
	403, 405, 406, 411, 413, 414, 415, 416, 422, 429, 431, 500, 501, 503,
	505, 0};

static const char *const methods[METRICS_METHODS] = {[METHOD_GET] = "GET",
	[METHOD_HEAD] = "HEAD",
	[METHOD_POST] = "POST",
	[METHOD_OPTIONS] = "OPTIONS",
	[METHOD_OTHER] = "other"};

/* The bounds in seconds, as text: no rounding when they are written. */
static const char *const bounds[METRICS_BUCKETS] = {"0.000064", "0.000256",
	"0.001024", "0.004096", "0.016384", "0.065536", "0.262144", "1.048576",
	"4.194304", "+Inf"};

struct row {
	_Atomic uint64_t us;
	_Atomic uint64_t
		cells[METRICS_METHODS][METRICS_STATUSES][METRICS_BUCKETS];
};

struct metrics {
	size_t count; /* rows: those of the route table, and one for none */
	struct row rows[];
};

/* The same without atomics, for what is being written. */
struct copy {
	uint64_t us;
	uint64_t requests[METRICS_METHODS][METRICS_STATUSES];
	uint64_t buckets[METRICS_BUCKETS];
};

struct metrics *
metrics_new(void)
{
	size_t n = 0;
	struct metrics *m;

	while (route_table()[n].path != NULL)
		n++;
	n++;
	m = xcalloc(1, sizeof(*m) + n * sizeof(m->rows[0]));
	m->count = n;
	return m;
}

void
metrics_free(struct metrics *m)
{
	free(m);
}

static size_t
place_of_status(unsigned int status)
{
	size_t i = 0;

	while (i < OTHER_STATUS && statuses[i] != status)
		i++;
	return i;
}

static size_t
bucket_of(int64_t us)
{
	uint64_t v = us > 0 ? (uint64_t)(us - 1) >> FIRST_BITS : 0;
	size_t i = v == 0 ? 0 : (65 - (size_t)__builtin_clzll(v)) / 2;

	return i < METRICS_BUCKETS ? i : METRICS_BUCKETS - 1;
}

void
metrics_count(struct metrics *m, const struct route *route,
	enum request_method method, unsigned int status, int64_t us)
{
	size_t at =
		route == NULL ? m->count - 1 : (size_t)(route - route_table());
	struct row *r = &m->rows[at];

	atomic_fetch_add_explicit(
		&r->cells[method][place_of_status(status)][bucket_of(us)], 1,
		memory_order_relaxed);
	if (us > 0)
		atomic_fetch_add_explicit(
			&r->us, (uint64_t)us, memory_order_relaxed);
}

static void
add_row(const struct row *r, struct copy *c)
{
	size_t method, status, b;

	c->us += atomic_load_explicit(&r->us, memory_order_relaxed);
	for (method = 0; method < METRICS_METHODS; method++)
		for (status = 0; status < METRICS_STATUSES; status++)
			for (b = 0; b < METRICS_BUCKETS; b++) {
				uint64_t n = atomic_load_explicit(
					&r->cells[method][status][b],
					memory_order_relaxed);

				c->requests[method][status] += n;
				c->buckets[b] += n;
			}
}

struct metrics_totals
metrics_sum(const struct metrics *m)
{
	struct metrics_totals t = {0, 0, 0};
	struct copy *c = xcalloc(1, sizeof(*c));
	size_t i, method, status;

	for (i = 0; i < m->count; i++)
		add_row(&m->rows[i], c);
	for (method = 0; method < METRICS_METHODS; method++)
		for (status = 0; status < METRICS_STATUSES; status++) {
			uint64_t n = c->requests[method][status];

			t.all += n;
			if (statuses[status] >= 500)
				t.failed += n;
			else if (statuses[status] >= 400)
				t.refused += n;
		}
	free(c);
	return t;
}

/* A path may have a row for each method: one route all the same. */
static bool
is_first(const struct metrics *m, size_t i, const char **path)
{
	const struct route *table = route_table();
	size_t j;

	*path = i + 1 == m->count ? "none" : table[i].path;
	for (j = 0; i + 1 < m->count && j < i; j++)
		if (strcmp(table[j].path, table[i].path) == 0)
			return false;
	return true;
}

static void
copy_route(const struct metrics *m, size_t first, struct copy *c)
{
	const struct route *table = route_table();
	size_t i;

	memset(c, 0, sizeof(*c));
	add_row(&m->rows[first], c);
	for (i = first + 1; i + 1 < m->count; i++)
		if (strcmp(table[i].path, table[first].path) == 0)
			add_row(&m->rows[i], c);
}

static enum status
write_requests(const struct copy *c, const char *path, struct buf *out)
{
	enum status st = STATUS_OK;
	size_t method, s;

	for (method = 0; method < METRICS_METHODS; method++)
		for (s = 0; st == STATUS_OK && s < METRICS_STATUSES; s++) {
			if (c->requests[method][s] == 0)
				continue;
			st = buf_printf(out,
				"keypost_http_requests_total{route=\"%s\","
				"method=\"%s\",status=\"%u\"} %" PRIu64 "\n",
				path, methods[method], statuses[s],
				c->requests[method][s]);
		}
	return st;
}

static enum status
write_times(const struct copy *c, const char *path, struct buf *out)
{
	static const char name[] = "keypost_http_request_duration_seconds";
	enum status st = STATUS_OK;
	uint64_t n = 0;
	size_t b;

	for (b = 0; st == STATUS_OK && b < METRICS_BUCKETS; b++) {
		n += c->buckets[b];
		st = buf_printf(out,
			"%s_bucket{route=\"%s\",le=\"%s\"} %" PRIu64 "\n", name,
			path, bounds[b], n);
	}
	if (st == STATUS_OK)
		st = buf_printf(out,
			"%s_sum{route=\"%s\"} %" PRIu64 ".%06" PRIu64 "\n",
			name, path, c->us / 1000000, c->us % 1000000);
	if (st == STATUS_OK)
		st = buf_printf(out, "%s_count{route=\"%s\"} %" PRIu64 "\n",
			name, path, n);
	return st;
}

static enum status
write_family(const struct metrics *m,
	enum status (*write)(
		const struct copy *c, const char *path, struct buf *out),
	struct buf *out)
{
	struct copy *c = xcalloc(1, sizeof(*c));
	enum status st = STATUS_OK;
	const char *path;
	size_t i;

	for (i = 0; st == STATUS_OK && i < m->count; i++)
		if (is_first(m, i, &path)) {
			copy_route(m, i, c);
			st = write(c, path, out);
		}
	free(c);
	return st;
}

enum status
metrics_write(const struct metrics *m, struct buf *out)
{
	enum status st;

	st = buf_puts(out,
		"# HELP keypost_http_requests_total Requests answered; route "
		"none: no page of ours.\n"
		"# TYPE keypost_http_requests_total counter\n");
	if (st == STATUS_OK)
		st = write_family(m, write_requests, out);
	if (st == STATUS_OK)
		st = buf_puts(out,
			"# HELP keypost_http_request_duration_seconds From the "
			"request line to the answer.\n"
			"# TYPE keypost_http_request_duration_seconds "
			"histogram\n");
	return st == STATUS_OK ? write_family(m, write_times, out) : st;
}
