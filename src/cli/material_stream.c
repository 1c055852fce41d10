/* Files and pipes, packed or not, read window by window. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/inflate.h"
#include "cli/material_cutter.h"

enum { WINDOW = 4 * 1024 * 1024 };

struct stream {
	struct inflate *in;
	struct cutter cutter;
	struct buf window;
	uint64_t base; /* of the window, in the input */
	size_t want;   /* octets to have in it before it is cut */
	bool at_end;
	bool unread; /* there is more, which could not be read */
};

static enum status
fill(struct stream *s, struct err *err)
{
	enum status st = STATUS_OK;
	size_t got = 0;

	if (s->window.len < s->want)
		st = buf_reserve(&s->window, s->want - s->window.len);
	if (st != STATUS_OK || s->window.len >= s->want)
		return st;
	st = inflate_read(s->in, s->window.data + s->window.len,
		s->want - s->window.len, &got, err);
	s->window.len += got;
	s->at_end = st != STATUS_OK || s->window.len < s->want;
	/* A fault comes after what is good: it is asked for once more. */
	if (st == STATUS_OK && s->at_end)
		st = inflate_read(s->in, s->window.data, 0, &got, err);
	return st;
}

/* Of what could not be read to its end no more is taken than is whole. */
static enum window_end
window_end(const struct stream *s)
{
	if (s->at_end && !s->unread)
		return WINDOW_LAST;
	return s->window.len >= CUTTER_MAX ? WINDOW_FULL : WINDOW_GROWS;
}

static enum status
cut_window(struct stream *s, struct err *err)
{
	enum window_end end = window_end(s);
	size_t used = 0;
	enum status st;

	st = cutter_take(
		&s->cutter, buf_view(&s->window), s->base, end, &used, err);
	if (st != STATUS_OK)
		return st;
	if (used == 0) {
		s->want *= 2;
		return STATUS_OK;
	}
	s->base += used;
	s->window.len -= used;
	memmove(s->window.data, s->window.data + used, s->window.len);
	s->want = s->window.len > WINDOW / 2 ? s->want : WINDOW;
	return STATUS_OK;
}

/* What was done before is unpacked and forgotten, unless one can seek. */
static enum status
skip(struct stream *s, uint64_t to, struct err *err)
{
	enum status st = buf_reserve(&s->window, WINDOW);
	size_t got = 1, n;

	if (to > 0 && inflate_seek(s->in, to))
		s->base = to;
	while (st == STATUS_OK && s->base < to && got > 0) {
		n = to - s->base < WINDOW ? (size_t)(to - s->base) : WINDOW;
		st = inflate_read(s->in, s->window.data, n, &got, err);
		s->base += got;
	}
	return st;
}

static void
tell_unread(const struct stream *s, const char *why)
{
	char text[400];

	snprintf(text, sizeof(text),
		"offset %" PRIu64 ": %s; the rest is skipped",
		s->base + s->window.len, why);
	s->cutter.sink->fault(s->cutter.sink->ctx, text);
}

static enum status
cut_stream(struct stream *s, struct material_file *file, struct err *err)
{
	struct err why = {""};
	enum status st = STATUS_OK, got;

	got = skip(s, file->from, &why);
	if (got != STATUS_OK)
		tell_unread(s, why.text);
	s->at_end = got != STATUS_OK;
	while (st == STATUS_OK && !s->at_end) {
		got = fill(s, &why);
		file->read = inflate_position(s->in);
		file->unpacked = s->base + s->window.len;
		if (got != STATUS_OK)
			tell_unread(s, why.text);
		s->unread = got == STATUS_IO;
		if (s->window.len > 0)
			st = cut_window(s, err);
		else if (s->base == 0 && got == STATUS_OK)
			s->cutter.sink->fault(s->cutter.sink->ctx, "empty");
	}
	file->unread = got == STATUS_IO;
	return st;
}

static enum status
read_stream(int fd, struct material_file *file,
	const struct material_limits *limits, const struct material_sink *sink,
	struct err *err)
{
	struct stream s = {
		.cutter = {.limits = limits, .sink = sink}, .want = WINDOW};
	enum status st;

	if (inflate_open(fd, &s.in, err) != STATUS_OK)
		return STATUS_IO;
	file->opened = true;
	st = cut_stream(&s, file, err);
	inflate_close(s.in);
	cutter_done(&s.cutter);
	buf_done(&s.window);
	return st;
}

enum status
material_read(struct material_file *file, const struct material_limits *limits,
	const struct material_sink *sink, struct err *err)
{
	bool from_stdin = strcmp(file->path, "-") == 0;
	struct stat sb;
	int fd;

	file->opened = file->unread = false;
	fd = from_stdin ? dup(STDIN_FILENO)
			: open(file->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		err_set(err, "%s", strerror(errno));
		return STATUS_IO;
	}
	if (fstat(fd, &sb) == 0 && S_ISDIR(sb.st_mode)) {
		close(fd);
		err_set(err, "not a file");
		return STATUS_UNSUPPORTED;
	}
	return read_stream(fd, file, limits, sink, err);
}
