#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "mail/courier_state.h"
#include "store/ids.h"

enum {
	PRUNE_STEP = 20000, /* records removed by one commit */
	PRUNE_AGAIN_MS = 100,
	PRUNE_SECOND_MS = CHANGE_YOUNG_MS,
	PRUNE_ARENA = 64 * 1024 * 1024,
	JUMP_MAX_S = 24 * 3600 /* D10: what a jump of the clock may count */
};

struct prune_job {
	struct write_job job;
	struct courier *c;
	int64_t now;    /* wall, without its jumps */
	int64_t *moved; /* for each peer: to where it was moved up, or 0 */
	int64_t upto;   /* the end of the log one turn ago */
	int64_t last;   /* and now */
	bool more;
	enum status result;
};

/* The first record at or after `seq`; NOT_FOUND past the end. */
static enum status
read_one(struct store_session *w, int64_t seq, int64_t *found, int64_t *time,
	struct err *err)
{
	struct arena *arena = arena_new(PRUNE_ARENA);
	struct change_batch batch;
	enum status st;

	st = store_read_changes(w, seq - 1, 1, arena, &batch, err);
	if (st == STATUS_OK && batch.count == 0)
		st = STATUS_NOT_FOUND;
	if (st == STATUS_OK) {
		*found = batch.list[0].seq;
		*time = batch.list[0].time;
	}
	arena_free(arena);
	return st;
}

/* The highest number that is older than `limit`, at least `low`. */
static enum status
find_age(struct store_session *w, int64_t low, int64_t high, int64_t limit,
	int64_t *seq, struct err *err)
{
	while (low < high) {
		int64_t middle = low + (high - low + 1) / 2, found, time;
		enum status st = read_one(w, middle, &found, &time, err);

		if (st != STATUS_OK && st != STATUS_NOT_FOUND)
			return st;
		if (st == STATUS_OK && found <= high && time < limit)
			low = found;
		else
			high = middle - 1;
	}
	*seq = low;
	return STATUS_OK;
}

/* L26: no cursor may stay below this. */
static enum status
find_floor(struct prune_job *j, struct store_session *w, int64_t oldest,
	int64_t oldest_time, int64_t last, int64_t *floor, struct err *err)
{
	const struct mail_settings *s = j->c->p.settings;
	int64_t seq = 0;
	enum status st;

	if (s->change_keep_count > 0 && last > s->change_keep_count)
		seq = last - s->change_keep_count;
	*floor = seq;
	if (s->change_keep_s <= 0 || oldest_time >= j->now - s->change_keep_s)
		return STATUS_OK;
	st = find_age(w, oldest, last, j->now - s->change_keep_s, &seq, err);
	if (st == STATUS_OK && seq > *floor)
		*floor = seq;
	return st;
}

static enum status
drop_letters(struct store_session *w, const char *peer, int64_t upto,
	struct arena *arena, struct err *err)
{
	struct letter *list;
	size_t n;
	enum status st;

	st = store_list_letters(w, peer, arena, &list, &n, err);
	for (size_t i = 0; st == STATUS_OK && i < n; i++) {
		if (list[i].first_seq <= upto)
			st = store_delete_letter(
				w, peer, list[i].first_seq, err);
	}
	return st;
}

/* Moves a peer up that lags below the floor; gives its cursor. */
static enum status
lift_peer(struct prune_job *j, struct store_session *w, size_t i, int64_t floor,
	int64_t *cursor, struct err *err)
{
	const char *name = j->c->peers[i].set->name;
	struct arena *arena = arena_new(PRUNE_ARENA);
	struct peer row;
	enum status st;

	j->moved[i] = 0;
	st = store_find_peer(w, name, arena, &row, err);
	if (st == STATUS_OK && row.cursor < floor) {
		row.cursor = floor;
		row.flags |= PEER_RESYNC;
		j->moved[i] = floor;
		st = store_put_peer(w, &row, err);
		if (st == STATUS_OK)
			st = drop_letters(w, name, floor, arena, err);
	}
	if (st == STATUS_OK)
		*cursor = row.cursor;
	arena_free(arena);
	return st;
}

/* What was delivered stays for a while, for peers whose letters got lost. */
static enum status
keep_for_repair(struct prune_job *j, struct store_session *w, int64_t *low,
	struct err *err)
{
	const struct mail_settings *s = j->c->p.settings;
	int64_t seq;
	enum status st;

	if (!s->repair || s->repair_keep_s <= 0 || j->c->peer_count == 0)
		return STATUS_OK;
	st = store_seq_before(w, j->now - s->repair_keep_s, &seq, err);
	if (st == STATUS_OK && seq < *low)
		*low = seq;
	return st;
}

