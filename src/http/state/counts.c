#include "http/state/counts.h"

#include "base/reader.h"

/* Of what is written; another number is another version's, and not read. */
enum { COUNTS_FORM = 1 };

void
counts_init(struct counts *c)
{
	*c = (struct counts){.cursor = 0};
	histogram_init(&c->hours, 3600, HISTOGRAM_HOURS);
	histogram_init(&c->days, 86400, HISTOGRAM_DAYS);
}

void
counts_advance(struct counts *c, int64_t cursor, int64_t missed, int64_t now)
{
	c->missed = counts_missed(c, now);
	if (missed > 0) {
		c->missed += missed;
		c->missed_last = now;
	}
	c->cursor = cursor;
}

int64_t
counts_missed(const struct counts *c, int64_t now)
{
	return histogram_start(&c->days, c->days.spans - 1, now) <=
			       c->missed_last
		       ? c->missed
		       : 0;
}

static enum status
put(struct buf *out, int64_t n)
{
	return buf_put_be64(out, (uint64_t)n);
}

static enum status
write_histogram(const struct histogram *h, struct buf *out)
{
	enum status st = put(out, (int64_t)h->spans);

	for (size_t i = 0; i < h->spans && st == STATUS_OK; i++) {
		st = put(out, h->number[i]);
		if (st == STATUS_OK)
			st = put(out, h->counts[i].inserted);
		if (st == STATUS_OK)
			st = put(out, h->counts[i].updated);
		if (st == STATUS_OK)
			st = put(out, h->counts[i].removed);
	}
	return st;
}

enum status
counts_write(const struct counts *c, struct buf *out)
{
	enum status st = put(out, COUNTS_FORM);

	if (st == STATUS_OK)
		st = put(out, c->cursor);
	if (st == STATUS_OK)
		st = put(out, c->since);
	if (st == STATUS_OK)
		st = put(out, c->missed);
	if (st == STATUS_OK)
		st = put(out, c->missed_last);
	if (st == STATUS_OK)
		st = write_histogram(&c->hours, out);
	return st == STATUS_OK ? write_histogram(&c->days, out) : st;
}

static int64_t
get(struct reader *r)
{
	return (int64_t)reader_be64(r);
}

/* Each span is in its place of the ring, so numbers can be trusted. */
static bool
read_histogram(struct reader *r, struct histogram *h)
{
	if (get(r) != (int64_t)h->spans)
		return false;
	for (size_t i = 0; i < h->spans; i++) {
		h->number[i] = get(r);
		h->counts[i].inserted = get(r);
		h->counts[i].updated = get(r);
		h->counts[i].removed = get(r);
		if (h->number[i] < 0 ||
			(h->number[i] > 0 &&
				(size_t)h->number[i] % h->spans != i))
			return false;
	}
	return true;
}

enum status
counts_read(struct bytes in, struct counts *c)
{
	struct reader r = reader_of(in);
	struct counts found;

	counts_init(&found);
	if (get(&r) != COUNTS_FORM)
		return STATUS_MALFORMED;
	found.cursor = get(&r);
	found.since = get(&r);
	found.missed = get(&r);
	found.missed_last = get(&r);
	if (!read_histogram(&r, &found.hours) ||
		!read_histogram(&r, &found.days) || r.failed ||
		reader_left(&r) > 0)
		return STATUS_MALFORMED;
	*c = found;
	return STATUS_OK;
}
