#include "ingest/takedown_rows.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/counter.h"
#include "base/hex.h"
#include "ingest/gate.h"
#include "ingest/record.h"
#include "ingest/row.h"
#include "ingest/tombstone_rules.h"

#define NOTE "tombstones"

enum {
	NOTE_ARENA_MAX = 64 * 1024,
	ROWS_ARENA_MAX = 256 * 1024 * 1024,
	ROWS_AT_ONCE = 32, /* in one job: the writer has others */
	EMPTY_TRIES = 40,
	EMPTY_PAUSE_MS = 50,
	MARK_HEX = 2 * sizeof(struct digest)
};

void
cert_ids_add(struct cert_ids *ids, const struct cert_id *id)
{
	if (ids->count == ids->cap) {
		ids->cap = ids->cap == 0 ? 64 : ids->cap * 2;
		ids->list = xrealloc(ids->list, ids->cap * sizeof(*ids->list));
	}
	ids->list[ids->count++] = *id;
}

void
cert_ids_done(struct cert_ids *ids)
{
	free(ids->list);
	memset(ids, 0, sizeof(*ids));
}

/* ---- one row, on the writer's thread ---------------------------------- */

struct rows_job {
	struct write_job job; /* first: handed back by the writer */
	struct ingest *in;
	const struct cert_id *ids;
	size_t count;
	struct arena *arena;
	struct takedown_sums sums; /* of the last run */
};

/* What stays of a row, and at which level. */
struct judged {
	struct cert *kept;
	enum level level;
};

static enum status
log_change(struct rows_job *j, struct store_session *w,
	const struct cert_row *old, const struct cert_row *new, struct err *err)
{
	struct change c = {.cert = old->id,
		.old_digest = old->sks_digest,
		.origin = "admin",
		.seen = "",
		.time = clock_wall_s()};
	enum status st;
	int64_t seq;

	if (new != NULL) {
		c.new_digest = new->sks_digest;
		c.flags = new->flags << CHANGE_CERT_SHIFT;
	}
	st = store_append_change(w, &c, &seq, err);
	if (st == STATUS_OK)
		writer_changed(ingest_writer(j->in));
	return st;
}

/*
 * At level sks anybody hangs anything on a key: only what the configured level
 * keeps there takes the key down. What is too dear to look at goes.
 */
static bool
may_be_hung_on(
	struct rows_job *j, const struct cert_row *row, const struct cert *cert)
{
	struct tombstones *t = ingest_tombstones(j->in);

	return row->level < (uint8_t)ingest_policy(j->in)->level &&
	       tombstones_of_primary(t, &row->id) == RULE_NONE &&
	       tombstones_of_cert(t, cert) != RULE_NONE;
}

/* What stays of it by the tombstones; NULL: nothing. */
static enum status
judge(struct rows_job *j, const struct cert_row *row, const struct cert *cert,
	struct judged *out)
{
	struct tombstones *t = ingest_tombstones(j->in);
	const struct policy *policy = ingest_policy(j->in);
	struct cert_limits limits = policy_limits(policy, true);
	struct level_rules rules = {
		.level = (enum level)row->level, .limits = &limits};
	struct verify_budget any = {SIZE_MAX, SIZE_MAX},
			     some = {SIZE_MAX, policy->max_verifications};
	enum tombstone_rule rule = tombstones_of_cert(t, cert);
	struct level_result r = {.cert = NULL};
	struct tombstone_ban ban;
	bool spent = false;
	enum status st = STATUS_OK;

	*out = (struct judged){NULL, rules.level};
	if (may_be_hung_on(j, row, cert)) {
		rules.level = out->level = policy->level;
		rules.budget = &some;
	} else if (rule == RULE_ERASE) {
		return STATUS_OK;
	}
	if (row->level != LEVEL_SKS)
		st = cert_placed_digests(j->arena, cert, &rules.known);
	if (tombstones_ban(t, j->arena, &ban))
		rules.ban = &ban.ban;
	if (st == STATUS_OK)
		st = level_apply(j->arena, &rules, cert, &r);
	if (st == STATUS_OK && r.cert != NULL) {
		st = cert_digest(j->arena, r.cert);
		rule = tombstones_of_cert(t, r.cert);
	}
	if (rule == RULE_ERASE)
		return st;
	out->kept = r.cert;
	if (st == STATUS_OK && r.cert != NULL && rule == RULE_BLOCK)
		st = tombstone_reduce(
			j->arena, r.cert, &any, &spent, &out->kept);
	return st;
}

static enum status
drop(struct rows_job *j, struct store_session *w, const struct cert_row *row,
	struct err *err)
{
	int64_t now = clock_wall_s();
	enum status st = log_change(j, w, row, NULL, err);

	if (st == STATUS_OK)
		st = store_erase_cert(w, &row->id, err);
	if (st == STATUS_OK)
		st = store_put_rejected(w, &row->sks_digest, now,
			now + RECORD_REJECTED_S, verdict_word(VERDICT_BLOCKED),
			err);
	j->sums.erased += st == STATUS_OK;
	return st;
}

static enum status
shrink(struct rows_job *j, struct store_session *w, const struct cert_row *row,
	const struct judged *left, uint64_t generation, struct err *err)
{
	struct terms_rules rules = {.level = left->level,
		.redact = ingest_policy(j->in)->redact_hard_revoked};
	struct cert_row new;
	struct cert_search search;
	struct row_made made = {&new, &search, false};
	enum status st = row_make(j->arena, left->kept, &rules, &made);

	if (st == STATUS_OK)
		st = gate_put_cert(w, ingest_tombstones(j->in), generation,
			&new, &search, err);
	if (st == STATUS_OK)
		st = log_change(j, w, row, &new, err);
	j->sums.reduced += st == STATUS_OK;
	return st;
}

