/*
 * bench_store [BASE_ROWS] - what the store can do, one line per number
 *
 * New certificates a second in batches of 1, 16 and 128, into an empty store
 * and one of BASE_ROWS (100,000), each with its search rows, a savepoint and a
 * change record; beside it a bare SQLite with a like schema and the same
 * settings. Then look-ups, one session, one thread. Made-up rows: 2.4 KB of
 * octets, two keys, 1.3 user IDs, about five words.
 *
 * Reports; decides nothing.
 */

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "store/store.h"

enum {
	OCTETS = 2400,
	DIGESTS = 8 * 32,
	RUN_ROWS = 8000, /* of each measurement */
	GETS = 200000
};

static uint64_t rng = 1;

static uint64_t
next_random(void)
{
	uint64_t z = (rng += 0x9E3779B97F4A7C15u);

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

static void
fill(uint8_t *out, size_t len)
{
	uint64_t r;
	size_t i;

	for (i = 0; i < len; i += 8) {
		r = next_random();
		memcpy(out + i, &r, len - i < 8 ? len - i : 8);
	}
}

struct sample {
	struct cert_row row;
	struct cert_search search;
	struct key_ref keys[2];
	struct bytes words[8], emails[2], domains[2];
	char word[8][24], email[2][80], domain[2][40];
	uint8_t digests[DIGESTS], octets[OCTETS];
};

/* Few values often, many seldom: as names and domains are. */
static unsigned
skewed(unsigned n)
{
	uint64_t a = next_random() % n, b = next_random() % n;

	return (unsigned)(a < b ? a * a / n : b * b / n);
}

/* Of version 4. */
static uint64_t
key_id(const struct fingerprint *f)
{
	uint64_t v = 0;
	int i;

	for (i = 12; i < 20; i++)
		v = v << 8 | f->octets[i];
	return v;
}

static int
by_text(const void *a, const void *b)
{
	return bytes_cmp(*(const struct bytes *)a, *(const struct bytes *)b);
}

static size_t
sort_unique(struct bytes *list, size_t n)
{
	size_t i, kept = 0;

	qsort(list, n, sizeof(*list), by_text);
	for (i = 0; i < n; i++)
		if (kept == 0 || !bytes_eq(list[kept - 1], list[i]))
			list[kept++] = list[i];
	return kept;
}

static void
make_names(struct sample *s)
{
	size_t uids = next_random() % 10 < 3 ? 2 : 1, i, w = 0;
	unsigned given = skewed(3000), family = skewed(60000), site;

	(void)snprintf(s->word[w++], 24, "given%u", given);
	(void)snprintf(s->word[w++], 24, "family%u", family);
	for (i = 0; i < uids; i++) {
		site = skewed(5000);
		(void)snprintf(s->domain[i], 40, "site%u.example", site);
		(void)snprintf(s->email[i], 80, "g%uf%u@%s", given, family,
			s->domain[i]);
		(void)snprintf(s->word[w++], 24, "site%u", site);
		(void)snprintf(s->word[w++], 24, "g%uf%u", given, family);
		s->emails[i] = bytes_of(s->email[i]);
		s->domains[i] = bytes_of(s->domain[i]);
	}
	(void)snprintf(s->word[w++], 24, "example");
	for (i = 0; i < w; i++)
		s->words[i] = bytes_of(s->word[i]);
	s->search.words = s->words;
	s->search.word_count = sort_unique(s->words, w);
	s->search.emails = s->emails;
	s->search.email_count = sort_unique(s->emails, uids);
	s->search.domains = s->domains;
	s->search.domain_count = sort_unique(s->domains, uids);
}

static void
make_sample(struct sample *s)
{
	size_t i;

	memset(&s->row, 0, sizeof(s->row));
	for (i = 0; i < 2; i++) {
		s->keys[i].fpr.version = 4;
		s->keys[i].fpr.len = 20;
		fill(s->keys[i].fpr.octets, 20);
		s->keys[i].key_id = key_id(&s->keys[i].fpr);
		s->keys[i].primary = i == 0;
		s->keys[i].bound = true;
	}
	s->row.id.fpr = s->keys[0].fpr;
	s->row.key_id = s->keys[0].key_id;
	fill(s->row.sks_digest.octets, 16);
	fill(s->digests, DIGESTS);
	fill(s->octets, 64); /* the rest does not matter */
	s->row.updated = 1700000000;
	s->row.packet_digests = bytes_make(s->digests, DIGESTS);
	s->row.octets = bytes_make(s->octets, OCTETS);
	s->search.keys = s->keys;
	s->search.key_count = 2;
	make_names(s);
}

static void
must(enum status st, const struct err *err)
{
	if (st == STATUS_OK)
		return;
	(void)fprintf(
		stderr, "bench_store: %s: %s\n", status_name(st), err->text);
	exit(1);
}

/* ---- ours ---------------------------------------------------------- */

static struct fingerprint *known;
static size_t known_count;

static void
put_batch(struct store_session *w, size_t n)
{
	static struct sample s;
	struct change c = {0};
	struct err err;
	int64_t seq;

	must(store_begin(w, &err), &err);
	while (n-- > 0) {
		make_sample(&s);
		known[known_count++] = s.row.id.fpr;
		c.cert = s.row.id;
		c.new_digest = s.row.sks_digest;
		c.delta = s.row.packet_digests;
		c.origin = "http";
		c.seen = "";
		must(store_savepoint(w, &err), &err);
		must(store_put_cert(w, &s.row, &s.search, NULL, &err), &err);
		must(store_append_change(w, &c, &seq, &err), &err);
		must(store_release(w, true, &err), &err);
	}
	must(store_commit(w, &err), &err);
	store_checkpoint(w, false);
}

static double
put_many(struct store_session *w, size_t batch, size_t rows)
{
	int64_t start = clock_mono_us();
	size_t done;

	for (done = 0; done < rows; done += batch)
		put_batch(w, batch);
	return (double)done * 1e6 / (double)(clock_mono_us() - start);
}

static void
report_gets(struct store_session *r)
{
	struct arena *arena = arena_new(1 << 20);
	struct cert_rows rows;
	struct cert_row row;
	struct cert_id id = {0};
	struct store_query q = {.kind = QUERY_FINGERPRINT};
	struct err err;
	int64_t start;
	int i, k;

	for (k = 0; k < 3; k++) {
		start = clock_mono_us();
		for (i = 0; i < GETS; i++) {
			id.fpr = known[next_random() % known_count];
			arena_reset(arena);
			if (k == 0) {
				must(store_get_cert(r, &id, arena, &row, &err),
					&err);
				continue;
			}
			q.kind = k == 1 ? QUERY_FINGERPRINT : QUERY_KEY_ID;
			q.octets = bytes_make(id.fpr.octets, 20);
			q.number = key_id(&id.fpr);
			must(store_find(r, &q, 10, arena, &rows, &err), &err);
		}
		printf("%s %zu rows: %.0f/s\n",
			k == 0   ? "get"
			: k == 1 ? "find by fingerprint,"
				 : "find by key ID,",
			known_count,
			GETS * 1e6 / (double)(clock_mono_us() - start));
	}
	arena_free(arena);
}

static void
report_words(struct store_session *r)
{
	struct arena *arena = arena_new(64 << 20);
	char text[3][24];
	struct bytes words[3];
	struct store_query q = {.kind = QUERY_WORDS, .words = words};
	struct cert_rows rows;
	struct err err;
	int64_t start = clock_mono_us();
	int i, n = 2000, found = 0;

	for (i = 0; i < n; i++) {
		(void)snprintf(text[0], 24, "given%u", skewed(3000));
		(void)snprintf(text[1], 24, "site%u", skewed(5000));
		words[0] = bytes_of(text[0]);
		words[1] = bytes_of(text[1]);
		words[2] = bytes_of("example");
		q.word_count = 3;
		arena_reset(arena);
		if (store_find(r, &q, 100, arena, &rows, &err) == STATUS_OK)
			found++;
	}
	printf("three words, %zu rows: %.0f/s, %d of %d found some\n",
		known_count, n * 1e6 / (double)(clock_mono_us() - start), found,
		n);
	arena_free(arena);
}

static void
bench_ours(const char *folder, size_t base)
{
	static const size_t batches[] = {1, 16, 128};
	struct store_settings settings = {.lookup_time_ms = 2000};
	struct store_session *w, *r;
	struct store_facts facts;
	struct store *store;
	struct rusage usage;
	struct err err;
	size_t i, at;

	settings.where = xstrdup(folder);
	must(store_open(&settings, &store, &err), &err);
	must(session_open(store, SESSION_WRITE, &w, &err), &err);
	must(session_open(store, SESSION_READ, &r, &err), &err);
	for (at = 0; at <= base; at += base) {
		if (at > 0 && at > known_count)
			printf("growing to %zu rows: %.0f rows/s, 1000 each\n",
				at, put_many(w, 1000, at - known_count));
		for (i = 0; i < 3; i++)
			printf("put from %zu rows, %zu a commit: %.0f rows/s\n",
				at, batches[i],
				put_many(w, batches[i],
					batches[i] == 1 ? RUN_ROWS / 4
							: RUN_ROWS));
		if (base == 0)
			break;
	}
	report_gets(r);
	report_words(r);
	must(store_get_facts(r, &facts, &err), &err);
	(void)getrusage(RUSAGE_SELF, &usage);
	printf("octets a row on disk: %.0f; resident at most %ld MiB\n",
		(double)facts.octets / (double)facts.certs,
		usage.ru_maxrss / 1024);
	session_close(r);
	session_close(w);
	store_close(store);
	free(settings.where);
}

/* ---- bare ---------------------------------------------------------- */

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
			make_sample(&s);
			bare_put(&s);
		}
		bare_exec("COMMIT");
	}
	return (double)done * 1e6 / (double)(clock_mono_us() - start);
}

