#include "cli/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"

enum {
	LEDGER_PAUSE_MS = 5000 /* of work that a kill may cost */
};

enum status
ledger_open(struct ledger *l, const char *data, struct err *err)
{
	size_t size = strlen(data) + sizeof("/load-ledger");
	enum status st;

	buf_init(&l->text, LEDGER_MAX);
	buf_init(&l->asked, 0);
	l->path = xmalloc(size);
	snprintf(l->path, size, "%s/load-ledger", data);
	st = file_read(l->path, LEDGER_MAX, &l->text, err);
	l->written = l->text.len;
	l->since = clock_mono_ms();
	return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

void
ledger_close(struct ledger *l)
{
	buf_done(&l->text);
	buf_done(&l->asked);
	free(l->path);
	l->path = NULL;
}

/* The line of a file as it is now, with its LF. */
static enum status
write_line(const char *file, struct buf *line)
{
	char *path = realpath(file, NULL);
	enum status st = STATUS_NOT_FOUND;
	struct stat sb;

	if (path != NULL && stat(path, &sb) == 0 && strchr(path, '\n') == NULL)
		st = buf_printf(line, "%jd %jd.%09ld %s\n",
			(intmax_t)sb.st_size, (intmax_t)sb.st_mtim.tv_sec,
			sb.st_mtim.tv_nsec, path);
	free(path);
	return st;
}

bool
ledger_has(struct ledger *l, const char *file)
{
	struct bytes left = buf_view(&l->text);
	const struct buf *line = &l->asked;
	const uint8_t *hit;
	bool found = false;

	buf_clear(&l->asked);
	/* A name that does not fit a line is simply loaded again. */
	if (write_line(file, &l->asked) != STATUS_OK)
		buf_clear(&l->asked);
	if (line->len == 0)
		left.len = 0;
	while (!found && left.len > 0 &&
		(hit = memmem(left.data, left.len, line->data, line->len)) !=
			NULL) {
		/* Only at the start of a line is it that file. */
		found = hit == l->text.data || hit[-1] == '\n';
		left.len -= (size_t)(hit + 1 - left.data);
		left.data = hit + 1;
	}
	return found;
}

static enum status
append(const char *path, struct bytes line, struct err *err)
{
	enum status st = STATUS_OK;
	int fd;

	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, line.data, line.len) != (ssize_t)line.len ||
		fsync(fd) != 0) {
		err_set(err, "%s: %s", path, strerror(errno));
		st = STATUS_IO;
	}
	if (fd >= 0)
		close(fd);
	return st;
}

void
ledger_add(struct ledger *l)
{
	if (buf_put(&l->text, buf_view(&l->asked)) != STATUS_OK)
		buf_clear(&l->asked); /* it is full */
}

bool
ledger_is_due(const struct ledger *l)
{
	return l->written < l->text.len &&
	       clock_mono_ms() - l->since >= LEDGER_PAUSE_MS;
}

enum status
ledger_write(struct ledger *l, struct err *err)
{
	struct bytes rest =
		bytes_make(l->text.data + l->written, l->text.len - l->written);
	enum status st = STATUS_OK;

	l->since = clock_mono_ms();
	if (rest.len > 0)
		st = append(l->path, rest, err);
	if (st == STATUS_OK)
		l->written = l->text.len;
	return st;
}
