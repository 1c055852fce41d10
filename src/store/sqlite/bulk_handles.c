/* What certificates are found by while there is no index: sorted until the end,
 * then written in that order. */

#include <string.h>

#include "store/sqlite/bulk_put.h"

/* A record of the sorter; the last of those with one handle and row counts. */
enum {
	AT_LENGTH = HANDLE_MAX, /* of the handle, which zeros fill up */
	AT_ROW = AT_LENGTH + 1, /* 40 bits */
	AT_NUMBER = AT_ROW + 5,
	AT_ROLE = AT_NUMBER + 4,
	AT_REMOVED = AT_ROLE + 1
};
_Static_assert(AT_REMOVED + 1 == (int)BULK_HANDLE_RECORD, "size of a record");

static void
key_of_handle(const uint8_t *handle, size_t len, uint8_t key[KEYROW_KEY])
{
	memset(key, 0, KEYROW_KEY);
	memcpy(key, handle, len < KEYROW_KEY ? len : KEYROW_KEY);
}

enum status
bulk_note(struct sqlite_session *s, const struct term *handle, int64_t row,
	bool removed, struct err *err)
{
	struct bulk *b = s->store->bulk;
	uint8_t record[BULK_HANDLE_RECORD] = {0}, key[KEYROW_KEY];
	struct bytes h = handle->octets;

	if (h.len > HANDLE_MAX)
		h.len = HANDLE_MAX;
	memcpy(record, h.data, h.len);
	record[AT_LENGTH] = (uint8_t)h.len;
	bulk_put_be(record + AT_ROW, (uint64_t)row, AT_NUMBER - AT_ROW);
	bulk_put_be(record + AT_NUMBER, b->noted++, AT_ROLE - AT_NUMBER);
	record[AT_ROLE] = handle->role;
	record[AT_REMOVED] = removed;
	runs_add(b->runs[BULK_HANDLES], record);
	if (removed || (handle->role & ROLE_PRIMARY) == 0)
		return STATUS_OK;
	key_of_handle(h.data, h.len, key);
	if (keyrow_add(b->keys, key, row) == STATUS_OK)
		return STATUS_OK;
	err_set(err, "more than %zu certificates in one load", KEYROW_MAX);
	return STATUS_LIMIT;
}

bool
bulk_nth(const struct bulk *b, const struct handle *h, size_t n, int64_t *row)
{
	uint8_t key[KEYROW_KEY];

	key_of_handle(h->octets, h->len, key);
	return keyrow_nth(b->keys, key, n, row);
}

/* ---- the end --------------------------------------------------------- */

static void
bind(sqlite3_stmt *stmt, int at, const uint8_t *record)
{
	(void)sqlite3_bind_blob(
		stmt, at, record, record[AT_LENGTH], SQLITE_STATIC);
	(void)sqlite3_bind_int64(stmt, at + 1,
		(int64_t)bulk_get_be(record + AT_ROW, AT_NUMBER - AT_ROW));
	(void)sqlite3_bind_int(stmt, at + 2, record[AT_ROLE]);
}

enum status
bulk_put_handles(struct sqlite_session *s, struct err *err)
{
	static const struct bulk_kind handles = {
		.into = "INSERT INTO subkey(handle, cert, role)",
		.size = BULK_HANDLE_RECORD,
		.same = AT_NUMBER,
		.removed = AT_REMOVED,
		.bind = bind};

	return bulk_put_sorted(
		s, s->store->bulk->runs[BULK_HANDLES], &handles, err);
}
