/*
 * recon_tree [DIGESTS [CHANGES]] - what the trees of gossip cost, one line per
 * number
 *
 * A store of so many made-up certificates (1,000,000), filled in bulk; a tree
 * of profile sks-1.1.6 is built from it, saved, loaded, and follows so many
 * changes (10,000): half of them new digests of certificates, a quarter new
 * ones, a quarter removed. Seconds are of the processor; memory is that of the
 * tree by its own count, and what the process grew by.
 *
 * Reports; decides nothing.
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "pgp/crypto.h"
#include "recon/sets.h"
#include "spent.h"
#include "store/care.h"
#include "store/ids.h"

enum { BATCH = 1000, PROBES = 1000, PATH_MAX_LEN = 300 };

#define MIB (1024.0 * 1024.0)

static char folder[200], file[PATH_MAX_LEN];
static size_t digests = 1000000, changes = 10000;

static void
must(enum status st, const struct err *err)
{
	if (st == STATUS_OK)
		return;
	(void)fprintf(
		stderr, "recon_tree: %s: %s\n", status_name(st), err->text);
	exit(1);
}

/* ---- the store ----------------------------------------------------------- */

static struct sks_digest
digest_of(uint64_t number)
{
	struct sks_digest d;
	struct bytes b = bytes_make(&number, sizeof(number));

	crypto_md5(&b, 1, d.octets);
	return d;
}

static void
row_of(uint64_t n, struct cert_row *row)
{
	struct sks_digest d = digest_of(~n);

	memset(row, 0, sizeof(*row));
	row->id.fpr.version = 4;
	row->id.fpr.len = 20;
	memcpy(row->id.fpr.octets + 4, d.octets, sizeof(d.octets));
	for (size_t i = 12; i < 20; i++)
		row->key_id = row->key_id << 8 | row->id.fpr.octets[i];
	row->octets = bytes_of("octets");
	row->sks_digest = digest_of(n);
}

static void
put_row(struct store_session *w, const struct cert_row *row)
{
	struct key_ref key = {row->id.fpr, row->key_id, true, true};
	struct cert_search search = {.keys = &key, .key_count = 1};
	struct err err;

	must(store_put_cert(w, row, &search, &err), &err);
}

static void
fill_store(void)
{
	struct store_settings settings = {.where = folder, .bulk = true};
	struct store_session *w;
	struct store *store;
	struct cert_row row;
	struct err err;

	must(store_open(&settings, &store, &err), &err);
	must(session_open(store, SESSION_WRITE, &w, &err), &err);
	for (size_t n = 0; n < digests; n++) {
		if (n % BATCH == 0)
			must(store_begin(w, &err), &err);
		row_of(n, &row);
		put_row(w, &row);
		if (n % BATCH == BATCH - 1 || n + 1 == digests)
			must(store_commit(w, &err), &err);
	}
	must(store_bulk_finish(store, &err), &err);
	session_close(w);
	store_close(store);
}

/* Of row n: 0 new, 1 gone, 2 and 3 another digest. */
static void
change_row(struct store_session *w, uint64_t n)
{
	struct change c = {.origin = "http", .seen = ""};
	struct cert_row row;
	struct err err;
	int64_t seq;
	bool new = n % 4 == 0;

	row_of(new ? digests + n : n, &row);
	c.cert = row.id;
	if (!new)
		c.old_digest = row.sks_digest;
	if (n % 4 > 1)
		row.sks_digest = digest_of(n + (UINT64_C(1) << 40));
	if (n % 4 != 1) {
		c.new_digest = row.sks_digest;
		put_row(w, &row);
	}
	must(store_append_change(w, &c, &seq, &err), &err);
	if (n % 4 == 1)
		must(store_delete_cert(w, &row.id, &err), &err);
}

static void
change_rows(struct store *store, size_t from, size_t to)
{
	struct store_session *w;
	struct err err;

	must(session_open(store, SESSION_WRITE, &w, &err), &err);
	must(store_begin(w, &err), &err);
	for (; from < to; from++)
		change_row(w, from);
	must(store_commit(w, &err), &err);
	session_close(w);
}

