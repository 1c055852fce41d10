#include "cli/material.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/material_split.h"
#include "pgp/armor.h"
#include "pgp/packet.h"

enum {
	BLOCKS_AT_ONCE = 32, /* well below ARMOR_BLOCKS_MAX */
	SMALL = 256 * 1024,
	GROUP_MAX = 1024 * 1024
};

#define ARMOR_ARENA_MAX ((size_t)1 << 30)

static enum status
refuse(struct err *err, const char *path)
{
	err_set(err, "%s: %s", path, strerror(errno));
	return STATUS_IO;
}

/* Standard input may be a pipe, which cannot be mapped. */
static int
copy_stdin(void)
{
	char buf[65536];
	FILE *f = tmpfile();
	size_t n;
	int fd;

	if (f == NULL)
		return -1;
	while ((n = fread(buf, 1, sizeof(buf), stdin)) > 0) {
		if (fwrite(buf, 1, n, f) != n)
			break;
	}
	if (ferror(stdin) || ferror(f) || fflush(f) != 0) {
		fclose(f);
		return -1;
	}
	fd = dup(fileno(f));
	fclose(f);
	return fd;
}

enum status
material_open(const char *path, struct material *m, struct err *err)
{
	bool from_stdin = strcmp(path, "-") == 0;
	struct material made = {{NULL, 0}, NULL};
	enum status st = STATUS_OK;
	struct stat sb;
	int fd;

	fd = from_stdin ? copy_stdin() : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return refuse(err, path);
	if (fstat(fd, &sb) != 0) {
		st = refuse(err, path);
	} else if (!S_ISREG(sb.st_mode)) {
		err_set(err, "%s: not a file", path);
		st = STATUS_UNSUPPORTED;
	} else if (sb.st_size > 0) {
		made.map = mmap(NULL, (size_t)sb.st_size, PROT_READ,
			MAP_PRIVATE, fd, 0);
		if (made.map == MAP_FAILED)
			st = refuse(err, path);
		else
			made.octets = bytes_make(made.map, (size_t)sb.st_size);
	}
	close(fd);
	if (st == STATUS_OK)
		*m = made;
	return st;
}

void
material_close(struct material *m)
{
	if (m->map != NULL)
		munmap(m->map, m->octets.len);
	m->map = NULL;
}

/* ---- binary ---------------------------------------------------------- */

struct cut {
	const struct material_limits *limits;
	const struct material_sink *sink;
	struct bytes in;
	size_t start; /* of the piece being gathered */
	size_t cert;  /* start of its last certificate */
	size_t certs;
	size_t packets;
	size_t in_cert; /* packets of the last certificate */
};

/* `last`: with the last certificate. */
static enum status
flush_upto(struct cut *c, size_t end, bool last, struct err *err)
{
	struct bytes piece = bytes_make(c->in.data + c->start, end - c->start);
	bool giant = last && c->start == c->cert &&
		     (piece.len > SPLIT_OCTETS || c->in_cert > SPLIT_PACKETS);

	c->start = end;
	c->certs = last ? 0 : 1;
	c->packets = last ? 0 : c->in_cert;
	if (piece.len == 0)
		return STATUS_OK;
	if (giant && c->sink->settle != NULL)
		return material_split(
			piece, SPLIT_PACKETS, SPLIT_OCTETS, c->sink, err);
	return c->sink->piece(c->sink->ctx, piece, err);
}

static bool
is_too_much(const struct cut *c, size_t end)
{
	return end - c->start > c->limits->octets ||
	       c->packets > c->limits->packets;
}

/* Everything before `at` is whole. */
static enum status
end_cert(struct cut *c, size_t at, struct err *err)
{
	enum status st = STATUS_OK;

	/* The last certificate made it too much: it opens the next piece. */
	if (is_too_much(c, at) && c->cert > c->start)
		st = flush_upto(c, c->cert, false, err);
	if (st == STATUS_OK &&
		(is_too_much(c, at) || c->certs >= c->limits->certs))
		st = flush_upto(c, at, true, err);
	return st;
}

/* A primary key begins at `at`. */
static enum status
begin_cert(struct cut *c, size_t at, struct err *err)
{
	enum status st = end_cert(c, at, err);

	c->cert = at;
	c->certs++;
	c->in_cert = 0;
	return st;
}

