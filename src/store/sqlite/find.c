#include "store/sqlite/search.h"
#include "store/sqlite/txn.h"

/* Of memory what was found of late, else of the tables; kept for the next. */
static enum status
find_key(struct sqlite_session *s, const struct handle *h,
	const struct store_query *q, size_t max, struct arena *arena,
	struct cert_rows *rows, struct err *err)
{
	struct recent *recent = s->store->recent;
	struct cert_row row;
	unsigned int turn;
	enum status st;

	switch (recent_find(recent, h, &turn, arena, &row)) {
	case RECENT_ROW:
		return search_take_only(&row, arena, rows, err);
	case RECENT_NONE:
		return STATUS_NOT_FOUND;
	default:
		break;
	}
	st = search_tables(s, q, max, arena, rows, err);
	if (st == STATUS_NOT_FOUND)
		recent_keep(recent, h, turn, NULL);
	else if (st == STATUS_OK && rows->total == 1)
		recent_keep(recent, h, turn, &rows->list[0]);
	return st;
}

enum status
sqlite_find(struct store_session *session, const struct store_query *q,
	size_t max, struct arena *arena, struct cert_rows *rows,
	struct err *err)
{
	struct sqlite_session *s = sqlite_session_of(session);
	struct handle h;

	if (q->skip == 0 && max > 0 && txn_may_keep(s) &&
		handle_of_query(q, &h))
		return find_key(s, &h, q, max, arena, rows, err);
	return search_tables(s, q, max, arena, rows, err);
}
