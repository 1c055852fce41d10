#include "cli/material_armored.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "pgp/armor.h"

/* ---- octets ------------------------------------------------------------- */

void
armored_add_crc(struct armored *a)
{
	size_t from = (size_t)(a->crc_upto - a->base);

	if (!a->any_gap)
		a->crc = armor_crc24(a->crc,
			bytes_make(a->out.data + from, a->out.len - from));
	a->crc_upto = a->base + a->out.len;
}

static size_t
look_for_key(
	struct cutter *in, struct bytes left, uint64_t at, enum window_end end)
{
	size_t next = cutter_find_key(left, 0);

	if (next < left.len)
		cutter_regain(in, at + next, true);
	else if (end != WINDOW_LAST)
		next = left.len > CUTTER_TAIL ? left.len - CUTTER_TAIL : 0;
	return next;
}

enum status
armored_cut_decoded(struct armored *a, enum window_end end, struct err *err)
{
	enum status st = STATUS_OK;
	size_t used = 0, n = 1;

	if (a->out.len == 0)
		return STATUS_OK;
	armored_add_crc(a);
	while (st == STATUS_OK && n > 0 && used < a->out.len) {
		struct bytes left =
			bytes_make(a->out.data + used, a->out.len - used);
		bool was_lost = a->in.lost;

		if (was_lost)
			n = look_for_key(&a->in, left, a->base + used, end);
		else
			st = cutter_binary(
				&a->in, left, a->base + used, end, &n, err);
		used += n;
		if (was_lost != a->in.lost)
			n = 1;
	}
	a->base += used;
	a->out.len -= used;
	memmove(a->out.data, a->out.data + used, a->out.len);
	a->want = used > 0 ? ARMORED_CUT_AT + a->out.len : 2 * a->want;
	return st;
}

enum status
armored_cut_if_due(struct armored *a, uint64_t at, struct err *err)
{
	enum status st = STATUS_OK;

	if (a->out.len >= a->want)
		st = armored_cut_decoded(a,
			a->out.len >= CUTTER_MAX ? WINDOW_FULL : WINDOW_GROWS,
			err);
	else if (a->base + a->out.len < a->batch + ARMORED_CUT_AT)
		return st;
	if (a->base >= a->batch)
		a->in.text_at = a->batch_at;
	a->batch = a->base + a->out.len;
	a->batch_at = at;
	return st;
}

enum status
armored_put_last_group(struct armored *a)
{
	uint8_t room[3];
	size_t n = base64_finish(&a->dec, room);

	a->dec = (struct base64_decoder){0, 0, 0, false};
	return buf_put(&a->out, bytes_make(room, n));
}

/* ---- damaged lines ------------------------------------------------------ */

static enum status
open_gap(struct armored *a, uint64_t line, uint64_t at, struct err *err)
{
	bool was_lost = a->in.lost;
	uint64_t was_at = a->in.lost_at;
	enum status st = armored_cut_decoded(a, WINDOW_LAST, err);

	a->gap_names = !was_lost || !a->in.lost || a->in.lost_at != was_at;
	if (!a->in.lost)
		cutter_lose(&a->in, a->base, "damaged");
	a->any_gap = a->gap = true;
	a->gap_behind_crc = a->behind_crc;
	a->gap_at = at;
	a->gap_line = line;
	a->gap_lines = 0;
	a->gap_base = a->base;
	return st;
}

enum status
armored_put_gap(struct armored *a, size_t n, uint64_t line, uint64_t at,
	struct err *err)
{
	enum status st = STATUS_OK;

	a->skip = 0;
	if (a->width == 0)
		a->skip = (4 - (a->dec.held + n) % 4) % 4;
	a->dec = (struct base64_decoder){0, 0, 0, false};
	if (!a->gap)
		st = open_gap(a, line, at, err);
	a->gap_lines = line + 1 - a->gap_line;
	a->base += n / 4 * 3;
	a->crc_upto = a->base;
	return st;
}

void
armored_close_gap(struct armored *a)
{
	char why[160];

	if (a->gap && a->gap_names && a->gap_lines == 1)
		snprintf(why, sizeof(why),
			"line %" PRIu64 " of the block, at offset %" PRIu64
			", is damaged",
			a->gap_line, a->gap_at);
	else if (a->gap && a->gap_names)
		snprintf(why, sizeof(why),
			"lines %" PRIu64 " to %" PRIu64
			" of the block, from offset %" PRIu64
			" on, are damaged",
			a->gap_line, a->gap_line + a->gap_lines - 1, a->gap_at);
	else
		why[0] = '\0';
	if (why[0] != '\0')
		cutter_lose(&a->in, a->in.lost_at, why);
	a->gap = false;
}
