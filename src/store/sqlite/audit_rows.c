#include <time.h>

#include "store/sqlite/audit.h"
#include "store/sqlite/raw.h"
#include "store/sqlite/terms.h"

enum {
	SLICE = 1000, /* row numbers of one short read */
	REST_NS = 500000,
	ROW_ARENA_MAX = 256 * 1024 * 1024
};

static const char altered[] =
	"a part of it was altered: --repair keeps it as it is, to be verified "
	"again; then submit it again from elsewhere (keypost add)";
static const char unusable[] =
	"--repair sets it aside, then submit it again from elsewhere (keypost "
	"add), or restore a backup";

static void
tell_faults(struct audit *a, sqlite3_stmt *stmt, unsigned int faults)
{
	const char *advice;
	char name[AUDIT_NAME_MAX];

	a->mend[AUDIT_ROWS] = true;
	audit_mark(a, sqlite3_column_int64(stmt, 0));
	row_name(stmt, name, sizeof(name));
	for (unsigned int f = 1; f < ROW_FAULTS_END; f <<= 1) {
		if (!(faults & f))
			continue;
		advice = f == ROW_OCTETS ? altered : unusable;
		audit_fault(a, name, row_fault_text(f),
			f & ROW_DERIVED ? NULL : advice);
	}
}

static uint32_t
hash_digest(const struct row_truth *truth)
{
	return audit_hash(bytes_make(truth->cert->sks_digest.octets,
				  sizeof(truth->cert->sks_digest.octets)),
		0);
}

unsigned int
audit_add_row(struct audit *a, sqlite3_stmt *row, struct arena *arena,
	struct row_truth *truth)
{
	unsigned int faults = row_check(row, arena, a->job->derive, truth);
	struct sums *s = audit_sums(a, sqlite3_column_int64(row, 0));
	struct bytes search = row_column(row, ROW_CHECK_SEARCH);
	struct bytes octets = row_column(row, ROW_CHECK_DIGEST);
	uint32_t flags = (uint32_t)sqlite3_column_int64(row, ROW_CHECK_FLAGS);
	uint32_t keys = 0, terms = 0;
	char token[TOKEN_SIZE];
	struct term t;
	size_t pos = 0;

	if (s == NULL)
		return faults;
	while (terms_next(search, &pos, &t) == STATUS_OK) {
		if (t.kind == TERM_HANDLE) {
			keys += audit_hash(t.octets, t.role);
			continue;
		}
		terms_token(&t, token);
		terms += audit_hash(bytes_make(token, TOKEN_SIZE - 1), 0);
	}
	/* For the log, what a repair would make of it. */
	s->row = faults & ROW_SKS_DIGEST ? hash_digest(truth)
					 : audit_hash(octets, 0);
	atomic_fetch_add_explicit(&s->keys, keys, memory_order_relaxed);
	atomic_fetch_add_explicit(&s->terms, terms, memory_order_relaxed);
	atomic_fetch_add_explicit(&s->digests, audit_hash(octets, flags),
		memory_order_relaxed);
	return faults;
}

/* One statement, so one snapshot. */
static int
read_slice(struct audit *a, sqlite3_stmt *stmt, int64_t from, int64_t to,
	struct arena *arena)
{
	struct row_truth truth;
	unsigned int faults;
	int64_t level = INT64_MAX;
	uint64_t rows = 0;
	int rc;

	(void)sqlite3_bind_int64(stmt, 1, from);
	(void)sqlite3_bind_int64(stmt, 2, to);
	for (; (rc = sqlite3_step(stmt)) == SQLITE_ROW; rows++) {
		arena_reset(arena);
		faults = audit_add_row(a, stmt, arena, &truth);
		if (faults != 0)
			tell_faults(a, stmt, faults);
		if (!(faults & ROW_UNREADABLE) && truth.level < level)
			level = truth.level;
	}
	(void)sqlite3_reset(stmt);
	audit_progress(a, rows, level);
	return rc;
}

/* What else is on a page that cannot be read is read one by one. */
static int
read_around(struct audit *a, sqlite3_stmt *stmt, int64_t from, int64_t to,
	struct arena *arena)
{
	int rc = SQLITE_DONE;
	int64_t id;

	for (id = from; id < to; id++) {
		const struct sums *s = audit_sums(a, id);

		if (s == NULL || s->row != 0)
			continue; /* met before the fault */
		rc = read_slice(a, stmt, id, id + 1, arena);
		if (rc != SQLITE_DONE && (rc & 0xFF) != SQLITE_CORRUPT)
			return rc;
	}
	a->suspect = true;
	a->broken[AUDIT_ROWS] = a->unread[AUDIT_ROWS] = true;
	return SQLITE_DONE;
}

enum status
audit_rows(struct audit *a, sqlite3 *db, struct err *err)
{
	static const char sql[] =
		"SELECT " ROW_CHECK_COLUMNS " FROM cert NOT INDEXED"
		" WHERE id >= ?1 AND id < ?2 ORDER BY id";
	static const struct timespec rest = {.tv_nsec = REST_NS};
	struct arena *arena = arena_new(ROW_ARENA_MAX);
	int64_t from, end = a->base + a->span;
	sqlite3_stmt *stmt = NULL;
	int rc = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL);

	while ((rc == SQLITE_OK || rc == SQLITE_DONE) &&
		(from = atomic_fetch_add(&a->next_row, SLICE)) < end) {
		int64_t to = from + SLICE < end ? from + SLICE : end;

		rc = read_slice(a, stmt, from, to, arena);
		if ((rc & 0xFF) == SQLITE_CORRUPT)
			rc = read_around(a, stmt, from, to, arena);
		(void)nanosleep(&rest, NULL);
	}
	(void)sqlite3_finalize(stmt);
	arena_free(arena);
	return raw_status(db, a->path, rc, err);
}
