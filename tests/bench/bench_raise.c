/*
 * bench_raise - rows a second of background verification
 *
 *     bench_raise [SHARE [KEYRING]]    default: 100, and Debian's keyring
 *
 * A keyring is stored at level sks in a folder of its own; then the rows are
 * raised to level clean, with SHARE per cent of a core. Prints rows, how many
 * changed, seconds by the wall and of the processor (all threads), rows a
 * second of each. It reports; nothing fails for being slow.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/counter.h"
#include "ingest/ingest.h"
#include "pgp/crypto.h"
#include "tests/bench/keyring.h"
#include "tests/bench/spent.h"

enum { STEP = 50, RESERVE = 1024 * 1024, LOOK_NS = 20000000 };

static void
must(enum status st, const char *what, const struct err *err)
{
	if (st == STATUS_OK)
		return;
	(void)fprintf(stderr, "bench_raise: %s: %s %s\n", what, status_name(st),
		err != NULL ? err->text : "");
	exit(1);
}

static int64_t
count_of(const char *name)
{
	return counter_value(counter_get(name));
}

static void
load(struct ingest *in, const struct keyring *keys)
{
	struct submission *sub;
	struct buf body = {0};
	size_t i, k;

	for (i = 0; i < keys->count; i = k) {
		buf_clear(&body);
		for (k = i; k < keys->count && k < i + STEP; k++)
			must(buf_put(&body, keys->list[k]), "body", NULL);
		sub = submission_new(ingest_policy(in)->max_arena);
		sub->origin = "load";
		sub->bulk = true;
		sub->has_level = true;
		sub->level = LEVEL_SKS;
		sub->body = buf_view(&body);
		must(ingest_submit_wait(in, sub), "load", NULL);
		must(sub->status, "load", &sub->err);
		submission_free(sub);
	}
	buf_done(&body);
}

static void
measure(char *folder, const struct keyring *keys, size_t share)
{
	static const struct timespec pause = {.tv_nsec = LOOK_NS};
	struct store_settings where = {.where = folder,
		.lookup_time_ms = 2000,
		.disk_reserve = RESERVE};
	struct ingest_settings settings = {0};
	double wall, cpu;
	struct ingest *in;
	struct store *store;
	struct err err;

	must(store_open(&where, &store, &err), folder, &err);
	policy_init(&settings.policy);
	must(ingest_new(&settings, store, &in, &err), "ingest", &err);
	must(ingest_start(in, &err), "ingest", &err);
	load(in, keys);
	ingest_drain(in);
	ingest_stop(in);
	ingest_free(in);

	settings.raise = true;
	settings.policy.verify_share = share;
	must(ingest_new(&settings, store, &in, &err), "ingest", &err);
	wall = (double)clock_mono_us() / 1e6;
	cpu = spent_cpu_s();
	must(ingest_start(in, &err), "ingest", &err);
	do {
		(void)nanosleep(&pause, NULL);
	} while (count_of("raise_rows") == 0 || count_of("raise_running") != 0);
	wall = (double)clock_mono_us() / 1e6 - wall;
	cpu = spent_cpu_s() - cpu;
	printf("raise share=%zu rows=%lld changed=%lld removed=%lld "
	       "skipped=%lld wall_s=%.2f cpu_s=%.2f rows_per_s=%.0f "
	       "rows_per_cpu_s=%.0f\n",
		share, (long long)count_of("raise_rows"),
		(long long)count_of("raise_changed"),
		(long long)count_of("raise_removed"),
		(long long)count_of("raise_skipped"), wall, cpu,
		(double)count_of("raise_rows") / wall,
		(double)count_of("raise_rows") / cpu);
	ingest_drain(in);
	ingest_stop(in);
	ingest_free(in);
	store_close(store);
}

static void
clean_up(const char *folder)
{
	static const char *const files[] = {
		"keypost.db", "keypost.db-wal", "keypost.db-shm", "write.lock"};
	char path[256];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", folder, files[i]);
		(void)unlink(path);
	}
	if (rmdir(folder) != 0)
		perror(folder);
}

int
main(int argc, char **argv)
{
	char folder[] = "/tmp/bench-raise.XXXXXX";
	struct keyring keys;
	struct err err;

	must(crypto_init(&err), "crypto", &err);
	keyring_open(&keys,
		argc > 2 ? argv[2] : "/usr/share/keyrings/debian-keyring.gpg");
	if (mkdtemp(folder) == NULL) {
		perror(folder);
		return 1;
	}
	measure(folder, &keys, argc > 1 ? strtoul(argv[1], NULL, 10) : 100);
	clean_up(folder);
	return 0;
}
