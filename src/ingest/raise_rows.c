#include "ingest/raise_rows.h"

#include <string.h>

#include "base/clock.h"
#include "base/hex.h"
#include "base/log.h"
#include "ingest/ingest.h"
#include "ingest/prepare_state.h"

static bool
raise_is_same(const struct prepare *p)
{
	return memcmp(&p->kept->sks_digest, &p->stored.sks_digest,
		       sizeof(p->kept->sks_digest)) == 0;
}

/* No packet is new, so nobody is sent any. */
static void
raise_change(struct prepare *p)
{
	struct change *c = &p->wc->change;

	memset(c, 0, sizeof(*c));
	c->cert = p->stored.id;
	c->old_digest = p->stored.sks_digest;
	if (p->kept != NULL)
		c->new_digest = p->kept->sks_digest;
	c->flags = p->wc->row.flags << CHANGE_CERT_SHIFT;
	c->origin = p->sub->origin;
	c->seen = p->sub->seen;
	c->time = p->wc->row.updated;
}

/* What the level left of the row is what is to be written. */
static enum status
raise_settle(struct prepare *p)
{
	struct work_cert *wc = p->wc;
	enum status st = STATUS_OK;

	wc->write = WRITE_CHANGED;
	if (p->kept == NULL) {
		wc->write = WRITE_REMOVED;
		memset(&wc->row, 0, sizeof(wc->row));
		wc->row.id = p->stored.id;
		wc->row.updated = clock_wall_s();
	} else {
		st = prepare_row(p);
	}
	if (st != STATUS_OK || p->sub->work->spent)
		return st;
	if (p->kept != NULL && raise_is_same(p)) {
		wc->write = WRITE_QUIETLY;
		wc->row.updated = p->stored.updated;
	}
	raise_change(p);
	wc->state = WORK_TO_WRITE;
	return STATUS_OK;
}

/* One row. It is settled without being written when it is gone by now, or
 * raised by a submission. */
static enum status
raise_row(struct prepare *p, const struct cert_id *id, struct err *err)
{
	struct arena *turn = p->sub->work->turn;
	enum status st;

	p->wc->state = WORK_SETTLED;
	/* First of all: what is judged from here on is judged by these. */
	p->wc->generation = tombstones_generation(p->tombstones);
	st = store_get_cert(p->s, id, turn, &p->stored, err);
	if (st == STATUS_NOT_FOUND ||
		(st == STATUS_OK && p->stored.level >= p->policy->level))
		return STATUS_OK;
	if (st == STATUS_OK)
		st = cert_read_stored(turn, p->stored.octets, &p->old, err);
	if (st == STATUS_OK)
		st = cert_digest(turn, p->old);
	if (st != STATUS_OK)
		return st;
	p->wc->cert = p->old;
	p->wc->was_stored = true;
	p->wc->old_digest = p->stored.sks_digest;
	st = prepare_level(p, p->old);
	if (st != STATUS_OK || p->sub->work->spent)
		return st;
	return raise_settle(p);
}

static void
raise_skip(const struct cert_id *id, const char *why, struct raise_sums *sums)
{
	char fpr[FINGERPRINT_HEX_MAX];

	fingerprint_hex(&id->fpr, fpr);
	log_line(LOG_WARN, "raise", "fpr=%s outcome=skipped reason=%s", fpr,
		log_quote_str(why).text);
	sums->skipped++;
}

static void
raise_count(const struct work_cert *wc, struct raise_sums *sums)
{
	if (wc->state != WORK_TO_WRITE)
		return;
	sums->changed += wc->write == WRITE_CHANGED;
	sums->same += wc->write == WRITE_QUIETLY;
	sums->removed += wc->write == WRITE_REMOVED;
}

static enum status
raise_make_room(struct submission *sub, size_t count)
{
	struct submission_work *work = sub->work;

	sub->outcomes = arena_array(sub->arena, count, sizeof(*sub->outcomes));
	work->certs = arena_array(sub->arena, count, sizeof(*work->certs));
	work->turn = arena_new(arena_left(sub->arena));
	if (sub->outcomes == NULL || work->certs == NULL)
		return STATUS_LIMIT;
	memset(sub->outcomes, 0, count * sizeof(*sub->outcomes));
	memset(work->certs, 0, count * sizeof(*work->certs));
	return STATUS_OK;
}

/* LIMIT: it belongs into the next job. */
static enum status
raise_next(struct prepare *p, const struct cert_id *id, bool is_first,
	struct raise_sums *sums, struct err *err)
{
	struct submission_work *work = p->sub->work;
	const char *why = NULL;
	enum status st;

	st = raise_row(p, id, err);
	if (st == STATUS_LIMIT && is_first)
		why = "it takes too much memory";
	else if (st == STATUS_MALFORMED)
		why = "the row is damaged";
	else if (st == STATUS_OK && work->spent)
		why = "too many signatures to verify";
	if (atomic_load(p->stop))
		return STATUS_CLOSED;
	if (why == NULL) {
		if (st == STATUS_OK)
			raise_count(p->wc, sums);
		return st;
	}
	raise_skip(id, why, sums);
	p->wc->state = WORK_SETTLED;
	return STATUS_OK;
}

enum status
raise_rows(struct store_session *s, const struct policy *policy,
	struct submission *sub, const struct level_row *rows, size_t count,
	int64_t max_ms, const atomic_bool *stop, size_t *taken,
	struct raise_sums *sums, struct err *err)
{
	struct submission_work *work = sub->work;
	int64_t start = clock_mono_ms();
	enum status st;
	size_t i;

	st = raise_make_room(sub, count);
	for (i = 0; st == STATUS_OK && i < count; i++) {
		struct prepare p = {
			.s = s, .policy = policy, .sub = sub, .raises = true};

		if (i > 0 && clock_mono_ms() - start >= max_ms)
			break;
		p.wc = &work->certs[i];
		p.wc->outcome = i;
		work->count = i + 1;
		work->spent = false;
		/* Whatever it takes: what a stranger once put there is cut
		 * down here or never. */
		work->is_paid = true;
		p.stop = stop;
		p.tombstones = ingest_tombstones(work->ingest);
		st = raise_next(&p, &rows[i].id, i == 0, sums, err);
		if (st == STATUS_LIMIT) {
			p.wc->state = WORK_SETTLED;
			break;
		}
	}
	*taken = i;
	return st == STATUS_LIMIT && i > 0 ? STATUS_OK : st;
}
