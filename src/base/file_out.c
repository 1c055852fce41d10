#include "base/file_out.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"

enum { FILE_OUT_CHUNK = 256 * 1024 };

static enum status
fail(const struct file_out *f, const char *verb, struct err *err)
{
	err_set(err, "%s %s: %s", verb, f->temp, strerror(errno));
	return STATUS_IO;
}

enum status
file_out_begin(
	struct file_out *f, const char *path, mode_t mode, struct err *err)
{
	struct buf temp = {0};
	enum status st;

	st = buf_printf(&temp, "%s.%ld.tmp%c", path, (long)getpid(), '\0');
	if (st != STATUS_OK)
		return st;
	memset(f, 0, sizeof(*f));
	f->path = xstrdup(path);
	f->temp = xstrdup((const char *)temp.data);
	buf_done(&temp);
	buf_init(&f->chunk, 0);
	/* Left by a dead process with our number. */
	(void)unlink(f->temp);
	f->fd = open(f->temp,
		O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	if (f->fd >= 0)
		return STATUS_OK;
	st = fail(f, "create", err);
	file_out_drop(f);
	return st;
}

static enum status
write_chunk(struct file_out *f, struct err *err)
{
	size_t done = 0;
	ssize_t n;

	while (done < f->chunk.len) {
		n = write(f->fd, f->chunk.data + done, f->chunk.len - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(f, "write", err);
		done += (size_t)n;
	}
	f->chunk.len = 0;
	return STATUS_OK;
}

enum status
file_out_put(struct file_out *f, struct bytes octets, struct err *err)
{
	enum status st = buf_put(&f->chunk, octets);

	if (st == STATUS_OK && f->chunk.len >= FILE_OUT_CHUNK)
		st = write_chunk(f, err);
	return st;
}

enum status
file_out_end(struct file_out *f, struct err *err)
{
	enum status st = write_chunk(f, err);

	if (st == STATUS_OK && fsync(f->fd) != 0)
		st = fail(f, "flush", err);
	if (close(f->fd) != 0 && st == STATUS_OK)
		st = fail(f, "close", err);
	f->fd = -1;
	if (st == STATUS_OK)
		st = file_move(f->temp, f->path, err);
	if (st == STATUS_NOT_FOUND)
		st = STATUS_IO;
	file_out_drop(f);
	return st;
}

/* After the rename there is nothing under the temporary name. */
void
file_out_drop(struct file_out *f)
{
	if (f->fd >= 0)
		(void)close(f->fd);
	if (f->temp != NULL)
		(void)unlink(f->temp);
	buf_done(&f->chunk);
	free(f->temp);
	free(f->path);
	memset(f, 0, sizeof(*f));
	f->fd = -1;
}
