#include "mailagent/keyblock.h"

#include "base/frame.h"
#include "mailagent/decode.h"
#include "mailagent/protocol.h"
#include "mailagent/text.h"

struct sink {
	struct buf *fields;
	size_t *total;
	struct err *err;
};

static enum status
put_block(struct sink *s, enum letter_block kind, struct bytes octets)
{
	enum status st;

	*s->total += octets.len;
	if (*s->total > DECODE_LETTER_MAX) {
		err_set(s->err, "key blocks over %d octets", DECODE_LETTER_MAX);
		return STATUS_LIMIT;
	}
	st = frame_put_number(s->fields, LETTER_BLOCK_KIND, (uint64_t)kind);
	if (st == STATUS_OK)
		st = frame_put_field(s->fields, LETTER_BLOCK, octets);
	return st;
}

/* A packet header of a public key, in either format. */
static bool
starts_binary(struct bytes octets)
{
	uint8_t c = octets.len > 0 ? octets.data[0] : 0;

	return c == 0xc6 || (c >= 0x98 && c <= 0x9b);
}

static enum status
put_html(struct arena *arena, struct sink *s, struct bytes text)
{
	struct bytes plain;
	enum status st;

	st = text_strip_html(arena, text, &plain);
	if (st != STATUS_OK || !text_find(plain).plain)
		return st;
	return put_block(s, BLOCK_HTML, plain);
}

static enum status
put_quoted(struct arena *arena, struct sink *s, struct bytes text)
{
	struct bytes plain;
	enum status st;

	st = text_unquote(arena, text, &plain);
	return st == STATUS_OK ? put_block(s, BLOCK_QUOTED, plain) : st;
}

static enum status
put_text(struct arena *arena, struct sink *s, struct bytes text, bool flowed)
{
	struct text_found found;
	enum status st = STATUS_OK;

	if (flowed)
		st = text_unstuff(arena, text, &text);
	if (st == STATUS_OK)
		st = text_open_signed(arena, text, &text);
	if (st != STATUS_OK)
		return st;
	found = text_find(text);
	if (found.plain)
		st = put_block(s, BLOCK_PLAIN, text);
	if (st == STATUS_OK && found.quoted)
		st = put_quoted(arena, s, text);
	/* Old servers' pages, mailed as they are. */
	if (st == STATUS_OK && found.inside && !found.plain)
		st = put_html(arena, s, text);
	return st;
}

/* Servers among themselves: the whole letter, or all of it that is signed. */
static enum status
put_repair(struct sink *s, const struct mime_part *part, struct bytes octets)
{
	if (!part->top && !part->was_signed)
		return STATUS_OK;
	return frame_put_field(s->fields, LETTER_REPAIR, octets);
}

enum status
keyblock_put(struct arena *arena, const struct mime_part *part,
	struct buf *fields, size_t *total, struct err *err)
{
	struct sink s = {fields, total, err};
	struct bytes octets;
	enum status st;

	if (part->kind == MIME_OTHER || part->kind == MIME_MULTIPART ||
		part->kind == MIME_STATUS)
		return STATUS_OK;
	st = transfer_decode(arena, part->transfer, part->body, &octets);
	if (st != STATUS_OK)
		return st;
	if (part->kind == MIME_REPAIR)
		return put_repair(&s, part, octets);
	if (part->kind == MIME_HTML)
		return put_html(arena, &s, octets);
	if (part->kind == MIME_KEYS || part->top) {
		if (starts_binary(octets))
			return put_block(&s, BLOCK_BINARY, octets);
	}
	return put_text(arena, &s, octets, part->flowed);
}