static void
bench_bare(const char *folder, size_t base)
{
	static const size_t batches[] = {1, 16, 128};
	char path[600];
	size_t i, at;

	(void)snprintf(path, sizeof(path), "%s/bare.db", folder);
	bare_must(sqlite3_open(path, &bare));
	bare_exec(bare_schema);
	bare_cert = bare_prepare("INSERT INTO cert(fpr, digest, digests,"
				 " octets) VALUES(?1, ?2, ?3, ?4)");
	bare_key = bare_prepare("INSERT INTO k VALUES(?1, ?2)");
	bare_term = bare_prepare("INSERT OR IGNORE INTO t VALUES(?1, ?2)");
	bare_change = bare_prepare("INSERT INTO c(cert, delta)"
				   " VALUES(?1, ?2)");
	for (at = 0; at <= base; at += base) {
		if (at > 0)
			(void)bare_many(1000, at);
		for (i = 0; i < 3; i++)
			printf("bare, from %zu rows, %zu a commit: "
			       "%.0f rows/s\n",
				at, batches[i],
				bare_many(batches[i], batches[i] == 1
							      ? RUN_ROWS / 4
							      : RUN_ROWS));
		if (base == 0)
			break;
	}
	bare_must(sqlite3_finalize(bare_cert));
	bare_must(sqlite3_finalize(bare_key));
	bare_must(sqlite3_finalize(bare_term));
	bare_must(sqlite3_finalize(bare_change));
	bare_must(sqlite3_close(bare));
}

int
main(int argc, char **argv)
{
	static const char *const files[] = {"keypost.db", "keypost.db-wal",
		"keypost.db-shm", "write.lock", "bare.db", "bare.db-wal",
		"bare.db-shm"};
	const char *tmp = getenv("TMPDIR");
	size_t base = argc > 1 ? strtoul(argv[1], NULL, 10) : 100000, i;
	char folder[256], path[600];

	(void)snprintf(folder, sizeof(folder), "%s/keypost-bench-XXXXXX",
		tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(folder) == NULL) {
		perror(folder);
		return 1;
	}
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	known = xcalloc(2 * base + 8 * RUN_ROWS, sizeof(*known));
	bench_ours(folder, base);
	bench_bare(folder, base);
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
		(void)unlink(path);
	}
	(void)rmdir(folder);
	free(known);
	return 0;
}
