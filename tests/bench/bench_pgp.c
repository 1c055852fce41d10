/*
 * bench_pgp - what reading, hashing, merging and armoring cost on one core
 *
 *     bench_pgp [KEYRING]      default: Debian's, if it is there
 *
 * One line for each number: name, value, unit, in time of the processor, so
 * that what else runs counts less. It reports; nothing fails for being slow.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pgp/armor.h"
#include "pgp/cert.h"
#include "pgp/digest.h"
#include "pgp/merge.h"
#include "spent.h"

enum { STEP = 1 << 20, ROUNDS_US = 1000000, SMALL = 3000 };

static const size_t arena_max = (size_t)2 * 1024 * 1024 * 1024;

struct keyring {
	struct buf octets;
	struct arena *arena;
	struct cert_list list;
	struct buf *stored; /* canonical octets of each */
	size_t stored_octets;
};

typedef void bench_round(struct keyring *k, struct arena *scratch);

static int64_t
cpu_us(void)
{
	return (int64_t)(spent_cpu_s() * 1e6);
}

static void
must(enum status st)
{
	if (st == STATUS_OK)
		return;
	fprintf(stderr, "bench_pgp: %s\n", status_name(st));
	exit(1);
}

static void
load(struct keyring *k, const char *path)
{
	FILE *f = fopen(path, "rb");
	size_t got;

	if (!f) {
		perror(path);
		exit(1);
	}
	do {
		must(buf_reserve(&k->octets, STEP));
		got = fread(k->octets.data + k->octets.len, 1, STEP, f);
		k->octets.len += got;
	} while (got);
	fclose(f);
}

static void
read_keyring(struct keyring *k, struct arena *scratch)
{
	struct cert_limits limits = cert_limits_default;
	struct cert_list list = {0};
	struct packet_reader in =
		packet_reader_of(buf_view(&k->octets), scratch);
	size_t start = 0, at = 0;
	struct packet p;

	/* Certificate by certificate, as submissions come. */
	limits.max_packets = SIZE_MAX;
	while (packet_next(&in, &p, NULL) == STATUS_OK) {
		if (p.tag == PACKET_PUBLIC_KEY && at > start) {
			memset(&list, 0, sizeof(list));
			must(cert_read(scratch,
				bytes_make(k->octets.data + start, at - start),
				&limits, &list, NULL));
			arena_reset(scratch);
			start = at;
		}
		at = in.pos;
	}
}

static void
read_stored(struct keyring *k, struct arena *scratch)
{
	struct cert *cert;
	size_t i;

	for (i = 0; i < k->list.count; i++) {
		must(cert_read_stored(
			scratch, buf_view(&k->stored[i]), &cert, NULL));
		arena_reset(scratch);
	}
}

static void
merge_same(struct keyring *k, struct arena *scratch)
{
	struct cert *old, *merged;
	struct delta delta;
	size_t i;

	for (i = 0; i < k->list.count; i++) {
		must(cert_read_stored(
			scratch, buf_view(&k->stored[i]), &old, NULL));
		must(merge_certs(
			scratch, old, k->list.list[i], &merged, &delta));
		arena_reset(scratch);
	}
}

static void
merge_news(struct keyring *k, struct arena *scratch)
{
	struct cert *old, *merged;
	struct delta delta;
	size_t i;

	for (i = 0; i < k->list.count; i++) {
		must(cert_read_stored(
			scratch, buf_view(&k->stored[i]), &old, NULL));
		if (old->user_id_count == 0)
			continue;
		old->user_id_count--; /* as if the last one were not there */
		must(merge_certs(
			scratch, old, k->list.list[i], &merged, &delta));
		arena_reset(scratch);
	}
}

static void
hash_sks(struct keyring *k, struct arena *scratch)
{
	struct sks_digest d;
	size_t i;

	for (i = 0; i < k->list.count; i++) {
		must(digest_sks(scratch, k->list.list[i], &d));
		arena_reset(scratch);
	}
}

static void
write_canonical(struct keyring *k, struct arena *scratch)
{
	static struct buf out;
	size_t i;

	(void)scratch;
	for (i = 0; i < k->list.count; i++) {
		buf_clear(&out);
		must(cert_write(k->list.list[i], &out));
	}
}

