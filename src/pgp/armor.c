#include "pgp/armor.h"

#include <string.h>

#include "base/reader.h"
#include "pgp/armor_body.h"
#include "pgp/armor_repair.h"
#include "pgp/base64.h"
#include "pgp/packet.h"

enum {
	HEADERS_MAX = 64, /* L14 */
	HEADER_OCTETS_MAX = 1024,
	DASHES_MIN = 4,
	DASHES_MAX = 6
};

struct begin_row {
	const char *type;
	enum armor_kind kind;
};

/* What else there is is ARMOR_OTHER. */
static const struct begin_row begin_rows[] = {
	{"PUBLIC KEY BLOCK", ARMOR_KEY},
	{"SIGNATURE", ARMOR_KEY},
	{"PRIVATE KEY BLOCK", ARMOR_PRIVATE},
	{"SECRET KEY BLOCK", ARMOR_PRIVATE},
	/* Its text is read on: a key may stand in it, dash-escaped. */
	{"SIGNED MESSAGE", ARMOR_SIGNED_TEXT},
};

struct scan {
	struct arena *arena;
	struct reader in;
	enum armor_mode mode;
	struct armor_blocks blocks;
};

struct block_lines {
	struct armor_body body;
	bool ended;        /* there was an END line */
	bool no_separator; /* no blank line after the headers */
	bool bad_headers;
};

/*
 * The part of a line from its run of dashes on, if the word follows: as in
 * "> -----BEGIN PGP ...". Empty when it does not.
 */
static struct bytes
armor_find_dashes(struct bytes line, const char *word)
{
	struct bytes from, rest;
	const uint8_t *dash;
	size_t n;

	for (from = line; from.len; from = rest) {
		dash = memchr(from.data, '-', from.len);
		if (!dash)
			break;
		from.len -= (size_t)(dash - from.data);
		from.data = dash;
		for (n = 0; n < from.len && from.data[n] == '-';)
			n++;
		rest = bytes_make(from.data + n, from.len - n);
		if (n >= DASHES_MIN && n <= DASHES_MAX &&
			bytes_starts_nocase(rest, word))
			return from;
	}
	return bytes_make(NULL, 0);
}

/* Before the dashes only quoting may stand; for people also HTML tags. */
static bool
armor_is_quoting(struct bytes prefix, enum armor_mode mode)
{
	size_t i;

	for (i = 0; i < prefix.len; i++) {
		if (prefix.data[i] == '<' && mode == ARMOR_LENIENT) {
			while (i < prefix.len && prefix.data[i] != '>')
				i++;
			continue;
		}
		if (!strchr(" \t>-", prefix.data[i]) || !prefix.data[i])
			return false;
	}
	return true;
}

/* After the closing dashes: nothing, or what a web page or mailer puts. */
static bool
armor_is_tail(struct bytes tail, enum armor_mode mode)
{
	size_t n = 0;

	while (n < tail.len && tail.data[n] == '-')
		n++;
	if (n < DASHES_MIN || n > DASHES_MAX)
		return false;
	tail = bytes_trim(bytes_make(tail.data + n, tail.len - n));
	return tail.len == 0 ||
	       (mode == ARMOR_LENIENT && strchr("<=&", tail.data[0]) &&
		       tail.data[0]);
}

enum armor_kind
armor_begin(struct bytes line, enum armor_mode mode, struct bytes *prefix)
{
	static const char word[] = "BEGIN PGP ";
	struct bytes dashes = armor_find_dashes(line, word), type;
	size_t i, n = 0;

	if (!dashes.len)
		return ARMOR_NO_BEGIN;
	*prefix = bytes_make(line.data, line.len - dashes.len);
	while (dashes.data[n] == '-')
		n++;
	type = bytes_make(dashes.data + n, dashes.len - n);
	type.data += sizeof(word) - 1;
	type.len -= sizeof(word) - 1;
	if (!armor_is_quoting(*prefix, mode))
		return ARMOR_NO_BEGIN;
	for (i = 0; i < sizeof(begin_rows) / sizeof(begin_rows[0]); i++) {
		n = strlen(begin_rows[i].type);
		if (bytes_starts_nocase(type, begin_rows[i].type) &&
			armor_is_tail(
				bytes_make(type.data + n, type.len - n), mode))
			return begin_rows[i].kind;
	}
	return ARMOR_OTHER;
}

bool
armor_is_end(struct bytes line)
{
	return armor_find_dashes(line, "END PGP ").len > 0;
}

bool
armor_is_base64(struct bytes line)
{
	size_t i, n = line.len;

	while (n && line.data[n - 1] == '=')
		n--;
	for (i = 0; i < n; i++) {
		if (!base64_is_char(line.data[i]))
			return false;
	}
	return n > 0;
}

bool
armor_is_header(struct bytes line)
{
	return line.len && (line.data[line.len - 1] == ':' ||
				   memmem(line.data, line.len, ": ", 2));
}

/* Also "<br>" and "&nbsp;" alone. */
static bool
armor_is_blank(const struct scan *s, struct bytes line)
{
	struct bytes text = line;

	if (s->mode == ARMOR_LENIENT && line.len &&
		(line.data[0] == '<' || line.data[0] == '&') &&
		armor_repair_html(s->arena, line, &text) != STATUS_OK)
		return false;
	return bytes_trim(text).len == 0;
}

