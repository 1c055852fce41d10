#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum status
fail(const char *verb, const char *path, struct err *err)
{
	int e = errno;

	err_set(err, "%s %s: %s", verb, path, strerror(e));
	return e == ENOENT ? STATUS_NOT_FOUND : STATUS_IO;
}

static enum status
io_fail(const char *verb, const char *path, struct err *err)
{
	(void)fail(verb, path, err);
	return STATUS_IO;
}

void
file_hold_standard(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0 &&
			open("/dev/null",
				fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			abort(); /* nowhere to say it */
	}
}

char *
file_in(const char *folder, const char *name)
{
	size_t size = strlen(folder) + strlen(name) + 2;
	char *path = xmalloc(size);

	(void)snprintf(path, size, "%s/%s", folder, name);
	return path;
}

/* Appends up to `max` octets of fd; LIMIT if there is one more. */
static enum status
read_all(int fd, size_t max, struct buf *out)
{
	size_t left = max, want;
	enum status st;
	uint8_t extra;
	ssize_t n;

	for (;;) {
		want = left < 65536 ? left : 65536;
		st = buf_reserve(out, want);
		if (st != STATUS_OK)
			return st;
		n = want ? read(fd, out->data + out->len, want)
			 : read(fd, &extra, 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return STATUS_IO;
		if (n == 0)
			return STATUS_OK;
		if (want == 0)
			return STATUS_LIMIT;
		out->len += (size_t)n;
		left -= (size_t)n;
	}
}

enum status
file_read(const char *path, size_t max, struct buf *out, struct err *err)
{
	size_t before = out->len;
	struct stat sb;
	enum status st;
	int fd;

	/* Not blocked by a FIFO that someone put there. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return fail("open", path, err);
	if (fstat(fd, &sb) != 0 || !S_ISREG(sb.st_mode)) {
		err_set(err, "%s: not a regular file", path);
		(void)close(fd);
		return STATUS_IO;
	}
	st = read_all(fd, max, out);
	if (st == STATUS_IO)
		(void)fail("read", path, err);
	if (st == STATUS_LIMIT)
		err_set(err, "%s: larger than %zu octets", path, max);
	if (st != STATUS_OK)
		out->len = before;
	(void)close(fd);
	return st;
}

bool
file_write_all(int fd, struct bytes b)
{
	size_t done = 0;
	ssize_t n;

	while (done < b.len) {
		n = write(fd, b.data + done, b.len - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		done += (size_t)n;
	}
	return true;
}

enum status
file_write_new(
	const char *path, struct bytes octets, mode_t mode, struct err *err)
{
	enum status st = STATUS_OK;
	int fd;

	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
		mode);
	if (fd < 0)
		return io_fail("create", path, err);
	if (!file_write_all(fd, octets))
		st = io_fail("write", path, err);
	else if (fsync(fd) != 0)
		st = io_fail("flush", path, err);
	if (close(fd) != 0 && st == STATUS_OK)
		st = io_fail("close", path, err);
	if (st != STATUS_OK)
		(void)unlink(path);
	return st;
}

/* The folder of a path; the caller frees it. */
static char *
dir_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	if (!slash)
		return xstrdup(".");
	if (slash == path)
		return xstrdup("/");
	return xstrndup(path, (size_t)(slash - path));
}

static enum status
sync_dir_of(const char *path, struct err *err)
{
	char *dir = dir_of(path);
	enum status st = file_sync_dir(dir, err);

	free(dir);
	return st;
}

static bool
same_dir(const char *a, const char *b)
{
	char *da = dir_of(a), *db = dir_of(b);
	bool same = strcmp(da, db) == 0;

	free(da);
	free(db);
	return same;
}

enum status
file_move(const char *from, const char *to, struct err *err)
{
	enum status st;

	if (rename(from, to) != 0)
		return fail("rename", from, err);
	/* The new name first: between the two, both names may be there. */
	st = sync_dir_of(to, err);
	if (st == STATUS_OK && !same_dir(from, to))
		st = sync_dir_of(from, err);
	return st;
}

enum status
file_replace(
	const char *path, struct bytes octets, mode_t mode, struct err *err)
{
	static _Atomic unsigned int serial;
	struct buf temp = {0};
	enum status st;

	st = buf_printf(&temp, "%s.%ld-%u.tmp%c", path, (long)getpid(),
		atomic_fetch_add(&serial, 1), '\0');
	if (st != STATUS_OK)
		return st;
	/* The name is ours alone: left by a dead process with our number. */
	(void)unlink((const char *)temp.data);
	st = file_write_new((const char *)temp.data, octets, mode, err);
	if (st == STATUS_OK) {
		st = file_move((const char *)temp.data, path, err);
		if (st != STATUS_OK)
			(void)unlink((const char *)temp.data);
	}
	buf_done(&temp);
	return st == STATUS_NOT_FOUND ? STATUS_IO : st;
}

enum status
file_remove(const char *path, struct err *err)
{
	if (unlink(path) != 0)
		return fail("remove", path, err);
	return sync_dir_of(path, err);
}

enum status
file_sync_dir(const char *dir, struct err *err)
{
	enum status st = STATUS_OK;
	int fd;

	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return io_fail("open folder", dir, err);
	if (fsync(fd) != 0)
		st = io_fail("flush folder", dir, err);
	(void)close(fd);
	return st;
}
