/*
 * kpdigest - fingerprint and SKS digest of each certificate of a keyring
 *
 *     kpdigest [-l LEVEL] FILE...
 *
 * Prints "FPR DIGEST PACKETS" for each, of what that level keeps (default:
 * sks); exit 1 if a file cannot be read or holds no certificate. What a level
 * refuses is not printed. For tests that compare with other keyservers, and
 * with what a server of that level holds.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/hex.h"
#include "pgp/armor.h"
#include "pgp/level.h"

enum { READ_STEP = 65536, CLEAN_TOTAL = 4 * 1024 * 1024 };

static const size_t arena_max = (size_t)4 * 1024 * 1024 * 1024;

static enum level level = LEVEL_SKS;

static int
read_file(const char *path, struct buf *out)
{
	FILE *f = fopen(path, "rb");
	size_t got;

	if (!f)
		return -1;
	do {
		if (buf_reserve(out, READ_STEP) != STATUS_OK)
			abort();
		got = fread(out->data + out->len, 1, READ_STEP, f);
		out->len += got;
	} while (got);
	if (ferror(f) || fclose(f))
		return -1;
	return 0;
}

static void
print_cert(const struct cert *cert)
{
	char fpr[FINGERPRINT_HEX_MAX], digest[33];

	fingerprint_hex(&cert->id.fpr, fpr);
	hex_write_upper(bytes_make(cert->sks_digest.octets, 16), digest);
	printf("%s %s %zu\n", fpr, digest, cert->packet_count);
}

static enum status
print_levelled(struct arena *arena, struct cert_limits *limits,
	const struct cert *cert)
{
	struct level_rules rules = {.level = level, .limits = limits};
	struct level_result r;
	enum status st;

	if (level == LEVEL_SKS) {
		print_cert(cert);
		return STATUS_OK;
	}
	limits->max_total = CLEAN_TOTAL;
	st = level_apply(arena, &rules, cert, &r);
	if (st != STATUS_OK || r.cert == NULL)
		return st;
	st = cert_digest(arena, r.cert);
	if (st == STATUS_OK)
		print_cert(r.cert);
	return st;
}

static enum status
print_keyring(struct arena *arena, struct bytes octets, struct err *err)
{
	struct cert_limits limits = cert_limits_default;
	struct armor_blocks blocks;
	struct cert_list list = {0};
	enum status st;
	size_t i;

	limits.max_certs = limits.max_packets = SIZE_MAX;
	limits.secret = CERT_SECRET_SKIPS;
	st = armor_read(arena, octets, ARMOR_LENIENT, &blocks, err);
	if (st != STATUS_OK)
		return st;
	for (i = 0; i < blocks.count; i++) {
		st = cert_read(
			arena, blocks.list[i].octets, &limits, &list, err);
		if (st != STATUS_OK)
			return st;
	}
	for (i = 0; st == STATUS_OK && i < list.count; i++)
		st = print_levelled(arena, &limits, list.list[i]);
	return st == STATUS_OK && list.count == 0 ? STATUS_NOT_FOUND : st;
}

static int
run(const char *path)
{
	struct buf octets;
	struct arena *arena;
	struct err err = {""};
	enum status st;

	buf_init(&octets, 0);
	if (read_file(path, &octets)) {
		perror(path);
		buf_done(&octets);
		return 1;
	}
	arena = arena_new(arena_max);
	st = print_keyring(arena, buf_view(&octets), &err);
	if (st != STATUS_OK)
		fprintf(stderr, "%s: %s: %s\n", path, status_name(st),
			err.text);
	arena_free(arena);
	buf_done(&octets);
	return st != STATUS_OK;
}

int
main(int argc, char **argv)
{
	struct err err = {""};
	bool usage = false;
	int c, bad = 0;

	while ((c = getopt(argc, argv, "l:")) != -1)
		usage |= c != 'l' || level_parse(optarg, &level) != STATUS_OK;
	if (usage || optind == argc) {
		fprintf(stderr, "usage: kpdigest [-l LEVEL] FILE...\n");
		return 2;
	}
	if (crypto_init(&err) != STATUS_OK) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	for (; optind < argc; optind++)
		bad |= run(argv[optind]);
	return bad;
}
