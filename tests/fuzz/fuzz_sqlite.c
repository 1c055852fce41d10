/*
 * A database file opened by us is refused or read; no crash. A store made
 * here is the template; the input changes octets of it: rows of three octets
 * of position, one of length, that many octets. What begins as a SQLite file
 * does is taken as the whole file.
 */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/reader.h"
#include "faulty_vfs.h"
#include "store/store.h"

enum { ARENA_MAX = 8 * 1024 * 1024, CERTS = 8, TEMPLATE_MAX = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[256];
static uint8_t template[TEMPLATE_MAX], file[TEMPLATE_MAX];
static size_t template_len;

static const char *const names[] = {
	"keypost.db", "keypost.db-wal", "keypost.db-shm", "write.lock"};

static void
remove_files(size_t from)
{
	char path[512];
	size_t i;

	for (i = from; i < sizeof(names) / sizeof(names[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
		(void)unlink(path);
	}
}

static void
remove_all(void)
{
	remove_files(0);
	(void)rmdir(folder);
}

/* Is this an end that store.h allows on a damaged file? */
static bool
clean(enum status st)
{
	assert(st == STATUS_OK || st == STATUS_NOT_FOUND || st == STATUS_IO ||
		st == STATUS_LIMIT || st == STATUS_BUSY ||
		st == STATUS_REJECTED || st == STATUS_TIMEOUT);
	return st == STATUS_OK;
}

static void
make_row(struct cert_row *row, struct bytes words[2], uint8_t n)
{
	static uint8_t octets[12000];

	memset(row, 0, sizeof(*row));
	row->id.fpr.version = n % 4 == 3 ? 3 : 4;
	row->id.fpr.len = n % 4 == 3 ? 16 : 20;
	memset(row->id.fpr.octets, n, row->id.fpr.len);
	row->key_id = 0x0101010101010101u * n;
	memset(row->sks_digest.octets, n, 16);
	row->octets = bytes_make(octets, n % 3 == 0 ? 12000 : 300);
	words[0] = bytes_of("alice");
	words[1] = bytes_of(n % 2 == 0 ? "even" : "odd");
}

static void
write_some(struct store *store, uint8_t from, uint8_t to)
{
	struct bytes words[2], email = bytes_of("alice@example.org");
	struct cert_search search = {.words = words,
		.word_count = 2,
		.emails = &email,
		.email_count = 1};
	struct peer p = {.name = "b", .address = "b@x", .last_error = ""};
	struct change c = {.origin = "http", .seen = ""};
	struct store_session *w;
	struct cert_row row;
	struct err err;
	int64_t seq;
	uint8_t n;
	bool ok;

	if (!clean(session_open(store, SESSION_WRITE, &w, &err)))
		return;
	ok = clean(store_begin(w, &err));
	if (ok) {
		for (n = from; ok && n < to; n++) {
			make_row(&row, words, n);
			c.cert = row.id;
			ok = clean(store_put_cert(w, &row, &search, &err)) &&
			     clean(store_append_change(w, &c, &seq, &err)) &&
			     clean(store_add_seen(w, &row.id,
				     bytes_make(row.octets.data, 64), "c@x", 0,
				     &err));
		}
		if (ok && clean(store_put_peer(w, &p, &err)))
			(void)clean(store_commit(w, &err));
		else
			store_rollback(w);
		store_checkpoint(w, true);
	}
	session_close(w);
}

static void
find(struct store_session *r, struct arena *arena, enum query_kind kind,
	struct bytes octets, uint64_t number)
{
	struct store_query q = {.kind = kind,
		.octets = octets,
		.number = number,
		.words = &octets,
		.word_count = 1};
	struct cert_rows rows;
	struct err err;

	arena_reset(arena);
	if (clean(store_find(r, &q, 5, arena, &rows, &err)))
		assert(rows.count > 0 && rows.count <= 5);
}

static void
read_all(struct store *store)
{
	struct arena *arena = arena_new(ARENA_MAX);
	struct store_session *r;
	struct change_batch batch;
	struct store_facts facts;
	struct bytes words[2];
	struct letter *letters;
	struct cert_row row;
	struct peer *peers;
	struct owed *owed;
	struct err err;
	size_t count;
	uint8_t n;

	if (clean(session_open(store, SESSION_READ, &r, &err))) {
		for (n = 1; n < CERTS; n++) {
			make_row(&row, words, n);
			find(r, arena, QUERY_FINGERPRINT,
				bytes_make(row.id.fpr.octets, row.id.fpr.len),
				0);
			find(r, arena, QUERY_KEY_ID, words[0], row.key_id);
			find(r, arena, QUERY_SHORT_ID, words[0],
				row.key_id & 0xFFFFFFFFu);
			find(r, arena, QUERY_WORDS, words[1], 0);
			(void)clean(
				store_get_cert(r, &row.id, arena, &row, &err));
		}
		find(r, arena, QUERY_EMAIL, bytes_of("alice@example.org"), 0);
		(void)clean(store_read_changes(r, 0, 50, arena, &batch, &err));
		(void)clean(store_list_peers(r, arena, &peers, &count, &err));
		(void)clean(store_list_letters(
			r, "b", arena, &letters, &count, &err));
		(void)clean(
			store_list_owed(r, "b", 9, arena, &owed, &count, &err));
		(void)clean(store_get_facts(r, &facts, &err));
		session_close(r);
	}
	arena_free(arena);
}

static struct store *
open_store(void)
{
	struct store_settings settings = {
		.where = folder, .lookup_time_ms = 500};
	struct store *store = NULL;
	struct err err;

	return clean(store_open(&settings, &store, &err)) ? store : NULL;
}

static FILE *
open_file(const char *mode)
{
	char path[512];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", folder, names[0]);
	f = fopen(path, mode);
	assert(f != NULL);
	return f;
}

static void
make_template(void)
{
	const char *tmp = getenv("TMPDIR");
	struct store *store;
	FILE *f;

	faulty_vfs_register();
	(void)snprintf(folder, sizeof(folder), "%s/keypost-fuzz-XXXXXX",
		tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(folder) == NULL)
		abort();
	(void)atexit(remove_all);
	store = open_store();
	assert(store != NULL);
	write_some(store, 1, CERTS);
	store_close(store);
	f = open_file("rb");
	template_len = fread(template, 1, sizeof(template), f);
	(void)fclose(f);
	assert(template_len > 8192 && template_len < sizeof(template));
}

static size_t
make_file(const uint8_t *data, size_t size)
{
	struct reader r = reader_of(bytes_make(data, size));
	struct bytes b;
	size_t at;

	if (size > 15 && size < sizeof(file) &&
		memcmp(data, "SQLite format 3", 15) == 0) {
		memcpy(file, data, size);
		return size;
	}
	memcpy(file, template, template_len);
	while (reader_left(&r) > 4) {
		at = (size_t)reader_u8(&r) << 16;
		at |= reader_be16(&r);
		b = reader_take(&r, reader_u8(&r));
		at %= template_len;
		if (b.len > template_len - at)
			b.len = template_len - at;
		if (b.len > 0)
			memcpy(file + at, b.data, b.len);
	}
	return template_len;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct store *store;
	size_t len;
	FILE *f;

	if (template_len == 0)
		make_template();
	remove_files(1);
	len = make_file(data, size);
	f = open_file("wb");
	assert(fwrite(file, 1, len, f) == len);
	(void)fclose(f);
	store = open_store();
	if (store == NULL)
		return 0;
	read_all(store);
	write_some(store, 3, CERTS + 2);
	store_close(store);
	return 0;
}
