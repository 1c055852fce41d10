#include <string.h>

#include "pgp/armor.h"
#include "pgp/base64.h"
#include "pgp/wide.h"

enum {
	LINE_OCTETS = WIDE_LINE_OCTETS,
	LINE_SIZE = 65, /* characters, line feed included */
	CRC_LINE = 6
};

#define BEGIN(what) "-----BEGIN PGP " what "-----\n"
#define END(what) "-----END PGP " what "-----\n"

static const char begin_line[] = BEGIN("PUBLIC KEY BLOCK");
static const char end_line[] = END("PUBLIC KEY BLOCK");
static const char comment_word[] = "Comment: ";

/* Fills memory that is known to suffice. */
struct armoring {
	char *out;
	uint32_t crc;
	uint8_t line[LINE_OCTETS]; /* what the parts before left over */
	size_t held;
};

size_t
armor_written_size(size_t n, const char *comment, bool crc)
{
	size_t size = strlen(begin_line) + 1 + strlen(end_line);

	if (comment)
		size += strlen(comment_word) + strlen(comment) + 1;
	if (crc)
		size += CRC_LINE;
	return size + base64_encoded_size(n) +
	       (n + LINE_OCTETS - 1) / LINE_OCTETS;
}

static void
armor_write_line(struct armoring *a, const uint8_t *octets, size_t n)
{
	base64_encode(bytes_make(octets, n), a->out);
	a->out += base64_encoded_size(n);
	*a->out++ = '\n';
}

static void
armor_write_part(struct armoring *a, struct bytes part)
{
	size_t n;

	if (part.len == 0)
		return;
	a->crc = armor_crc24(a->crc, part);
	if (a->held) {
		n = LINE_OCTETS - a->held;
		if (n > part.len)
			n = part.len;
		memcpy(a->line + a->held, part.data, n);
		a->held += n;
		part.data += n;
		part.len -= n;
		if (a->held < LINE_OCTETS)
			return;
		armor_write_line(a, a->line, LINE_OCTETS);
		a->held = 0;
	}
	n = wide_base64_lines(part, a->out);
	a->out += n / LINE_OCTETS * LINE_SIZE;
	part.data += n;
	part.len -= n;
	while (part.len >= LINE_OCTETS) {
		armor_write_line(a, part.data, LINE_OCTETS);
		part.data += LINE_OCTETS;
		part.len -= LINE_OCTETS;
	}
	if (part.len)
		memcpy(a->line, part.data, part.len);
	a->held = part.len;
}

static void
armor_write_crc(struct armoring *a)
{
	const uint8_t octets[] = {(uint8_t)(a->crc >> 16),
		(uint8_t)(a->crc >> 8), (uint8_t)a->crc};

	*a->out++ = '=';
	armor_write_line(a, octets, sizeof(octets));
}

static void
armor_write_text(struct armoring *a, const char *text)
{
	size_t n = strlen(text);

	memcpy(a->out, text, n);
	a->out += n;
}

enum status
armor_write(struct buf *out, const struct bytes *parts, size_t n,
	const char *comment, bool crc)
{
	struct armoring a = {.crc = ARMOR_CRC_START};
	size_t i, total = 0;
	enum status st;

	for (i = 0; i < n; i++) {
		if (__builtin_add_overflow(total, parts[i].len, &total) ||
			total > SIZE_MAX / 4)
			return STATUS_LIMIT;
	}
	st = buf_reserve(out, armor_written_size(total, comment, crc));
	if (st != STATUS_OK)
		return st;
	a.out = (char *)out->data + out->len;
	armor_write_text(&a, begin_line);
	if (comment) {
		armor_write_text(&a, comment_word);
		armor_write_text(&a, comment);
		armor_write_text(&a, "\n");
	}
	armor_write_text(&a, "\n");
	for (i = 0; i < n; i++)
		armor_write_part(&a, parts[i]);
	if (a.held)
		armor_write_line(&a, a.line, a.held);
	if (crc)
		armor_write_crc(&a);
	armor_write_text(&a, end_line);
	out->len = (size_t)((uint8_t *)a.out - out->data);
	return STATUS_OK;
}

enum status
armor_write_signature(struct buf *out, struct bytes octets)
{
	static const char begin[] = BEGIN("SIGNATURE") "\n";
	static const char end[] = END("SIGNATURE");
	struct armoring a = {.crc = ARMOR_CRC_START};
	enum status st;

	if (octets.len > SIZE_MAX / 4)
		return STATUS_LIMIT;
	/* Shorter lines than a key block's. */
	st = buf_reserve(out, armor_written_size(octets.len, NULL, true));
	if (st != STATUS_OK)
		return st;
	a.out = (char *)out->data + out->len;
	armor_write_text(&a, begin);
	armor_write_part(&a, octets);
	if (a.held)
		armor_write_line(&a, a.line, a.held);
	armor_write_crc(&a);
	armor_write_text(&a, end);
	out->len = (size_t)((uint8_t *)a.out - out->data);
	return STATUS_OK;
}