static enum status
cut_binary(struct bytes in, const struct material_limits *limits,
	const struct material_sink *sink, struct err *err)
{
	struct cut c = {.limits = limits, .sink = sink, .in = in};
	struct arena *arena = arena_new(ARMOR_ARENA_MAX);
	struct packet_reader r = packet_reader_of(in, arena);
	struct err why = {""};
	struct packet p;
	char text[320];
	size_t at = 0;
	enum status st, got;

	for (st = STATUS_OK; st == STATUS_OK; at = r.pos) {
		got = packet_next(&r, &p, &why);
		if (got == STATUS_NOT_FOUND)
			break;
		/* One of too many chunks is dropped by whoever reads it. */
		if (got != STATUS_OK && got != STATUS_UNSUPPORTED) {
			snprintf(text, sizeof(text), "%s; the rest is skipped",
				why.text);
			sink->fault(sink->ctx, text);
			break;
		}
		if (p.tag == PACKET_PUBLIC_KEY || p.tag == PACKET_SECRET_KEY)
			st = begin_cert(&c, at, err);
		c.packets++;
		c.in_cert++;
		arena_reset(arena); /* joined chunks are not kept */
	}
	if (st == STATUS_OK)
		st = end_cert(&c, at, err);
	if (st == STATUS_OK)
		st = flush_upto(&c, at, true, err);
	arena_free(arena);
	return st;
}

/* ---- armored --------------------------------------------------------- */

/* Octets up to and with the n-th END line, or the next GROUP_MAX. */
static size_t
group_length(struct bytes in)
{
	static const char end[] = "-----END PGP";
	const uint8_t *at = in.data;
	size_t left = in.len;
	const uint8_t *hit, *eol;
	size_t blocks = 0;
	size_t len = 0;

	while (blocks < BLOCKS_AT_ONCE && (len == 0 || len < GROUP_MAX)) {
		hit = memmem(at, left, end, sizeof(end) - 1);
		if (hit == NULL)
			return len == 0 ? in.len : len;
		left = in.len - (size_t)(hit - in.data);
		eol = memchr(hit, '\n', left);
		if (eol == NULL)
			return in.len;
		len = (size_t)(eol + 1 - in.data);
		at = eol + 1;
		left = in.len - len;
		blocks++;
	}
	return len;
}

static enum status
cut_group(struct bytes text, const struct material_limits *limits,
	const struct material_sink *sink, struct err *err)
{
	struct arena *arena = arena_new(ARMOR_ARENA_MAX);
	struct armor_blocks blocks = {NULL, 0, 0};
	struct err why = {""};
	enum status st;

	st = armor_read(arena, text, ARMOR_LENIENT, &blocks, &why);
	if (st != STATUS_OK)
		sink->fault(sink->ctx, why.text);
	st = STATUS_OK;
	for (size_t i = 0; i < blocks.count && st == STATUS_OK; i++) {
		if (blocks.list[i].status == STATUS_OK)
			st = cut_binary(
				blocks.list[i].octets, limits, sink, err);
		else
			sink->fault(sink->ctx,
				blocks.list[i].note != NULL
					? blocks.list[i].note
					: "a block of armor is unreadable");
	}
	arena_free(arena);
	return st;
}

static bool
has_end(struct bytes in)
{
	static const char end[] = "-----END PGP";

	return memmem(in.data, in.len, end, sizeof(end) - 1) != NULL;
}

enum status
material_cut(struct bytes input, const struct material_limits *limits,
	const struct material_sink *sink, struct err *err)
{
	enum status st = STATUS_OK;
	size_t len;

	if (input.len == 0) {
		sink->fault(sink->ctx, "empty");
		return STATUS_OK;
	}
	if (input.data[0] & 0x80)
		return cut_binary(input, limits, sink, err);
	if (input.len <= SMALL && input.len <= limits->octets)
		return sink->piece(sink->ctx, input, err);
	while (input.len > 0 && st == STATUS_OK) {
		len = group_length(input);
		/* What follows the last block is no block. */
		if (!has_end(bytes_make(input.data, len)) && len < SMALL)
			break;
		st = cut_group(bytes_make(input.data, len), limits, sink, err);
		input.data += len;
		input.len -= len;
	}
	return st;
}
