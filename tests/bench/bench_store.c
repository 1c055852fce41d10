/*
 * bench_store [BASE_ROWS | bare BASE_ROWS...] - what the store can do, one line
 * per number
 *
 * New certificates a second in batches of 1, 16 and 128, into an empty store
 * and one of BASE_ROWS (100,000), each with its search rows, a savepoint and a
 * change record; beside it a bare SQLite with a like schema and the same
 * settings. Then look-ups, one session, one thread. Made-up rows: 2.4 KB of
 * octets, two keys, 1.3 user IDs, about five words. After "bare" only SQLite,
 * from each of these numbers of rows.
 *
 * Reports; decides nothing.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "bench_sample.h"
#include "store/store.h"

enum { BASES_MAX = 16 };

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
		bench_sample(&s);
		known[known_count++] = s.row.id.fpr;
		c.cert = s.row.id;
		c.new_digest = s.row.sks_digest;
		c.delta = bytes_make(s.digests, DIGESTS);
		c.origin = "http";
		c.seen = "";
		must(store_savepoint(w, &err), &err);
		must(store_put_cert(w, &s.row, &s.search, &err), &err);
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
			id.fpr = known[bench_random() % known_count];
			arena_reset(arena);
			if (k == 0) {
				must(store_get_cert(r, &id, arena, &row, &err),
					&err);
				continue;
			}
			q.kind = k == 1 ? QUERY_FINGERPRINT : QUERY_KEY_ID;
			q.octets = bytes_make(id.fpr.octets, 20);
			q.number = bench_key_id(&id.fpr);
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
		(void)snprintf(text[0], 24, "given%u", bench_skewed(3000));
		(void)snprintf(text[1], 24, "site%u", bench_skewed(5000));
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

int
main(int argc, char **argv)
{
	static const char *const files[] = {"keypost.db", "keypost.db-wal",
		"keypost.db-shm", "write.lock", "bare.db", "bare.db-wal",
		"bare.db-shm"};
	const char *tmp = getenv("TMPDIR");
	bool all = argc < 2 || strcmp(argv[1], "bare") != 0;
	size_t bases[BASES_MAX] = {0, 100000}, n = 2, i;
	char folder[256], path[600];

	(void)snprintf(folder, sizeof(folder), "%s/keypost-bench-XXXXXX",
		tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(folder) == NULL) {
		perror(folder);
		return 1;
	}
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	if (all) {
		if (argc > 1)
			bases[1] = strtoul(argv[1], NULL, 10);
		n = bases[1] == 0 ? 1 : 2;
		known = xcalloc(2 * bases[1] + 8 * RUN_ROWS, sizeof(*known));
		bench_ours(folder, bases[1]);
	} else {
		for (n = 0; n < BASES_MAX && n + 2 < (size_t)argc; n++)
			bases[n] = strtoul(argv[n + 2], NULL, 10);
	}
	bench_bare(folder, bases, n);
	for (i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
		(void)unlink(path);
	}
	(void)rmdir(folder);
	free(known);
	return 0;
}