/* ---- the tree ------------------------------------------------------------ */

static struct sets *
new_sets(struct store *store)
{
	static const struct profile *profile;
	struct sets_settings settings = {
		.file = file, .profiles = &profile, .profile_count = 1};

	if (profile_find("sks-1.1.6", &profile) != STATUS_OK)
		exit(1);
	return sets_new(&settings, store);
}

static void
report(const char *what, double since)
{
	printf("tree digests=%zu %s_s=%.3f\n", digests, what,
		spent_cpu_s() - since);
}

static void
report_memory(const struct sets *s, double before)
{
	struct prefix_tree_stats stats;
	double million = (double)digests / 1e6, grown = spent_mib() - before;

	prefix_tree_measure(sets_tree(s, 0), &stats);
	printf("tree digests=%zu inner=%zu leaves=%zu depth=%u\n", digests,
		stats.inner, stats.leaves, stats.depth);
	printf("tree digests=%zu mib=%.1f mib_per_million=%.1f\n", digests,
		(double)stats.octets / MIB,
		(double)stats.octets / MIB / million);
	printf("tree digests=%zu resident_mib=%.1f "
	       "resident_mib_per_million=%.1f\n",
		digests, grown, grown / million);
}

static void
report_follow(struct sets *s, struct store *store)
{
	struct err err;
	double since;

	change_rows(store, 1, changes + 1);
	since = spent_cpu_s();
	must(sets_follow(s, &err), &err);
	printf("tree digests=%zu changes=%zu follow_s=%.3f\n", digests, changes,
		spent_cpu_s() - since);
}

static void
report_probe(struct sets *s)
{
	double since = spent_cpu_s();
	struct err err;
	bool wrong;

	for (int i = 0; i < PROBES; i++)
		must(sets_check_one(s, &wrong, &err), &err);
	printf("tree digests=%zu check_one_us=%.1f\n", digests,
		(spent_cpu_s() - since) * 1e6 / PROBES);
}

static void
report_all(struct store *store)
{
	double before = spent_mib(), since = spent_cpu_s();
	struct sets *s = new_sets(store);
	struct sets_facts facts;
	struct err err;

	must(sets_open(s, &err), &err);
	report("build", since);
	report_memory(s, before);
	since = spent_cpu_s();
	must(sets_save(s, &err), &err);
	report("save", since);
	sets_free(s);
	s = new_sets(store);
	since = spent_cpu_s();
	must(sets_open(s, &err), &err);
	sets_get_facts(s, &facts);
	report(facts.origin == SETS_LOADED ? "load" : "not_loaded", since);
	report_follow(s, store);
	report_probe(s);
	sets_free(s);
}

int
main(int argc, char **argv)
{
	static const char *const files[] = {"keypost.db", "keypost.db-wal",
		"keypost.db-shm", "write.lock", "tree"};
	struct store_settings settings = {
		.where = folder, .lookup_time_ms = 60000};
	const char *tmp = getenv("TMPDIR");
	char path[PATH_MAX_LEN];
	struct store *store;
	struct err err;
	int ended;
	pid_t child;

	(void)snprintf(folder, sizeof(folder), "%.150s/keypost-tree-XXXXXX",
		tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(folder) == NULL) {
		perror(folder);
		return 1;
	}
	(void)snprintf(file, sizeof(file), "%s/tree", folder);
	if (argc > 1)
		digests = strtoul(argv[1], NULL, 10);
	if (argc > 2)
		changes = strtoul(argv[2], NULL, 10);
	(void)setvbuf(stdout, NULL, _IOLBF, 0);
	must(crypto_init(&err), &err);
	log_set_level(LOG_ERROR);
	/* Its memory is no part of ours. */
	child = fork();
	if (child == 0) {
		fill_store();
		_exit(0);
	}
	if (child < 0 || waitpid(child, &ended, 0) != child || ended != 0)
		return 1;
	must(store_open(&settings, &store, &err), &err);
	report_all(store);
	store_close(store);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
		(void)unlink(path);
	}
	(void)rmdir(folder);
	return 0;
}
