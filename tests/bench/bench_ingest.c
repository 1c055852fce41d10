/*
 * bench_ingest.c - one-key submissions a second, straight into ingest
 *
 *     bench-ingest [-n OUTSTANDING] [-p PRELOAD] [-w WORKERS] DIR FILE
 *
 * DIR is an empty folder for the store, FILE a binary keyring (gen-keys).
 * The first PRELOAD certificates are loaded first, in large submissions; each
 * of the others is submitted alone and armored, OUTSTANDING at a time, with
 * everything as durable as in the daemon.
 *
 * Prints one line: submissions, outstanding, preloaded, seconds,
 * submissions/s, jobs in one commit, CPU time of each in microseconds (of all
 * threads, and of the making of its armor), failures.
 */
#include "config.h"

#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/counter.h"
#include "ingest/ingest.h"
#include "pgp/crypto.h"
#include "tests/bench/keyring.h"

enum { PRELOAD_STEP = 500, RESERVE = 1024 * 1024 };

struct bench {
	struct keyring keys;
	struct ingest *in;
	sem_t slots;
	size_t outstanding, preload, workers;
	_Atomic size_t failed;
};

/* One submission on its way. */
struct shot {
	struct bench *bench;
	struct buf body;
};

static void
must(enum status st, const char *what, const struct err *err)
{
	if (st == STATUS_OK)
		return;
	fprintf(stderr, "bench-ingest: %s: %s %s\n", what, status_name(st),
		err != NULL ? err->text : "");
	exit(1);
}

static void
shot_done(struct submission *sub)
{
	struct shot *shot = sub->ctx;

	if (sub->status != STATUS_OK || sub->counts[OUTCOME_NEW] != 1)
		shot->bench->failed++;
	sem_post(&shot->bench->slots);
	submission_free(sub);
	buf_done(&shot->body);
	free(shot);
}

static void
shoot(struct bench *b, size_t i)
{
	struct submission *sub;
	struct shot *shot = xcalloc(1, sizeof(*shot));

	shot->bench = b;
	must(armor_write(&shot->body, &b->keys.list[i], 1, NULL, true), "armor",
		NULL);
	sub = submission_new(ingest_policy(b->in)->max_arena);
	sub->origin = "http";
	sub->body = buf_view(&shot->body);
	sub->wipe_body = true;
	sub->done = shot_done;
	sub->ctx = shot;
	while (sem_wait(&b->slots) != 0)
		;
	must(ingest_submit(b->in, sub), "ingest_submit", NULL);
}

static void
preload(struct bench *b)
{
	struct submission *sub;
	struct buf body = {0};
	size_t i, k;

	for (i = 0; i < b->preload; i = k) {
		buf_clear(&body);
		for (k = i; k < b->preload && k < i + PRELOAD_STEP; k++)
			must(buf_put(&body, b->keys.list[k]), "body", NULL);
		sub = submission_new(ingest_policy(b->in)->max_arena);
		sub->origin = "load";
		sub->bulk = true;
		sub->no_change_log = true;
		sub->body = buf_view(&body);
		must(ingest_submit_wait(b->in, sub), "preload", NULL);
		must(sub->status, "preload", &sub->err);
		submission_free(sub);
	}
	buf_done(&body);
}

/* Microseconds of CPU that the process has used. */
static double
cpu_us(void)
{
	struct rusage u;

	if (getrusage(RUSAGE_SELF, &u) != 0)
		return 0;
	return (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e6 +
	       (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec);
}

static void
measure(struct bench *b)
{
	struct counter *batches = counter_get("writer_batches");
	int64_t batches_before = counter_value(batches), began;
	size_t i, n = b->keys.count - b->preload;
	double seconds, commits, cpu = cpu_us();

	began = clock_mono_us();
	for (i = b->preload; i < b->keys.count; i++)
		shoot(b, i);
	ingest_drain(b->in);
	seconds = (double)(clock_mono_us() - began) / 1e6;
	cpu = cpu_us() - cpu;
	commits = (double)(counter_value(batches) - batches_before);
	printf("ingest submissions=%zu outstanding=%zu preloaded=%zu "
	       "seconds=%.2f per_second=%.0f per_commit=%.1f cpu_us=%.0f "
	       "failed=%zu\n",
		n, b->outstanding, b->preload, seconds, (double)n / seconds,
		(double)n / commits, cpu / (double)n, (size_t)b->failed);
}

static int
usage(void)
{
	fprintf(stderr, "usage: bench-ingest [-n OUTSTANDING] [-p PRELOAD] "
			"[-w WORKERS] DIR FILE\n");
	return 2;
}

static bool
parse(struct bench *b, int argc, char **argv)
{
	int c;

	while ((c = getopt(argc, argv, "n:p:w:")) != -1) {
		if (c == 'n')
			b->outstanding = strtoul(optarg, NULL, 10);
		else if (c == 'p')
			b->preload = strtoul(optarg, NULL, 10);
		else if (c == 'w')
			b->workers = strtoul(optarg, NULL, 10);
		else
			return false;
	}
	return argc - optind == 2 && b->outstanding > 0;
}

int
main(int argc, char **argv)
{
	static struct bench b = {.outstanding = 16};
	struct ingest_settings settings = {0};
	struct store_settings where = {
		.lookup_time_ms = 2000, .disk_reserve = RESERVE};
	struct store *store;
	struct err err;

	if (!parse(&b, argc, argv))
		return usage();
	must(crypto_init(&err), "crypto", &err);
	where.where = argv[optind];
	must(store_open(&where, &store, &err), argv[optind], &err);
	keyring_open(&b.keys, argv[optind + 1]);
	if (b.preload >= b.keys.count)
		return usage();
	policy_init(&settings.policy);
	settings.policy.workers = b.workers;
	must(ingest_new(&settings, store, &b.in, &err), "ingest", &err);
	must(ingest_start(b.in, &err), "ingest", &err);
	if (sem_init(&b.slots, 0, (unsigned)b.outstanding) != 0)
		return 1;
	preload(&b);
	measure(&b);
	ingest_stop(b.in);
	ingest_free(b.in);
	store_close(store);
	return b.failed == 0 ? 0 : 1;
}
