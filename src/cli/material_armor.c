/* Blocks of armor: where they are, and those that are decoded whole. */
#include <string.h>

#include "cli/material_armor.h"
#include "pgp/armor.h"

enum {
	WHOLE_BLOCK = 4 * 1024 * 1024, /* a larger one goes line by line */
	PREFIX_MAX = 64,
	BEGIN_LINE_MAX = 1024,
	ORPHAN_LINES = 3, /* alike, are no chance */
	ORPHAN_WIDTH = 40
};

#define ARMOR_ARENA_MAX ((size_t)1 << 30)

static const char begin_mark[] = CUTTER_BEGIN;
static const char end_mark[] = "-----END PGP ";

static size_t
find(struct bytes in, size_t from, const char *mark)
{
	const uint8_t *hit = NULL;

	if (from < in.len)
		hit = memmem(in.data + from, in.len - from, mark, strlen(mark));
	return hit != NULL ? (size_t)(hit - in.data) : in.len;
}

/* ---- a BEGIN line that is lost ------------------------------------------ */

static bool
is_body_line(struct bytes line)
{
	return line.len >= ORPHAN_WIDTH && line.len % 4 == 0 &&
	       armor_is_base64(line);
}

static size_t
find_body(struct bytes text)
{
	size_t at = 0, first = 0, alike = 0, width = 0, len;
	struct bytes line;

	while (alike < ORPHAN_LINES &&
		armored_line(bytes_make(text.data + at, text.len - at),
			BEGIN_LINE_MAX, WINDOW_LAST, &line, &len)) {
		if (!is_body_line(line)) {
			alike = 0;
		} else if (alike == 0 || line.len != width) {
			alike = 1;
			first = at;
			width = line.len;
		} else {
			alike++;
		}
		at += len;
	}
	return alike == ORPHAN_LINES ? first : text.len;
}

bool
armored_find_orphan(struct cutter *c, struct bytes text, uint64_t base,
	enum window_end end, size_t *body)
{
	size_t closed = find(text, 0, end_mark);
	const uint8_t *zero = NULL;

	*body = find_body(text);
	if (text.len > 0)
		zero = memchr(text.data, 0, *body);
	/* A text has none: they stand where something was. */
	if (zero != NULL)
		cutter_tell(c, base + (uint64_t)(zero - text.data),
			"zeros where a text stood, which is not read");
	if (*body < text.len && (closed < text.len || end != WINDOW_LAST))
		return true;
	/* It may be the attachment of a letter. */
	if (*body < text.len)
		cutter_note(c, base + *body,
			"base64 without BEGIN and END lines is not read");
	else if (closed < text.len)
		cutter_tell(c, base + closed,
			"the END line of a block that is not there");
	return false;
}

/* ---- whole -------------------------------------------------------------- */

/*
 * Octets of the block at the beginning of `in` with its END line, or to the
 * next BEGIN line or the end of the input; 0: no end is seen.
 */
static size_t
block_length(struct bytes in, enum window_end window, bool *ended)
{
	size_t start = find(in, 0, begin_mark) + sizeof(begin_mark) - 1;
	size_t end = find(in, start, end_mark);
	size_t next = find(in, start, begin_mark);
	const uint8_t *eol;

	*ended = end < next;
	if (*ended) {
		eol = memchr(in.data + end, '\n', in.len - end);
		end = eol != NULL ? (size_t)(eol + 1 - in.data) : in.len;
		return eol == NULL && window != WINDOW_LAST ? 0 : end;
	}
	if (next == in.len && window != WINDOW_LAST)
		return 0;
	while (next < in.len && in.data[next - 1] != '\n')
		next--;
	return next;
}

/* The packets of a block, which is whole. */
static enum status
cut_octets(struct cutter *c, struct bytes octets, struct err *err)
{
	size_t used = 0, n;
	enum status st = STATUS_OK;

	while (st == STATUS_OK && used < octets.len) {
		struct bytes left =
			bytes_make(octets.data + used, octets.len - used);

		if (c->lost) {
			n = cutter_find_key(left, 0);
			cutter_regain(c, used + n, n < left.len);
		} else {
			st = cutter_binary(c, left, used, WINDOW_LAST, &n, err);
		}
		used += n;
	}
	if (c->lost)
		cutter_regain(c, used, false);
	return st;
}

/* A stretch of a block that is lost leaves base64 of nothing behind it, which
 * its lines may tell. */
