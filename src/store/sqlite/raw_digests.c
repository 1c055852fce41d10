#include "store/sqlite/raw.h"
#include "store/sqlite/rowcheck.h"

enum { ROW_ARENA_MAX = 256 * 1024 * 1024, SHOW_ROWS = 1000 };

static enum status
check_row(sqlite3_stmt *stmt, struct arena *arena, const char *path,
	struct err *err)
{
	struct row_truth truth;
	unsigned int faults;
	char name[80];

	arena_reset(arena);
	faults = row_check(stmt, arena, NULL, &truth);
	if (faults == 0)
		return STATUS_OK;
	row_name(stmt, name, sizeof(name));
	err_set(err, "%s is damaged: certificate %s: %s", path, name,
		row_fault_text(faults));
	return STATUS_IO;
}

static uint64_t
share_of(uint64_t octets, int64_t id, int64_t last)
{
	if (last <= 0 || id < 0)
		return 0;
	return (uint64_t)((double)octets * (double)id / (double)last);
}

enum status
raw_digests(sqlite3 *db, const char *path, const struct care_watch *watch,
	uint64_t octets, struct err *err)
{
	static const char sql[] = "SELECT " ROW_CHECK_COLUMNS
				  " FROM cert NOT INDEXED ORDER BY id";
	struct arena *arena = arena_new(ROW_ARENA_MAX);
	sqlite3_stmt *stmt = NULL;
	enum status st = STATUS_OK;
	uint64_t rows = 0;
	int64_t last = 0;
	int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

	/* Octets of the file, as if each row had as many. */
	if (raw_number(db, path, "SELECT max(id) FROM cert", 0, &last, err) !=
		STATUS_OK)
		last = 0;
	if (rc == SQLITE_OK)
		rc = sqlite3_step(stmt);
	while (st == STATUS_OK && rc == SQLITE_ROW) {
		st = check_row(stmt, arena, path, err);
		if (watch->show != NULL && ++rows % SHOW_ROWS == 0)
			watch->show(watch->ctx, "reading certificates",
				share_of(octets, sqlite3_column_int64(stmt, 0),
					last),
				octets);
		rc = sqlite3_step(stmt);
	}
	if (st == STATUS_OK)
		st = raw_status(db, path, rc, err);
	(void)sqlite3_finalize(stmt);
	arena_free(arena);
	return st;
}
