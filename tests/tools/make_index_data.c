/*
 * make_index_data.c - the certificates of tests/data/index
 *
 *     make-index-data DIR
 *
 * Writes DIR/NAME.pgp for each case of the machine-readable index: user IDs
 * that need escapes, and certificates that expire, are revoked or have no
 * user ID. The listings beside them were written from what gpg says of these
 * files (see tests/data/README), not by keypost.
 */
#include "config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pgp/crypto.h"
#include "tests/bench/gen_cert.h"

enum { SEED = 42, CREATED = 1500000000, YEAR = 365 * 86400, LONG = 1025 };

struct sample {
	const char *name;
	const char *user_ids[3]; /* NULL ends them */
	struct gen_shape shape;
};

static const struct sample samples[] = {
	{"ascii", {"Alice Example <alice@example.org>"}, {0}},
	{"percent", {"100% Real <real@example.org>"}, {0}},
	{"colon", {"Name: Surname <ns@example.org>"}, {0}},
	{"plus", {"C++ Coder <c+tag@example.org>"}, {0}},
	{"utf8", {"J\xC3\xBCrgen <j\xC3\xBC@example.org>"}, {0}},
	{"latin1", {"J\xFCrgen <juergen@example.org>"}, {0}},
	{"empty", {""}, {0}},
	{"newline", {"Two\nLines\tand a \x7F <n@example.org>"}, {0}},
	{"no-user-id", {NULL}, {0}},
	{"expired", {"Old <old@example.org>"}, {.expires_after = YEAR}},
	{"expires", {"Far <far@example.org>"}, {.expires_after = 20 * YEAR}},
	{"revoked", {"Gone <gone@example.org>"}, {.revoked = true}},
	{"several",
		{"First <a@example.org>", "Second <b@example.org>",
			"Third <c@example.org>"},
		{.primary_user_id = 2}},
	{"revoked-user-id",
		{"Stays <stays@example.org>", "Left <left@example.org>"},
		{.revoked_user_id = 2}},
	{"expired-user-id", {"Short <short@example.org>"},
		{.user_id_expires_after = YEAR}},
	{"unsigned-user-id", {"Nobody <nobody@example.org>"},
		{.no_self_signature = true}},
	{"revoked-soft", {"Moved <moved@example.org>"},
		{.revoked = true, .reason = 1}},
	{"two-primaries",
		{"Older <o@example.org>", "Chosen <c@example.org>",
			"Newest <n@example.org>"},
		{.primaries = 2}},
};

static void
write_sample(const char *dir, const char *name, uint64_t index,
	const struct gen_shape *shape)
{
	struct buf out = {0};
	char path[4096];
	FILE *f;

	gen_shaped(NULL, SEED, index, shape, &out, NULL);
	(void)snprintf(path, sizeof(path), "%s/%s.pgp", dir, name);
	f = fopen(path, "wb");
	if (f == NULL || fwrite(out.data, 1, out.len, f) != out.len ||
		fclose(f) != 0) {
		perror(path);
		exit(1);
	}
	buf_done(&out);
}

/* 1025 octets: of ASCII, and with a character across the cut. */
static void
write_long(const char *dir)
{
	struct bytes text;
	struct gen_shape shape = {
		.created = CREATED, .user_ids = &text, .user_id_count = 1};
	char octets[LONG];

	text = bytes_make(octets, sizeof(octets));
	memset(octets, 'x', sizeof(octets));
	write_sample(dir, "long", 100, &shape);
	memcpy(octets + LONG - 2, "\xC3\xBC", 2);
	write_sample(dir, "long-utf8", 101, &shape);
}

int
main(int argc, char **argv)
{
	struct gen_shape shape;
	struct bytes texts[3];
	struct err err;
	size_t i, n;

	if (argc != 2 || crypto_init(&err) != STATUS_OK) {
		fprintf(stderr, "usage: make-index-data DIR\n");
		return 2;
	}
	for (i = 0; i < sizeof(samples) / sizeof(samples[0]); i++) {
		for (n = 0; n < 3 && samples[i].user_ids[n] != NULL; n++)
			texts[n] = bytes_of(samples[i].user_ids[n]);
		shape = samples[i].shape;
		shape.created = CREATED + (uint32_t)i;
		shape.user_ids = texts;
		shape.user_id_count = n;
		write_sample(argv[1], samples[i].name, i, &shape);
	}
	write_long(argv[1]);
	return 0;
}
