#include "cli/inflate.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

enum {
	ROOM = 65536,
	MAGIC = 4,            /* octets that say how it is packed */
	WINDOW_LOG_MAX = 26,  /* 64 MiB; zstd -19 takes 8 */
	GZIP_WINDOW = 16 + 15 /* zlib's way to say gzip */
};

struct inflate {
	int fd;
	uint64_t position;
	uint8_t room[ROOM];
	size_t at, len; /* of what was read and is not unpacked yet */
	bool at_end;
	bool whole; /* no frame or member is under way */
	bool is_gzip;
	z_stream gzip;
	ZSTD_DCtx *zstd; /* NULL: plain or gzip */
	enum status st;  /* of what failed: nothing more comes */
	struct err why;
};

static bool
is_gzip(struct bytes b)
{
	return b.len >= 2 && b.data[0] == 0x1f && b.data[1] == 0x8b;
}

static bool
is_zstd(struct bytes b)
{
	return b.len >= 4 && memcmp(b.data, "\x28\xb5\x2f\xfd", 4) == 0;
}

static bool
is_plain(const struct inflate *in)
{
	return !in->is_gzip && in->zstd == NULL;
}

/* More octets behind those that are left; none at the end. */
static enum status
refill(struct inflate *in, struct err *err)
{
	ssize_t n;

	if (in->at > 0)
		memmove(in->room, in->room + in->at, in->len - in->at);
	in->len -= in->at;
	in->at = 0;
	do
		n = read(in->fd, in->room + in->len, ROOM - in->len);
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		err_set(err, "%s", strerror(errno));
		return STATUS_IO;
	}
	in->at_end = n == 0;
	in->position += (size_t)n;
	in->len += (size_t)n;
	return STATUS_OK;
}

enum status
inflate_open(int fd, struct inflate **out, struct err *err)
{
	struct inflate *in = xcalloc(1, sizeof(*in));
	enum status st = STATUS_OK;
	struct bytes start;

	in->fd = fd;
	in->whole = true;
	while (st == STATUS_OK && in->len < MAGIC && !in->at_end)
		st = refill(in, err);
	start = bytes_make(in->room, in->len);
	if (st == STATUS_OK && is_gzip(start)) {
		in->is_gzip = true;
		if (inflateInit2(&in->gzip, GZIP_WINDOW) != Z_OK)
			abort(); /* out of memory */
	} else if (st == STATUS_OK && is_zstd(start)) {
		in->zstd = ZSTD_createDCtx();
		if (in->zstd == NULL)
			abort(); /* out of memory */
		(void)ZSTD_DCtx_setParameter(
			in->zstd, ZSTD_d_windowLogMax, WINDOW_LOG_MAX);
	}
	if (st == STATUS_OK)
		*out = in;
	else
		inflate_close(in);
	return st;
}

void
inflate_close(struct inflate *in)
{
	if (in == NULL)
		return;
	close(in->fd);
	if (in->is_gzip)
		(void)inflateEnd(&in->gzip);
	(void)ZSTD_freeDCtx(in->zstd);
	free(in);
}

/* Large reads need no room of ours. */
static enum status
read_plain(struct inflate *in, uint8_t *out, size_t size, size_t *got)
{
	ssize_t n;

	do
		n = read(in->fd, out, size);
	while (n < 0 && errno == EINTR);
	if (n < 0) {
		err_set(&in->why, "%s", strerror(errno));
		return STATUS_IO;
	}
	in->at_end = n == 0;
	in->position += (size_t)n;
	*got = (size_t)n;
	return STATUS_OK;
}

static enum status
step_plain(struct inflate *in, uint8_t *out, size_t size, size_t *got)
{
	size_t n = in->len - in->at;

	if (n == 0 && size >= ROOM && !in->at_end)
		return read_plain(in, out, size, got);
	if (n > size)
		n = size;
	memcpy(out, in->room + in->at, n);
	in->at += n;
	*got = n;
	return STATUS_OK;
}

uint64_t
inflate_position(const struct inflate *in)
{
	return in->position;
}

bool
inflate_seek(struct inflate *in, uint64_t to)
{
	if (!is_plain(in) || to > INT64_MAX ||
		lseek(in->fd, (off_t)to, SEEK_SET) < 0)
		return false;
	in->at = in->len = 0;
	in->at_end = false;
	in->position = to;
	return true;
}

static enum status
step_gzip(struct inflate *in, uint8_t *out, size_t size, size_t *got,
	struct err *err)
{
	z_stream *z = &in->gzip;
	int rc;

	/* Another member follows; gzip -d takes them all, too. */
	if (in->whole && in->at < in->len && z->total_in > 0)
		(void)inflateReset(z);
	z->next_in = in->room + in->at;
	z->avail_in = (uInt)(in->len - in->at);
	z->next_out = out;
	z->avail_out = (uInt)(size < ROOM ? size : ROOM);
	rc = inflate(z, Z_NO_FLUSH);
	if (rc != Z_OK && rc != Z_STREAM_END && rc != Z_BUF_ERROR) {
		err_set(err, "is no whole gzip file");
		return STATUS_MALFORMED;
	}
	in->whole = rc == Z_STREAM_END;
	in->at = in->len - z->avail_in;
	*got = (size_t)(z->next_out - out);
	return STATUS_OK;
}

static enum status
step_zstd(struct inflate *in, uint8_t *out, size_t size, size_t *got,
	struct err *err)
{
	ZSTD_inBuffer from = {in->room, in->len, in->at};
	ZSTD_outBuffer to = {out, size, 0};
	size_t left = ZSTD_decompressStream(in->zstd, &to, &from);

	if (ZSTD_isError(left)) {
		err_set(err, "zstd: %s", ZSTD_getErrorName(left));
		return STATUS_MALFORMED;
	}
	in->whole = left == 0;
	in->at = from.pos;
	*got = to.pos;
	return STATUS_OK;
}

static enum status
step(struct inflate *in, uint8_t *out, size_t size, size_t *got,
	struct err *err)
{
	if (in->is_gzip)
		return step_gzip(in, out, size, got, err);
	if (in->zstd != NULL)
		return step_zstd(in, out, size, got, err);
	return step_plain(in, out, size, got);
}

/* One step, or more octets for the next; *got 0 and *end: there are none. */
static enum status
advance(struct inflate *in, uint8_t *out, size_t size, size_t *got, bool *end)
{
	enum status st = STATUS_OK;
	size_t before = in->at;

	*got = 0;
	/* What is unpacked already comes without another octet. */
	if (in->at < in->len || !in->whole || is_plain(in))
		st = step(in, out, size, got, &in->why);
	if (st != STATUS_OK || *got > 0 || in->at > before)
		return st;
	if (!in->at_end)
		return refill(in, &in->why);
	*end = true;
	if (in->whole)
		return STATUS_OK;
	err_set(&in->why, "ends in the middle of what was packed");
	return STATUS_MALFORMED;
}

enum status
inflate_read(struct inflate *in, uint8_t *out, size_t size, size_t *got,
	struct err *err)
{
	size_t n, done = 0;
	bool end = false;

	while (in->st == STATUS_OK && !end && done < size) {
		in->st = advance(in, out + done, size - done, &n, &end);
		done += n;
	}
	*got = done;
	/* What is good comes first, the fault with the next call. */
	if (in->st == STATUS_OK || done > 0)
		return STATUS_OK;
	*err = in->why;
	return in->st;
}
