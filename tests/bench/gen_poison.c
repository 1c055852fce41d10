/*
 * gen_poison.c - one certificate that is far too large, the same for a seed
 *
 *     gen-poison [-r FILE] OTHERS NAMES SEED > file
 *
 * An Ed25519 certificate with NAMES user IDs, all validly self-signed, and
 * OTHERS certifications by nobody on the first of them (a third of that on
 * each other one). -r FILE also writes the owner's answer: the bare primary
 * with a revocation that it made.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/hex.h"
#include "pgp/crypto.h"
#include "tests/bench/gen_cert.h"

enum { NAMES_MAX = 100000, NAME_MAX_LEN = 64, CREATED = 1500000000 };

static void
write_all(FILE *f, const struct buf *b, const char *name)
{
	if (f == NULL || fwrite(b->data, 1, b->len, f) != b->len ||
		fclose(f) != 0) {
		perror(name);
		exit(1);
	}
}

static void
write_revoked(uint64_t seed, const char *path)
{
	struct gen_shape shape = {
		.created = CREATED, .revoked = true, .no_subkey = true};
	struct buf out = {0};

	gen_shaped(NULL, seed, 1, &shape, &out, NULL);
	write_all(fopen(path, "wb"), &out, path);
	buf_done(&out);
}

static void
write_poison(uint64_t seed, unsigned others, size_t names)
{
	char(*text)[NAME_MAX_LEN] = xcalloc(names, sizeof(*text));
	struct bytes *list = xcalloc(names, sizeof(*list));
	struct gen_shape shape = {.created = CREATED,
		.user_ids = list,
		.user_id_count = names,
		.others = others};
	struct buf out = {0};
	uint8_t fpr[20];
	char hex[41];
	size_t i;

	for (i = 0; i < names; i++) {
		(void)snprintf(text[i], sizeof(text[i]),
			"Name %zu <name.%zu@example.org>", i, i);
		list[i] = bytes_of(text[i]);
	}
	gen_shaped(NULL, seed, 1, &shape, &out, fpr);
	write_all(stdout, &out, "standard output");
	hex_write_upper(bytes_make(fpr, sizeof(fpr)), hex);
	(void)fprintf(stderr, "%s\n", hex);
	buf_done(&out);
	free(list);
	free(text);
}

int
main(int argc, char **argv)
{
	const char *revoked = NULL;
	uint64_t seed;
	size_t names;
	int c;

	while ((c = getopt(argc, argv, "r:")) == 'r')
		revoked = optarg;
	names = argc - optind == 3 ? strtoul(argv[optind + 1], NULL, 10) : 0;
	if (c != -1 || names == 0 || names > NAMES_MAX) {
		(void)fprintf(stderr,
			"usage: gen-poison [-r FILE] OTHERS NAMES SEED\n");
		return 2;
	}
	gen_must(crypto_init(NULL));
	seed = strtoull(argv[optind + 2], NULL, 10);
	if (revoked != NULL)
		write_revoked(seed, revoked);
	write_poison(seed, (unsigned)strtoul(argv[optind], NULL, 10), names);
	return 0;
}
