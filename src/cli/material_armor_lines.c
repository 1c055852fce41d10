/* A block of armor line by line, of any size, and past those that are none. */
#include <stdlib.h>
#include <string.h>

#include "cli/material_armored.h"

enum {
	HEADER_MAX = 1024,
	PART_MAX = 256, /* of a longer line, so much counts as one */
	WIDTH_LINES = 16,
	WIDTH_ROOM = 8192 /* these lines are within so much */
};

/* ---- lines -------------------------------------------------------------- */

bool
armored_line(struct bytes in, size_t max, enum window_end end,
	struct bytes *line, size_t *len)
{
	size_t n = 0;

	while (n < in.len && n < max && in.data[n] != '\n' &&
		in.data[n] != '\r')
		n++;
	*line = bytes_make(in.data, n);
	*len = n;
	if (n == max)
		return true;
	if (n == in.len)
		return end == WINDOW_LAST && n > 0;
	*len = n + 1;
	if (in.data[n] == '\n')
		return true;
	if (*len < in.len && in.data[*len] == '\n')
		++*len;
	return *len < in.len || *len == n + 2 || end == WINDOW_LAST;
}

static size_t
count_characters(struct bytes line)
{
	size_t n = 0;

	for (size_t i = 0; i < line.len; i++)
		n += line.data[i] != ' ' && line.data[i] != '\t';
	return n;
}

size_t
armored_width(struct bytes in, struct bytes prefix)
{
	size_t last = 0, len, n, lines = 0;
	struct bytes line;

	for (size_t i = 0; i < WIDTH_LINES; i++) {
		if (!armored_line(in, PART_MAX, WINDOW_LAST, &line, &len) ||
			armor_is_end(line))
			break;
		in = bytes_make(in.data + len, in.len - len);
		line = armor_body_line(line, prefix);
		n = count_characters(line);
		if (n == 0 || armor_body_is_crc(line))
			continue;
		if (n == last)
			return n;
		last = n;
		lines++;
	}
	return lines == 1 ? last : 0;
}

static bool
is_whole_line(struct bytes line)
{
	size_t n = line.len, pad = 0;

	while (n > 0 && pad < 2 && line.data[n - 1] == '=') {
		n--;
		pad++;
	}
	for (size_t i = 0; i < n; i++) {
		if (!base64_is_char(line.data[i]) && line.data[i] != ' ' &&
			line.data[i] != '\t')
			return false;
	}
	return n > 0;
}

/* The line before has lost characters, if it does not end with a group. */
static enum status
check_last_line(struct armored *a, struct err *err)
{
	size_t n;

	if (a->dec.padding > 0)
		return armored_put_last_group(a);
	if (a->width == 0 || a->dec.held == 0)
		return STATUS_OK;
	n = (a->out.len - a->last_out) / 3 * 4 + a->dec.held;
	a->out.len = a->last_out;
	return armored_put_gap(a, n, a->last_line, a->last_at, err);
}

/* ---- what a line is ----------------------------------------------------- */

static enum status
take_base64(struct armored *a, struct bytes line, uint64_t at, struct err *err)
{
	enum status st = buf_reserve(&a->out, line.len / 4 * 3 + 6);
	size_t blanks = 0;

	if (st != STATUS_OK)
		abort(); /* it has no limit */
	for (; a->skip > 0 && line.len > 0; line.len--, line.data++)
		a->skip -= line.data[0] != ' ' && line.data[0] != '\t';
	a->last_out = a->out.len;
	a->last_at = at;
	a->last_line = a->line;
	a->out.len +=
		base64_decode(&a->dec, line, a->out.data + a->out.len, &blanks);
	if (!a->dec.failed)
		return STATUS_OK;
	a->out.len = a->last_out;
	return armored_put_gap(a, count_characters(line), a->line, at, err);
}

static enum status
take_data(struct armored *a, struct bytes line, uint64_t at, struct err *err)
{
	size_t n = count_characters(line);
	enum status st = check_last_line(a, err);

	if (st == STATUS_OK)
		st = armored_cut_if_due(a, at, err);
	if (st != STATUS_OK)
		return st;
	if (!is_whole_line(line) || (a->width > 0 && n > a->width) ||
		(n < line.len && n != a->width) ||
		(a->behind_crc && n != a->width))
		return armored_put_gap(a, n, a->line, at, err);
	armored_close_gap(a);
	a->behind_crc = false;
	return take_base64(a, line, at, err);
}

/* A line of "=" and what is to be four characters. */
static enum status
take_crc(struct cutter *c, struct armored *a, struct bytes line)
{
	struct base64_decoder dec = {0, 0, 0, false};
	enum status st = armored_put_last_group(a);
	uint8_t sum[3] = {0};
	size_t blanks = 0;

	line = bytes_make(line.data + 1, line.len - 1);
	base64_decode(&dec, line, sum, &blanks);
	armored_add_crc(a);
	if (dec.failed || line.len != 4)
		cutter_note(c, a->in.armor_at, "the checksum is damaged");
	else if (!a->any_gap &&
		 a->crc != ((uint32_t)sum[0] << 16 | (uint32_t)sum[1] << 8 |
				   sum[2]))
		cutter_note(c, a->in.armor_at, "the checksum is wrong");
	a->crc = ARMOR_CRC_START;
	a->behind_crc = true;
	return st;
}

static void
end_headers(struct armored *a, struct bytes rest)
{
	a->stage = STAGE_BODY;
	a->width = armored_width(rest, bytes_make(a->prefix, a->prefix_len));
	if (a->width % 4 != 0)
		a->width = 0;
}

