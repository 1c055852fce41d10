#include "store/sqlite/audit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/thread.h"
#include "store/sqlite/bulk.h"
#include "store/sqlite/folder.h"
#include "store/sqlite/migrate.h"
#include "store/sqlite/raw.h"

enum { SPAN_MAX = 8 * 1024 * 1024, THREADS_MAX = 16 };

struct sums *
audit_sums(struct audit *a, int64_t id)
{
	int64_t i = id - a->base;

	if (i < 0 || i >= a->span)
		return NULL;
	if (a->watch != NULL && !(a->watch[i / 8] & (1u << (i % 8))))
		return NULL;
	return &a->of[i];
}

uint32_t
audit_hash(struct bytes octets, uint32_t more)
{
	uint64_t h = 0xCBF29CE484222325u;

	for (size_t i = 0; i < octets.len; i++)
		h = (h ^ octets.data[i]) * 0x100000001B3u;
	h = (h ^ more) * 0x100000001B3u;
	return (uint32_t)(h ^ (h >> 32)) | 1;
}

void
audit_fault(
	struct audit *a, const char *name, const char *what, const char *advice)
{
	const struct check_fault f = {name, what, advice};

	pthread_mutex_lock(&a->lock);
	if (advice == NULL)
		a->facts.derived++;
	else
		a->facts.damaged++;
	if (!a->silent)
		a->job->fault(a->job->watch.ctx, &f);
	pthread_mutex_unlock(&a->lock);
}

void
audit_mark(struct audit *a, int64_t id)
{
	pthread_mutex_lock(&a->lock);
	if (a->bad_count == a->bad_cap) {
		a->bad_cap = 2 * a->bad_cap + 64;
		a->bad = xrealloc(a->bad, a->bad_cap * sizeof(*a->bad));
	}
	a->bad[a->bad_count++] = id;
	pthread_mutex_unlock(&a->lock);
}

enum status
audit_last(struct audit *a, sqlite3 *db, int64_t *last, struct err *err)
{
	return raw_number(db, a->path,
		"SELECT max(coalesce((SELECT max(id) FROM cert), 0),"
		" coalesce((SELECT seq FROM sqlite_sequence"
		" WHERE name = 'cert'), 0))",
		0, last, err);
}

void
audit_progress(struct audit *a, uint64_t rows, int64_t level)
{
	const struct care_watch *w = &a->job->watch;

	pthread_mutex_lock(&a->lock);
	a->facts.certs += (int64_t)rows;
	a->done += rows;
	if (level < a->lowest)
		a->lowest = level;
	if (w->show != NULL)
		w->show(w->ctx, a->silent ? "checking again" : "checking",
			a->done, (uint64_t)a->last);
	pthread_mutex_unlock(&a->lock);
}

/* ---- threads -------------------------------------------------------- */

/* What takes longest comes first; the rows are shared by all. */
static enum status
run_parts(struct audit *a, sqlite3 *db, struct err *err)
{
	enum status st = STATUS_OK;
	int part;

	while (st == STATUS_OK &&
		(part = atomic_fetch_add(&a->next_part, 1)) < AUDIT_ROWS) {
		if (part != AUDIT_STRUCTURE)
			st = audit_scan(a, db, (enum audit_part)part, err);
		else if (a->base == 1 && !a->job->quick)
			st = audit_structure(a, db, err);
	}
	return st == STATUS_OK ? audit_rows(a, db, err) : st;
}

static void
give_up(struct audit *a, enum status st, const struct err *err)
{
	pthread_mutex_lock(&a->lock);
	if (st != STATUS_OK && a->trouble == STATUS_OK) {
		a->trouble = st;
		a->why = *err;
	}
	pthread_mutex_unlock(&a->lock);
}

static void *
thread_main(void *ctx)
{
	struct audit *a = ctx;
	struct err err = {""};
	sqlite3 *db;
	enum status st = raw_open(a->path, SQLITE_OPEN_READONLY, &db, &err);

	if (st == STATUS_OK) {
		st = run_parts(a, db, &err);
		(void)sqlite3_close(db);
	}
	give_up(a, st, &err);
	return NULL;
}

static void
run_threads(struct audit *a)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	struct thread threads[THREADS_MAX];
	size_t count = 0;
	struct err err;

	while (count + 1 < THREADS_MAX && (long)count + 1 < cpus &&
		thread_start(&threads[count], "audit", thread_main, a, &err) ==
			STATUS_OK)
		count++;
	(void)thread_main(a);
	while (count > 0)
		thread_join(&threads[--count]);
}

/* ---- all of it ------------------------------------------------------ */

