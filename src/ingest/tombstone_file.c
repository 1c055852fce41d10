#include "ingest/tombstone_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/file_out.h"
#include "base/hex.h"

#define HEADER "# keypost tombstones "

enum {
	LINE_MAX_OCTETS = 4096,
	SECRET_MAX = 256, /* of the file */
	FIELDS = 6,
	DIGEST_HEX = 2 * sizeof(struct digest),
	TEXT_MAX = TOMBSTONE_REASON_MAX
};

/* ---- the list --------------------------------------------------------- */

int
tombstone_cmp(const void *a, const void *b)
{
	const struct tombstone *x = a, *y = b;

	return memcmp(&x->id, &y->id, sizeof(x->id));
}

static int
compare_with_order(const void *a, const void *b)
{
	const struct tombstone *x = a, *y = b;
	int c = tombstone_cmp(a, b);

	return c != 0 ? c : x->order < y->order ? -1 : x->order > y->order;
}

void
tombstone_list_sort(struct tombstone_list *l)
{
	size_t i, n = 0;

	for (i = 0; i < l->count; i++)
		l->list[i].order = (uint32_t)i;
	if (l->count > 1)
		qsort(l->list, l->count, sizeof(*l->list), compare_with_order);
	for (i = 0; i < l->count; i++)
		if (i + 1 == l->count ||
			tombstone_cmp(&l->list[i], &l->list[i + 1]) != 0)
			l->list[n++] = l->list[i];
	l->count = n;
}

/* ---- the secret ------------------------------------------------------- */

enum status
tombstone_read_secret(
	const char *path, uint8_t secret[TOMBSTONE_SECRET_LEN], struct err *err)
{
	struct buf b = {0};
	enum status st = file_read(path, SECRET_MAX, &b, err);
	size_t len = 0;

	if (st == STATUS_OK &&
		(hex_read(bytes_trim(buf_view(&b)), secret,
			 TOMBSTONE_SECRET_LEN, &len) != STATUS_OK ||
			len != TOMBSTONE_SECRET_LEN)) {
		err_set(err, "%s: it must hold %d hexadecimal digits", path,
			2 * TOMBSTONE_SECRET_LEN);
		st = STATUS_MALFORMED;
	}
	buf_wipe(&b);
	return st;
}

enum status
tombstone_make_secret(
	const char *path, uint8_t secret[TOMBSTONE_SECRET_LEN], struct err *err)
{
	char hex[2 * TOMBSTONE_SECRET_LEN + 2];
	enum status st;

	crypto_random(secret, TOMBSTONE_SECRET_LEN);
	hex_write_lower(bytes_make(secret, TOMBSTONE_SECRET_LEN), hex);
	strcat(hex, "\n");
	st = file_replace(path, bytes_of(hex), 0600, err);
	explicit_bzero(hex, sizeof(hex));
	return st;
}

/* ---- a line ----------------------------------------------------------- */

static enum status
put_text(struct buf *out, const char *text)
{
	enum status st = STATUS_OK;

	for (; st == STATUS_OK && *text != '\0'; text++) {
		uint8_t c = (uint8_t)*text;

		if (c < 0x20 || c == 0x7F || c == '%')
			st = buf_printf(out, "%%%02X", c);
		else
			st = buf_put_u8(out, c);
	}
	return st;
}

enum status
tombstone_write_line(const struct tombstone *t, struct buf *out)
{
	struct clock_text when = clock_utc(t->created);
	char hex[DIGEST_HEX + 1];
	enum status st;

	hex_write_lower(bytes_make(t->id.octets, sizeof(t->id.octets)), hex);
	if (when.text[0] == '\0')
		return STATUS_MALFORMED;
	st = buf_printf(out, "%s\t%s\t", hex, tombstone_word(t->kind));
	if (st == STATUS_OK)
		st = put_text(out, t->reason);
	if (st == STATUS_OK)
		st = buf_put_u8(out, '\t');
	if (st == STATUS_OK)
		st = put_text(out, t->ticket);
	if (st == STATUS_OK)
		st = buf_printf(out, "\t%s\t", when.text);
	return st == STATUS_OK ? put_text(out, t->by) : st;
}

static bool
split(struct bytes line, struct bytes field[FIELDS])
{
	size_t i, n = 0;

	field[0] = bytes_make(line.data, 0);
	for (i = 0; i < line.len; i++) {
		if (line.data[i] != '\t') {
			field[n].len++;
			continue;
		}
		if (++n == FIELDS)
			return false;
		field[n] = bytes_make(line.data + i + 1, 0);
	}
	return n == FIELDS - 1;
}

static bool
unescape(struct bytes b, size_t max, struct arena *texts, const char **out)
{
	char text[TEXT_MAX + 1];
	size_t i, n = 0;
	int high, low;

	for (i = 0; i < b.len && n < max; i++, n++) {
		text[n] = (char)b.data[i];
		if (b.data[i] < 0x20 || b.data[i] == 0x7F)
			return false;
		if (b.data[i] != '%')
			continue;
		if (i + 2 >= b.len)
			return false;
		high = hex_digit(b.data[i + 1]);
		low = hex_digit(b.data[i + 2]);
		if (high < 0 || low < 0 || high + low == 0)
			return false;
		text[n] = (char)(high * 16 + low);
		i += 2;
	}
	if (i < b.len)
		return false;
	*out = arena_str(texts, bytes_make(text, n));
	return *out != NULL;
}

