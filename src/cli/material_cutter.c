/* What kind of key material comes next, and where none is. */
#include "cli/material_cutter.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/material_armor.h"

enum {
	SMALL = 256 * 1024,
	TEXT = 4 * 1024 * 1024 /* without any key is none that has one */
};

static void
say(const struct cutter *c, void (*how)(void *ctx, const char *what),
	uint64_t at, const char *what)
{
	char text[512], where[64] = "";

	if (c->in_armor)
		snprintf(where, sizeof(where), "armor at offset %" PRIu64 ", ",
			c->armor_at);
	snprintf(text, sizeof(text), "%soffset %" PRIu64 ": %s", where, at,
		what);
	how(c->sink->ctx, text);
}

void
cutter_tell(const struct cutter *c, uint64_t at, const char *what)
{
	say(c, c->sink->fault, at, what);
}

void
cutter_note(const struct cutter *c, uint64_t at, const char *what)
{
	if (c->sink->note != NULL)
		say(c, c->sink->note, at, what);
}

void
cutter_done(struct cutter *c)
{
	armored_free(c->armored);
	c->armored = NULL;
}

void
cutter_lose(struct cutter *c, uint64_t at, const char *why)
{
	c->lost = true;
	c->lost_at = at;
	snprintf(c->why, sizeof(c->why), "%s", why);
}

/* ---- nothing ------------------------------------------------------------ */

void
cutter_regain(struct cutter *c, uint64_t at, bool any)
{
	char text[sizeof(c->why) + 64];
	uint64_t n;

	c->lost = false;
	n = at - c->lost_at;
	snprintf(text, sizeof(text), "%s; %sskipped: %" PRIu64 " octet%s",
		c->why, any ? "" : "the rest is ", n, cli_s(n));
	cutter_tell(c, c->lost_at, text);
}

static size_t
look_on(struct cutter *c, struct bytes in, uint64_t base, enum window_end end)
{
	size_t next = cutter_find(in, 0, 0);

	if (next < in.len || end == WINDOW_LAST)
		cutter_regain(c, base + next, next < in.len);
	else
		next = next > CUTTER_TAIL ? next - CUTTER_TAIL : 0;
	return next;
}

/* ---- either ------------------------------------------------------------- */

static bool
has(struct bytes in, const char *word)
{
	return memmem(in.data, in.len, word, strlen(word)) != NULL;
}

static bool
is_small(const struct cutter *c, struct bytes in, uint64_t base)
{
	if (base > 0 || in.len > SMALL || in.len > c->limits->octets ||
		cutter_find_key(in, 0) < in.len)
		return false;
	return !c->limits->mend ||
	       (!has(in, "-----BEGIN PGP ") && !has(in, "-----END PGP "));
}

/* What a letter or a page has behind its last block is nobody's key. */
static bool
is_nothing(const struct cutter *c, struct bytes in)
{
	return bytes_trim(in).len == 0 || (c->after_armor && in.len < SMALL);
}

/* Between blocks, or where there are none: up to `next`. */
static enum status
pass_text(struct cutter *c, struct bytes in, uint64_t base, size_t next,
	enum window_end end, size_t *used)
{
	if (next < in.len || end == WINDOW_LAST) {
		if (is_nothing(c, bytes_make(in.data, next)))
			return STATUS_OK;
	} else {
		*used = 0;
	}
	cutter_lose(c, base, "no key material");
	if (next == in.len && end == WINDOW_LAST)
		cutter_regain(c, base + next, false);
	return STATUS_OK;
}

/* No packet begins here. */
static enum status
cut_text(struct cutter *c, struct bytes in, uint64_t base, enum window_end end,
	size_t *used, struct err *err)
{
	const struct material_piece whole = {in, 0, 0, false};
	size_t next = cutter_find(in, 0, 0), body = 0;

	*used = next;
	if (next == in.len && end == WINDOW_GROWS && in.len < TEXT) {
		*used = 0;
		return STATUS_OK;
	}
	if (end == WINDOW_LAST && is_small(c, in, base)) {
		*used = in.len;
		return c->sink->piece(c->sink->ctx, &whole, err);
	}
	if (c->limits->mend &&
		armored_find_orphan(c, bytes_make(in.data, next), base,
			next < in.len ? WINDOW_LAST : end, &body)) {
		cutter_note(c, base + body, "the BEGIN line is missing");
		armored_begin(
			c, ARMOR_KEY, bytes_make(NULL, 0), true, base + body);
		*used = body;
		return STATUS_OK;
	}
	if (next == in.len || in.data[next] & 0x80)
		return pass_text(c, in, base, next, end, used);
	return armored_cut(c, in, next, base, end, used, err);
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
		bool was_lost = c->lost, was_armored = c->armored != NULL;

		if (was_armored)
			st = armored_take(c, in, at, end, &n, err);
		else if (c->lost)
			n = look_on(c, in, at, end);
		else if (in.data[0] & 0x80)
			st = cutter_binary(c, in, at, end, &n, err);
		else
			st = cut_text(c, in, at, end, &n, err);
		*used += n;
		/* What was found may begin right here. */
		if (was_lost != c->lost || was_armored != (c->armored != NULL))
			n = 1;
	}
	if (c->lost && end == WINDOW_LAST)
		cutter_regain(c, base + window.len, false);
	return st;
}
