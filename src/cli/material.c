#include "cli/material.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/material_cutter.h"

#define WHOLE_MAX ((size_t)1 << 30)

static enum status
refuse(struct err *err, const char *path)
{
	err_set(err, "%s: %s", path, strerror(errno));
	return STATUS_IO;
}

/* Never mapped: what is cut meanwhile would end the process. */
static enum status
read_all(int fd, const char *path, struct buf *out, struct err *err)
{
	enum status st = STATUS_OK;
	ssize_t n = 1;

	while (n != 0 && st == STATUS_OK) {
		st = buf_reserve(out, 65536);
		if (st != STATUS_OK) {
			err_set(err, "%s: more than %zu octets", path,
				WHOLE_MAX);
			break;
		}
		n = read(fd, out->data + out->len, 65536);
		if (n < 0 && errno != EINTR)
			st = refuse(err, path);
		if (n > 0)
			out->len += (size_t)n;
	}
	return st;
}

enum status
material_open(const char *path, struct material *m, struct err *err)
{
	bool from_stdin = strcmp(path, "-") == 0;
	enum status st = STATUS_OK;
	struct buf all;
	struct stat sb;
	int fd;

	fd = from_stdin ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return refuse(err, path);
	buf_init(&all, WHOLE_MAX);
	if (fstat(fd, &sb) != 0) {
		st = refuse(err, path);
	} else if (!from_stdin && !S_ISREG(sb.st_mode)) {
		err_set(err, "%s: not a file", path);
		st = STATUS_UNSUPPORTED;
	}
	if (st == STATUS_OK)
		st = read_all(fd, path, &all, err);
	close(fd);
	if (st == STATUS_OK)
		m->octets = all;
	else
		buf_done(&all);
	return st;
}

void
material_close(struct material *m)
{
	buf_done(&m->octets);
}

enum status
material_cut(struct bytes input, const struct material_limits *limits,
	const struct material_sink *sink, struct err *err)
{
	struct cutter c = {.limits = limits, .sink = sink};
	enum status st;
	size_t used;

	if (input.len == 0) {
		sink->fault(sink->ctx, "empty");
		return STATUS_OK;
	}
	st = cutter_take(&c, input, 0, WINDOW_LAST, &used, err);
	cutter_done(&c);
	return st;
}
