/*
 * gen_keys.c - valid certificates for benchmarks, the same for a seed
 *
 *     gen-keys [-a] [-t THREADS] [-f FIRST] [-d DIR] [-i FILE] N SEED > file
 *
 * Writes N certificates as one binary keyring; with -a one armored block
 * each. -d DIR writes a file for each instead (NNNNNN.pgp or .asc). -i FILE
 * also writes the fingerprints, 0x and 40 digits, a line each. -f FIRST
 * starts at that number, so that two runs make disjoint sets.
 */
#include "config.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/hex.h"
#include "pgp/armor.h"
#include "pgp/crypto.h"
#include "tests/bench/gen_cert.h"

enum { GROUP = 1024, THREADS_MAX = 64 };

struct options {
	bool armor;
	unsigned threads;
	unsigned long long first, count, seed;
	const char *dir;
	FILE *ids;
};

/* Certificates first to first + count - 1, shared out by number. */
struct group {
	const struct options *opt;
	const struct gen_pool *pool;
	unsigned long long first;
	size_t count;
	struct buf certs[GROUP];
	uint8_t fprs[GROUP][20];
};

struct share {
	struct group *group;
	size_t start;
	pthread_t thread;
};

static void
die(const char *what)
{
	perror(what);
	exit(1);
}

static void *
make_share(void *arg)
{
	struct share *s = arg;
	struct group *g = s->group;
	struct buf armored;
	struct bytes view;
	size_t i;

	for (i = s->start; i < g->count; i += g->opt->threads) {
		buf_clear(&g->certs[i]);
		gen_cert(g->pool, g->opt->seed, g->first + i, &g->certs[i],
			g->fprs[i]);
		if (!g->opt->armor)
			continue;
		buf_init(&armored, 0);
		view = buf_view(&g->certs[i]);
		gen_must(armor_write(&armored, &view, 1, NULL, true));
		buf_done(&g->certs[i]);
		g->certs[i] = armored;
	}
	return NULL;
}

static void
write_file(const struct group *g, size_t i)
{
	char name[4096];
	FILE *f;

	(void)snprintf(name, sizeof(name), "%s/%06llu.%s", g->opt->dir,
		g->first + i, g->opt->armor ? "asc" : "pgp");
	f = fopen(name, "wb");
	if (f == NULL ||
		fwrite(g->certs[i].data, 1, g->certs[i].len, f) !=
			g->certs[i].len ||
		fclose(f) != 0)
		die(name);
}

static void
write_group(const struct group *g)
{
	char hex[41];
	size_t i;

	for (i = 0; i < g->count; i++) {
		if (g->opt->dir != NULL)
			write_file(g, i);
		else if (fwrite(g->certs[i].data, 1, g->certs[i].len, stdout) !=
			 g->certs[i].len)
			die("standard output");
		hex_write_upper(bytes_make(g->fprs[i], 20), hex);
		if (g->opt->ids != NULL &&
			fprintf(g->opt->ids, "0x%s\n", hex) < 0)
			die("fingerprints");
	}
}

static void
make_group(struct group *g)
{
	struct share shares[THREADS_MAX];
	unsigned i;

	for (i = 0; i < g->opt->threads; i++) {
		shares[i].group = g;
		shares[i].start = i;
		if (pthread_create(&shares[i].thread, NULL, make_share,
			    &shares[i]) != 0)
			die("thread");
	}
	for (i = 0; i < g->opt->threads; i++)
		(void)pthread_join(shares[i].thread, NULL);
	write_group(g);
}

static int
usage(void)
{
	fprintf(stderr, "usage: gen-keys [-a] [-t THREADS] [-f FIRST] "
			"[-d DIR] [-i FILE] N SEED\n");
	return 2;
}

static bool
parse(int argc, char **argv, struct options *opt)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	int c;

	opt->threads = cpus > 0 ? (unsigned)cpus : 1;
	while ((c = getopt(argc, argv, "at:f:d:i:")) != -1) {
		if (c == 'a')
			opt->armor = true;
		else if (c == 't')
			opt->threads = (unsigned)strtoul(optarg, NULL, 10);
		else if (c == 'f')
			opt->first = strtoull(optarg, NULL, 10);
		else if (c == 'd')
			opt->dir = optarg;
		else if (c == 'i' && (opt->ids = fopen(optarg, "w")) == NULL)
			die(optarg);
		else if (c == '?')
			return false;
	}
	if (argc - optind != 2 || opt->threads == 0 ||
		opt->threads > THREADS_MAX)
		return false;
	opt->count = strtoull(argv[optind], NULL, 10);
	opt->seed = strtoull(argv[optind + 1], NULL, 10);
	return opt->count > 0;
}

int
main(int argc, char **argv)
{
	static struct options opt;
	static struct gen_pool pool;
	static struct group group;
	struct err err;

	if (!parse(argc, argv, &opt))
		return usage();
	if (crypto_init(&err) != STATUS_OK) {
		fprintf(stderr, "gen-keys: %s\n", err.text);
		return 1;
	}
	gen_pool_make(&pool, opt.seed);
	group.opt = &opt;
	group.pool = &pool;
	for (group.first = opt.first; group.first < opt.first + opt.count;
		group.first += group.count) {
		group.count = GROUP;
		if (opt.first + opt.count - group.first < GROUP)
			group.count =
				(size_t)(opt.first + opt.count - group.first);
		make_group(&group);
	}
	if (fflush(stdout) != 0 || (opt.ids != NULL && fclose(opt.ids) != 0))
		die("output");
	return 0;
}