static bool
parse_time(struct bytes b, int64_t *out)
{
	char text[32];
	const char *end;
	struct tm tm;

	if (b.len >= sizeof(text))
		return false;
	memcpy(text, b.data, b.len);
	text[b.len] = '\0';
	memset(&tm, 0, sizeof(tm));
	end = strptime(text, "%Y-%m-%dT%H:%M:%SZ", &tm);
	if (end == NULL || *end != '\0')
		return false;
	*out = timegm(&tm);
	return true;
}

enum status
tombstone_parse_line(struct bytes line, struct arena *texts,
	struct tombstone *out, struct err *err)
{
	struct tombstone t = {0};
	struct bytes f[FIELDS];
	const char *what = NULL;
	size_t len = 0;

	if (!split(line, f)) {
		err_set(err, "a tombstone has six fields, apart by tabs");
		return STATUS_MALFORMED;
	}
	if (hex_read(f[0], t.id.octets, sizeof(t.id.octets), &len) !=
			STATUS_OK ||
		len != sizeof(t.id.octets))
		what = "id";
	else if (tombstone_parse_kind(f[1], &t.kind) != STATUS_OK)
		what = "kind";
	else if (!unescape(f[2], TOMBSTONE_REASON_MAX, texts, &t.reason))
		what = "reason";
	else if (!unescape(f[3], TOMBSTONE_TICKET_MAX, texts, &t.ticket))
		what = "ticket";
	else if (!parse_time(f[4], &t.created))
		what = "time";
	else if (!unescape(f[5], TOMBSTONE_BY_MAX, texts, &t.by))
		what = "'by'";
	if (what != NULL) {
		err_set(err, "the %s of a tombstone cannot be read", what);
		return STATUS_MALFORMED;
	}
	*out = t;
	return STATUS_OK;
}

/* ---- the file --------------------------------------------------------- */

static enum status
check_header(struct bytes line, const struct digest *check, struct err *err)
{
	char hex[DIGEST_HEX + 1];
	struct buf want = {0};
	bool same;

	hex_write_lower(bytes_make(check->octets, sizeof(check->octets)), hex);
	if (buf_printf(&want, HEADER "%s", hex) != STATUS_OK)
		return STATUS_LIMIT;
	same = bytes_eq(bytes_trim(line), buf_view(&want));
	buf_done(&want);
	if (same)
		return STATUS_OK;
	err_set(err, "it was made with another `secret` than the one beside "
		     "it: put that back");
	return STATUS_REJECTED;
}

static enum status
take_line(struct bytes line, const struct digest *check, struct arena *texts,
	struct tombstone_list *out, struct err *err)
{
	if (bytes_starts_nocase(line, HEADER))
		return check_header(line, check, err);
	if (bytes_trim(line).len == 0 || line.data[0] == '#')
		return STATUS_OK;
	if (line.len > LINE_MAX_OCTETS || memchr(line.data, 0, line.len)) {
		err_set(err, "the line is too long, or damaged");
		return STATUS_MALFORMED;
	}
	if (out->count == TOMBSTONES_MAX) {
		err_set(err, "more than %d tombstones", TOMBSTONES_MAX);
		return STATUS_LIMIT;
	}
	if (out->count == out->cap) {
		out->cap = out->cap == 0 ? 64 : out->cap * 2;
		out->list = xrealloc(out->list, out->cap * sizeof(*out->list));
	}
	return tombstone_parse_line(line, texts, &out->list[out->count++], err);
}

enum status
tombstone_read_file(const char *path, const struct digest *check,
	struct arena *texts, struct tombstone_list *out, struct err *err)
{
	FILE *f = fopen(path, "re");
	enum status st = STATUS_OK;
	char *line = NULL;
	size_t cap = 0;
	int number = 0;
	ssize_t n;

	if (f == NULL) {
		err_set(err, "%s: %s", path, strerror(errno));
		return errno == ENOENT ? STATUS_NOT_FOUND : STATUS_IO;
	}
	errno = 0;
	while (st == STATUS_OK && (n = getline(&line, &cap, f)) > 0) {
		number++;
		if (line[n - 1] == '\n')
			n--;
		st = take_line(
			bytes_make(line, (size_t)n), check, texts, out, err);
		if (st != STATUS_OK)
			err_prefix(err, "%s:%d", path, number);
	}
	if (st == STATUS_OK && ferror(f)) {
		err_set(err, "read %s: %s", path, strerror(errno));
		st = STATUS_IO;
	}
	free(line);
	(void)fclose(f);
	return st;
}

enum status
tombstone_write_file(const char *path, const struct digest *check,
	const struct tombstone_list *list, struct err *err)
{
	char hex[DIGEST_HEX + 1];
	struct buf line = {0};
	struct file_out f;
	enum status st;
	size_t i;

	hex_write_lower(bytes_make(check->octets, sizeof(check->octets)), hex);
	st = file_out_begin(&f, path, 0600, err);
	if (st != STATUS_OK)
		return st;
	st = buf_printf(&line, HEADER "%s\n", hex);
	for (i = 0; st == STATUS_OK && i <= list->count; i++) {
		st = file_out_put(&f, buf_view(&line), err);
		buf_clear(&line);
		if (st == STATUS_OK && i < list->count)
			st = tombstone_write_line(&list->list[i], &line);
		if (st == STATUS_OK && i < list->count)
			st = buf_put_u8(&line, '\n');
	}
	buf_done(&line);
	if (st == STATUS_OK)
		return file_out_end(&f, err);
	file_out_drop(&f);
	return st;
}
