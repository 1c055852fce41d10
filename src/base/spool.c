#include "base/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/crash.h"
#include "base/file.h"
#include "base/mailaddr.h"

static const char magic[] = "keypost-spool 1";

enum { PATH_SIZE = 4096, COPY_SIZE = 64 * 1024 };

static enum status
make_dir(const char *path, struct err *err)
{
	if (mkdir(path, 0700) == 0 || errno == EEXIST)
		return STATUS_OK;
	err_set(err, "%s: %s", path, strerror(errno));
	return STATUS_IO;
}

static enum status
join(char path[PATH_SIZE], const char *dir, const char *sub, const char *name,
	struct err *err)
{
	int n = snprintf(path, PATH_SIZE, "%s/%s%s%s", dir, sub,
		name[0] != '\0' ? "/" : "", name);

	if (n > 0 && n < PATH_SIZE)
		return STATUS_OK;
	err_set(err, "%s: name too long", dir);
	return STATUS_IO;
}

enum status
spool_open(const char *dir, struct err *err)
{
	static const char *const subs[] = {"tmp", "new"};
	char path[PATH_SIZE];
	enum status st = make_dir(dir, err);
	size_t i;

	for (i = 0; i < 2 && st == STATUS_OK; i++) {
		st = join(path, dir, subs[i], "", err);
		if (st == STATUS_OK)
			st = make_dir(path, err);
	}
	return st;
}

/* Sorts by time; never the same twice. */
static enum status
make_name(char name[64], struct err *err)
{
	struct timespec now;
	uint64_t noise;

	if (getrandom(&noise, sizeof(noise), 0) != (ssize_t)sizeof(noise)) {
		err_set(err, "random numbers: %s", strerror(errno));
		return STATUS_IO;
	}
	clock_gettime(CLOCK_REALTIME, &now);
	snprintf(name, 64, "%012lld%06ld.%ld.%016llx", (long long)now.tv_sec,
		now.tv_nsec / 1000, (long)getpid(), (unsigned long long)noise);
	return STATUS_OK;
}

static enum status
write_line(int to, const char *sender)
{
	char line[SPOOL_LINE_MAX];
	const char *who = "";
	int n;

	/* Postfix says MAILER-DAEMON for the null sender. */
	if (sender != NULL &&
		(sender[0] == '\0' || strcasecmp(sender, "MAILER-DAEMON") == 0))
		who = " <>";
	else if (sender != NULL && mailaddr_is_safe(sender))
		who = sender;
	n = snprintf(line, sizeof(line), "%s%s%s\n", magic,
		who == sender ? " " : "", who);
	return file_write_all(to, bytes_make(line, (size_t)n)) ? STATUS_OK
							       : STATUS_IO;
}

/* Reads to the end even when the letter is too long: a pipe wants that. */
static enum status
copy(int from, int to)
{
	uint8_t *data = xmalloc(COPY_SIZE);
	enum status st = STATUS_OK;
	size_t total = 0;

	for (;;) {
		ssize_t n = read(from, data, COPY_SIZE);

		if (n < 0 && errno == EINTR)
			continue;
		if (n == 0)
			break;
		if (n < 0) {
			st = STATUS_IO;
			break;
		}
		total += st == STATUS_OK ? (size_t)n : 0;
		if (total > SPOOL_LETTER_MAX)
			st = STATUS_LIMIT;
		if (st == STATUS_OK &&
			!file_write_all(to, bytes_make(data, (size_t)n)))
			st = STATUS_IO;
		if (st == STATUS_IO)
			break;
	}
	free(data);
	return st;
}

static enum status
write_tmp(const char *path, int fd, const char *sender, struct err *err)
{
	int to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	enum status st;

	if (to < 0) {
		err_set(err, "%s: %s", path, strerror(errno));
		return STATUS_IO;
	}
	st = write_line(to, sender);
	if (st == STATUS_OK)
		st = copy(fd, to);
	if (st == STATUS_OK && fsync(to) != 0)
		st = STATUS_IO;
	if (st == STATUS_IO)
		err_set(err, "%s: %s", path, strerror(errno));
	else if (st == STATUS_LIMIT)
		err_set(err, "a letter over %d octets", SPOOL_LETTER_MAX);
	if (close(to) != 0 && st == STATUS_OK) {
		err_set(err, "%s: %s", path, strerror(errno));
		st = STATUS_IO;
	}
	return st;
}

enum status
spool_write(const char *dir, int fd, const char *sender, struct err *err)
{
	char tmp[PATH_SIZE], final[PATH_SIZE], name[64];
	enum status st = spool_open(dir, err);

	if (st == STATUS_OK)
		st = make_name(name, err);
	if (st == STATUS_OK)
		st = join(tmp, dir, "tmp", name, err);
	if (st == STATUS_OK)
		st = join(final, dir, "new", name, err);
	if (st != STATUS_OK)
		return st;
	st = write_tmp(tmp, fd, sender, err);
	if (st != STATUS_OK) {
		unlink(tmp);
		return st;
	}
	crash_point("spool-tmp");
	st = file_move(tmp, final, err);
	if (st != STATUS_OK)
		return st;
	crash_point("spool-renamed");
	return STATUS_OK;
}

enum status
spool_split(struct bytes file, bool *known, struct bytes *sender,
	struct bytes *letter)
{
	size_t n = sizeof(magic) - 1, end = n;
	struct bytes who;

	if (file.len <= n || memcmp(file.data, magic, n) != 0)
		return STATUS_MALFORMED;
	while (end < file.len && end < SPOOL_LINE_MAX && file.data[end] != '\n')
		end++;
	if (end == file.len || file.data[end] != '\n')
		return STATUS_MALFORMED;
	who = bytes_trim(bytes_make(file.data + n, end - n));
	*known = who.len > 0;
	if (bytes_eq(who, bytes_of("<>")))
		who.len = 0;
	*sender = who;
	*letter = bytes_make(file.data + end + 1, file.len - end - 1);
	return STATUS_OK;
}
