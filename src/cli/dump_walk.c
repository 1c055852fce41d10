/* What a dump reads: batches of all certificates, or of those that changed. */
#include <inttypes.h>
#include <stdlib.h>

#include "cli/dump.h"

enum { BATCH_OCTETS = 4 * 1024 * 1024, BATCH_CERTS = 2000, CHANGES = 4096 };

/* The first of d->places above `at`. */
static size_t
find_place(const struct dump *d, int64_t at)
{
	size_t low = 0, high = d->place_count, middle;

	while (low < high) {
		middle = low + (high - low) / 2;
		if (d->places[middle] > at)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

/* Adds their octets to the batch. */
static enum status
read_some(struct dump *d, struct store_walk *w, size_t *count, struct err *err)
{
	struct cert_rows rows = {0};
	enum status st;

	arena_reset(d->arena);
	st = store_list_certs(d->session, w, d->arena, &rows, err);
	for (size_t i = 0; st == STATUS_OK && i < rows.count; i++)
		st = buf_put(&d->batch, rows.list[i].octets);
	*count += rows.count;
	return st;
}

/* An empty place is stepped over. */
static enum status
next_changed(struct dump *d, int64_t *at, int64_t upto, size_t max,
	size_t *count, bool *at_end, struct err *err)
{
	enum status st = STATUS_OK;
	size_t i = find_place(d, *at);

	for (; i < d->place_count && d->places[i] <= upto; i++) {
		struct store_walk w = {.after = d->places[i] - 1,
			.upto = d->places[i],
			.max = 1,
			.octets = 1};

		if (*count == max || d->batch.len >= BATCH_OCTETS)
			return STATUS_OK;
		st = read_some(d, &w, count, err);
		if (st != STATUS_OK)
			return st;
		*at = d->places[i];
	}
	*at_end = true;
	return st;
}

enum status
dump_next(struct dump *d, int64_t *at, int64_t upto, size_t max, size_t *count,
	bool *at_end, struct err *err)
{
	struct store_walk w = {
		.after = *at, .upto = upto, .octets = BATCH_OCTETS};
	enum status st;

	buf_clear(&d->batch);
	*count = 0;
	*at_end = false;
	w.max = max < BATCH_CERTS ? max : BATCH_CERTS;
	if (d->partial) {
		st = next_changed(d, at, upto, w.max, count, at_end, err);
	} else {
		st = read_some(d, &w, count, err);
		*at = w.after;
		*at_end = w.at_end;
	}
	d->read += d->batch.len;
	return st;
}

static int
by_place(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static void
sort_places(struct dump *d)
{
	size_t n = 0;

	if (d->place_count == 0)
		return;
	qsort(d->places, d->place_count, sizeof(*d->places), by_place);
	for (size_t i = 0; i < d->place_count; i++)
		if (n == 0 || d->places[n - 1] != d->places[i])
			d->places[n++] = d->places[i];
	d->place_count = n;
}

enum status
dump_list_changes(struct dump *d, struct err *err)
{
	struct change_place *list = xcalloc(CHANGES, sizeof(*list));
	enum status st = STATUS_OK;
	size_t count = CHANGES;

	while (st == STATUS_OK && count == CHANGES) {
		st = store_read_places(
			d->session, d->places_seq, list, CHANGES, &count, err);
		if (st != STATUS_OK)
			break;
		while (d->place_cap < d->place_count + count) {
			d->place_cap = 2 * d->place_cap + CHANGES;
			d->places = xrealloc(
				d->places, d->place_cap * sizeof(*d->places));
		}
		for (size_t i = 0; i < count; i++) {
			d->places[d->place_count++] = list[i].place;
			d->places_seq = list[i].seq;
		}
	}
	free(list);
	sort_places(d);
	return st;
}

/* What was pruned cannot be told: what came before the log's first change. */
enum status
dump_check_log(struct dump *d, struct err *err)
{
	int64_t first = 0, time, last = 0;
	enum status st;

	st = store_last_seq(d->session, &last, err);
	if (st == STATUS_OK)
		st = store_log_start(d->session, &first, &time, err);
	if (st == STATUS_NOT_FOUND) {
		first = last + 1;
		st = STATUS_OK;
	}
	if (st != STATUS_OK)
		return st;
	if (d->since > last) {
		err_set(err,
			"--since: the last change has number %" PRId64
			", not yet %" PRId64,
			last, d->since);
		return STATUS_REJECTED;
	}
	if (d->since + 1 >= first)
		return STATUS_OK;
	err_set(err,
		"--since: the change log begins with number %" PRId64
		" and does not reach back to what follows %" PRId64
		": only a full dump has it",
		first, d->since);
	return STATUS_REJECTED;
}
