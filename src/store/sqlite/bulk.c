#include "store/sqlite/bulk.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/crash.h"
#include "store/care.h"
#include "store/sqlite/index.h"
#include "store/sqlite/meta.h"
#include "store/sqlite/migrate.h"
#include "store/sqlite/raw.h"
#include "store/sqlite/txn.h"

enum { TELL_OPS = 10000, TELL_ROWS = 1000 /* between two words */ };

static void
make(struct sqlite_store *store)
{
	struct bulk *b = xcalloc(1, sizeof(*b));
	int rc = pthread_mutex_init(&b->lock, NULL);

	assert(rc == 0);
	(void)rc;
	b->keys = keyrow_new(KEYROW_MAX);
	b->runs[BULK_HANDLES] =
		runs_new(store->folder, BULK_HANDLE_RECORD, RUNS_MEMORY);
	b->runs[BULK_DIGESTS] =
		runs_new(store->folder, BULK_DIGEST_RECORD, RUNS_MEMORY / 2);
	store->bulk = b;
	/* The sorter's files, too, stay in the data folder. */
	if (sqlite3_temp_directory == NULL)
		sqlite3_temp_directory = sqlite3_mprintf("%s", store->folder);
}

void
bulk_free(struct sqlite_store *store)
{
	struct bulk *b = store->bulk;

	if (b == NULL)
		return;
	db_disconnect(b->writer);
	sqlite3_free(sqlite3_temp_directory);
	sqlite3_temp_directory = NULL;
	keyrow_free(b->keys);
	for (int i = 0; i < BULK_INDEXES; i++)
		runs_free(b->runs[i]);
	(void)pthread_mutex_destroy(&b->lock);
	free(b);
	store->bulk = NULL;
}

enum status
bulk_tidy(struct bulk *b, struct err *err)
{
	enum status st = STATUS_OK;

	for (int i = 0; st == STATUS_OK && i < BULK_INDEXES; i++)
		st = runs_tidy(b->runs[i], err);
	return st;
}

enum status
bulk_is_pending(struct sqlite_session *s, bool *pending, struct err *err)
{
	int64_t value;
	enum status st = meta_get_int(s, META_BULK, &value, err);

	if (st != STATUS_OK && st != STATUS_NOT_FOUND)
		return st;
	*pending = st == STATUS_OK;
	return STATUS_OK;
}

enum status
bulk_refuse_reading(const char *path, struct err *err)
{
	err_set(err,
		"%s is being filled by keypost load; if none runs, the last "
		"one was interrupted: run it again, or start keypostd",
		path);
	return STATUS_UNSUPPORTED;
}

static char *
journal_of(const char *path)
{
	size_t size = strlen(path) + sizeof("-journal");
	char *journal = xmalloc(size);

	(void)snprintf(journal, size, "%s-journal", path);
	return journal;
}

enum status
bulk_check_journal(const char *path, struct err *err)
{
	char *journal = journal_of(path);
	bool is_there = access(journal, F_OK) == 0;

	free(journal);
	return is_there ? bulk_refuse_reading(path, err) : STATUS_OK;
}

void
bulk_drop_journal(const char *path)
{
	char *journal = journal_of(path);

	(void)unlink(journal);
	free(journal);
}

enum status
bulk_check_whole(sqlite3 *db, const char *path, struct err *err)
{
	static const char sql[] =
		"SELECT 1 FROM meta WHERE key = '" META_BULK "'";
	int64_t pending = 0;
	enum status st = raw_number(db, path, sql, 0, &pending, err);

	return st == STATUS_OK && pending ? bulk_refuse_reading(path, err) : st;
}

/* ---- what is stored -------------------------------------------------- */

static enum status
note_row(struct sqlite_session *s, const struct stmt_run *run, struct err *err)
{
	struct bytes packed = stmt_blob(run, 1);
	struct bulk_digest d = {.row = stmt_int(run, 0),
		.flags = (uint32_t)stmt_int(run, 3)};
	enum status st = stmt_fixed(
		run, 2, d.digest.octets, sizeof(d.digest.octets), err);
	struct term t;
	size_t pos = 0;

	while (st == STATUS_OK && terms_next(packed, &pos, &t) == STATUS_OK)
		if (t.kind == TERM_HANDLE)
			st = bulk_note(s, &t, d.row, false, err);
	if (st != STATUS_OK)
		return st;
	bulk_note_digest(s, &d, false);
	return bulk_tidy(s->store->bulk, err);
}

static void
tell(const struct sqlite_store *store, const char *step, int64_t done,
	int64_t total)
{
	const struct care_watch *w = &store->completes;

	if (w->show != NULL && done % TELL_ROWS == 0)
		w->show(w->ctx, step, (uint64_t)done, (uint64_t)total);
}

static int64_t
last_row(struct sqlite_session *s)
{
	struct stmt_run run = stmt_start(s, STMT_CERT_LAST);
	int64_t last = 0;
	struct err err;

	if (stmt_next(&run, &err) == STATUS_OK)
		last = stmt_int(&run, 0);
	stmt_end(&run);
	return last;
}

