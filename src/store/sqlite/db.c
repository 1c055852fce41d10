#include "store/sqlite/db.h"

#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "store/sqlite/behind.h"
#include "store/sqlite/fault.h"
#include "store/sqlite/folder.h"
#include "store/sqlite/index.h"
#include "store/sqlite/logfile.h"
#include "store/sqlite/migrate.h"

enum {
	DB_PROGRESS_OPS = 1000, /* steps of the engine between two looks */
	DB_JOURNAL_LIMIT = 64 * 1024 * 1024
};

/* One setting: how to make it, how to ask for it, what must come back. */
struct pragma {
	const char *set;
	const char *get;
	int64_t want;
};

static const struct pragma pragmas[] = {
	{"PRAGMA synchronous = FULL", "PRAGMA synchronous", 2},
	{"PRAGMA foreign_keys = ON", "PRAGMA foreign_keys", 1},
	{"PRAGMA trusted_schema = OFF", "PRAGMA trusted_schema", 0},
	{"PRAGMA cell_size_check = ON", "PRAGMA cell_size_check", 1},
	{"PRAGMA mmap_size = 0", "PRAGMA mmap_size", 0},
	{"PRAGMA temp_store = MEMORY", "PRAGMA temp_store", 2},
	{"PRAGMA busy_timeout = 5000", "PRAGMA busy_timeout", DB_BUSY_MS},
	{"PRAGMA journal_size_limit = 67108864", "PRAGMA journal_size_limit",
		DB_JOURNAL_LIMIT},
	{"PRAGMA wal_autocheckpoint = 0", "PRAGMA wal_autocheckpoint", 0},
	/* FAST would leave what was on a freed page behind the end of a
	 * value that takes it next: doc/decisions/take-downs. */
	{"PRAGMA secure_delete = ON", "PRAGMA secure_delete", 1},
};

/* Chosen by measurement: tests/bench/bench_store.c. */
static const struct pragma cache_sizes[] = {
	[DB_READER] = {"PRAGMA cache_size = -16384", "PRAGMA cache_size",
		-16384},
	[DB_WRITER] = {"PRAGMA cache_size = -32768", "PRAGMA cache_size",
		-32768},
	[DB_CREATOR] = {"PRAGMA cache_size = -2048", "PRAGMA cache_size",
		-2048},
	[DB_BULK] = {"PRAGMA cache_size = -4096", "PRAGMA cache_size", -4096},
};
/* Of a reader beside DB_READERS_WARM others: 128 MiB in all with the writer's,
 * beside DB_RECENT_OCTETS (doc/decisions/rows-kept-in-memory). */
static const struct pragma cache_size_beyond = {
	"PRAGMA cache_size = -2048", "PRAGMA cache_size", -2048};

static const struct {
	int option;
	int value;
} switches[] = {
	{SQLITE_DBCONFIG_DEFENSIVE, 1},
	{SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0},
	{SQLITE_DBCONFIG_DQS_DML, 0},
	{SQLITE_DBCONFIG_DQS_DDL, 0},
	/* Only the writer checkpoints, and says when (S1). */
	{SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1},
};

static const struct {
	int limit;
	int value;
} limits[] = {
	{SQLITE_LIMIT_LENGTH, DB_VALUE_MAX},
	{SQLITE_LIMIT_SQL_LENGTH, 64 * 1024},
	{SQLITE_LIMIT_COMPOUND_SELECT, 4},
	{SQLITE_LIMIT_VARIABLE_NUMBER, 999},
	{SQLITE_LIMIT_ATTACHED, 0},
	{SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 256},
	{SQLITE_LIMIT_WORKER_THREADS, 0},
};

#define COUNT_OF(a) (sizeof(a) / sizeof((a)[0]))

struct sqlite_store *
sqlite_store_of(struct store *s)
{
	return (struct sqlite_store *)s;
}

struct sqlite_session *
sqlite_session_of(struct store_session *s)
{
	return (struct sqlite_session *)s;
}

enum status
db_exec(struct sqlite_session *s, const char *sql, struct err *err)
{
	return fault_status(s, sqlite3_exec(s->db, sql, NULL, NULL, NULL), err);
}