/* false: a line of the body, already. */
static bool
take_header(struct armored *a, struct bytes bare, struct bytes here,
	struct bytes behind)
{
	if (a->stage == STAGE_BEGIN) {
		a->stage = STAGE_HEADERS;
		return true;
	}
	if (a->stage != STAGE_HEADERS)
		return false;
	if (bare.len == 0) {
		end_headers(a, behind);
		return true;
	}
	if (!armor_is_base64(bare) && armor_is_header(bare))
		return true;
	end_headers(a, here);
	return false;
}

/* ---- the block ---------------------------------------------------------- */

void
armored_begin(struct cutter *c, enum armor_kind kind, struct bytes prefix,
	bool orphan, uint64_t at)
{
	struct armored *a = xcalloc(1, sizeof(*a));

	a->in = (struct cutter){.limits = c->limits,
		.sink = c->sink,
		.in_armor = true,
		.armor_at = at,
		.text_at = at};
	a->stage = orphan ? STAGE_HEADERS : STAGE_BEGIN;
	if (kind != ARMOR_KEY)
		a->stage = STAGE_PASSED_OVER;
	a->want = ARMORED_CUT_AT;
	a->crc = ARMOR_CRC_START;
	a->batch_at = at;
	if (prefix.len <= sizeof(a->prefix)) {
		memcpy(a->prefix, prefix.len > 0 ? prefix.data : a->prefix,
			prefix.len);
		a->prefix_len = prefix.len;
	}
	buf_init(&a->out, 0);
	c->armored = a;
}

void
armored_free(struct armored *a)
{
	if (a == NULL)
		return;
	buf_done(&a->out);
	free(a);
}

static enum status
end_block(struct cutter *c, bool ended, struct err *err)
{
	struct armored *a = c->armored;
	enum status st = armored_put_last_group(a);

	if (a->stage != STAGE_PASSED_OVER && a->base + a->out.len == 0)
		cutter_tell(c, a->in.armor_at, "a block of armor with nothing in it");
	if (st == STATUS_OK)
		st = armored_cut_decoded(a, WINDOW_LAST, err);
	/* What stands behind a checksum where a block has no end is a text. */
	if (a->gap && a->gap_names && a->gap_behind_crc && !ended &&
		a->in.lost_at == a->gap_base)
		a->in.lost = false;
	armored_close_gap(a);
	if (a->in.lost && st == STATUS_OK)
		cutter_regain(&a->in, a->base, false);
	if (!ended && a->stage != STAGE_PASSED_OVER)
		cutter_note(c, a->in.armor_at, "the END line is missing");
	armored_free(a);
	c->armored = NULL;
	c->after_armor = true;
	return st;
}

/* A binary key may begin where a block was cut off. */
static size_t
find_binary(struct bytes in, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (in.data[i] & 0x80)
			return cutter_find_key_before(in, i, len);
	return in.len;
}

static enum status
take_line(struct cutter *c, struct bytes in, struct bytes line, size_t len,
	uint64_t at, struct err *err)
{
	struct armored *a = c->armored;
	struct bytes bare =
		armor_body_line(line, bytes_make(a->prefix, a->prefix_len));

	a->line++;
	if (a->stage == STAGE_PASSED_OVER ||
		take_header(
			a, bare, in, bytes_make(in.data + len, in.len - len)) ||
		bare.len == 0)
		return STATUS_OK;
	if (bare.data[0] == '=' && bare.len < 8)
		return take_crc(c, a, bare);
	/* A line of base64 has none: it was a BEGIN or END line. */
	if (memmem(bare.data, bare.len, "----", 4) != NULL)
		return end_block(c, false, err);
	return take_data(a, bare, at, err);
}

/* Octets to have in memory to say what the next line is. */
static size_t
room_for(const struct armored *a, struct bytes line)
{
	if (a->stage == STAGE_HEADERS)
		return WIDTH_ROOM;
	for (size_t i = 0; i < line.len; i++)
		if (line.data[i] & 0x80)
			return CUTTER_TAIL;
	return 0;
}

enum status
armored_take(struct cutter *c, struct bytes in, uint64_t base,
	enum window_end end, size_t *used, struct err *err)
{
	enum status st = STATUS_OK;
	struct bytes line, prefix;
	size_t at = 0, len, key;

	while (st == STATUS_OK && c->armored != NULL && at < in.len) {
		struct armored *a = c->armored;
		struct bytes left = bytes_make(in.data + at, in.len - at);

		if (!armored_line(left,
			    a->stage == STAGE_BODY ? PART_MAX : HEADER_MAX, end,
			    &line, &len) ||
			(end == WINDOW_GROWS && left.len < room_for(a, line)))
			break;
		key = find_binary(left, len);
		if (armor_is_end(line)) {
			st = end_block(c, true, err);
			at += len;
		} else if (key < left.len) {
			st = end_block(c, false, err);
			at += key;
		} else if (a->line > 0 && armor_begin(line, ARMOR_LENIENT,
						  &prefix) != ARMOR_NO_BEGIN) {
			st = end_block(c, false, err);
		} else {
			st = take_line(c, left, line, len, base + at, err);
			at += len;
		}
	}
	*used = at;
	if (st == STATUS_OK && c->armored != NULL && end == WINDOW_LAST &&
		at == in.len)
		st = end_block(c, false, err);
	return st;
}
