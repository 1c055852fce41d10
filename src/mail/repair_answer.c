#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/frame.h"
#include "base/log.h"
#include "mail/repair_state.h"

/* One letter of repair while it is read and answered. */
struct reading {
	struct repair_peer *p;
	struct repair_body out;
	struct summary *summary; /* made with the first record */
	uint64_t salt;
	int64_t now;
	int64_t last_seq, log_start; /* of our log */
	bool compared, agreed, differs, failed;
};

/* ---- summaries ---------------------------------------------------------- */

static void
write_failed(const struct repair_peer *p, enum status st, const struct err *err)
{
	log_line(LOG_INFO, "repair", "peer=%s outcome=%s reason=%s",
		p->set->name, status_name(st), log_quote_str(err->text).text);
}

void
repair_plan_summary(struct repair_peer *p, int64_t now, bool agreed)
{
	const struct mail_settings *s = p->r->p.settings;
	int64_t every = s->summary_every_ms, wait = every;

	if (every == 0) {
		p->summary_next = 0;
		return;
	}
	if (agreed)
		p->summary_wait = 0;
	else
		wait = p->summary_wait = p->summary_wait == 0
						 ? s->repair_after_ms
						 : p->summary_wait * 2;
	if (wait > every)
		wait = p->summary_wait = every;
	/* Not all peers at one time. */
	wait += wait / 10 * (int64_t)(p->r->p.random() % 201) / 100 - wait / 10;
	p->summary_next = now + (wait > 0 ? wait : 1);
}

/* Digests of different levels never agree: then names are compared. */
static enum store_ids
kind_for(const struct repair_peer *p)
{
	bool same;

	pthread_mutex_lock(&p->r->lock);
	same = p->level[0] == '\0' ||
	       strcmp(p->level, p->r->p.site->level) == 0;
	pthread_mutex_unlock(&p->r->lock);
	return same ? IDS_DIGEST : IDS_FINGERPRINT;
}

static enum status
open_summary(struct repair *r, uint64_t salt, struct summary **summary,
	struct err *err)
{
	struct summary_source source;
	enum status st = repair_source(r, &source, err);

	if (st == STATUS_OK)
		*summary = summary_new(&source, (uint32_t)salt);
	return st;
}

void
repair_summary(struct repair_peer *p, int64_t now)
{
	struct repair_body out = {.empty = 0};
	struct summary *summary = NULL;
	uint64_t salt = p->r->p.random();
	struct err err = {{0}};
	enum status st;

	repair_plan_summary(p, now, false);
	st = open_summary(p->r, salt, &summary, &err);
	if (st == STATUS_OK)
		st = repair_begin(p, &out);
	if (st == STATUS_OK)
		st = frame_put_number(&out.body, REPAIR_SALT, salt);
	if (st == STATUS_OK)
		st = summary_begin(summary, kind_for(p), &out.body, &err);
	summary_free(summary);
	if (st != STATUS_OK) {
		buf_done(&out.body);
		write_failed(p, st, &err);
		return;
	}
	counter_add(p->r->summaries, 1);
	repair_post(p, &out);
}

static void
read_summary(struct reading *rd, uint8_t record, struct bytes value)
{
	struct repair_peer *p = rd->p;
	struct err err = {{0}};
	enum status st = STATUS_OK;

	if (rd->failed || !repair_has_budget(p))
		return;
	/* A peer of another level must be told so, not answered. */
	if (record != SUMMARY_WANTED && value.len > 0 &&
		value.data[0] != (uint8_t)kind_for(p)) {
		rd->failed = true;
		p->summary_next = rd->now + 1;
		return;
	}
	if (rd->summary == NULL)
		st = open_summary(p->r, rd->salt, &rd->summary, &err);
	if (st == STATUS_OK)
		st = summary_take(rd->summary, record, value, &err);
	rd->compared = rd->compared || record == SUMMARY_SUMS;
	rd->failed = st != STATUS_OK;
	if (rd->failed)
		write_failed(p, st, &err);
}

/* Those that may be sent now, behind what waits already. */
static void
send_later(
	struct repair_peer *p, const uint64_t *ids, size_t n, enum store_ids by)
{
	int64_t now = clock_wall_s();

