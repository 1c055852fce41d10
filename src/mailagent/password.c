#include "mailagent/password.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum status
check_file(int fd, const char *path, struct err *err)
{
	struct stat info;

	if (fstat(fd, &info) == 0 && S_ISREG(info.st_mode) &&
		(info.st_mode & S_IRWXO) == 0)
		return STATUS_OK;
	err_set(err,
		"%.150s: no plain file, or everybody may read it: chmod 600",
		path);
	return STATUS_IO;
}

static enum status
cut_line(char *text, size_t len, size_t max, const char *path, struct err *err)
{
	size_t n = 0;

	while (n < len && text[n] != '\n' && text[n] != '\r' && text[n] != '\0')
		n++;
	/* Behind a NUL nobody would look, and a part is no password. */
	if (n > 0 && n <= max && (n == len || text[n] != '\0')) {
		text[n] = '\0';
		return STATUS_OK;
	}
	err_set(err, "%.150s: its first line is no password of 1 to %zu octets",
		path, max);
	return STATUS_IO;
}

static enum status
fail(const char *path, struct err *err)
{
	err_set(err, "%.150s: %s", path, strerror(errno));
	return STATUS_IO;
}

static enum status
read_line(int fd, const char *path, char *text, size_t size, struct err *err)
{
	ssize_t n;

	if (fd < 0)
		return fail(path, err);
	if (check_file(fd, path, err) != STATUS_OK)
		return STATUS_IO;
	n = read(fd, text, size - 1);
	if (n < 0)
		return fail(path, err);
	return cut_line(text, (size_t)n, size - 2, path, err);
}

enum status
password_read(const char *path, char *text, size_t size, struct err *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	enum status st = read_line(fd, path, text, size, err);

	if (fd >= 0)
		close(fd);
	if (st != STATUS_OK)
		explicit_bzero(text, size);
	return st;
}