static enum status
take_row(struct rows_job *j, struct store_session *w, const struct cert_id *id,
	struct err *err)
{
	uint64_t generation = tombstones_generation(ingest_tombstones(j->in));
	struct judged left;
	struct cert *cert;
	struct cert_row row;
	enum status st;

	arena_reset(j->arena);
	st = store_get_cert(w, id, j->arena, &row, err);
	if (st == STATUS_NOT_FOUND)
		return STATUS_OK; /* gone meanwhile */
	if (st == STATUS_OK)
		st = cert_read_stored(j->arena, row.octets, &cert, err);
	if (st == STATUS_OK)
		st = cert_digest(j->arena, cert);
	if (st == STATUS_OK)
		st = judge(j, &row, cert, &left);
	if (st != STATUS_OK)
		return st;
	if (left.kept == NULL)
		return drop(j, w, &row, err);
	if (memcmp(&left.kept->sks_digest, &row.sks_digest,
		    sizeof(row.sks_digest)) == 0)
		return STATUS_OK;
	return shrink(j, w, &row, &left, generation, err);
}

static enum status
run_rows(struct write_job *job, struct store_session *w, struct err *err)
{
	struct rows_job *j = (struct rows_job *)job;
	enum status st = STATUS_OK;

	j->sums = (struct takedown_sums){0, 0};
	for (size_t i = 0; st == STATUS_OK && i < j->count; i++)
		st = take_row(j, w, &j->ids[i], err);
	return st;
}

enum status
takedown_rows(struct ingest *in, const struct takedown_order *o,
	const struct cert_ids *ids, struct takedown_sums *sums, struct err *err)
{
	struct rows_job j = {.job = {.run = run_rows},
		.in = in,
		.arena = arena_new(ROWS_ARENA_MAX)};
	enum status st = STATUS_OK;

	for (size_t i = 0; st == STATUS_OK && i < ids->count; i += j.count) {
		j.ids = ids->list + i;
		j.count = ids->count - i < ROWS_AT_ONCE ? ids->count - i
							: ROWS_AT_ONCE;
		st = writer_do(ingest_writer(in), &j.job, err);
		if (st != STATUS_OK)
			break;
		sums->erased += j.sums.erased;
		sums->reduced += j.sums.reduced;
		counter_add(
			counter_get_labelled("keys_removed", "source", "cli"),
			(int64_t)j.sums.erased);
		if (o->progress != NULL)
			o->progress(o->ctx, i);
	}
	arena_free(j.arena);
	return st;
}

/* ---- the end ---------------------------------------------------------- */

struct end_job {
	struct write_job job;
	struct ingest *in;
	int step;
	bool scrub;
	bool waits;
};

static enum status
run_scrub(struct write_job *job, struct store_session *w, struct err *err)
{
	struct end_job *j = (struct end_job *)job;
	int step = j->step;
	enum status st = store_scrub(w, &step, err);

	j->step = st == STATUS_OK ? step : j->step;
	return st;
}

static void
mark_hex(const struct tombstones *t, char hex[MARK_HEX + 1])
{
	struct digest mark = tombstones_mark(t);

	hex_write_lower(bytes_make(mark.octets, sizeof(mark.octets)), hex);
}

static enum status
run_note(struct write_job *job, struct store_session *w, struct err *err)
{
	struct end_job *j = (struct end_job *)job;
	char hex[MARK_HEX + 1];

	if (j->scrub)
		store_want_empty_log(w);
	mark_hex(ingest_tombstones(j->in), hex);
	return store_put_note(w, NOTE, bytes_of(hex), err);
}

static enum status
run_wait(struct write_job *job, struct store_session *w, struct err *err)
{
	(void)err;
	((struct end_job *)job)->waits = store_wants_empty_log(w);
	return STATUS_OK;
}

/* Readers hold the log up for as long as a look-up takes. */
static enum status
await_empty_log(struct end_job *j, bool *lingers, struct err *err)
{
	static const struct timespec pause = {
		.tv_nsec = EMPTY_PAUSE_MS * 1000000L};
	enum status st = STATUS_OK;

	j->job.run = run_wait;
	j->waits = true;
	for (int i = 0; st == STATUS_OK && j->waits && i < EMPTY_TRIES; i++) {
		st = writer_do(ingest_writer(j->in), &j->job, err);
		if (j->waits)
			(void)nanosleep(&pause, NULL);
	}
	*lingers = j->waits;
	return st;
}

enum status
takedown_finish(struct ingest *in, struct takedown_order *o, bool scrub,
	struct err *err)
{
	struct end_job j = {
		.job = {.run = run_scrub}, .in = in, .scrub = scrub};
	enum status st = STATUS_OK;

	o->lingers = false;
	while (scrub && st == STATUS_OK && j.step >= 0) {
		st = writer_do(ingest_writer(in), &j.job, err);
		if (o->progress != NULL)
			o->progress(o->ctx, 0);
	}
	j.job.run = run_note;
	if (st == STATUS_OK)
		st = writer_do(ingest_writer(in), &j.job, err);
	if (st == STATUS_OK && scrub)
		st = await_empty_log(&j, &o->lingers, err);
	return st;
}

enum status
takedown_is_noted(struct store_session *s, const struct tombstones *t,
	bool *is_noted, struct err *err)
{
	struct arena *arena = arena_new(NOTE_ARENA_MAX);
	struct bytes have = {NULL, 0};
	char want[MARK_HEX + 1];
	enum status st = store_get_note(s, NOTE, arena, &have, err);

	mark_hex(t, want);
	if (st == STATUS_OK || st == STATUS_NOT_FOUND)
		*is_noted = bytes_eq(bytes_of(want), have);
	arena_free(arena);
	return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}
