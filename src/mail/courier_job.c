#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/crash.h"
#include "base/log.h"
#include "mail/courier_state.h"

enum {
	JOB_ARENA = 16 * 1024 * 1024,
	OWED_ARENA = 64 * 1024 * 1024,
	OWED_STEP = 64
};

/* ---- when ------------------------------------------------------------- */

/* Letters at the front that need nothing but to be settled. */
static size_t
settled_prefix(const struct courier_peer *p)
{
	size_t n = 0;

	while (n < p->count && (p->letters[n].state == LETTER_DELIVERED ||
				       p->letters[n].state == LETTER_OWED))
		n++;
	return n;
}

bool
job_is_due(const struct courier_peer *p, int64_t now)
{
	size_t prefix = settled_prefix(p), composed = 0, going = 0;
	bool late = p->settle_at != 0 && now >= p->settle_at;

	if (p->job_runs || now < p->job_retry)
		return false;
	if (p->dirty)
		return true;
	for (size_t i = 0; i < p->count; i++) {
		const struct out_letter *l = &p->letters[i];

		if (l->state == LETTER_HALVE)
			return true;
		composed += l->state == LETTER_COMPOSED;
		going += l->state == LETTER_SENT || l->state == LETTER_PLANNED;
	}
	/* The next are planned while the last of those before travel. */
	if (composed > 0 && going <= LETTERS_IN_FLIGHT / 2)
		return true;
	if (prefix > 0 && (going == 0 || prefix >= LETTERS_IN_FLIGHT || late))
		return true;
	return late && p->count == 0 && p->scanned > p->cursor;
}

/* ---- on the writer's thread -------------------------------------------- */

static enum status
write_owed_batch(struct courier_peer *p, struct store_session *w,
	const struct owed_range *range, const struct change_batch *batch,
	struct err *err)
{
	for (size_t i = 0; i < batch->count; i++) {
		const struct change *ch = &batch->list[i];
		struct owed o = {.cert = ch->cert, .reason = range->reason};
		enum status st;

		if (ch->seq > range->last || !draft_wants(&p->draft, ch))
			continue;
		o.since = clock_wall_s();
		st = store_put_owed(w, p->set->name, &o, err);
		if (st != STATUS_OK)
			return st;
	}
	return STATUS_OK;
}

static enum status
write_owed(struct courier_peer *p, struct store_session *w,
	const struct owed_range *range, struct err *err)
{
	struct arena *arena = arena_new(OWED_ARENA);
	int64_t after = range->first - 1;
	enum status st = STATUS_OK;

	while (st == STATUS_OK && after < range->last) {
		struct change_batch batch;

		arena_reset(arena);
		st = store_read_changes(
			w, after, OWED_STEP, arena, &batch, err);
		if (st != STATUS_OK || batch.count == 0)
			break;
		after = batch.last_seq;
		st = write_owed_batch(p, w, range, &batch, err);
	}
	arena_free(arena);
	return st;
}

static enum status
write_letters(
	const struct peer_job *j, struct store_session *w, struct err *err)
{
	const char *name = j->peer->set->name;
	enum status st = STATUS_OK;

	for (size_t i = 0; st == STATUS_OK && i < j->owed_count; i++)
		st = write_owed(j->peer, w, &j->owed[i], err);
	for (size_t i = 0; st == STATUS_OK && i < j->drop_count; i++) {
		st = store_delete_letter(w, name, j->drop[i].first_seq, err);
		if (st == STATUS_NOT_FOUND)
			st = STATUS_OK;
	}
	for (size_t i = 0; st == STATUS_OK && i < j->put_count; i++)
		st = store_put_letter(w, name, &j->put[i], err);
	return st;
}

/* The row is read and written here, so that no other writer's word is lost. */
static enum status
run_job(struct write_job *job, struct store_session *w, struct err *err)
{
	struct peer_job *j = (struct peer_job *)job;
	struct arena *arena = arena_new(JOB_ARENA);
	struct peer row;
	enum status st;

	st = store_find_peer(w, j->peer->set->name, arena, &row, err);
	if (st == STATUS_OK) {
		if (j->cursor > row.cursor)
			row.cursor = j->cursor;
		row.flags |= j->set_flags;
		row.attempts = j->attempts;
		row.next_try = j->next_try;
		if (j->last_sent > row.last_sent)
			row.last_sent = j->last_sent;
		row.last_error = j->last_error;
		st = store_put_peer(w, &row, err);
	}
	if (st == STATUS_OK && row.cursor > j->told)
		st = rows_put_told(w, row.name, j->told, row.cursor, err);
	if (st == STATUS_OK)
		st = write_letters(j, w, err);
	arena_free(arena);
	return st;
}

static void
job_done(struct write_job *job, enum status st, const struct err *err)
{
	struct peer_job *j = (struct peer_job *)job;

	j->result = st;
	if (st != STATUS_OK)
		log_line(LOG_ERROR, "peer", "name=%s state=no-commit reason=%s",
			j->peer->set->name, log_quote_str(err->text).text);
	courier_post(j->peer->c, EVENT_JOB, j->peer);
}

