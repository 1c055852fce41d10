/* What kind of key material comes next, and where none is. */
#include "cli/material_cutter.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "pgp/armor.h"

enum {
	BLOCKS_AT_ONCE = 32, /* well below ARMOR_BLOCKS_MAX */
	SMALL = 256 * 1024,
	GROUP_MAX = 1024 * 1024
};

#define ARMOR_ARENA_MAX ((size_t)1 << 30)

static void
tell(const struct cutter *c, uint64_t at, const char *what)
{
	char text[512], where[64] = "";

	if (c->in_armor)
		snprintf(where, sizeof(where), "armor at offset %" PRIu64 ", ",
			c->armor_at);
	snprintf(text, sizeof(text), "%soffset %" PRIu64 ": %s", where, at,
		what);
	c->sink->fault(c->sink->ctx, text);
}

void
cutter_lose(struct cutter *c, uint64_t at, const char *why)
{
	c->lost = true;
	c->lost_at = at;
	snprintf(c->why, sizeof(c->why), "%s", why);
}

/* ---- nothing ------------------------------------------------------------ */

/* There is key material again at `at`, or there was none. */
static void
regain(struct cutter *c, uint64_t at, bool any)
{
	char text[sizeof(c->why) + 64];
	uint64_t n;

	c->lost = false;
	n = at - c->lost_at;
	snprintf(text, sizeof(text), "%s; %sskipped: %" PRIu64 " octet%s",
		c->why, any ? "" : "the rest is ", n, cli_s(n));
	tell(c, c->lost_at, text);
}

static size_t
look_on(struct cutter *c, struct bytes in, uint64_t base, enum window_end end)
{
	size_t next = cutter_find(in, 0, 0);

	if (next < in.len || end == WINDOW_LAST)
		regain(c, base + next, next < in.len);
	else
		next = next > CUTTER_TAIL ? next - CUTTER_TAIL : 0;
	return next;
}

/* ---- armored ------------------------------------------------------------ */

/* Octets up to and with the n-th END line, or the next GROUP_MAX; 0: there is
 * none. */
static size_t
group_length(struct bytes in, enum window_end window)
{
	static const char end[] = "-----END PGP";
	const uint8_t *hit, *eol;
	size_t blocks, len = 0;

	for (blocks = 0; blocks < BLOCKS_AT_ONCE && len < GROUP_MAX; blocks++) {
		hit = memmem(in.data + len, in.len - len, end, sizeof(end) - 1);
		if (hit == NULL)
			break;
		eol = memchr(hit, '\n', in.len - (size_t)(hit - in.data));
		if (eol == NULL && window == WINDOW_GROWS)
			break;
		len = eol == NULL ? in.len : (size_t)(eol + 1 - in.data);
	}
	return len;
}

/* The packets of a block, which is whole. */
static enum status
cut_block(struct cutter *c, struct bytes octets, struct err *err)
{
	size_t used = 0, n;
	enum status st = STATUS_OK;

	while (st == STATUS_OK && used < octets.len) {
		struct bytes left =
			bytes_make(octets.data + used, octets.len - used);

		if (c->lost) {
			n = cutter_find_key(left, 0);
			regain(c, used + n, n < left.len);
		} else {
			st = cutter_binary(c, left, used, WINDOW_LAST, &n, err);
		}
		used += n;
	}
	if (c->lost)
		regain(c, used, false);
	return st;
}

static enum status
cut_group(struct cutter *c, struct bytes text, uint64_t at, struct err *err)
{
	struct arena *arena = arena_new(ARMOR_ARENA_MAX);
	struct cutter in = {.limits = c->limits,
		.sink = c->sink,
		.in_armor = true,
		.armor_at = at};
	struct armor_blocks blocks = {NULL, 0, 0};
	struct err why = {""};
	enum status st;

	st = armor_read(arena, text, ARMOR_LENIENT, &blocks, &why);
	if (st != STATUS_OK)
		tell(c, at, why.text);
	st = STATUS_OK;
	for (size_t i = 0; i < blocks.count && st == STATUS_OK; i++) {
		const struct armor_block *b = &blocks.list[i];

		if (b->status == STATUS_OK)
			st = cut_block(&in, b->octets, err);
		else
			tell(c, at,
				b->note != NULL
					? b->note
					: "a block of armor is unreadable");
	}
	arena_free(arena);
	c->after_armor = true;
	return st;
}

/* A block begins at `in`. */
static enum status
cut_armor(struct cutter *c, struct bytes in, uint64_t base, enum window_end end,
	size_t *used, struct err *err)
{
	size_t len = group_length(in, end);
	enum status st;

	*used = 0;
	if (len == 0 && end == WINDOW_GROWS)
		return STATUS_OK;
	if (len > 0) {
		*used = len;
		return cut_group(c, bytes_make(in.data, len), base, err);
	}
	/* Without its end it ends where it must. */
	len = cutter_find_key(in, 0);
	*used = len;
	st = cut_group(c, bytes_make(in.data, len), base, err);
	if (end == WINDOW_FULL && len == in.len)
		cutter_lose(c, base + len, "128 MiB without the end of a block");
	return st;
}

/* ---- either ------------------------------------------------------------- */

static bool
is_small(const struct cutter *c, struct bytes in, uint64_t base)
{
	return base == 0 && in.len <= SMALL && in.len <= c->limits->octets &&
	       cutter_find_key(in, 0) == in.len;
}

/* What a letter or a page has behind its last block is nobody's key. */
static bool
is_nothing(const struct cutter *c, struct bytes in)
{
	return bytes_trim(in).len == 0 || (c->after_armor && in.len < SMALL);
}

/* No packet begins here. */
static enum status
cut_text(struct cutter *c, struct bytes in, uint64_t base, enum window_end end,
	size_t *used, struct err *err)
{
	const struct material_piece whole = {in, 0, false};
	size_t next = cutter_find(in, 0, 0);
	enum status st;

	*used = next;
	if (end == WINDOW_LAST && is_small(c, in, base)) {
		*used = in.len;
		return c->sink->piece(c->sink->ctx, &whole, err);
	}
	if (next < in.len && !(in.data[next] & 0x80)) {
		st = cut_armor(c, bytes_make(in.data + next, in.len - next),
			base + next, end, used, err);
		*used += next;
		return st;
	}
	if (next < in.len || end == WINDOW_LAST) {
		if (is_nothing(c, bytes_make(in.data, next)))
			return STATUS_OK;
	} else {
		*used = 0;
	}
	cutter_lose(c, base, "no key material");
	if (next == in.len && end == WINDOW_LAST)
		regain(c, base + next, false);
	return STATUS_OK;
}

enum status
cutter_take(struct cutter *c, struct bytes window, uint64_t base,
	enum window_end end, size_t *used, struct err *err)
{
	enum status st = STATUS_OK;
	size_t n = 1;

	*used = 0;
	while (st == STATUS_OK && n > 0 && *used < window.len) {
		struct bytes in =
			bytes_make(window.data + *used, window.len - *used);
		uint64_t at = base + *used;
		bool was_lost = c->lost;

		if (c->lost)
			n = look_on(c, in, at, end);
		else if (in.data[0] & 0x80)
			st = cutter_binary(c, in, at, end, &n, err);
		else
			st = cut_text(c, in, at, end, &n, err);
		*used += n;
		/* What was found may begin right here. */
		if (was_lost != c->lost)
			n = 1;
	}
	if (c->lost && end == WINDOW_LAST)
		regain(c, base + window.len, false);
	return st;
}
