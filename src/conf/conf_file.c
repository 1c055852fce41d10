#include "conf/conf_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <ini.h>

enum { SECTION_MAX = 48 }; /* inih cuts names at 49 octets */

struct parse {
	struct bytes text;
	size_t pos;
	int number;
	const char *file;
	const struct conf_sink *sink;
	enum status status; /* of the first fault */
	struct err *err;
};

static void
parse_fail(struct parse *p, enum status st)
{
	if (p->status == STATUS_OK) {
		p->status = st;
		err_prefix(p->err, "%s:%d", p->file, p->number);
	}
}

static void
parse_refuse(struct parse *p, const char *why)
{
	if (p->status == STATUS_OK) {
		err_set(p->err, "%s", why);
		parse_fail(p, STATUS_MALFORMED);
	}
}

/* Announces a section even when no key follows. */
static void
check_section(struct parse *p, struct bytes line)
{
	const uint8_t *end = memchr(line.data, ']', line.len);
	struct conf_line l = {.file = p->file, .number = p->number};
	char name[SECTION_MAX + 1];
	struct bytes rest;
	size_t len;
	enum status st;

	if (end == NULL) {
		parse_refuse(p, "a section needs a closing bracket");
		return;
	}
	len = (size_t)(end - line.data) - 1;
	rest = bytes_trim(bytes_make(end + 1, line.len - len - 2));
	if (len == 0 || len > SECTION_MAX) {
		parse_refuse(p, "a section's name has 1 to 48 characters");
		return;
	}
	if (rest.len > 0 && rest.data[0] != ';' && rest.data[0] != '#') {
		parse_refuse(p, "text after the section's bracket");
		return;
	}
	memcpy(name, line.data + 1, len);
	name[len] = '\0';
	l.section = name;
	st = p->sink->line(p->sink->ctx, &l, p->err);
	if (st != STATUS_OK)
		parse_fail(p, st);
}

static void
check_line(struct parse *p, struct bytes line, size_t room)
{
	if (memchr(line.data, '\0', line.len) != NULL)
		parse_refuse(p, "a NUL in this line");
	else if (line.len >= room)
		parse_refuse(p, "line too long: lists may be given in parts");
	else if (line.len > 0 && line.data[0] == '[')
		check_section(p, line);
}

/* inih's way to get a line; an empty result ends the file. */
static char *
next_line(char *str, int num, void *stream)
{
	struct parse *p = stream;
	size_t room = num > 3 ? (size_t)num - 3 : 0;
	struct bytes line;
	size_t len = 0;

	if (p->pos == p->text.len || p->status != STATUS_OK || room == 0)
		return NULL;
	while (p->pos + len < p->text.len && p->text.data[p->pos + len] != '\n')
		len++;
	/* Without its indentation: to inih that would mean "goes on". */
	line = bytes_trim(bytes_make(p->text.data + p->pos, len));
	p->pos += len + (p->pos + len < p->text.len ? 1 : 0);
	p->number++;
	if (line.len > 0 && (line.data[0] == ';' || line.data[0] == '#'))
		line.len = 0;
	if (line.len > 0)
		check_line(p, line, room);
	if (p->status != STATUS_OK)
		return NULL;
	if (line.len > 0)
		memcpy(str, line.data, line.len);
	str[line.len] = '\n';
	str[line.len + 1] = '\0';
	return str;
}

static int
take_value(void *user, const char *section, const char *name, const char *value)
{
	struct parse *p = user;
	struct conf_line l = {.file = p->file,
		.number = p->number,
		.section = section,
		.key = name,
		.value = value};
	enum status st;

	if (p->status != STATUS_OK)
		return 1;
	st = p->sink->line(p->sink->ctx, &l, p->err);
	if (st != STATUS_OK)
		parse_fail(p, st);
	return 1;
}

enum status
conf_file_parse(struct bytes text, const char *file,
	const struct conf_sink *sink, struct err *err)
{
	struct err own;
	struct parse p = {.text = text,
		.file = file,
		.sink = sink,
		.status = STATUS_OK,
		.err = err != NULL ? err : &own};
	int bad;

	bad = ini_parse_stream(next_line, &p, take_value, &p);
	if (p.status == STATUS_OK && bad != 0) {
		p.number = bad;
		parse_refuse(&p, "neither [section] nor key = value");
	}
	return p.status;
}

static enum status
read_all(int fd, const char *path, struct buf *b, struct err *err)
{
	ssize_t n;

	for (;;) {
		if (buf_reserve(b, 4096) != STATUS_OK) {
			err_set(err, "%s: longer than %d octets", path,
				CONF_FILE_MAX);
			return STATUS_LIMIT;
		}
		n = read(fd, b->data + b->len, 4096);
		if (n == 0)
			return STATUS_OK;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			err_set(err, "%s: %s", path, strerror(errno));
			return STATUS_IO;
		}
		b->len += (size_t)n;
	}
}

enum status
conf_file_read(const char *path, const struct conf_sink *sink, struct err *err)
{
	struct buf b;
	enum status st;
	int fd;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0) {
		st = errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO;
		err_set(err, "%s: %s", path, strerror(errno));
		return st;
	}
	buf_init(&b, CONF_FILE_MAX);
	st = read_all(fd, path, &b, err);
	close(fd);
	if (st == STATUS_OK)
		st = conf_file_parse(buf_view(&b), path, sink, err);
	buf_done(&b);
	return st;
}