/* ---- on the courier's thread -------------------------------------------- */

static bool
is_planned_twice(const struct out_letter *l)
{
	return l->state == LETTER_HALVE && l->last > l->first;
}

static struct letter
half_of(const struct out_letter *l, bool second)
{
	int64_t middle = l->first + (l->last - l->first) / 2;
	struct letter half = {.first_seq = second ? middle + 1 : l->first,
		.last_seq = second ? l->last : middle};

	return half;
}

/* Room for every letter twice is more than enough. */
static void
job_alloc(struct courier_peer *p)
{
	struct peer_job *j = &p->job;
	size_t n = p->count + 1;

	if (j->arena == NULL)
		j->arena = arena_new(JOB_ARENA);
	arena_reset(j->arena);
	j->drop = arena_array(j->arena, n, sizeof(*j->drop));
	j->put = arena_array(j->arena, 2 * n, sizeof(*j->put));
	j->owed = arena_array(j->arena, n, sizeof(*j->owed));
	j->drop_count = 0;
	j->put_count = 0;
	j->owed_count = 0;
}

static void
job_add_letter(struct peer_job *j, struct out_letter *l, bool in_prefix)
{
	struct letter row = {.first_seq = l->first,
		.last_seq = l->last,
		.attempts = l->attempts};

	l->in_job = IN_JOB_NOT;
	if (in_prefix) {
		l->in_job = IN_JOB_SETTLED;
		j->drop[j->drop_count++] = row;
		if (l->state == LETTER_OWED) {
			j->owed[j->owed_count].first = l->first;
			j->owed[j->owed_count].last = l->last;
			j->owed[j->owed_count++].reason =
				arena_str(j->arena, bytes_of(l->reason));
		}
	} else if (is_planned_twice(l)) {
		l->in_job = IN_JOB_HALVED;
		j->drop[j->drop_count++] = row;
		j->put[j->put_count++] = half_of(l, false);
		j->put[j->put_count++] = half_of(l, true);
	} else if (l->state == LETTER_COMPOSED) {
		l->in_job = IN_JOB_PLANNED;
		j->put[j->put_count++] = row;
	} else if (l->state == LETTER_PLANNED && l->attempts > 0) {
		j->put[j->put_count++] = row;
	}
}

void
job_start(struct courier_peer *p, int64_t now)
{
	struct peer_job *j = &p->job;
	size_t prefix = settled_prefix(p);
	struct write_job *job = &j->job;

	job_alloc(p);
	for (size_t i = 0; i < p->count; i++)
		job_add_letter(j, &p->letters[i], i < prefix);
	j->cursor =
		prefix < p->count ? p->letters[prefix].first - 1 : p->scanned;
	j->peer = p;
	j->told = p->draft.told;
	j->set_flags = p->flags & (PEER_STOPPED | PEER_RESYNC);
	j->attempts = p->failures;
	j->next_try = p->failures == 0
			      ? 0
			      : clock_wall_s() + (p->next_try - now) / 1000;
	j->last_sent = p->last_sent;
	memcpy(j->last_error, p->last_error, sizeof(j->last_error));
	job->run = run_job;
	job->done = job_done;
	p->dirty = false;
	p->settle_at = 0;
	p->job_runs = true;
	if (writer_put(p->c->p.writer, job) != STATUS_OK) {
		j->result = STATUS_BUSY;
		job_ended(p, now);
	}
}

/* Two letters where one was. */
static void
halve(struct courier_peer *p, size_t at)
{
	struct letter second = half_of(&p->letters[at], true);
	struct out_letter *l;

	p->letters[at].last = second.first_seq - 1;
	p->letters[at].state = LETTER_PLANNED;
	p->letters[at].keys = 0;
	l = plan_insert(p, at + 1, second.first_seq, second.last_seq);
	l->state = LETTER_PLANNED;
}

static void
apply_job(struct courier_peer *p)
{
	size_t i = 0, settled = 0;

	while (i < p->count) {
		struct out_letter *l = &p->letters[i];
		enum in_job what = l->in_job;

		l->in_job = IN_JOB_NOT;
		if (what == IN_JOB_SETTLED) {
			plan_remove(p, i);
			settled++;
			continue;
		}
		if (what == IN_JOB_PLANNED)
			l->state = LETTER_PLANNED;
		if (what == IN_JOB_HALVED)
			halve(p, i++);
		i++;
	}
	if (p->job.cursor > p->cursor)
		p->cursor = p->job.cursor;
	if (settled > 0)
		crash_point("cursor-moved");
}

void
job_ended(struct courier_peer *p, int64_t now)
{
	p->job_runs = false;
	if (p->job.result == STATUS_OK) {
		apply_job(p);
		return;
	}
	for (size_t i = 0; i < p->count; i++)
		p->letters[i].in_job = IN_JOB_NOT;
	p->dirty = true;
	p->job_retry = now + JOB_RETRY_MS;
}