enum status
db_defend(struct sqlite_session *s, bool defend, struct err *err)
{
	return fault_status(s,
		sqlite3_db_config(s->db, SQLITE_DBCONFIG_DEFENSIVE, (int)defend,
			(int *)NULL),
		err);
}

enum status
db_number(struct sqlite_session *s, const char *sql, int64_t none,
	int64_t *number, struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL);

	if (rc != SQLITE_OK)
		return fault_status(s, rc, err);
	rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		*number = sqlite3_column_int64(stmt, 0);
	else if (rc == SQLITE_DONE)
		*number = none;
	(void)sqlite3_finalize(stmt);
	return fault_status(s, rc, err);
}

static enum status
set_pragma(struct sqlite_session *s, const struct pragma *p, struct err *err)
{
	int64_t got;
	enum status st = db_exec(s, p->set, err);

	if (st == STATUS_OK)
		st = db_number(s, p->get, p->want, &got, err);
	if (st == STATUS_OK && got != p->want) {
		err_set(err, "SQLite does not take \"%s\": it says %lld",
			p->set, (long long)got);
		st = STATUS_REJECTED;
	}
	return st;
}

static int
past_deadline(void *ctx)
{
	const struct sqlite_session *s = ctx;

	if (s->cancel != NULL)
		return atomic_load(s->cancel);
	return s->deadline_ms != 0 && clock_mono_ms() >= s->deadline_ms;
}

/* Before the file is looked at: limits, so that a hostile one meets them. */
static enum status
configure(struct sqlite_session *s, enum db_kind kind, struct err *err)
{
	size_t i;
	int rc;

	(void)sqlite3_extended_result_codes(s->db, 1);
	for (i = 0; i < COUNT_OF(limits); i++)
		(void)sqlite3_limit(s->db, limits[i].limit, limits[i].value);
	for (i = 0; i < COUNT_OF(switches); i++) {
		rc = sqlite3_db_config(s->db, switches[i].option,
			switches[i].value, (int *)NULL);
		if (rc != SQLITE_OK)
			return fault_status(s, rc, err);
	}
	if (kind == DB_READER)
		sqlite3_progress_handler(
			s->db, DB_PROGRESS_OPS, past_deadline, s);
	return fault_status(s, sqlite3_busy_timeout(s->db, DB_BUSY_MS), err);
}

static enum status
refuse_version(struct sqlite_session *s, int64_t version, struct err *err)
{
	if (version > migrate_current()) {
		err_set(err,
			"%s has schema version %lld, made by a newer keypost; "
			"this one knows %d: upgrade keypost",
			s->store->path, (long long)version, migrate_current());
		return STATUS_REJECTED;
	}
	err_set(err,
		"%s has schema version %lld and needs %d: keypost db upgrade "
		"brings it up to date, as does keypostd when it starts, if "
		"that does not take long",
		s->store->path, (long long)version, migrate_current());
	return STATUS_UNSUPPORTED;
}

static bool
makes(enum db_kind kind)
{
	return kind == DB_CREATOR || kind == DB_BULK;
}

/* S3: first of all, is the file ours? A new one gets its page size here. */
static enum status
identify(struct sqlite_session *s, enum db_kind kind, struct err *err)
{
	int64_t id, version, objects;
	enum status st;

	st = db_number(s, "PRAGMA application_id", 0, &id, err);
	if (st == STATUS_OK)
		st = db_number(s, "PRAGMA user_version", 0, &version, err);
	if (st == STATUS_OK)
		st = db_number(s, "SELECT count(*) FROM sqlite_schema", 0,
			&objects, err);
	if (st != STATUS_OK)
		return st;
	if (makes(kind) && id == 0 && version == 0 && objects == 0)
		return db_exec(s, "PRAGMA page_size = 8192", err);
	if (id != DB_APPLICATION_ID || version < 0) {
		err_set(err, "%s is not a keypost database", s->store->path);
		return STATUS_REJECTED;
	}
	if (version > migrate_current() ||
		(kind != DB_CREATOR && version < migrate_current()))
		return refuse_version(s, version, err);
	return STATUS_OK;
}

