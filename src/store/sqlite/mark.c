#include "store/sqlite/mark.h"

#include <string.h>

#include "store/sqlite/cert.h"
#include "store/sqlite/change.h"
#include "store/sqlite/txn.h"

/* The lowest and the highest number in the log; NOT_FOUND: it is empty. */
static enum status
change_range(
	struct sqlite_session *s, int64_t *low, int64_t *high, struct err *err)
{
	struct stmt_run run = stmt_start(s, STMT_CHANGE_RANGE);
	enum status st = stmt_next(&run, err);

	if (st == STATUS_OK && sqlite3_column_type(run.stmt, 0) == SQLITE_NULL)
		st = STATUS_NOT_FOUND;
	if (st == STATUS_OK) {
		*low = stmt_int(&run, 0);
		*high = stmt_int(&run, 1);
	}
	stmt_end(&run);
	return st;
}

/* Of the first change from *seq on; *seq becomes its number. */
static enum status
change_time(
	struct sqlite_session *s, int64_t *seq, int64_t *time, struct err *err)
{
	struct stmt_run run = stmt_start(s, STMT_CHANGE_TIME);
	enum status st;

	stmt_bind_int(&run, *seq);
	st = stmt_next(&run, err);
	if (st == STATUS_OK) {
		*seq = stmt_int(&run, 0);
		*time = stmt_int(&run, 1);
	}
	stmt_end(&run);
	return st;
}

/* All before `low` are earlier than `time`, all above `high` are not. */
static enum status
change_bisect(struct sqlite_session *s, int64_t time, int64_t low, int64_t high,
	int64_t *seq, struct err *err)
{
	enum status st = STATUS_OK;
	int64_t middle, at, when;

	while (st == STATUS_OK && low <= high) {
		middle = low + (high - low) / 2;
		at = middle;
		st = change_time(s, &at, &when, err);
		if (st == STATUS_OK && when < time)
			low = at + 1;
		else
			high = middle - 1;
	}
	if (st == STATUS_OK)
		*seq = low - 1;
	return st;
}

enum status
sqlite_seq_before(struct store_session *session, int64_t time, int64_t *seq,
	struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	int64_t low, high;
	bool alone;
	enum status st;

	txn_start_clock(s);
	st = txn_enter_read(s, &alone, err);
	if (st != STATUS_OK)
		return st;
	st = change_range(s, &low, &high, err);
	if (st == STATUS_OK)
		st = change_bisect(s, time, low, high, seq, err);
	txn_leave_read(s, alone);
	return st == STATUS_NOT_FOUND ? sqlite_last_seq(session, seq, err) : st;
}

static enum change_kind
kind_of(const struct stmt_run *run)
{
	if (stmt_int(run, 3) != 0)
		return CHANGE_REMOVED;
	return stmt_int(run, 2) & CHANGE_NEW_CERT ? CHANGE_INSERTED
						  : CHANGE_UPDATED;
}

static enum status
read_mark(const struct stmt_run *run, void *item, struct err *err)
{
	struct change_mark *m = item;

	(void)err;
	m->seq = stmt_int(run, 0);
	m->time = stmt_int(run, 1);
	m->kind = kind_of(run);
	return STATUS_OK;
}

enum status
sqlite_read_marks(struct store_session *session, int64_t after,
	struct change_mark *list, size_t max, size_t *count, struct err *err)
{
	struct change_list l = {STMT_CHANGE_MARKS, read_mark, sizeof(*list)};

	return change_list(session, &l, after, list, max, count, err);
}

static enum status
read_name(const struct stmt_run *run, void *item, struct err *err)
{
	struct change_name *n = item;

	memset(n, 0, sizeof(*n));
	n->seq = stmt_int(run, 0);
	n->time = stmt_int(run, 1);
	if (sqlite3_column_type(run->stmt, 2) == SQLITE_NULL)
		return STATUS_OK;
	return cert_read_id(run, 2, &n->cert, err);
}

enum status
sqlite_read_names(struct store_session *session, int64_t after,
	struct change_name *list, size_t max, size_t *count, struct err *err)
{
	struct change_list l = {STMT_CHANGE_NAMES, read_name, sizeof(*list)};

	return change_list(session, &l, after, list, max, count, err);
}

/* The time and origin that a statement finds for a row; neither: OK. */
static enum status
read_moment(struct sqlite_session *s, enum stmt_id stmt, int64_t row,
	struct arena *arena, int64_t *time, const char **origin,
	struct err *err)
{
	struct stmt_run run = stmt_start(s, stmt);
	enum status st;

	stmt_bind_int(&run, row);
	st = stmt_next(&run, err);
	if (st == STATUS_OK) {
		*time = stmt_int(&run, 0);
		st = stmt_copy_text(&run, 1, arena, origin, err);
	}
	stmt_end(&run);
	return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

enum status
sqlite_get_history(struct store_session *session, const struct cert_id *id,
	struct arena *arena, struct cert_history *history, struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	enum status st;
	int64_t row;

	memset(history, 0, sizeof(*history));
	txn_start_clock(s);
	st = cert_find_row(s, id, &row, err);
	if (st == STATUS_OK)
		st = read_moment(s, STMT_LEARNED_GET, row, arena,
			&history->first, &history->first_origin, err);
	if (st == STATUS_OK)
		st = read_moment(s, STMT_CHANGE_NEWEST, row, arena,
			&history->last, &history->last_origin, err);
	return st;
}

static enum status
read_place(const struct stmt_run *run, void *item, struct err *err)
{
	struct change_place *p = item;

	(void)err;
	p->seq = stmt_int(run, 0);
	p->place = stmt_int(run, 1);
	return STATUS_OK;
}

enum status
sqlite_read_places(struct store_session *session, int64_t after,
	struct change_place *list, size_t max, size_t *count, struct err *err)
{
	struct change_list l = {STMT_CHANGE_PLACES, read_place, sizeof(*list)};

	return change_list(session, &l, after, list, max, count, err);
}

enum status
sqlite_log_start(struct store_session *session, int64_t *seq, int64_t *time,
	struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	struct stmt_run run;
	enum status st;

	txn_start_clock(s);
	run = stmt_start(s, STMT_CHANGE_TIME);
	stmt_bind_int(&run, 0);
	st = stmt_next(&run, err);
	if (st == STATUS_OK) {
		*seq = stmt_int(&run, 0);
		*time = stmt_int(&run, 1);
	}
	stmt_end(&run);
	return st;
}