/* Passes over the headers; the reader then stands where base64 begins. */
static void
armor_skip_headers(struct scan *s, struct block_lines *b)
{
	struct bytes line, bare;
	size_t start, headers = 0;

	for (;;) {
		start = s->in.pos;
		if (!reader_line(&s->in, &line))
			return;
		bare = armor_body_line(line, b->body.prefix);
		if (armor_is_blank(s, bare))
			return;
		if (!armor_is_base64(bare) && armor_is_header(bare)) {
			if (++headers > HEADERS_MAX ||
				line.len > HEADER_OCTETS_MAX)
				b->bad_headers = true;
			continue;
		}
		/* Base64, damaged or not, or already the END line. */
		s->in.pos = start;
		b->no_separator = true;
		return;
	}
}

/* Reads to the END line, or to where the block ends for want of one. */
static void
armor_take_lines(struct scan *s, struct block_lines *b)
{
	struct bytes line, bare, prefix;
	size_t from, start, after_crc = 0;

	armor_skip_headers(s, b);
	from = s->in.pos;
	for (;;) {
		start = s->in.pos;
		if (!reader_line(&s->in, &line))
			break;
		if (armor_is_end(line)) {
			b->ended = true;
			break;
		}
		if (armor_begin(line, s->mode, &prefix) != ARMOR_NO_BEGIN) {
			s->in.pos = start;
			break;
		}
		bare = armor_body_line(line, b->body.prefix);
		if (!after_crc && armor_body_is_crc(bare))
			after_crc = s->in.pos;
	}
	if (!b->ended && after_crc)
		start = after_crc;
	b->body.text = bytes_make(s->in.in.data + from, start - from);
}

static enum status
armor_read_block(
	struct scan *s, struct block_lines *b, struct armor_block *block)
{
	const char *refusal = NULL;

	if (b->bad_headers)
		refusal = "too many or too long armor headers";
	else if (s->mode == ARMOR_STRICT && !b->ended)
		refusal = "the END line is missing";
	else if (s->mode == ARMOR_STRICT && b->no_separator)
		refusal = "the blank line after the headers is missing";
	if (refusal) {
		block->status = STATUS_MALFORMED;
		block->note = refusal;
		return STATUS_OK;
	}
	return armor_body_read(s->arena, &b->body, s->mode, block);
}

static enum status
armor_take_block(
	struct scan *s, enum armor_kind kind, struct bytes prefix, struct err *err)
{
	struct block_lines b;
	struct armor_block *block;
	enum status st = STATUS_OK;

	if (s->blocks.count == ARMOR_BLOCKS_MAX) {
		err_set(err, "over %d armored blocks", ARMOR_BLOCKS_MAX);
		return STATUS_LIMIT;
	}
	block = &s->blocks.list[s->blocks.count];
	memset(&b, 0, sizeof(b));
	b.body.prefix = prefix;
	armor_take_lines(s, &b);
	if (kind == ARMOR_OTHER) {
		block->status = STATUS_MALFORMED;
		block->note = "not a public key";
	} else {
		st = armor_read_block(s, &b, block);
	}
	if (st != STATUS_OK)
		return st;
	s->blocks.count++;
	s->blocks.good += block->status == STATUS_OK;
	return STATUS_OK;
}

static enum status
armor_scan(struct scan *s, struct err *err)
{
	struct bytes line, prefix;
	enum status st;
	enum armor_kind kind;

	while (reader_line(&s->in, &line)) {
		kind = armor_begin(line, s->mode, &prefix);
		if (kind == ARMOR_PRIVATE) {
			err_set(err, "this is a secret key");
			return STATUS_REJECTED;
		}
		if (kind == ARMOR_NO_BEGIN || kind == ARMOR_SIGNED_TEXT)
			continue;
		st = armor_take_block(s, kind, prefix, err);
		if (st != STATUS_OK)
			return st;
	}
	return STATUS_OK;
}

/*
 * Does it begin with a whole packet and go on with another one? Text does
 * not, also where it begins with a character above ASCII.
 */
static bool
armor_is_binary(const struct scan *s, struct bytes text)
{
	struct packet_reader in = packet_reader_of(text, s->arena);
	struct packet p;

	return packet_next(&in, &p, NULL) == STATUS_OK &&
	       (in.pos == text.len || packet_peek_tag(&in));
}

static void
armor_take_binary(struct scan *s, struct bytes octets)
{
	s->blocks.list[0].octets = octets;
	s->blocks.count = s->blocks.good = 1;
}

static enum status
armor_verdict(const struct scan *s, struct err *err)
{
	if (s->blocks.good)
		return STATUS_OK;
	err_set(err, "%s",
		s->blocks.count ? s->blocks.list[0].note
				: "there is no key in this");
	return STATUS_MALFORMED;
}

enum status
armor_read(struct arena *arena, struct bytes text, enum armor_mode mode,
	struct armor_blocks *out, struct err *err)
{
	struct scan s = {.arena = arena, .mode = mode};
	enum status st = STATUS_OK;

	s.blocks.list =
		arena_array(arena, ARMOR_BLOCKS_MAX, sizeof(*s.blocks.list));
	if (!s.blocks.list)
		return STATUS_LIMIT;
	if (text.len >= 3 && memcmp(text.data, "\xef\xbb\xbf", 3) == 0)
		text = bytes_make(text.data + 3, text.len - 3);
	if (mode == ARMOR_LENIENT && bytes_starts_nocase(text, "keytext="))
		st = armor_repair_form(arena, text, &text);
	if (st != STATUS_OK)
		return st;
	s.in = reader_of(text);
	if (armor_is_binary(&s, text))
		armor_take_binary(&s, text);
	else
		st = armor_scan(&s, err);
	if (st == STATUS_OK && s.blocks.count == 0 && text.len &&
		text.data[0] & 0x80)
		armor_take_binary(&s, text);
	if (st == STATUS_OK)
		st = armor_verdict(&s, err);
	if (st == STATUS_OK)
		*out = s.blocks;
	return st;
}
