/* Key material that cannot be mapped: packed files and pipes. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "cli/inflate.h"
#include "cli/material.h"
#include "pgp/packet.h"

enum {
	WINDOW = 4 * 1024 * 1024,
	WINDOW_MAX = 64 * 1024 * 1024, /* no certificate is half as large */
	PARTS_MAX = 128 * 1024 * 1024
};

struct stream {
	struct inflate *in;
	const struct material_limits *limits;
	const struct material_sink *sink;
	struct buf window;
	size_t want;  /* octets to have in it before it is cut */
	bool started; /* pieces were cut off already */
	bool at_end;
};

/* Up to the last primary key: what is before it is whole. */
static size_t
whole_binary(struct bytes in)
{
	struct arena *arena = arena_new(PARTS_MAX);
	struct packet_reader r = packet_reader_of(in, arena);
	struct packet p;
	size_t at = 0, last = 0;
	enum status st;

	while (true) {
		st = packet_next(&r, &p, NULL);
		if (st != STATUS_OK && st != STATUS_UNSUPPORTED)
			break;
		if (p.tag == PACKET_PUBLIC_KEY || p.tag == PACKET_SECRET_KEY)
			last = at;
		at = r.pos;
		arena_reset(arena);
	}
	arena_free(arena);
	return last;
}

/* Up to and with the last END line. */
static size_t
whole_armor(struct bytes in)
{
	static const char end[] = "-----END PGP";
	size_t at = 0, last = 0;
	const uint8_t *hit, *eol;

	while ((hit = memmem(in.data + at, in.len - at, end,
			sizeof(end) - 1)) != NULL) {
		eol = memchr(hit, '\n', in.len - (size_t)(hit - in.data));
		if (eol == NULL)
			break;
		last = at = (size_t)(eol + 1 - in.data);
	}
	return last;
}

static size_t
whole(struct bytes in)
{
	return in.data[0] & 0x80 ? whole_binary(in) : whole_armor(in);
}

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

/* Blanks behind the last block are nobody's key. */
static bool
is_left_over(const struct stream *s)
{
	struct bytes left = buf_view(&s->window);

	return left.len == 0 ||
	       (!(left.data[0] & 0x80) && bytes_trim(left).len == 0);
}

static enum status
cut_last(struct stream *s, struct err *err)
{
	if (s->started && is_left_over(s))
		return STATUS_OK;
	return material_cut(buf_view(&s->window), s->limits, s->sink, err);
}

/* What is whole of the window goes; the rest is the next one's start. */
static enum status
cut_window(struct stream *s, struct err *err)
{
	size_t n = whole(buf_view(&s->window));
	enum status st;

	if (n == 0 && s->want < WINDOW_MAX) {
		s->want *= 2;
		return STATUS_OK;
	}
	if (n == 0) {
		/* It may begin with a certificate and go on with rubbish. */
		st = material_cut(
			buf_view(&s->window), s->limits, s->sink, err);
		s->sink->fault(s->sink->ctx,
			"64 MiB without the end of a certificate; the rest "
			"is skipped");
		s->at_end = true;
		buf_clear(&s->window);
		s->started = true;
		return st;
	}
	st = material_cut(
		bytes_make(s->window.data, n), s->limits, s->sink, err);
	memmove(s->window.data, s->window.data + n, s->window.len - n);
	s->window.len -= n;
	s->want = s->window.len > WINDOW / 2 ? s->want : WINDOW;
	s->started = true;
	return st;
}

static enum status
cut_stream(struct stream *s, struct err *err)
{
	enum status st = STATUS_OK;
	struct err why = {""};
	enum status read;
	char text[320];

	while (st == STATUS_OK && !s->at_end) {
		read = fill(s, &why);
		if (read != STATUS_OK) {
			snprintf(text, sizeof(text), "%s; the rest is skipped",
				why.text);
			s->sink->fault(s->sink->ctx, text);
			s->started = true;
		}
		if (!s->at_end)
			st = cut_window(s, err);
	}
	return st == STATUS_OK ? cut_last(s, err) : st;
}

static enum status
read_stream(int fd, const struct material_limits *limits,
	const struct material_sink *sink, bool *opened, struct err *err)
{
	struct stream s = {.limits = limits, .sink = sink, .want = WINDOW};
	enum status st = inflate_open(fd, &s.in, err);

	if (st != STATUS_OK)
		return st;
	*opened = true;
	st = cut_stream(&s, err);
	inflate_close(s.in);
	buf_done(&s.window);
	return st;
}

static bool
is_packed(const char *path)
{
	uint8_t start[INFLATE_MAGIC];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	ssize_t n = fd >= 0 ? read(fd, start, sizeof(start)) : -1;

	if (fd >= 0)
		close(fd);
	return n > 0 && inflate_is_packed(bytes_make(start, (size_t)n));
}

/* A mapped file: what was read of it is given back now and then, or all of
 * it would count as memory of ours. */
struct mapped {
	const struct material_sink *sink;
	const struct material *file;
	size_t passed; /* octets given back */
};

static enum status
pass_piece(void *ctx, struct bytes octets, struct err *err)
{
	struct mapped *m = ctx;
	const struct material_sink *sink = m->sink;
	enum status st = sink->piece(sink->ctx, octets, err);
	const uint8_t *start = m->file->octets.data;
	size_t at;

	/* Armor's pieces are elsewhere. */
	if (octets.data < start || octets.data >= start + m->file->octets.len)
		return st;
	at = (size_t)(octets.data - start) / WINDOW * WINDOW;
	if (at > m->passed && madvise((uint8_t *)m->file->map + m->passed,
				      at - m->passed, MADV_DONTNEED) == 0)
		m->passed = at;
	return st;
}

static void
pass_fault(void *ctx, const char *what)
{
	const struct mapped *m = ctx;

	m->sink->fault(m->sink->ctx, what);
}

static enum status
pass_settle(void *ctx, struct err *err)
{
	const struct mapped *m = ctx;

	return m->sink->settle(m->sink->ctx, err);
}

static enum status
read_file(const char *path, const struct material_limits *limits,
	const struct material_sink *sink, bool *opened, struct err *err)
{
	struct material file = {{NULL, 0}, NULL};
	struct mapped mapped = {.sink = sink, .file = &file};
	const struct material_sink passing = {pass_piece, pass_fault, &mapped,
		sink->settle != NULL ? pass_settle : NULL};
	enum status st = material_open(path, &file, err);

	if (st != STATUS_OK)
		return st;
	*opened = true;
	st = material_cut(file.octets, limits, &passing, err);
	material_close(&file);
	return st;
}

enum status
material_read(const char *path, const struct material_limits *limits,
	const struct material_sink *sink, bool *opened, struct err *err)
{
	bool from_stdin = strcmp(path, "-") == 0;
	int fd;

	if (!from_stdin && !is_packed(path))
		return read_file(path, limits, sink, opened, err);
	fd = from_stdin ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		err_set(err, "%s: %s", path, strerror(errno));
		return STATUS_IO;
	}
	return read_stream(fd, limits, sink, opened, err);
}
