#include <string.h>
#include <time.h>

#include "store/sqlite/audit.h"
#include "store/sqlite/raw.h"
#include "store/sqlite/terms.h"

enum {
	SLICE = 20000, /* index rows of one snapshot */
	REST_NS = 500000,
	KEY_MAX = 64
};

/* A row of an index: certificate, key, number. */
struct entry {
	int64_t cert;
	struct bytes key;
	int64_t number;
};

/* Where the next slice begins. */
struct place {
	uint8_t key[KEY_MAX];
	size_t len;
	int64_t number;
};

struct scan {
	const char *sql; /* ?1: the key, ?2: the number of a place */
	bool ordered;    /* by key, then certificate */
	bool whole_keys; /* a slice ends between two keys */
	void (*visit)(struct audit *a, struct sums *s, const struct entry *e);
};

static void
note_lost(struct audit *a, const struct entry *e)
{
	enum status st = arena_grow(a->names, (void **)&a->lost, &a->lost_cap,
		a->lost_count + 1, sizeof(*a->lost));

	if (st == STATUS_OK)
		st = arena_copy(
			a->names, e->key, &a->lost[a->lost_count].handle);
	if (st == STATUS_OK)
		a->lost[a->lost_count++].id = e->cert;
}

static void
visit_key(struct audit *a, struct sums *s, const struct entry *e)
{
	atomic_fetch_sub_explicit(&s->keys,
		audit_hash(e->key, (uint32_t)e->number), memory_order_relaxed);
	/* Of versions 2 and 3 the second one is a key ID. */
	if (a->watch != NULL && s->row == 0 && (e->number & ROLE_PRIMARY) &&
		e->key.len > sizeof(uint64_t))
		note_lost(a, e);
}

static void
visit_digest(struct audit *a, struct sums *s, const struct entry *e)
{
	(void)a;
	atomic_fetch_sub_explicit(&s->digests,
		audit_hash(e->key, (uint32_t)e->number), memory_order_relaxed);
}

static void
visit_term(struct audit *a, struct sums *s, const struct entry *e)
{
	(void)a;
	atomic_fetch_sub_explicit(
		&s->terms, audit_hash(e->key, 0), memory_order_relaxed);
}

static void
visit_change(struct audit *a, struct sums *s, const struct entry *e)
{
	static const uint8_t zero[sizeof(struct sks_digest)];

	(void)a;
	s->last = bytes_eq(e->key, bytes_make(zero, sizeof(zero)))
			  ? AUDIT_GONE
			  : audit_hash(e->key, 0);
}

static const struct scan scans[AUDIT_PARTS] = {
	[AUDIT_TERMS] = {"SELECT doc, term, 0 FROM temp.terms_of"
			 " WHERE term >= ?1",
		false, true, visit_term},
	[AUDIT_KEYS] = {"SELECT cert, handle, role FROM subkey"
			" WHERE (handle, cert) > (?1, ?2)"
			" ORDER BY handle, cert",
		true, false, visit_key},
	[AUDIT_DIGESTS] = {"SELECT id, sks_digest, flags"
			   " FROM cert INDEXED BY cert_by_digest"
			   " WHERE sks_digest >= ?1 ORDER BY sks_digest",
		false, true, visit_digest},
	[AUDIT_LOG] = {"SELECT cert, new_digest, seq FROM change"
		       " WHERE seq > ?2 ORDER BY seq",
		false, false, visit_change},
};

static void
read_entry(sqlite3_stmt *stmt, struct entry *e)
{
	e->cert = sqlite3_column_int64(stmt, 0);
	e->key = row_column(stmt, 1);
	e->number = sqlite3_column_int64(stmt, 2);
}

/* An order that a search relies on. */
static bool
is_behind(const struct scan *scan, const struct place *p, const struct entry *e)
{
	int order = bytes_cmp(e->key, bytes_make(p->key, p->len));

	if (e->key.len > KEY_MAX)
		return false; /* there is none so long */
	if (scan->whole_keys)
		return order >= 0;
	return !scan->ordered || order > 0 ||
	       (order == 0 && e->cert > p->number);
}

static void
move_place(const struct scan *scan, struct place *p, const struct entry *e)
{
	p->len = e->key.len < KEY_MAX ? e->key.len : KEY_MAX;
	memcpy(p->key, e->key.data, p->len);
	p->number = scan->ordered ? e->cert : e->number;
}

static void
visit(struct audit *a, enum audit_part part, const struct entry *e)
{
	struct sums *s = audit_sums(a, e->cert);

	if (s != NULL)
		scans[part].visit(a, s, e);
	/* Of a row that came since the last one was looked up, perhaps. */
	if ((e->cert < 1 || e->cert > a->last) && part != AUDIT_LOG) {
		a->suspect = true;
		a->stray[part]++;
	}
}

static int
scan_slice(struct audit *a, enum audit_part part, sqlite3_stmt *stmt,
	struct place *p)
{
	const struct scan *scan = &scans[part];
	struct entry e;
	size_t rows = 0;
	int rc;

	(void)sqlite3_reset(stmt);
	if (scan->visit == visit_term)
		(void)sqlite3_bind_text(stmt, 1, (const char *)p->key,
			(int)p->len, SQLITE_TRANSIENT);
	else if (scan->ordered || scan->whole_keys)
		(void)sqlite3_bind_blob(
			stmt, 1, p->key, (int)p->len, SQLITE_TRANSIENT);
	(void)sqlite3_bind_int64(stmt, 2, p->number);
	while ((rc = sqlite3_step(stmt)) == SQLITE_ROW) {
		read_entry(stmt, &e);
		if (!is_behind(scan, p, &e)) {
			a->broken[part] = true;
			rc = SQLITE_DONE;
			break;
		}
		if (scan->whole_keys && rows >= SLICE &&
			!bytes_eq(e.key, bytes_make(p->key, p->len))) {
			move_place(scan, p, &e);
			break;
		}
		move_place(scan, p, &e);
		visit(a, part, &e);
		if (++rows >= SLICE && !scan->whole_keys)
			break;
	}
	(void)sqlite3_reset(stmt);
	return rc;
}

int
audit_open_terms(sqlite3 *db)
{
	return sqlite3_exec(db,
		"CREATE VIRTUAL TABLE IF NOT EXISTS temp.terms_of"
		" USING fts5vocab(main, user_id, instance)",
		NULL, NULL, NULL);
}

/* For the second look the caller is in a transaction. */
enum status
audit_scan(struct audit *a, sqlite3 *db, enum audit_part part, struct err *err)
{
	static const struct timespec rest = {.tv_nsec = REST_NS};
	struct place p = {.len = 0};
	sqlite3_stmt *stmt = NULL;
	int rc = SQLITE_OK;

	a->stray[part] = 0;
	if (part == AUDIT_TERMS)
		rc = audit_open_terms(db);
	if (rc == SQLITE_OK)
		rc = sqlite3_prepare_v2(db, scans[part].sql, -1, &stmt, NULL);
	while (rc == SQLITE_OK || rc == SQLITE_ROW) {
		rc = scan_slice(a, part, stmt, &p);
		if (a->watch == NULL)
			(void)nanosleep(&rest, NULL);
	}
	(void)sqlite3_finalize(stmt);
	if ((rc & 0xFF) == SQLITE_CORRUPT) {
		a->broken[part] = true;
		a->unread[part] = rc != SQLITE_CORRUPT_VTAB;
		rc = SQLITE_DONE;
	}
	return raw_status(db, a->path, rc, err);
}