static enum status
run_prune(struct write_job *job, struct store_session *w, struct err *err)
{
	struct prune_job *j = (struct prune_job *)job;
	int64_t last, oldest = 0, oldest_time = 0, floor, low;
	enum status st;

	j->more = false;
	st = store_last_seq(w, &last, err);
	if (st == STATUS_OK)
		st = read_one(w, 1, &oldest, &oldest_time, err);
	if (st == STATUS_NOT_FOUND)
		return STATUS_OK; /* the log is empty */
	if (st == STATUS_OK)
		st = find_floor(j, w, oldest, oldest_time, last, &floor, err);
	if (st != STATUS_OK)
		return st;
	/*
	 * What is younger than the last turn stays, delivered or not: others
	 * read the log, too, to count it.
	 */
	low = j->upto < last ? j->upto : last;
	j->last = last;
	for (size_t i = 0; i < j->c->peer_count; i++) {
		int64_t cursor = last;

		st = lift_peer(j, w, i, floor, &cursor, err);
		if (st != STATUS_OK)
			return st;
		if (cursor < low)
			low = cursor;
	}
	/* Beyond the floor the tree of digests is built anew. */
	if (store_held(w) < low)
		low = store_held(w) > floor ? store_held(w) : floor;
	st = keep_for_repair(j, w, &low, err);
	if (st != STATUS_OK || low < oldest)
		return st;
	if (low - oldest >= PRUNE_STEP) {
		low = oldest + PRUNE_STEP;
		j->more = true;
	}
	return store_prune_changes(w, low, err);
}

static void
prune_done(struct write_job *job, enum status st, const struct err *err)
{
	struct prune_job *j = (struct prune_job *)job;

	j->result = st;
	if (st != STATUS_OK)
		log_line(LOG_ERROR, "prune", "outcome=failed reason=%s",
			log_quote_str(err->text).text);
	courier_post(j->c, EVENT_PRUNED, NULL);
}

static void
prune_free(struct prune_job *j)
{
	free(j->moved);
	free(j);
}

/* The wall clock, as far as the monotonic one believes its jumps. */
static int64_t
steady_now(struct courier *c, int64_t now)
{
	int64_t wall = clock_wall_s(), past, jump;

	if (c->prune_mono == 0) {
		c->prune_now = wall;
	} else {
		past = (now - c->prune_mono) / 1000;
		jump = wall - c->prune_wall - past;
		if (jump < 0)
			jump = 0;
		c->prune_now += past + (jump > JUMP_MAX_S ? JUMP_MAX_S : jump);
	}
	c->prune_mono = now;
	c->prune_wall = wall;
	return c->prune_now;
}

void
prune_start(struct courier *c, int64_t now)
{
	struct prune_job *j;

	if (c->prune != NULL || now < c->prune_at)
		return;
	j = xcalloc(1, sizeof(*j));
	j->moved = xcalloc(c->peer_count + 1, sizeof(*j->moved));
	j->c = c;
	j->now = steady_now(c, now);
	j->upto = j->last = c->prune_upto;
	j->job.run = run_prune;
	j->job.done = prune_done;
	c->prune = j;
	/* The first turn only looks where the log ends. */
	c->prune_at = now + (c->prune_upto == 0 ? PRUNE_SECOND_MS : PRUNE_MS);
	if (writer_put(c->p.writer, &j->job) == STATUS_OK)
		return;
	c->prune = NULL;
	prune_free(j);
}

static void
lift_in_memory(struct courier_peer *p, int64_t floor)
{
	while (p->count > 0 && p->letters[0].first <= floor)
		plan_remove(p, 0);
	p->flags |= PEER_RESYNC;
	if (p->cursor < floor)
		p->cursor = floor;
	if (p->scanned < floor)
		p->scanned = floor;
	/* What is lost stays a gap, so that the peer asks for it. */
	if (p->draft.told < floor)
		p->draft.told = floor;
	log_line(LOG_ERROR, "peer",
		"name=%s state=resync moved_to=%lld reason=\"it was away "
		"longer than changes are kept\"",
		p->set->name, (long long)floor);
}

void
prune_ended(struct courier *c, int64_t now)
{
	struct prune_job *j = c->prune;

	c->prune = NULL;
	if (j->result == STATUS_OK) {
		for (size_t i = 0; i < c->peer_count; i++) {
			if (j->moved[i] != 0)
				lift_in_memory(&c->peers[i], j->moved[i]);
		}
		if (j->more)
			c->prune_at = now + PRUNE_AGAIN_MS;
		else
			c->prune_upto = j->last;
	}
	prune_free(j);
}
