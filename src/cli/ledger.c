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
	LEDGER_PAUSE_MS = 5000, /* of work that a kill may cost */
	ROOM_MIN = 64
};

/* ---- the table ------------------------------------------------------------
 */

static uint64_t
hash(const char *s)
{
	uint64_t h = 14695981039346656037U; /* FNV-1a */

	for (; *s != '\0'; s++)
		h = (h ^ (uint8_t)*s) * 1099511628211U;
	return h;
}

/* Where it is, or where it belongs. */
static struct ledger_entry *
slot(const struct ledger *l, const char *file)
{
	size_t i = (size_t)hash(file) & (l->room - 1);

	while (l->entries[i].file != NULL &&
		strcmp(l->entries[i].file, file) != 0)
		i = (i + 1) & (l->room - 1);
	return &l->entries[i];
}

static void
grow(struct ledger *l)
{
	struct ledger_entry *old = l->entries;
	size_t i, n = l->room;

	l->room = n == 0 ? ROOM_MIN : n * 2;
	l->entries = xcalloc(l->room, sizeof(*l->entries));
	for (i = 0; i < n; i++)
		if (old[i].file != NULL)
			*slot(l, old[i].file) = old[i];
	free(old);
}

static void
put(struct ledger *l, const char *file, uint64_t upto)
{
	struct ledger_entry *e;

	if ((l->count + 1) * 2 > l->room)
		grow(l);
	e = slot(l, file);
	if (e->file == NULL) {
		e->file = xstrdup(file);
		l->count++;
	}
	e->upto = upto;
}

/* ---- the file -------------------------------------------------------------
 */

static void
take_line(struct ledger *l, char *line)
{
	uint64_t upto = LEDGER_DONE;
	char *end;

	if (*line == '@') {
		errno = 0;
		upto = strtoull(line + 1, &end, 10);
		if (errno != 0 || end == line + 1 || *end != ' ')
			return;
		line = end + 1;
	}
	if (*line != '\0')
		put(l, line, upto);
}

/* A last line without its end was cut by a kill: it says nothing. */
static void
take_lines(struct ledger *l, struct buf *text)
{
	char *line = (char *)text->data, *end;
	size_t left = text->len;

	while (left > 0 && (end = memchr(line, '\n', left)) != NULL) {
		*end = '\0';
		if (strlen(line) == (size_t)(end - line))
			take_line(l, line);
		left -= (size_t)(end + 1 - line);
		line = end + 1;
	}
	/* What comes next is a line of its own. */
	if (left > 0 && buf_puts(&l->news, "\n") != STATUS_OK)
		buf_clear(&l->news);
}

enum status
ledger_open(struct ledger *l, const char *data, struct err *err)
{
	size_t size = strlen(data) + sizeof("/load-ledger");
	struct buf text;
	enum status st;

	memset(l, 0, sizeof(*l));
	buf_init(&text, LEDGER_MAX);
	l->path = xmalloc(size);
	snprintf(l->path, size, "%s/load-ledger", data);
	grow(l);
	st = file_read(l->path, LEDGER_MAX, &text, err);
	if (st == STATUS_OK)
		take_lines(l, &text);
	l->octets = text.len;
	l->since = clock_mono_ms();
	buf_done(&text);
	return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

void
ledger_close(struct ledger *l)
{
	for (size_t i = 0; i < l->room; i++)
		free(l->entries[i].file);
	free(l->entries);
	buf_done(&l->news);
	buf_done(&l->asked);
	free(l->path);
	memset(l, 0, sizeof(*l));
}

/* The line of a file as it is now, without its LF. */
static enum status
write_line(const char *file, struct buf *line)
{
	char *path = realpath(file, NULL);
	enum status st = STATUS_NOT_FOUND;
	struct stat sb;

	if (path != NULL && stat(path, &sb) == 0 && strchr(path, '\n') == NULL)
		st = buf_printf(line, "%jd %jd.%09ld %s", (intmax_t)sb.st_size,
			(intmax_t)sb.st_mtim.tv_sec, sb.st_mtim.tv_nsec, path);
	free(path);
	return st;
}

uint64_t
ledger_find(struct ledger *l, const char *file)
{
	const struct ledger_entry *e;

	buf_clear(&l->asked);
	l->noted = 0;
	/* A name that does not fit a line is simply loaded again. */
	if (write_line(file, &l->asked) != STATUS_OK) {
		buf_clear(&l->asked);
		return 0;
	}
	e = slot(l, (const char *)l->asked.data);
	l->noted = e->file == NULL ? 0 : e->upto;
	return l->noted;
}

void
ledger_forget(struct ledger *l)
{
	l->noted = 0;
}

void
ledger_unask(struct ledger *l)
{
	buf_clear(&l->asked);
}

void
ledger_add(struct ledger *l, uint64_t upto)
{
	const char *file = (const char *)l->asked.data;
	enum status st;

	if (l->asked.len == 0 || upto == l->noted || upto == 0 ||
		l->octets + l->news.len + l->asked.len + 32 > LEDGER_MAX)
		return;
	if (upto == LEDGER_DONE)
		st = buf_printf(&l->news, "%s\n", file);
	else
		st = buf_printf(&l->news, "@%" PRIu64 " %s\n", upto, file);
	if (st == STATUS_OK)
		put(l, file, upto);
	l->noted = upto;
}

bool
ledger_is_due(const struct ledger *l)
{
	return clock_mono_ms() - l->since >= LEDGER_PAUSE_MS;
}

static enum status
append(const char *path, struct bytes lines, struct err *err)
{
	enum status st = STATUS_OK;
	int fd;

	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (fd < 0 || !file_write_all(fd, lines) || fsync(fd) != 0) {
		err_set(err, "%s: %s", path, strerror(errno));
		st = STATUS_IO;
	}
	if (fd >= 0)
		close(fd);
	return st;
}

enum status
ledger_write(struct ledger *l, struct err *err)
{
	enum status st = STATUS_OK;

	l->since = clock_mono_ms();
	if (l->news.len > 0)
		st = append(l->path, buf_view(&l->news), err);
	if (st == STATUS_OK) {
		l->octets += l->news.len;
		buf_clear(&l->news);
	}
	return st;
}