static enum status
check_span(struct audit *a, sqlite3 *db, struct err *err)
{
	enum status st;

	a->suspect = false;
	a->of = xcalloc((size_t)a->span + 1, sizeof(*a->of));
	atomic_store(&a->next_part, 0);
	atomic_store(&a->next_row, a->base);
	run_threads(a);
	st = a->trouble;
	if (st != STATUS_OK)
		err_set(err, "%s", a->why.text);
	else
		st = audit_settle(a, db, err);
	free(a->of);
	a->of = NULL;
	return st;
}

static enum status
check_all(struct audit *a, sqlite3 *db, struct err *err)
{
	int64_t span = a->job->span > 0 ? a->job->span : SPAN_MAX, last = 0;
	int64_t half = 0;
	struct backup_facts f;
	enum status st = raw_identify(db, a->path, &f, err);

	if (st == STATUS_OK)
		st = raw_number(db, a->path,
			"SELECT 1 FROM meta WHERE key = '" META_UPGRADE "'", 0,
			&half, err);
	if (st == STATUS_OK && (half || f.version < migrate_current())) {
		err_set(err,
			"%s has schema version %d%s and needs %d: keypost db "
			"upgrade brings it up to date",
			a->path, f.version, half ? ", not all of it," : "",
			migrate_current());
		st = STATUS_UNSUPPORTED;
	}
	if (st == STATUS_OK)
		st = bulk_check_whole(db, a->path, err);
	if (st == STATUS_OK)
		st = audit_last(a, db, &last, err);
	if (st == STATUS_OK)
		st = raw_number(db, a->path,
			"SELECT value FROM meta WHERE key = 'level_floor'", 0,
			&a->floor, err);
	memset(&a->facts, 0, sizeof(a->facts));
	a->facts.structure = !a->job->quick;
	a->done = 0;
	a->lowest = INT64_MAX;
	a->base = 1;
	a->torn_count = 0;
	/* Once at least: for the structure, and what no certificate has. */
	do {
		a->last = last;
		a->span = last - a->base + 1 < span ? last - a->base + 1 : span;
		if (st == STATUS_OK)
			st = check_span(a, db, err);
		a->base += span;
	} while (st == STATUS_OK && a->base <= last);
	if (st == STATUS_OK)
		st = audit_facts(a, db, false, err);
	return st == STATUS_OK ? audit_tell_torn(a, db, err) : st;
}

enum status
audit_again(struct audit *a, sqlite3 *db, struct err *err)
{
	a->silent = true;
	for (int p = 0; p < AUDIT_PARTS; p++)
		a->broken[p] = a->unread[p] = false;
	return check_all(a, db, err);
}

static enum status
repair_in_place(struct audit *a, sqlite3 *db, struct err *err)
{
	enum status st = audit_repair(a, db, err);

	return st == STATUS_OK ? audit_again(a, db, err) : st;
}

/* What is mended is proved, not believed. */
static enum status
check_and_repair(struct audit *a, sqlite3 **db, struct err *err)
{
	struct check_facts found;
	enum status st = check_all(a, *db, err);
	bool any = false;

	for (int p = 0; p < AUDIT_PARTS; p++)
		any = any || a->mend[p];
	if (st != STATUS_OK || !a->job->repair || !any)
		return st;
	found = a->facts;
	st = a->mend[AUDIT_STRUCTURE] ? audit_anew(a, db, err)
				      : repair_in_place(a, *db, err);
	if (st != STATUS_OK)
		return st;
	memcpy(found.aside, a->facts.aside, sizeof(found.aside));
	found.certs = a->facts.certs;
	found.repaired = found.derived - a->facts.derived;
	found.derived = a->facts.derived;
	a->facts = found;
	return st;
}

enum status
sqlite_check(const struct store_settings *settings, const struct check_job *job,
	struct check_facts *facts, struct err *err)
{
	int flags = job->repair ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
	struct audit a = {.job = job};
	enum status st = STATUS_OK;
	sqlite3 *db = NULL;
	int lock = -1;

	if ((size_t)snprintf(a.path, sizeof(a.path), "%s/keypost.db",
		    settings->where) >= sizeof(a.path) ||
		(access(a.path, F_OK) != 0 && errno == ENOENT)) {
		err_set(err, "there is no store in %.200s", settings->where);
		return STATUS_NOT_FOUND;
	}
	if (job->repair)
		st = folder_lock(settings->where, &lock, err);
	if (st == STATUS_OK)
		st = bulk_check_journal(a.path, err);
	if (st == STATUS_OK)
		st = raw_open(a.path, flags, &db, err);
	if (st == STATUS_OK) {
		pthread_mutex_init(&a.lock, NULL);
		st = check_and_repair(&a, &db, err);
		pthread_mutex_destroy(&a.lock);
		free(a.bad);
		free(a.torn);
		(void)sqlite3_close(db);
	}
	if (lock >= 0)
		(void)close(lock);
	*facts = a.facts;
	return st;
}