/* Runs whole rounds for about a second; microseconds for one. */
static double
time_round(bench_round *round, struct keyring *k)
{
	struct arena *scratch = arena_new(arena_max);
	int64_t start, end;
	unsigned rounds = 0;

	round(k, scratch);
	start = cpu_us();
	do {
		arena_reset(scratch);
		round(k, scratch);
		rounds++;
		end = cpu_us();
	} while (end - start < ROUNDS_US);
	arena_free(scratch);
	return (double)(end - start) / rounds;
}

struct bench_row {
	const char *name;
	bench_round *round;
};

static const struct bench_row bench_rows[] = {
	{"cert_read", read_keyring},
	{"digest_sks", hash_sks},
	{"cert_write", write_canonical},
	{"cert_read_stored", read_stored},
	{"merge_unchanged", merge_same},
	{"merge_one_user_id_new", merge_news},
};

static void
bench_keyring(struct keyring *k)
{
	size_t i;
	double us;

	for (i = 0; i < sizeof(bench_rows) / sizeof(bench_rows[0]); i++) {
		us = time_round(bench_rows[i].round, k);
		printf("%-24s %10.1f MB/s %10.1f us/certificate\n",
			bench_rows[i].name, (double)k->stored_octets / us,
			us / (double)k->list.count);
	}
}

/* One certificate's worth of octets, the size that look-ups serve most. */
static void
bench_armor(struct keyring *k)
{
	struct arena *scratch = arena_new(arena_max);
	struct bytes part = bytes_make(k->octets.data, SMALL);
	struct armor_blocks blocks;
	int64_t start, us;
	struct buf out;
	unsigned n = 0;
	uint32_t crc = 0;

	buf_init(&out, 0);
	start = cpu_us();
	do {
		buf_clear(&out);
		must(armor_write(&out, &part, 1, NULL, true));
		n++;
	} while ((us = cpu_us() - start) < ROUNDS_US);
	printf("%-24s %10.1f MB/s %10.2f us for %d octets\n", "armor_write",
		(double)n * SMALL / (double)us, (double)us / n, SMALL);
	n = 0;
	start = cpu_us();
	do {
		must(armor_read(
			scratch, buf_view(&out), ARMOR_STRICT, &blocks, NULL));
		arena_reset(scratch);
		n++;
	} while ((us = cpu_us() - start) < ROUNDS_US);
	printf("%-24s %10.1f MB/s %10.2f us for %d octets\n", "armor_read",
		(double)n * SMALL / (double)us, (double)us / n, SMALL);
	n = 0;
	start = cpu_us();
	do {
		crc ^= armor_crc24(0xB704CE, part);
		n++;
	} while ((us = cpu_us() - start) < ROUNDS_US);
	printf("%-24s %10.1f MB/s %10.2f us for %d octets%s\n", "armor_crc24",
		(double)n * SMALL / (double)us, (double)us / n, SMALL,
		crc == 1 ? " " : "");
	buf_done(&out);
	arena_free(scratch);
}

int
main(int argc, char **argv)
{
	const char *path =
		argc > 1 ? argv[1] : "/usr/share/keyrings/debian-keyring.gpg";
	struct cert_limits limits = cert_limits_default;
	struct keyring k;
	size_t i;

	must(crypto_init(NULL));
	memset(&k, 0, sizeof(k));
	load(&k, path);
	k.arena = arena_new(arena_max);
	limits.max_packets = limits.max_certs = SIZE_MAX;
	must(cert_read(k.arena, buf_view(&k.octets), &limits, &k.list, NULL));
	if (k.octets.len < SMALL || k.list.count == 0) {
		fprintf(stderr, "%s: too little to measure\n", path);
		return 1;
	}
	k.stored = xcalloc(k.list.count, sizeof(*k.stored));
	for (i = 0; i < k.list.count; i++) {
		must(cert_write(k.list.list[i], &k.stored[i]));
		k.stored_octets += k.stored[i].len;
	}
	printf("%-24s %10zu certificates %zu octets\n", "corpus", k.list.count,
		k.stored_octets);
	bench_keyring(&k);
	bench_armor(&k);
	for (i = 0; i < k.list.count; i++)
		buf_done(&k.stored[i]);
	free(k.stored);
	buf_done(&k.octets);
	arena_free(k.arena);
	return 0;
}