	if (p->send_at == p->send_count)
		p->send_at = p->send_count = 0;
	if (p->send_count == 0)
		p->send_by = by;
	if (by != p->send_by)
		return;
	if (p->send == NULL)
		p->send = xcalloc(SUMMARY_SEND_MAX, sizeof(*p->send));
	for (size_t i = 0; i < n && p->send_count < SUMMARY_SEND_MAX; i++) {
		if (offers_take(&p->offers, ids[i], now))
			p->send[p->send_count++] = ids[i];
	}
}

static void
finish_summary(struct reading *rd)
{
	struct repair_peer *p = rd->p;
	struct err err = {{0}};
	enum store_ids by;
	const uint64_t *ids;
	size_t n, differ;
	enum status st;
	bool cut;

	st = frame_put_number(&rd->out.body, REPAIR_SALT, rd->salt);
	if (st == STATUS_OK && !rd->failed)
		st = summary_answer(rd->summary, &rd->out.body, &err);
	if (st != STATUS_OK || rd->failed) {
		write_failed(p, st, &err);
		return;
	}
	ids = summary_send(rd->summary, &by, &n);
	send_later(p, ids, n, by);
	differ = summary_differences(rd->summary, &cut);
	rd->differs = differ > 0 || n > 0; /* what it wants, it lacks */
	counter_add(p->r->differences, (int64_t)n);
	if (rd->compared && differ == 0) {
		st = frame_put_field(
			&rd->out.body, REPAIR_AGREE, bytes_make("", 0));
		rd->agreed = st == STATUS_OK;
	}
	repair_plan_summary(p, rd->now, rd->agreed);
	log_line(LOG_INFO, "repair",
		"peer=%s compared=yes differ=%zu send=%zu cut=%d", p->set->name,
		differ, n, cut);
}

/* ---- ranges -------------------------------------------------------------- */

/* "STORE FIRST-LAST" */
static bool
read_range(
	struct bytes value, char store[BATCH_STORE_SIZE], struct range *range)
{
	const size_t n = BATCH_STORE_SIZE - 1;

	if (value.len < n + 2 || value.data[n] != ' ' ||
		!batch_is_store(bytes_make(value.data, n)))
		return false;
	memcpy(store, value.data, n);
	store[n] = '\0';
	return range_parse(
		bytes_make(value.data + n + 1, value.len - n - 1), range);
}

static void
add_answer(struct repair_peer *p, const struct range *range)
{
	for (size_t i = 0; i < p->answer_count; i++) {
		if (p->answers[i].first <= range->first &&
			p->answers[i].last >= range->last)
			return;
	}
	if (p->answer_count < REPAIR_ANSWERS_MAX)
		p->answers[p->answer_count++] = *range;
}

/* What is before the log's beginning is gone; what is after its end is not
 * ours to speak of. */
static enum status
read_ask(struct reading *rd, struct bytes value)
{
	struct repair_peer *p = rd->p;
	char store[BATCH_STORE_SIZE];
	struct range range, gone;

	if (!read_range(value, store, &range))
		return STATUS_MALFORMED;
	counter_add(p->r->answered, 1);
	if (strcmp(store, p->r->p.site->store_id) != 0)
		return repair_put_range(&rd->out, REPAIR_GONE, store, &range);
	if (range.last > rd->last_seq)
		range.last = rd->last_seq;
	gone = range;
	if (gone.last >= rd->log_start)
		gone.last = rd->log_start - 1;
	if (range.first < rd->log_start)
		range.first = rd->log_start;
	if (range.first <= range.last && repair_has_budget(p))
		add_answer(p, &range);
	if (gone.first > gone.last)
		return STATUS_OK;
	return repair_put_range(&rd->out, REPAIR_GONE, store, &gone);
}

