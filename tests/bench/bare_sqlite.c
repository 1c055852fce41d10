#include "tests/bench/bare_sqlite.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pgp/armor.h"

enum { DIGITS = 40, HANDLE = DIGITS / 2 };

/* A thread's: it is never closed. */
struct reader {
	sqlite3 *db;
	sqlite3_stmt *find;
};

static const char *path;

void
bare_sqlite_open(const char *database)
{
	path = database;
	(void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static struct reader *
reader_of_thread(void)
{
	static const char setup[] = "PRAGMA cache_size = -16384;"
				    "PRAGMA cell_size_check = ON;"
				    "BEGIN; SELECT 1 FROM meta";
	static const char sql[] =
		"SELECT c.id, c.version, c.fpr, c.body_sha256, c.key_id,"
		" c.sks_digest, c.level, c.flags, c.updated, k.role, c.octets"
		" FROM subkey k JOIN cert c ON c.id = k.cert"
		" WHERE k.handle = ?1 LIMIT 2";
	static _Thread_local struct reader r;
	int rc;

	if (r.find != NULL)
		return &r;
	rc = sqlite3_open_v2(path, &r.db,
		SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX |
			SQLITE_OPEN_PRIVATECACHE,
		NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(r.db, setup, NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v3(r.db, sql, -1,
			SQLITE_PREPARE_PERSISTENT, &r.find, NULL);
	if (rc != SQLITE_OK) {
		fprintf(stderr, "bare-mhd: %s: %s\n", path, sqlite3_errstr(rc));
		exit(1);
	}
	return &r;
}

static uint8_t
value_of(char c)
{
	return (uint8_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
}

/* Of a version 4 fingerprint: its octets from the last to the first. */
static void
read_handle(const char *search, uint8_t handle[HANDLE])
{
	size_t i;

	memset(handle, 0, HANDLE);
	if (search == NULL || strlen(search) != DIGITS + 2)
		return;
	search += 2;
	for (i = 0; i < HANDLE; i++)
		handle[HANDLE - 1 - i] =
			(uint8_t)(value_of(search[2 * i]) << 4 |
				  value_of(search[2 * i + 1]));
}

/* NULL: there is none. */
static struct MHD_Response *
respond(const struct reader *r, const uint8_t handle[HANDLE])
{
	struct bytes octets;
	struct buf body;
	int column;

	buf_init(&body, 0);
	(void)sqlite3_bind_blob(r->find, 1, handle, HANDLE, SQLITE_STATIC);
	if (sqlite3_step(r->find) == SQLITE_ROW) {
		for (column = 0; column < 10; column++)
			(void)sqlite3_column_int64(r->find, column);
		octets.data = sqlite3_column_blob(r->find, column);
		octets.len = (size_t)sqlite3_column_bytes(r->find, column);
		if (armor_write(&body, &octets, 1, NULL, true) == STATUS_OK)
			(void)sqlite3_step(r->find); /* there is no other */
	}
	(void)sqlite3_reset(r->find);
	if (body.len == 0)
		return NULL;
	return MHD_create_response_from_buffer(
		body.len, body.data, MHD_RESPMEM_MUST_FREE);
}

static void
add_fields(struct MHD_Response *response)
{
	static const char *const fields[][2] = {
		{"Server", "keypost/0.1.0"},
		{"Access-Control-Allow-Origin", "*"},
		{"Access-Control-Expose-Headers",
			"ETag, Retry-After, X-HKP-Results-Count"},
		{"X-Content-Type-Options", "nosniff"},
		{"Cache-Control", "no-cache"},
		{"Content-Type", "application/pgp-keys"},
		{"ETag", "\"0123456789abcdef0123456789abcdef-asc\""},
		{"X-HKP-Results-Count", "1"},
		{"Content-Disposition",
			"attachment; filename=\"0123456789ABCDEF0123456789AB"
			"CDEF01234567.asc\""},
	};
	size_t i;

	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		(void)MHD_add_response_header(
			response, fields[i][0], fields[i][1]);
}

struct MHD_Response *
bare_sqlite_respond(struct MHD_Connection *c)
{
	uint8_t handle[HANDLE];
	struct MHD_Response *response;

	read_handle(
		MHD_lookup_connection_value(c, MHD_GET_ARGUMENT_KIND, "search"),
		handle);
	response = respond(reader_of_thread(), handle);
	if (response != NULL)
		add_fields(response);
	return response;
}