static bool
is_whole(const struct cutter *c, struct arena *arena,
	const struct armor_blocks *blocks)
{
	return blocks->count == 1 &&
	       (!c->limits->mend ||
		       armor_body_frames(arena, blocks->list[0].octets));
}

/* MALFORMED: it is not to be read as it is. */
static enum status
cut_whole(struct cutter *c, struct bytes text, uint64_t at, bool ended,
	struct err *why, struct err *err)
{
	struct arena *arena = arena_new(ARMOR_ARENA_MAX);
	struct armor_blocks blocks = {NULL, 0, 0};
	struct cutter in = {.limits = c->limits,
		.sink = c->sink,
		.in_armor = true,
		.armor_at = at,
		.text_at = at};
	enum status st;

	if (armor_read(arena, text, ARMOR_LENIENT, &blocks, why) != STATUS_OK ||
		!is_whole(c, arena, &blocks)) {
		arena_free(arena);
		return STATUS_MALFORMED;
	}
	if (blocks.list[0].note != NULL)
		cutter_note(c, at, blocks.list[0].note);
	if (!ended)
		cutter_note(c, at, "the END line is missing");
	st = cut_octets(&in, blocks.list[0].octets, err);
	arena_free(arena);
	return st;
}

/* A key's block. *used 0: it is to be read line by line, or more of it first.
 */
static enum status
cut_key(struct cutter *c, struct bytes in, uint64_t base, enum window_end end,
	size_t *used, bool *wait, struct err *err)
{
	struct err why = {""};
	bool ended = false;
	enum status st;
	size_t len;

	*used = 0;
	len = block_length(bytes_make(in.data,
				   in.len < WHOLE_BLOCK ? in.len : WHOLE_BLOCK),
		in.len < WHOLE_BLOCK ? end : WINDOW_GROWS, &ended);
	*wait = len == 0 && in.len < WHOLE_BLOCK && end == WINDOW_GROWS;
	if (len == 0)
		return STATUS_OK;
	st = cut_whole(c, bytes_make(in.data, len), base, ended, &why, err);
	if (st != STATUS_MALFORMED || !c->limits->mend)
		*used = len;
	if (st != STATUS_MALFORMED)
		return st;
	if (*used > 0)
		cutter_tell(c, base, why.text);
	return STATUS_OK;
}

/* ---- any ---------------------------------------------------------------- */

static size_t
line_start(struct bytes in, size_t at)
{
	size_t start = at;

	while (start > 0 && at - start < PREFIX_MAX &&
		in.data[start - 1] != '\n' && in.data[start - 1] != '\r')
		start--;
	return start;
}

/* What is none that there is was one of a key, before it was damaged. */
static bool
is_damaged_key(const struct cutter *c, enum armor_kind kind, struct bytes line)
{
	static const char *const others[] = {"MESSAGE", "ARMORED FILE"};

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (find(line, 0, others[i]) < line.len)
			return false;
	return c->limits->mend && kind == ARMOR_OTHER;
}

enum status
armored_cut(struct cutter *c, struct bytes in, size_t at, uint64_t base,
	enum window_end end, size_t *used, struct err *err)
{
	size_t start = line_start(in, at), len = 0;
	struct bytes text = bytes_make(in.data + start, in.len - start), line;
	struct bytes prefix = {NULL, 0};
	enum armor_kind kind;
	enum status st = STATUS_OK;
	bool wait = false;

	c->after_armor = true;
	*used = start;
	if (!armored_line(text, BEGIN_LINE_MAX, end, &line, &len))
		return STATUS_OK;
	kind = armor_begin(line, ARMOR_LENIENT, &prefix);
	if (kind == ARMOR_NO_BEGIN || kind == ARMOR_SIGNED_TEXT ||
		is_damaged_key(c, kind, line)) {
		*used = at + sizeof(begin_mark) - 1;
		return STATUS_OK;
	}
	if (kind == ARMOR_KEY) {
		st = cut_key(c, text, base + start, end, &len, &wait, err);
		*used = start + len;
		if (len > 0 || wait || st != STATUS_OK)
			return st;
	} else {
		cutter_tell(c, base + start,
			kind == ARMOR_PRIVATE
				? "a block of a secret key is not read"
				: "not a public key");
	}
	armored_begin(c, kind, prefix, false, base + start);
	return STATUS_OK;
}
