#include "mailagent/decode.h"

#include "mailagent/bounce.h"
#include "mailagent/classify.h"
#include "mailagent/keyblock.h"
#include "mailagent/letterhead.h"
#include "mailagent/mime.h"
#include "mailagent/signed.h"

/* The whole of a letter while it is read. */
struct decoding {
	struct arena *arena;
	struct head head;
	struct mime_part top;
	struct buf *fields;
};

static enum status
put_blocks(struct decoding *d, struct err *why)
{
	struct mime_walk walk;
	struct mime_part part;
	size_t octets = 0;
	enum status st;

	/* What a bounce carries was ours, or nobody's. */
	if (d->top.report)
		return STATUS_OK;
	mime_walk_init(&walk, d->arena, &d->top);
	while ((st = mime_next(&walk, &part, why)) == STATUS_OK) {
		st = keyblock_put(d->arena, &part, d->fields, &octets, why);
		if (st != STATUS_OK)
			return st;
	}
	return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

static enum status
decode_in(struct decoding *d, struct bytes letter,
	const struct decode_hint *hint, struct err *why)
{
	struct bytes body;
	enum status st;

	st = head_scan(d->arena, letter, &d->head, why);
	if (st != STATUS_OK)
		return st;
	body = bytes_make(
		letter.data + d->head.body, letter.len - d->head.body);
	st = mime_describe(d->arena, &d->head, body, &d->top, why);
	if (st != STATUS_OK)
		return st;
	st = letterhead_put(d->arena, &d->head, &d->top, hint, d->fields, why);
	if (st == STATUS_OK)
		st = bounce_put(d->arena, &d->head, &d->top, d->fields, why);
	if (st == STATUS_OK)
		st = signed_put(d->arena, &d->top, d->fields, why);
	return st == STATUS_OK ? put_blocks(d, why) : st;
}

enum status
decode_letter(struct bytes letter, const struct decode_hint *hint,
	struct buf *fields, struct err *why)
{
	struct decoding d = {.fields = fields};
	size_t start = fields->len;
	enum status st;

	why->text[0] = '\0';
	d.arena = arena_new(DECODE_ARENA_MAX);
	st = decode_in(&d, letter, hint, why);
	arena_free(d.arena);
	if (st == STATUS_OK)
		return st;
	fields->len = start;
	if (why->text[0] == '\0')
		err_set(why, "%s", status_name(st));
	return st;
}
