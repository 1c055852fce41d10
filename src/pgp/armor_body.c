#include "pgp/armor_body.h"

#include <string.h>

#include "base/reader.h"
#include "pgp/armor_repair.h"
#include "pgp/base64.h"
#include "pgp/packet.h"

enum checksum { CHECKSUM_NONE, CHECKSUM_GOOD, CHECKSUM_WRONG };

struct decoded {
	struct bytes octets;
	enum checksum checksum;
	bool blanks; /* some stood inside a line */
	bool failed;
};

struct repair {
	armor_repair *apply;
	const char *note;
};

static const struct repair repairs[] = {
	{armor_repair_html, "repaired: HTML was removed"},
	{armor_repair_quoted, "repaired: quoted-printable was decoded"},
	{armor_repair_plus, "repaired: blanks became plus signs again"},
};

bool
armor_body_is_crc(struct bytes line)
{
	size_t i;

	if (line.len != 5 || line.data[0] != '=')
		return false;
	for (i = 1; i < 5; i++) {
		if (!base64_is_char(line.data[i]))
			return false;
	}
	return true;
}

static struct bytes
armor_body_rtrim(struct bytes b)
{
	while (b.len && (b.data[b.len - 1] == ' ' || b.data[b.len - 1] == '\t'))
		b.len--;
	return b;
}

struct bytes
armor_body_line(struct bytes line, struct bytes prefix)
{
	struct bytes bare = armor_body_rtrim(line);
	struct bytes shorter = armor_body_rtrim(prefix);

	if (prefix.len == 0)
		return bare;
	/* An empty line lost the blank of its "> ". */
	if (bytes_eq(bare, shorter))
		return bytes_make(bare.data, 0);
	if (bare.len < prefix.len ||
		memcmp(bare.data, prefix.data, prefix.len) != 0)
		return bare;
	return bytes_make(bare.data + prefix.len, bare.len - prefix.len);
}

static void
armor_body_check(struct decoded *d, struct bytes crc_line)
{
	struct base64_decoder dec = {0, 0, 0, false};
	uint32_t want, have;
	uint8_t octets[3];
	size_t blanks = 0;

	crc_line.data++;
	crc_line.len--;
	base64_decode(&dec, crc_line, octets, &blanks);
	want = (uint32_t)octets[0] << 16 | (uint32_t)octets[1] << 8 | octets[2];
	have = armor_crc24(ARMOR_CRC_START, d->octets);
	d->checksum = have == want ? CHECKSUM_GOOD : CHECKSUM_WRONG;
}

/* The lines of `body` as they stand. */
static enum status
armor_body_decode(
	struct arena *arena, const struct armor_body *body, struct decoded *out)
{
	struct reader in = reader_of(body->text);
	struct base64_decoder dec = {0, 0, 0, false};
	struct decoded d = {{NULL, 0}, CHECKSUM_NONE, false, false};
	struct bytes line, crc = {NULL, 0};
	size_t n = 0, blanks = 0;
	uint8_t *octets;

	/* Three octets for four characters, and a group that is cut. */
	octets = arena_alloc(arena, body->text.len / 4 * 3 + 6);
	if (!octets)
		return STATUS_LIMIT;
	while (!dec.failed && reader_line(&in, &line)) {
		line = armor_body_line(line, body->prefix);
		if (line.len == 0)
			continue;
		/* Nothing may follow the checksum. */
		if (crc.data)
			dec.failed = true;
		else if (armor_body_is_crc(line))
			crc = line;
		else
			n += base64_decode(&dec, line, octets + n, &blanks);
	}
	if (!dec.failed)
		n += base64_finish(&dec, octets + n);
	d.failed = dec.failed || n == 0;
	d.blanks = blanks > 0;
	d.octets = bytes_make(octets, d.failed ? 0 : n);
	if (crc.data && !d.failed)
		armor_body_check(&d, crc);
	*out = d;
	return STATUS_OK;
}

bool
armor_body_frames(struct arena *arena, struct bytes octets)
{
	struct packet_reader in = packet_reader_of(octets, arena);
	struct packet p;
	enum status st = STATUS_OK;

	while (st == STATUS_OK)
		st = packet_next(&in, &p, NULL);
	return st == STATUS_NOT_FOUND && octets.len > 0;
}

static void
armor_body_take(
	struct armor_block *block, const struct decoded *d, const char *note)
{
	block->octets = d->octets;
	block->status = STATUS_OK;
	block->note = note;
}

static void
armor_body_refuse(struct armor_block *block, const char *note)
{
	block->octets = bytes_make(NULL, 0);
	block->status = STATUS_MALFORMED;
	block->note = note;
}

/* Plain decoding was no success: tries the repairs, each on the original. */
static enum status
armor_body_mend(struct arena *arena, const struct armor_body *body,
	bool *mended, struct armor_block *block)
{
	struct armor_body tried = {{NULL, 0}, body->prefix};
	struct decoded d;
	enum status st;
	size_t i;

	*mended = false;
	for (i = 0; i < sizeof(repairs) / sizeof(repairs[0]); i++) {
		st = repairs[i].apply(arena, body->text, &tried.text);
		if (st == STATUS_OK)
			st = armor_body_decode(arena, &tried, &d);
		if (st != STATUS_OK)
			return st;
		if (d.failed || d.checksum == CHECKSUM_WRONG ||
			!armor_body_frames(arena, d.octets))
			continue;
		armor_body_take(block, &d, repairs[i].note);
		*mended = true;
		return STATUS_OK;
	}
	return STATUS_OK;
}

/* Is what plain decoding gave beyond doubt? */
static bool
armor_body_is_sound(struct arena *arena, const struct decoded *d)
{
	if (d->failed || d->checksum == CHECKSUM_WRONG)
		return false;
	/* Blanks may have been plus signs; only a checksum would tell. */
	return !d->blanks || d->checksum == CHECKSUM_GOOD ||
	       armor_body_frames(arena, d->octets);
}

enum status
armor_body_read(struct arena *arena, const struct armor_body *body,
	enum armor_mode mode, struct armor_block *block)
{
	struct decoded d;
	bool mended;
	enum status st;

	st = armor_body_decode(arena, body, &d);
	if (st != STATUS_OK)
		return st;
	if (armor_body_is_sound(arena, &d)) {
		armor_body_take(block, &d, NULL);
		return STATUS_OK;
	}
	if (mode == ARMOR_STRICT) {
		armor_body_refuse(block, d.checksum == CHECKSUM_WRONG
						 ? "the checksum is wrong"
						 : "not base64");
		return STATUS_OK;
	}
	if (d.checksum == CHECKSUM_WRONG &&
		armor_body_frames(arena, d.octets)) {
		armor_body_take(block, &d, "the checksum is wrong");
		return STATUS_OK;
	}
	st = armor_body_mend(arena, body, &mended, block);
	if (st == STATUS_OK && !mended)
		armor_body_refuse(block,
			d.checksum == CHECKSUM_WRONG
				? "the checksum is wrong and the packets are "
				  "damaged"
				: "not base64");
	return st;
}