/* One reading of all rows. */
static enum status
gather(struct sqlite_session *s, struct err *err)
{
	int64_t count = 0, last = last_row(s);
	struct stmt_run run = stmt_start(s, STMT_CERT_TERMS);
	enum status st;

	while ((st = stmt_next(&run, err)) == STATUS_OK) {
		st = note_row(s, &run, err);
		if (st != STATUS_OK)
			break;
		tell(s->store, "reading what a load left", count++, last);
	}
	stmt_end(&run);
	if (st != STATUS_NOT_FOUND)
		return st;
	atomic_store(&s->store->certs, count);
	return STATUS_OK;
}

/* In a transaction. */
static enum status
take_away(struct sqlite_session *s, struct err *err)
{
	enum status st = meta_put_int(s, META_BULK, 1, err);

	if (st == STATUS_OK)
		st = meta_delete(s, META_STOPPED, err);
	if (st == STATUS_OK)
		st = db_exec(s, "DROP INDEX IF EXISTS cert_by_digest", err);
	stmt_drop_all(s);
	return st;
}

/* The transaction stays open: rows come into it. */
static enum status
begin_new(struct sqlite_session *s, struct err *err)
{
	enum status st = db_exec(s, "BEGIN IMMEDIATE", err);

	if (st == STATUS_OK)
		st = migrate_new(s, migrate_steps, migrate_step_count, err);
	if (st == STATUS_OK)
		st = take_away(s, err);
	s->store->bulk->in_txn = st == STATUS_OK;
	atomic_store(&s->store->certs, 0);
	return st;
}

static enum status
begin_again(struct sqlite_session *s, struct err *err)
{
	enum status st = db_exec(s, "BEGIN IMMEDIATE", err);

	if (st == STATUS_OK)
		st = take_away(s, err);
	if (st == STATUS_OK)
		st = db_exec(s, "COMMIT", err);
	return st == STATUS_OK ? gather(s, err) : st;
}

/* The one connection; what it began is undone when that is closed. */
enum status
bulk_new(struct sqlite_store *store, bool from_nothing, struct err *err)
{
	struct sqlite_session *s;
	enum status st;

	make(store);
	st = db_connect(store, DB_BULK, &s, err);
	if (st != STATUS_OK)
		return st;
	store->bulk->writer = s;
	txn_writer_opened(s);
	return from_nothing ? begin_new(s, err) : begin_again(s, err);
}

/* ---- the end --------------------------------------------------------- */

/* With the last rows, if they are not on disk yet; and nothing happens after
 * it. */
static enum status
make_indexes(struct sqlite_session *s, struct err *err)
{
	enum status st = STATUS_OK;

	if (sqlite3_get_autocommit(s->db) != 0)
		st = db_exec(s, "BEGIN IMMEDIATE", err);
	if (st == STATUS_OK)
		st = index_flush(s, err);
	if (st == STATUS_OK)
		st = bulk_put_handles(s, err);
	crash_point("bulk-finish");
	if (st == STATUS_OK)
		st = bulk_put_digests(s, err);
	stmt_drop_all(s);
	crash_point("bulk-finish");
	if (st == STATUS_OK)
		st = db_exec(s,
			"INSERT INTO user_id(user_id) VALUES('optimize')", err);
	if (st == STATUS_OK)
		st = meta_delete(s, META_BULK, err);
	if (st == STATUS_OK)
		st = meta_put_int(s, META_STOPPED,
			atomic_load(&s->store->certs), err);
	return st == STATUS_OK ? db_exec(s, "COMMIT", err) : st;
}

/* From now on as others open it. The journal goes last: while it is there who
 * only reads is refused, with a sentence. */
static enum status
share(struct sqlite_session *s, struct err *err)
{
	enum status st;

	db_close(s);
	st = raw_mark_log(s->store->path, true, err);
	crash_point("bulk-finish");
	if (st == STATUS_OK)
		bulk_drop_journal(s->store->path);
	return st;
}

static int
tell_waiting(void *store)
{
	tell(store, "the last indexes", 0, 0);
	return 0;
}

enum status
bulk_finish(struct sqlite_session *s, struct err *err)
{
	enum status st;

	if (s->store->completes.show != NULL)
		sqlite3_progress_handler(
			s->db, TELL_OPS, tell_waiting, s->store);
	keyrow_free(s->store->bulk->keys); /* nobody asks for keys any more */
	s->store->bulk->keys = NULL;
	st = make_indexes(s, err);
	crash_point("bulk-finish");
	return st == STATUS_OK ? share(s, err) : st;
}

enum status
bulk_recover(struct sqlite_store *store, struct err *err)
{
	enum status st = bulk_new(store, false, err);

	if (st == STATUS_OK)
		st = bulk_finish(store->bulk->writer, err);
	bulk_free(store);
	return st;
}