static enum status
set_journal(struct sqlite_session *s, const char *sql, const char *mode,
	struct err *err)
{
	sqlite3_stmt *stmt;
	int rc = sqlite3_prepare_v2(s->db, sql, -1, &stmt, NULL);
	bool is_set = false;
	enum status st;

	if (rc != SQLITE_OK)
		return fault_status(s, rc, err);
	rc = sqlite3_step(stmt);
	if (rc == SQLITE_ROW)
		is_set = strcmp((const char *)sqlite3_column_text(stmt, 0),
				 mode) == 0;
	(void)sqlite3_finalize(stmt);
	st = fault_status(s, rc, err);
	if (st == STATUS_OK && !is_set) {
		err_set(err, "%s cannot be used with journal mode \"%s\"",
			s->store->path, mode);
		st = STATUS_REJECTED;
	}
	return st;
}

static enum status
set_wal(struct sqlite_session *s, struct err *err)
{
	return set_journal(s, "PRAGMA journal_mode = WAL", "wal", err);
}

/* Its sorter may be larger than the memory. */
static enum status
set_bulk(struct sqlite_session *s, struct err *err)
{
	enum status st = db_exec(s, "PRAGMA locking_mode = EXCLUSIVE", err);

	if (st == STATUS_OK)
		st = set_journal(
			s, "PRAGMA journal_mode = TRUNCATE", "truncate", err);
	return st == STATUS_OK ? db_exec(s, "PRAGMA temp_store = FILE", err)
			       : st;
}

static const char *
vfs_of(enum db_kind kind)
{
	if (kind == DB_READER)
		return NULL;
	return kind == DB_BULK ? behind_vfs() : logfile_vfs();
}

static enum status
connect(struct sqlite_session *s, enum db_kind kind, struct err *err)
{
	int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_PRIVATECACHE;
	enum status st;
	size_t i;
	int rc;

	flags |= kind == DB_READER ? SQLITE_OPEN_READONLY
				   : SQLITE_OPEN_READWRITE;
	rc = sqlite3_open_v2(s->store->path, &s->db, flags, vfs_of(kind));
	st = fault_status(s, rc, err);
	if (st == STATUS_OK)
		st = configure(s, kind, err);
	if (st == STATUS_OK)
		st = identify(s, kind, err);
	if (st == STATUS_OK && kind != DB_BULK)
		st = set_wal(s, err);
	for (i = 0; st == STATUS_OK && i < COUNT_OF(pragmas); i++)
		st = set_pragma(s, &pragmas[i], err);
	if (st == STATUS_OK && kind == DB_BULK)
		st = set_bulk(s, err);
	if (st == STATUS_OK)
		st = set_pragma(s,
			s->beyond ? &cache_size_beyond : &cache_sizes[kind],
			err);
	return st;
}

void
db_close(struct sqlite_session *s)
{
	stmt_drop_all(s);
	(void)sqlite3_close(s->db);
	s->db = NULL;
}

static void
drop_session(struct sqlite_session *s)
{
	db_close(s);
	if (s->reads)
		(void)atomic_fetch_sub(&s->store->readers, 1);
	index_queue_free(s->queue);
	arena_free(s->work);
	free(s);
}

enum status
db_connect(struct sqlite_store *store, enum db_kind kind,
	struct sqlite_session **session, struct err *err)
{
	struct sqlite_session *s = xcalloc(1, sizeof(*s));
	enum status st;

	s->store = store;
	s->reads = kind == DB_READER;
	s->beyond = s->reads &&
		    atomic_fetch_add(&store->readers, 1) >= DB_READERS_WARM;
	st = connect(s, kind, err);
	if (st != STATUS_OK) {
		drop_session(s);
		return st;
	}
	s->work = arena_new(DB_WORK_MAX);
	*session = s;
	return STATUS_OK;
}

enum status
db_reconnect(struct sqlite_session *s, enum db_kind kind, struct err *err)
{
	db_close(s);
	return connect(s, kind, err);
}

void
db_disconnect(struct sqlite_session *s)
{
	if (s != NULL)
		drop_session(s);
}
