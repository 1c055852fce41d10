#include "store/sqlite/index.h"

#include <stdlib.h>

#include "store/sqlite/terms.h"

/* Gathered octets that are not worth waiting for the commit. One job may add
 * what is left of DB_WORK_MAX. */
enum { INDEX_GATHER_MAX = 4 * 1024 * 1024 };

enum { INDEX_MERGE_SHARE = 8 };

struct index_item {
	int64_t row;
	const char *text;
	bool remove;
};

struct index_queue {
	struct arena *arena;
	struct index_item *items;
	size_t count;
	size_t cap;
	size_t mark;
	bool marked; /* what was written now would be undone with the job */
};

struct index_queue *
index_queue_new(void)
{
	struct index_queue *q = xcalloc(1, sizeof(*q));

	q->arena = arena_new(DB_WORK_MAX);
	return q;
}

void
index_queue_free(struct index_queue *q)
{
	if (q == NULL)
		return;
	arena_free(q->arena);
	free(q);
}

void
index_queue_clear(struct index_queue *q)
{
	arena_reset(q->arena);
	q->items = NULL;
	q->count = 0;
	q->cap = 0;
	q->mark = 0;
	q->marked = false;
}

void
index_queue_mark(struct index_queue *q)
{
	q->mark = q->count;
	q->marked = true;
}

void
index_queue_release(struct index_queue *q, bool keep)
{
	if (!keep)
		q->count = q->mark;
	q->marked = false;
}

size_t
index_queue_count(const struct index_queue *q)
{
	return q->count;
}

void
index_queue_cut(struct index_queue *q, size_t count)
{
	q->count = count;
}

size_t
index_gathered(const struct index_queue *q)
{
	return arena_used(q->arena);
}

static enum status
gather(struct index_queue *q, int64_t row, const char *text, bool remove)
{
	enum status st;

	if (text[0] == '\0')
		return STATUS_OK;
	st = arena_grow(q->arena, (void **)&q->items, &q->cap, q->count + 1,
		sizeof(*q->items));
	if (st != STATUS_OK)
		return st;
	q->items[q->count].row = row;
	q->items[q->count].text = text;
	q->items[q->count++].remove = remove;
	return STATUS_OK;
}

enum status
index_flush(struct sqlite_session *s, struct err *err)
{
	struct index_queue *q = s->queue;
	struct stmt_run run;
	enum status st = STATUS_OK;
	size_t i;

	for (i = 0; st == STATUS_OK && i < q->count; i++) {
		run = stmt_start(s, q->items[i].remove ? STMT_TERMS_DELETE
						       : STMT_TERMS_INSERT);
		stmt_bind_int(&run, q->items[i].row);
		stmt_bind_text(&run, q->items[i].text);
		st = stmt_finish(&run, err);
	}
	if (st != STATUS_OK)
		return st;
	s->indexed += (int64_t)q->count;
	index_queue_clear(q);
	return STATUS_OK;
}

static enum status
index_run(struct sqlite_session *s, enum stmt_id id)
{
	struct stmt_run run = stmt_start(s, id);

	return stmt_finish(&run, NULL);
}

void
index_merge(struct sqlite_session *s)
{
	int64_t certs = atomic_load(&s->store->certs);

	/* Little was added to much: that is not worth writing all again. */
	if (s->indexed == 0 || s->indexed < certs / INDEX_MERGE_SHARE)
		return;
	if (index_run(s, STMT_BEGIN_IMMEDIATE) != STATUS_OK)
		return;
	if (index_run(s, STMT_TERMS_MERGE) != STATUS_OK ||
		index_run(s, STMT_COMMIT) != STATUS_OK)
		(void)index_run(s, STMT_ROLLBACK);
}

enum status
index_make_room(struct sqlite_session *s, struct err *err)
{
	const struct index_queue *q = s->queue;

	if (q->marked || arena_used(q->arena) < INDEX_GATHER_MAX)
		return STATUS_OK;
	return index_flush(s, err);
}

enum status
index_replace(struct sqlite_session *s, int64_t row, struct bytes old,
	struct bytes text, struct err *err)
{
	struct index_queue *q = s->queue;
	const char *before, *after = NULL;
	enum status st = index_make_room(s, err);

	if (st != STATUS_OK)
		return st;
	st = terms_text(q->arena, old, &before);
	if (st == STATUS_OK && bytes_eq(bytes_of(before), text))
		return STATUS_OK;
	if (st == STATUS_OK && (after = arena_str(q->arena, text)) == NULL)
		st = STATUS_LIMIT;
	if (st == STATUS_OK)
		st = gather(q, row, before, true);
	if (st == STATUS_OK)
		st = gather(q, row, after, false);
	if (st != STATUS_OK)
		err_set(err, "too many user IDs to index at once");
	return st;
}
