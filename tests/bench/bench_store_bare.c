#include "bench_sample.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"

enum { GROWTH = 20000 }; /* rows a commit, where that is not measured */

static sqlite3 *bare;

static void
bare_must(int rc)
{
	if (rc == SQLITE_OK || rc == SQLITE_DONE)
		return;
	(void)fprintf(stderr, "bench_store: bare: %s\n", sqlite3_errmsg(bare));
	exit(1);
}

static void
bare_exec(const char *sql)
{
	bare_must(sqlite3_exec(bare, sql, NULL, NULL, NULL));
}

static sqlite3_stmt *
bare_prepare(const char *sql)
{
	sqlite3_stmt *st;

	bare_must(sqlite3_prepare_v2(bare, sql, -1, &st, NULL));
	return st;
}

static const char bare_schema[] =
	"PRAGMA page_size=8192; PRAGMA journal_mode=WAL;"
	"PRAGMA synchronous=FULL; PRAGMA cache_size=-32768;"
	"PRAGMA wal_autocheckpoint=512;"
	"CREATE TABLE cert(id INTEGER PRIMARY KEY, fpr BLOB, digest BLOB,"
	" digests BLOB, octets BLOB);"
	"CREATE INDEX d ON cert(digest);"
	"CREATE TABLE k(h BLOB, cert INTEGER, PRIMARY KEY(h, cert))"
	" WITHOUT ROWID;"
	"CREATE TABLE t(term BLOB, cert INTEGER, PRIMARY KEY(term, cert))"
	" WITHOUT ROWID;"
	"CREATE TABLE c(seq INTEGER PRIMARY KEY AUTOINCREMENT, cert INTEGER,"
	" delta BLOB);"
	"CREATE INDEX cc ON c(cert);";

static sqlite3_stmt *bare_cert, *bare_key, *bare_term, *bare_change;

static void
bare_pair(sqlite3_stmt *st, struct bytes b, int64_t cert)
{
	bare_must(sqlite3_bind_blob(st, 1, b.data, (int)b.len, SQLITE_STATIC));
	bare_must(sqlite3_bind_int64(st, 2, cert));
	bare_must(sqlite3_step(st));
	bare_must(sqlite3_reset(st));
}

static void
bare_put(const struct sample *s)
{
	int64_t id;
	size_t i;

	bare_must(sqlite3_bind_blob(
		bare_cert, 1, s->row.id.fpr.octets, 20, SQLITE_STATIC));
	bare_must(sqlite3_bind_blob(
		bare_cert, 2, s->row.sks_digest.octets, 16, SQLITE_STATIC));
	bare_must(sqlite3_bind_blob(
		bare_cert, 3, s->digests, DIGESTS, SQLITE_STATIC));
	bare_must(sqlite3_bind_blob(
		bare_cert, 4, s->octets, OCTETS, SQLITE_STATIC));
	bare_must(sqlite3_step(bare_cert));
	bare_must(sqlite3_reset(bare_cert));
	id = sqlite3_last_insert_rowid(bare);
	for (i = 0; i < 2; i++)
		bare_pair(bare_key, bytes_make(s->keys[i].fpr.octets, 20), id);
	for (i = 0; i < s->search.word_count; i++)
		bare_pair(bare_term, s->words[i], id);
	for (i = 0; i < s->search.email_count; i++)
		bare_pair(bare_term, s->emails[i], id);
	for (i = 0; i < s->search.domain_count; i++)
		bare_pair(bare_term, s->domains[i], id);
	bare_must(sqlite3_bind_int64(bare_change, 1, id));
	bare_must(sqlite3_bind_blob(
		bare_change, 2, s->digests, DIGESTS, SQLITE_STATIC));
	bare_must(sqlite3_step(bare_change));
	bare_must(sqlite3_reset(bare_change));
}

static double
bare_many(size_t batch, size_t rows)
{
	static struct sample s;
	int64_t start = clock_mono_us();
	size_t done, i;

	for (done = 0; done < rows; done += batch) {
		bare_exec("BEGIN");
		for (i = 0; i < batch; i++) {
			bench_sample(&s);
			bare_put(&s);
		}
		bare_exec("COMMIT");
	}
	return (double)done * 1e6 / (double)(clock_mono_us() - start);
}

/* Of each batch; what they add counts for the next base. */
static size_t
bare_measure(size_t rows)
{
	static const size_t batches[] = {1, 16, 128};
	size_t i, n, added = 0;

	for (i = 0; i < sizeof(batches) / sizeof(batches[0]); i++) {
		n = batches[i] == 1 ? RUN_ROWS / 4 : RUN_ROWS;
		printf("bare, from %zu rows, %zu a commit: %.0f rows/s\n", rows,
			batches[i], bare_many(batches[i], n));
		added += n;
	}
	return added;
}

void
bench_bare(const char *folder, const size_t *bases, size_t n)
{
	char path[600];
	size_t i, more, rows = 0;

	(void)snprintf(path, sizeof(path), "%s/bare.db", folder);
	bare_must(sqlite3_open(path, &bare));
	bare_exec(bare_schema);
	bare_cert = bare_prepare("INSERT INTO cert(fpr, digest, digests,"
				 " octets) VALUES(?1, ?2, ?3, ?4)");
	bare_key = bare_prepare("INSERT INTO k VALUES(?1, ?2)");
	bare_term = bare_prepare("INSERT OR IGNORE INTO t VALUES(?1, ?2)");
	bare_change = bare_prepare("INSERT INTO c(cert, delta)"
				   " VALUES(?1, ?2)");
	for (i = 0; i < n; i++) {
		if (bases[i] > rows) {
			more = bases[i] - rows;
			(void)bare_many(more < GROWTH ? more : GROWTH, more);
			rows = bases[i];
		}
		rows += bare_measure(bases[i]);
	}
	bare_must(sqlite3_finalize(bare_cert));
	bare_must(sqlite3_finalize(bare_key));
	bare_must(sqlite3_finalize(bare_term));
	bare_must(sqlite3_finalize(bare_change));
	bare_must(sqlite3_close(bare));
}
