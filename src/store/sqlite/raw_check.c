/* SQLite's own check of a whole file, and how far it is. */
#include <string.h>

#include "store/sqlite/raw.h"

/*
 * While it looks at pages, which is most of the time, SQLite calls nobody back.
 * So the file's methods are ours meanwhile: what is read is counted.
 */
struct counting {
	sqlite3_io_methods methods; /* first: a file leads to it */
	const sqlite3_io_methods *real;
	sqlite3_file *file; /* NULL: nothing is counted */
	const struct care_watch *watch;
	uint64_t octets; /* of the file */
	uint64_t read;
};

/* Each page is read once; then, to compare them with rows, the indexes. */
static void
show(const struct counting *c)
{
	uint64_t more = c->read > c->octets ? c->read - c->octets : 0;

	if (more == 0)
		c->watch->show(
			c->watch->ctx, "checking pages", c->read, c->octets);
	else
		c->watch->show(c->watch->ctx, "checking indexes",
			more < c->octets ? more : c->octets, c->octets);
}

static int
read_counted(sqlite3_file *file, void *out, int len, sqlite3_int64 at)
{
	struct counting *c = (struct counting *)(uintptr_t)file->pMethods;

	c->read += (uint64_t)len;
	show(c);
	return c->real->xRead(file, out, len, at);
}

static void
count_begin(struct counting *c, sqlite3 *db)
{
	if (c->watch->show == NULL ||
		sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER,
			&c->file) != SQLITE_OK ||
		c->file == NULL || c->file->pMethods == NULL) {
		c->file = NULL;
		return;
	}
	c->real = c->file->pMethods;
	c->methods = *c->real;
	c->methods.xRead = read_counted;
	c->file->pMethods = &c->methods;
}

static void
count_end(struct counting *c)
{
	if (c->file != NULL)
		c->file->pMethods = c->real;
}

static enum status
tell(sqlite3_stmt *stmt, int rc, const char *path, struct err *err)
{
	const char *text = rc == SQLITE_ROW
				   ? (const char *)sqlite3_column_text(stmt, 0)
				   : NULL;

	if (text != NULL && strcmp(text, "ok") == 0)
		return STATUS_OK;
	if (text == NULL)
		text = "no answer";
	if (strncmp(text, "***", 3) == 0 && strchr(text, '\n') != NULL)
		text = strchr(text, '\n') + 1; /* a heading */
	err_set(err, "%s is damaged (%.*s)", path,
		(int)(strcspn(text, "\n") < 120 ? strcspn(text, "\n") : 120),
		text);
	return STATUS_IO;
}

enum status
raw_check(sqlite3 *db, const char *path, const struct care_watch *watch,
	uint64_t octets, struct err *err)
{
	struct counting c = {.watch = watch, .octets = octets};
	sqlite3_stmt *stmt = NULL;
	enum status st;
	int rc;

	count_begin(&c, db);
	rc = sqlite3_prepare_v2(
		db, "PRAGMA integrity_check(1)", -1, &stmt, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	st = raw_status(db, path, rc, err);
	if (st == STATUS_OK)
		st = tell(stmt, rc, path, err);
	(void)sqlite3_finalize(stmt);
	count_end(&c);
	return st;
}
