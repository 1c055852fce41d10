/*
 * kphashquery - the two halves of POST /pks/hashquery
 *
 *     kphashquery request <DIGESTS >BODY    hexadecimal, one a line
 *     kphashquery reply <REPLY              prints "FPR DIGEST" of each body
 *
 * What a reply holds is read and hashed here anew: that is the test.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hex.h"
#include "base/reader.h"
#include "pgp/cert.h"

enum { STEP = 65536, DIGEST_LEN = 16 };

static const size_t arena_max = (size_t)1024 * 1024 * 1024;

static void
must(enum status st, const char *what)
{
	if (st == STATUS_OK)
		return;
	fprintf(stderr, "kphashquery: %s: %s\n", what, status_name(st));
	exit(1);
}

static void
read_all(struct buf *out)
{
	size_t got;

	do {
		must(buf_reserve(out, STEP), "input");
		got = fread(out->data + out->len, 1, STEP, stdin);
		out->len += got;
	} while (got);
}

static void
request(struct bytes lines)
{
	struct reader in = reader_of(lines);
	uint8_t digest[DIGEST_LEN];
	struct buf items, head;
	struct bytes line;
	uint32_t count = 0;
	size_t len = 0;

	buf_init(&items, 0);
	buf_init(&head, 0);
	while (reader_line(&in, &line)) {
		must(hex_read(line, digest, DIGEST_LEN, &len), "digest");
		must(buf_put_be32(&items, DIGEST_LEN), "request");
		must(buf_put(&items, bytes_make(digest, len)), "request");
		count++;
	}
	must(buf_put_be32(&head, count), "request");
	fwrite(head.data, 1, head.len, stdout);
	fwrite(items.data, 1, items.len, stdout);
	buf_done(&items);
	buf_done(&head);
}

static void
print_body(struct bytes octets)
{
	struct cert_limits limits = cert_limits_default;
	struct arena *arena = arena_new(arena_max);
	char fpr[FINGERPRINT_HEX_MAX], digest[2 * DIGEST_LEN + 1];
	struct cert_list list = {0};
	struct err err = {""};
	size_t i;

	limits.max_packets = SIZE_MAX;
	must(cert_read(arena, octets, &limits, &list, &err), err.text);
	for (i = 0; i < list.count; i++) {
		fingerprint_hex(&list.list[i]->id.fpr, fpr);
		hex_write_upper(
			bytes_make(list.list[i]->sks_digest.octets, DIGEST_LEN),
			digest);
		printf("%s %s\n", fpr, digest);
	}
	arena_free(arena);
}

static void
reply(struct bytes octets)
{
	struct reader in = reader_of(octets);
	uint32_t i, count = reader_be32(&in);
	struct bytes body;

	for (i = 0; i < count; i++) {
		body = reader_take(&in, reader_be32(&in));
		if (in.failed)
			must(STATUS_MALFORMED, "reply");
		print_body(body);
	}
}

int
main(int argc, char **argv)
{
	struct err err = {""};
	struct buf in;

	if (argc != 2 || (strcmp(argv[1], "request") != 0 &&
				 strcmp(argv[1], "reply") != 0)) {
		fprintf(stderr, "usage: kphashquery request|reply\n");
		return 2;
	}
	must(crypto_init(&err), err.text);
	buf_init(&in, 0);
	read_all(&in);
	if (strcmp(argv[1], "request") == 0)
		request(buf_view(&in));
	else
		reply(buf_view(&in));
	buf_done(&in);
	return 0;
}
