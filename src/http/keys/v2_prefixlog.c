#include "http/keys/v2_prefixlog.h"

#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "http/keys/prefix_set.h"
#include "http/pages/error.h"
#include "http/server/slow.h"
#include "http/services.h"

enum {
	AT_DATE = 3, /* in /pks/v2/prefixlog/DATE */
	DAY_S = 86400,
	/* A change is in the log a while after it was made. */
	SLACK_S = 120,
	BATCH = 200
};

struct day {
	int64_t start;
	bool begun;
	int64_t after, last; /* what is yet to be read of the log */
	struct prefix_set prefixes;
};

enum status
prefixlog_day(struct bytes text, int64_t *start)
{
	static const char shape[] = "dddd-dd-dd";
	struct tm tm, back;
	time_t t;
	size_t i;
	int n[3] = {0, 0, 0}, part = 0;

	if (text.len != sizeof(shape) - 1)
		return STATUS_MALFORMED;
	for (i = 0; i < text.len; i++) {
		uint8_t c = text.data[i];

		if (shape[i] == '-' ? c != '-' : c < '0' || c > '9')
			return STATUS_MALFORMED;
		if (shape[i] == '-')
			part++;
		else
			n[part] = n[part] * 10 + (c - '0');
	}
	memset(&tm, 0, sizeof(tm));
	tm.tm_year = n[0] - 1900;
	tm.tm_mon = n[1] - 1;
	tm.tm_mday = n[2];
	t = timegm(&tm);
	/* The thirtieth of February is another day. */
	if (gmtime_r(&t, &back) == NULL || back.tm_year != n[0] - 1900 ||
		back.tm_mon != n[1] - 1 || back.tm_mday != n[2])
		return STATUS_MALFORMED;
	*start = (int64_t)t;
	return STATUS_OK;
}

static void
take(struct day *d, const struct change_name *list, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (list[i].time >= d->start &&
			list[i].time < d->start + DAY_S &&
			list[i].cert.fpr.len > 0)
			prefix_set_put(&d->prefixes, list[i].cert.fpr.octets);
}

/* A log that was pruned does not know what changed before it. */
static enum status
check_kept(const struct day *d, struct store_session *s, struct err *err)
{
	struct change_mark first;
	int64_t last = 0;
	size_t count;
	enum status st = store_read_marks(s, 0, &first, 1, &count, err);

	if (st == STATUS_OK && count == 0)
		st = store_last_seq(s, &last, err);
	if (st != STATUS_OK)
		return st;
	if (count == 0 ? last == 0 : first.seq == 1 || first.time <= d->start)
		return STATUS_OK;
	err_set(err, "Not found: that day is no longer known here");
	return STATUS_NOT_FOUND;
}

/* Where the day is in the log. What it takes to read it is paid for. */
static enum status
begin(struct request *req, struct day *d, struct store_session *s,
	struct err *err)
{
	enum status st =
		prefix_set_init(&d->prefixes, req->arena, PREFIXLOG_DIGITS);

	if (st == STATUS_OK)
		st = check_kept(d, s, err);
	if (st == STATUS_OK)
		st = store_seq_before(s, d->start - SLACK_S, &d->after, err);
	if (st == STATUS_OK)
		st = store_seq_before(
			s, d->start + DAY_S + SLACK_S, &d->last, err);
	if (st == STATUS_OK && d->after < d->last)
		(void)request_may(req, RATE_SEARCH,
			(uint64_t)(d->last - d->after) / PREFIXLOG_TURN);
	d->begun = st == STATUS_OK;
	return st;
}

/* A turn of it, a batch at a time. */
static enum status
read_turn(struct store_session *s, struct day *d, struct err *err)
{
	struct change_name list[BATCH];
	size_t count, n = 0;
	enum status st = STATUS_OK;

	while (st == STATUS_OK && d->after < d->last && n < PREFIXLOG_TURN) {
		st = store_read_names(s, d->after, list, BATCH, &count, err);
		if (st != STATUS_OK)
			break;
		take(d, list, count);
		n += count;
		d->after = count == BATCH ? list[count - 1].seq : d->last;
	}
	return st;
}

static enum status
read_day(struct request *req, struct day *d, struct err *err)
{
	const struct services *sv = req->services;
	struct store_session *s;
	enum status st;

	st = session_borrow(sv->store, &s, err);
	if (st != STATUS_OK)
		return st;
	if (!d->begun)
		st = begin(req, d, s, err);
	if (st == STATUS_OK)
		st = read_turn(s, d, err);
	session_return(sv->store, s);
	return st;
}

static enum status
write_lines(struct reply *reply, struct day *d)
{
	struct prefix_set *p = &d->prefixes;
	enum status st = STATUS_OK;
	size_t i;

	prefix_set_close(p, PREFIXLOG_LINES, PREFIXLOG_DIGITS_MIN);
	/* CRLF as the one other server that has this sends it. */
	for (i = 0; st == STATUS_OK && i < p->count; i++)
		st = buf_printf(&reply->body, "%0*x\r\n", (int)p->digits,
			(unsigned)(p->list[i] >> (32 - 4 * p->digits)));
	reply->type = REPLY_TEXT;
	reply->cache = clock_wall_s() > d->start + DAY_S + SLACK_S
			       ? REPLY_DAY
			       : REPLY_TEN_MINUTES;
	return st;
}

/* However much changed on that day, searches go on in between. */
static enum status
run(struct request *req, struct reply *reply)
{
	struct day *d = slow_arg(req);
	enum status st = read_day(req, d, &reply->err);

	if (st != STATUS_OK)
		return st;
	if (d->after < d->last) {
		slow_again(req);
		return STATUS_OK;
	}
	return write_lines(reply, d);
}

enum status
v2_prefixlog(struct request *req, struct reply *reply)
{
	struct day *d = arena_alloc(req->arena, sizeof(*d));

	if (d == NULL)
		return STATUS_LIMIT;
	d->begun = false;
	if (prefixlog_day(req->segments[AT_DATE], &d->start) != STATUS_OK) {
		err_set(&reply->err, "a day is written YYYY-MM-DD");
		return STATUS_MALFORMED;
	}
	if (d->start > clock_wall_s()) {
		err_set(&reply->err, "Not found: that day is yet to come");
		return STATUS_NOT_FOUND;
	}
	if (!site_may_search(req, reply))
		return STATUS_OK;
	return slow_later(req, reply, run, d);
}