/* There is no more to come of this range; what is lost, a summary finds. */
static enum status
read_end(struct reading *rd, struct bytes value, bool gone)
{
	struct repair_peer *p = rd->p;
	char store[BATCH_STORE_SIZE];
	struct range range;
	bool ours = false;

	if (!read_range(value, store, &range))
		return STATUS_MALFORMED;
	pthread_mutex_lock(&p->r->lock);
	for (size_t k = 0; k < GAPS_STORES; k++)
		ours = ours || strcmp(p->gaps.stores[k].store, store) == 0;
	if (ours && gaps_note(&p->gaps, &p->r->pace, store, range.first,
			    range.last, rd->now))
		p->changed = true;
	else
		ours = false;
	pthread_mutex_unlock(&p->r->lock);
	if (ours && gone && p->r->p.settings->summary_every_ms > 0)
		p->summary_next = rd->now + 1;
	return STATUS_OK;
}

/* ---- a letter ------------------------------------------------------------ */

static void
read_level(struct repair_peer *p, struct bytes value)
{
	if (value.len >= BATCH_LEVEL_SIZE)
		return;
	pthread_mutex_lock(&p->r->lock);
	memcpy(p->level, value.data, value.len);
	p->level[value.len] = '\0';
	p->changed = true;
	pthread_mutex_unlock(&p->r->lock);
}

static enum status
read_field(struct reading *rd, uint8_t name, struct bytes value)
{
	if (name == REPAIR_VERSION)
		return frame_number(value) == 1 ? STATUS_OK
						: STATUS_UNSUPPORTED;
	if (name == REPAIR_LEVEL)
		read_level(rd->p, value);
	else if (name == REPAIR_SALT)
		rd->salt = frame_number(value);
	else if (name == REPAIR_ASK)
		return read_ask(rd, value);
	else if (name == REPAIR_NONE || name == REPAIR_GONE)
		return read_end(rd, value, name == REPAIR_GONE);
	else if (name == REPAIR_AGREE)
		rd->agreed = true;
	else if (name >= SUMMARY_SUMS && name <= SUMMARY_WANTED)
		read_summary(rd, name, value);
	return STATUS_OK;
}

static enum status
read_fields(struct reading *rd, struct bytes body)
{
	struct reader r = reader_of(body);
	struct bytes value;
	size_t asks = 0;
	uint8_t name;
	enum status st = STATUS_OK;

	while (st == STATUS_OK && frame_next_field(&r, &name, &value)) {
		if (name == REPAIR_ASK && ++asks > REPAIR_ASK_MAX)
			continue;
		st = read_field(rd, name, value);
	}
	return st == STATUS_OK && r.failed ? STATUS_MALFORMED : st;
}

/* Where our log begins and ends. */
static enum status
look_at_log(struct reading *rd, struct err *err)
{
	struct store_session *s = rd->p->r->session;
	int64_t time;
	enum status st = store_last_seq(s, &rd->last_seq, err);

	if (st == STATUS_OK)
		st = store_log_start(s, &rd->log_start, &time, err);
	if (st == STATUS_NOT_FOUND) {
		rd->log_start = rd->last_seq + 1;
		st = STATUS_OK;
	}
	return st;
}

void
repair_read(struct repair_peer *p, struct bytes body, int64_t now)
{
	struct reading rd = {.p = p, .now = now};
	struct err err = {{0}};
	enum status st = look_at_log(&rd, &err);

	if (st == STATUS_OK)
		st = repair_begin(p, &rd.out);
	if (st == STATUS_OK)
		st = read_fields(&rd, body);
	if (st == STATUS_OK && rd.summary != NULL)
		finish_summary(&rd);
	summary_free(rd.summary);
	if (st != STATUS_OK) {
		write_failed(p, st, &err);
		buf_done(&rd.out.body);
		return;
	}
	if (rd.agreed) {
		p->agreed = clock_wall_s();
		repair_plan_summary(p, now, true);
	}
	if (rd.differs)
		p->differed = clock_wall_s();
	if (rd.agreed || rd.differs) {
		pthread_mutex_lock(&p->r->lock);
		p->changed = true;
		pthread_mutex_unlock(&p->r->lock);
	}
	/* A salt alone says nothing. */
	if (rd.out.body.len <= rd.out.empty + 13)
		rd.out.body.len = rd.out.empty;
	repair_post(p, &rd.out);
}
