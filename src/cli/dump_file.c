/* One file of a dump: octets to zstd, to SHA-256, to the disk. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#include "base/file.h"
#include "cli/dump.h"

/* Most of a key is no text: higher levels save 3 % more and take twice the
 * time. */
enum { LEVEL = 1 };

struct dump_file {
	int fd; /* -1: a dry run */
	bool is_stdout;
	char *temp, *path;
	struct crypto_stream *sha256;
	ZSTD_CCtx *zstd; /* NULL: plain */
	struct buf room;
	uint64_t key_octets, octets;
};

static const char *
name_of(const struct dump_file *f)
{
	return f->is_stdout ? "standard output" : f->path;
}

static enum status
refuse(const struct dump_file *f, const char *what, struct err *err)
{
	err_set(err, "%s: %s: %s", name_of(f), what, strerror(errno));
	return STATUS_IO;
}

static char *
join(const char *dir, const char *before, const char *name, const char *after)
{
	size_t size = strlen(dir) + strlen(name) + 16;
	char *path = xmalloc(size);

	snprintf(path, size, "%s/%s%s%s", dir, before, name, after);
	return path;
}

enum status
dump_file_open(const struct dump *d, unsigned int number,
	struct dump_file **file, struct err *err)
{
	struct dump_file *f = xcalloc(1, sizeof(*f));
	char name[DUMP_NAME_MAX];

	f->fd = -1;
	f->is_stdout = d->dir == NULL;
	f->sha256 = crypto_sha256_begin();
	*file = f;
	if (d->dir != NULL) {
		dump_name(d, number, name);
		f->path = join(d->dir, "", name, "");
		f->temp = join(d->dir, ".", name, ".tmp");
	}
	if (d->zstd) {
		f->zstd = ZSTD_createCCtx();
		if (f->zstd == NULL ||
			buf_reserve(&f->room, ZSTD_CStreamOutSize()) !=
				STATUS_OK)
			abort(); /* out of memory */
		(void)ZSTD_CCtx_setParameter(
			f->zstd, ZSTD_c_compressionLevel, LEVEL);
		(void)ZSTD_CCtx_setParameter(f->zstd, ZSTD_c_checksumFlag, 1);
	}
	if (d->dry)
		return STATUS_OK;
	f->fd = f->is_stdout ? dup(STDOUT_FILENO)
			     : open(f->temp,
				       O_WRONLY | O_CREAT | O_TRUNC |
					       O_CLOEXEC | O_NOFOLLOW,
				       0666);
	if (f->fd >= 0)
		return STATUS_OK;
	(void)refuse(f, "cannot be written", err);
	dump_file_drop(f);
	return STATUS_IO;
}

void
dump_file_drop(struct dump_file *f)
{
	struct digest unused;

	if (f->fd >= 0)
		close(f->fd);
	if (f->fd >= 0 && f->temp != NULL)
		(void)unlink(f->temp);
	if (f->sha256 != NULL)
		crypto_sha256_end(f->sha256, &unused);
	(void)ZSTD_freeCCtx(f->zstd);
	buf_done(&f->room);
	free(f->temp);
	free(f->path);
	free(f);
}

static enum status
put_plain(struct dump_file *f, struct bytes b, struct err *err)
{
	ssize_t n;

	crypto_sha256_add(f->sha256, b);
	f->octets += b.len;
	while (f->fd >= 0 && b.len > 0) {
		n = write(f->fd, b.data, b.len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return refuse(f, "cannot be written", err);
		b = bytes_make(b.data + n, b.len - (size_t)n);
	}
	return STATUS_OK;
}

static enum status
put_zstd(struct dump_file *f, struct bytes b, ZSTD_EndDirective mode,
	struct err *err)
{
	ZSTD_inBuffer in = {b.data, b.len, 0};
	enum status st = STATUS_OK;
	bool more = true;

	while (st == STATUS_OK && more) {
		ZSTD_outBuffer out = {f->room.data, f->room.cap, 0};
		size_t left = ZSTD_compressStream2(f->zstd, &out, &in, mode);

		if (ZSTD_isError(left)) {
			err_set(err, "%s: %s", name_of(f),
				ZSTD_getErrorName(left));
			return STATUS_IO;
		}
		st = put_plain(f, bytes_make(out.dst, out.pos), err);
		more = mode == ZSTD_e_end ? left > 0 : in.pos < in.size;
	}
	return st;
}

enum status
dump_file_put(struct dump_file *f, struct bytes octets, struct err *err)
{
	f->key_octets += octets.len;
	if (f->zstd != NULL)
		return put_zstd(f, octets, ZSTD_e_continue, err);
	return put_plain(f, octets, err);
}

enum status
dump_file_close(struct dump_file *f, struct dump_entry *e, struct err *err)
{
	enum status st = STATUS_OK;
	bool flush = f->fd >= 0 && !f->is_stdout;
	int fd = f->fd;

	if (f->zstd != NULL)
		st = put_zstd(f, bytes_make("", 0), ZSTD_e_end, err);
	if (st == STATUS_OK && flush && fsync(fd) != 0)
		st = refuse(f, "cannot be written", err);
	f->fd = -1;
	if (fd >= 0 && close(fd) != 0 && st == STATUS_OK)
		st = refuse(f, "cannot be written", err);
	if (st == STATUS_OK && flush)
		st = file_move(f->temp, f->path, err);
	if (st != STATUS_OK && flush)
		(void)unlink(f->temp);
	if (st == STATUS_OK) {
		crypto_sha256_end(f->sha256, &e->sha256);
		f->sha256 = NULL;
		e->key_octets = f->key_octets;
		e->octets = f->octets;
	}
	dump_file_drop(f);
	return st;
}
