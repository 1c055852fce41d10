#include "store/sqlite/erase.h"

#include "store/sqlite/cert.h"
#include "store/sqlite/index.h"
#include "store/sqlite/txn.h"

enum {
	/* Of the index, merged in one step: some milliseconds. */
	ERASE_MERGE_PAGES = 500,
	/* Free pages overwritten in one step: 16 MiB of the log. */
	ERASE_FILL_PAGES = 2048,
	/*
	 * An overflow page holds so much; and what stays in the cell, chosen
	 * (between what SQLite's format keeps there at least, 1003, and at
	 * most, 2030, of this page size) so that the last page is full: what
	 * follows the end of a value on its last page is not overwritten.
	 */
	ERASE_PAGE_DATA = DB_PAGE_SIZE - 4,
	ERASE_CELL_DATA = 1500,
	/* Steps: the first merge, further ones, then filling. */
	STEP_FIRST = 0,
	STEP_MERGE = 1,
	STEP_FILL = 2,
	STEP_DONE = -1
};

static enum status
run_with(struct sqlite_session *s, enum stmt_id id, int64_t number,
	struct err *err)
{
	struct stmt_run run = stmt_start(s, id);

	stmt_bind_int(&run, number);
	return stmt_finish(&run, err);
}

enum status
sqlite_erase_cert(struct store_session *session, const struct cert_id *id,
	struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	enum status st = txn_may_write(s, err);
	int64_t row = 0;

	if (st == STATUS_OK)
		st = cert_find_row(s, id, &row, err);
	if (st == STATUS_OK)
		st = sqlite_delete_cert(session, id, err);
	if (st != STATUS_OK)
		return st;
	st = run_with(s, STMT_CHANGE_BLANK, row, err);
	if (st == STATUS_OK)
		st = run_with(s, STMT_OWED_FORGET, row, err);
	s->spoiled |= st != STATUS_OK;
	return st;
}

/* A negative number makes the whole index due to be merged; then further
 * calls go on with it until they change nothing. */
static enum status
merge_index(struct sqlite_session *s, int *step, struct err *err)
{
	int before = sqlite3_total_changes(s->db);
	bool first = *step == STEP_FIRST;
	enum status st;

	st = run_with(s, STMT_TERMS_STEP,
		first ? -ERASE_MERGE_PAGES : ERASE_MERGE_PAGES, err);
	if (st != STATUS_OK)
		return st;
	if (first)
		*step = STEP_MERGE;
	else if (sqlite3_total_changes(s->db) - before < 2)
		*step = STEP_FILL;
	return STATUS_OK;
}

static enum status
fill_free(struct sqlite_session *s, int *step, struct err *err)
{
	struct stmt_run run = stmt_start(s, STMT_SCRUB_FREE);
	enum status st = stmt_next(&run, err);
	int64_t pages = st == STATUS_OK ? stmt_int(&run, 0) : 0;

	stmt_end(&run);
	if (st != STATUS_OK)
		return st;
	if (pages == 0) {
		run = stmt_start(s, STMT_SCRUB_END);
		*step = STEP_DONE;
		return stmt_finish(&run, err);
	}
	if (pages > ERASE_FILL_PAGES)
		pages = ERASE_FILL_PAGES;
	run = stmt_start(s, STMT_SCRUB_FILL);
	stmt_bind_int(&run, (*step)++);
	stmt_bind_int(&run, pages * ERASE_PAGE_DATA + ERASE_CELL_DATA);
	return stmt_finish(&run, err);
}

enum status
sqlite_scrub(struct store_session *session, int *step, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	enum status st = txn_may_write(s, err);

	/* What waits for the commit is part of the index, too. */
	if (st == STATUS_OK && *step == STEP_FIRST)
		st = index_flush(s, err);
	if (st != STATUS_OK)
		return st;
	if (*step >= STEP_FILL)
		st = fill_free(s, step, err);
	else
		st = merge_index(s, step, err);
	s->spoiled |= st != STATUS_OK;
	return st;
}

void
sqlite_want_empty_log(struct store_session *session)
{
	sqlite_session_of(session)->want_empty_log = true;
}

bool
sqlite_wants_empty_log(struct store_session *session)
{
	return sqlite_session_of(session)->want_empty_log;
}
