#include "store/sqlite/bulk.h"
#include "store/sqlite/cert.h"

/* NOT_FOUND: it only looked like one. */
static enum status
load(struct sqlite_session *s, int64_t id, const struct term *want, bool prefix,
	struct arena *arena, struct cert_row *row, struct err *err)
{
	struct stmt_run run = stmt_start(s, STMT_CERT_BY_ROW);
	enum status st;
	uint8_t role;

	stmt_bind_int(&run, id);
	st = stmt_next(&run, err);
	if (st == STATUS_OK &&
		(!terms_have(cert_search_column(&run), want, prefix, &role) ||
			(role & ROLE_PRIMARY) == 0 ||
			(prefix && (role & ROLE_MODERN) != 0)))
		st = STATUS_NOT_FOUND;
	if (st == STATUS_OK)
		st = cert_load(&run, arena, row, err);
	stmt_end(&run);
	return st;
}

enum status
bulk_find(struct sqlite_session *s, const struct store_query *q, size_t max,
	struct arena *arena, struct cert_rows *rows, struct err *err)
{
	struct term want = {.kind = TERM_HANDLE};
	struct cert_rows found = {0};
	bool prefix = q->kind == QUERY_KEY_ID;
	struct handle h;
	enum status st;
	int64_t id;
	size_t n;

	if (!handle_of_query(q, &h))
		return STATUS_NOT_FOUND;
	want.octets = bytes_make(h.octets, h.len);
	found.list = arena_array(arena, max, sizeof(*found.list));
	if (found.list == NULL)
		return STATUS_LIMIT;
	for (n = 0; found.count < max && bulk_nth(s->store->bulk, &h, n, &id);
		n++) {
		st = load(s, id, &want, prefix, arena, &found.list[found.count],
			err);
		if (st == STATUS_OK)
			found.count++;
		else if (st != STATUS_NOT_FOUND)
			return st;
	}
	if (found.count == 0)
		return STATUS_NOT_FOUND;
	found.total = found.count;
	*rows = found;
	return STATUS_OK;
}
