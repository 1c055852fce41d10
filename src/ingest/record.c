#include "ingest/record.h"

#include <string.h>

#include "base/clock.h"
#include "ingest/gate.h"
#include "ingest/ingest.h"
#include "ingest/stage.h"

bool
record_has(const struct submission *sub, enum work_state state)
{
	size_t i;

	for (i = 0; i < sub->work->count; i++)
		if (sub->work->certs[i].state == state)
			return true;
	return false;
}

void
record_settle(struct submission *sub)
{
	struct submission_work *work = sub->work;
	size_t i;

	for (i = 0; i < work->count; i++)
		if (work->certs[i].state == WORK_TO_WRITE ||
			work->certs[i].state == WORK_TO_REJECT)
			work->certs[i].state = WORK_SETTLED;
}

static enum status
record_check(const struct submission *sub, struct work_cert *wc,
	struct store_session *w, bool *conflict, struct err *err)
{
	struct sks_digest digest;
	enum status st;
	uint8_t level;
	bool same;

	st = store_get_head(w, &wc->row.id, &digest, &level, err);
	if (st == STATUS_NOT_FOUND)
		same = !wc->was_stored;
	else if (st == STATUS_OK)
		same = wc->was_stored &&
		       memcmp(&digest, &wc->old_digest, sizeof(digest)) == 0;
	else
		return st;
	same = same && gate_is_current(ingest_tombstones(sub->work->ingest),
			       wc->generation);
	if (!same) {
		wc->state = WORK_RACED;
		*conflict = true;
	}
	return STATUS_OK;
}

static enum status
record_cert(struct submission *sub, struct work_cert *wc,
	struct store_session *w, struct writer *writer, struct err *err)
{
	struct ingest *in = sub->work->ingest;
	enum status st = STATUS_OK;
	int64_t seq;

	if (wc->write != WRITE_REMOVED &&
		wc->row.level < in->settings.policy.level)
		(void)atomic_fetch_add(&in->lowered, 1);
	if (wc->write != WRITE_REMOVED)
		st = gate_put_cert(w, in->tombstones, wc->generation, &wc->row,
			&wc->search, err);
	/* The tombstones changed since the check; a refusal means that this
	 * program judged it wrongly: it is judged again, then busy. */
	if (st == STATUS_BUSY || st == STATUS_REJECTED) {
		wc->state = WORK_RACED;
		return STATUS_BUSY;
	}
	if (st == STATUS_OK && wc->write != WRITE_QUIETLY &&
		!sub->no_change_log) {
		st = store_append_change(w, &wc->change, &seq, err);
		writer_changed(writer);
	}
	if (st == STATUS_OK && wc->write == WRITE_REMOVED)
		st = store_delete_cert(w, &wc->row.id, err);
	return st;
}

static enum status
record_rejected(
	const struct work_cert *wc, struct store_session *w, struct err *err)
{
	int64_t now = clock_wall_s();

	return store_put_rejected(w, &wc->cert->sks_digest, now,
		now + RECORD_REJECTED_S, verdict_word(VERDICT_BLOCKED), err);
}

enum status
record_submission(struct submission *sub, struct store_session *w,
	struct writer *writer, struct err *err)
{
	struct submission_work *work = sub->work;
	enum status st = STATUS_OK;
	bool conflict = false;
	size_t i;

	for (i = 0; st == STATUS_OK && i < work->count; i++) {
		if (work->certs[i].state == WORK_TO_WRITE)
			st = record_check(
				sub, &work->certs[i], w, &conflict, err);
		else if (work->certs[i].state == WORK_RACED)
			conflict = true; /* found when the batch ran before */
	}
	if (st == STATUS_OK && conflict) {
		err_set(err, "another submission was faster");
		work->job.wrote_nothing = true;
		return STATUS_BUSY;
	}
	for (i = 0; st == STATUS_OK && i < work->count; i++) {
		if (work->certs[i].state == WORK_TO_WRITE)
			st = record_cert(sub, &work->certs[i], w, writer, err);
		else if (work->certs[i].state == WORK_TO_REJECT)
			st = record_rejected(&work->certs[i], w, err);
	}
	return st;
}
