#include "http/state/log_count.h"

#include <stdlib.h>

#include "base/clock.h"
#include "ingest/writer.h"

/* Of our counts in the store. */
#define NOTE "changes"

enum { ARENA_MAX = 4 << 20 };

void
log_count_init(struct log_count *l)
{
	*l = (struct log_count){.begun = false};
	counts_init(&l->counts);
	l->keep_ms = clock_mono_ms() + LOG_COUNT_KEEP_MS;
	l->marks = xcalloc(LOG_COUNT_STEP, sizeof(*l->marks));
}

void
log_count_done(struct log_count *l)
{
	free(l->marks);
}

/* What an earlier process counted; false if there is none. */
static bool
recall(struct log_count *l, struct store_session *s, int64_t last_seq)
{
	struct arena *a = arena_new(ARENA_MAX);
	struct counts found;
	struct bytes note;
	struct err err;
	bool ok;

	ok = store_get_note(s, NOTE, a, &note, &err) == STATUS_OK &&
	     counts_read(note, &found) == STATUS_OK && found.cursor >= 0 &&
	     found.cursor <= last_seq;
	if (ok) {
		l->counts = found;
		l->kept = found.cursor;
	}
	arena_free(a);
	return ok;
}

/*
 * What was pruned before our time is unknown; numbers have no gaps, so a
 * first record that is not number 1 says that there was more.
 */
static void
begin(struct log_count *l, const struct change_mark *first, int64_t last_seq,
	int64_t now)
{
	if (first != NULL && first->seq > 1)
		l->counts.since = first->time;
	else if (first == NULL && last_seq > 0)
		l->counts.since = now;
	l->counts.cursor = first != NULL ? first->seq - 1 : last_seq;
}

static void
count(struct log_count *l, const struct change_mark *m, int64_t now)
{
	counts_advance(&l->counts, m->seq, m->seq - l->counts.cursor - 1, now);
	histogram_add(&l->counts.hours, m->kind, m->time, now);
	histogram_add(&l->counts.days, m->kind, m->time, now);
}

enum status
log_count_step(struct log_count *l, struct store_session *s, int64_t *last_seq,
	struct err *err)
{
	int64_t now = clock_wall_s();
	size_t n = 0;
	enum status st;

	/* First the end: what is pruned behind it meanwhile is not counted. */
	st = store_last_seq(s, last_seq, err);
	if (st == STATUS_OK && !l->begun)
		l->begun = recall(l, s, *last_seq);
	if (st == STATUS_OK)
		st = store_read_marks(
			s, l->counts.cursor, l->marks, LOG_COUNT_STEP, &n, err);
	if (st != STATUS_OK)
		return st;
	if (!l->begun)
		begin(l, n > 0 ? &l->marks[0] : NULL, *last_seq, now);
	l->begun = true;
	for (size_t i = 0; i < n; i++)
		count(l, &l->marks[i], now);
	if (n == 0 && *last_seq > l->counts.cursor)
		counts_advance(&l->counts, *last_seq,
			*last_seq - l->counts.cursor, now);
	return STATUS_OK;
}

/* ---- keeping ---------------------------------------------------------- */

struct keep_job {
	struct write_job job; /* first: the writer hands it back */
	struct buf note;
};

static enum status
keep_run(struct write_job *job, struct store_session *s, struct err *err)
{
	struct keep_job *k = (struct keep_job *)job;

	return store_put_note(s, NOTE, buf_view(&k->note), err);
}

/* If it failed, the next one will do: the log holds what is not kept. */
static void
keep_done(struct write_job *job, enum status st, const struct err *err)
{
	struct keep_job *k = (struct keep_job *)job;

	(void)st;
	(void)err;
	buf_done(&k->note);
	free(k);
}

static void
put_note(const struct log_count *l, struct writer *writer)
{
	struct keep_job *k = xcalloc(1, sizeof(*k));

	k->job.run = keep_run;
	k->job.done = keep_done;
	buf_init(&k->note, 0);
	if (counts_write(&l->counts, &k->note) == STATUS_OK &&
		writer_put(writer, &k->job) == STATUS_OK)
		return;
	keep_done(&k->job, STATUS_OK, NULL);
}

void
log_count_keep(struct log_count *l, struct writer *writer, bool now)
{
	int64_t time = clock_mono_ms();

	if (!l->begun || l->counts.cursor == l->kept)
		return;
	if (!now && time < l->keep_ms)
		return;
	l->kept = l->counts.cursor;
	l->keep_ms = time + LOG_COUNT_KEEP_MS;
	put_note(l, writer);
}
