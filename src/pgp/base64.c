#include "pgp/base64.h"

#include <string.h>

#include "pgp/wide.h"

enum { BAD = 0x80 };

/*
 * Both characters of each twelve bits, so that three octets cost two look-ups:
 * 8 KiB, which a first-level cache holds.
 */
#define ROW(a)                                                                 \
	a "A" a "B" a "C" a "D" a "E" a "F" a "G" a "H" a "I" a "J" a "K" a    \
	  "L" a "M" a "N" a "O" a "P" a "Q" a "R" a "S" a "T" a "U" a "V" a    \
	  "W" a "X" a "Y" a "Z" a "a" a "b" a "c" a "d" a "e" a "f" a "g" a    \
	  "h" a "i" a "j" a "k" a "l" a "m" a "n" a "o" a "p" a "q" a "r" a    \
	  "s" a "t" a "u" a "v" a "w" a "x" a "y" a "z" a "0" a "1" a "2" a    \
	  "3" a "4" a "5" a "6" a "7" a "8" a "9" a "+" a "/"

static const char pairs[64][128] = {ROW("A"), ROW("B"), ROW("C"), ROW("D"),
	ROW("E"), ROW("F"), ROW("G"), ROW("H"), ROW("I"), ROW("J"), ROW("K"),
	ROW("L"), ROW("M"), ROW("N"), ROW("O"), ROW("P"), ROW("Q"), ROW("R"),
	ROW("S"), ROW("T"), ROW("U"), ROW("V"), ROW("W"), ROW("X"), ROW("Y"),
	ROW("Z"), ROW("a"), ROW("b"), ROW("c"), ROW("d"), ROW("e"), ROW("f"),
	ROW("g"), ROW("h"), ROW("i"), ROW("j"), ROW("k"), ROW("l"), ROW("m"),
	ROW("n"), ROW("o"), ROW("p"), ROW("q"), ROW("r"), ROW("s"), ROW("t"),
	ROW("u"), ROW("v"), ROW("w"), ROW("x"), ROW("y"), ROW("z"), ROW("0"),
	ROW("1"), ROW("2"), ROW("3"), ROW("4"), ROW("5"), ROW("6"), ROW("7"),
	ROW("8"), ROW("9"), ROW("+"), ROW("/")};
#undef ROW

#define X BAD
/* The value of a character, or BAD. */
static const uint8_t values[256] = {
	/* 0x00 */ X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
	/* 0x10 */ X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
	/* 0x20 */ X, X, X, X, X, X, X, X, X, X, X, 62, X, X, X, 63,
	/* 0x30 */ 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, X, X, X, X, X, X,
	/* 0x40 */ X, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14,
	/* 0x50 */ 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, X, X, X, X, X,
	/* 0x60 */ X, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39,
	40,
	/* 0x70 */ 41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, X, X, X, X, X,
	/* 0x80 */ X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
	/* 0x90 */ X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
	/* 0xa0 */ X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
	/* 0xb0 */ X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
	/* 0xc0 */ X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
	/* 0xd0 */ X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
	/* 0xe0 */ X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X,
	/* 0xf0 */ X, X, X, X, X, X, X, X, X, X, X, X, X, X, X, X};
#undef X

size_t
base64_encoded_size(size_t n)
{
	return (n + 2) / 3 * 4;
}

/* Two characters for the lowest twelve bits. */
static char *
base64_put(char *out, uint64_t v)
{
	memcpy(out, &pairs[v >> 6 & 0x3f][2 * (v & 0x3f)], 2);
	return out + 2;
}

static uint64_t
base64_be64(const uint8_t *p)
{
	return (uint64_t)p[0] << 56 | (uint64_t)p[1] << 48 |
	       (uint64_t)p[2] << 40 | (uint64_t)p[3] << 32 |
	       (uint64_t)p[4] << 24 | (uint64_t)p[5] << 16 |
	       (uint64_t)p[6] << 8 | p[7];
}

void
base64_encode(struct bytes in, char *out)
{
	size_t done = wide_base64(in, out);
	const uint8_t *p = in.data + done;
	size_t left = in.len - done;
	uint64_t v;

	out += done / 3 * 4;
	/* Six octets of the eight that one load brings. */
	for (; left >= 8; left -= 6, p += 6) {
		v = base64_be64(p);
		out = base64_put(out, v >> 52);
		out = base64_put(out, v >> 40);
		out = base64_put(out, v >> 28);
		out = base64_put(out, v >> 16);
	}
	for (; left >= 3; left -= 3, p += 3) {
		v = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
		out = base64_put(out, v >> 12);
		out = base64_put(out, v);
	}
	if (left == 0)
		return;
	v = (uint32_t)p[0] << 16 | (left == 2 ? (uint32_t)p[1] << 8 : 0);
	out = base64_put(out, v >> 12);
	out = base64_put(out, v);
	out[-1] = '=';
	if (left == 1)
		out[-2] = '=';
}

/* One character; whole groups of four become octets. */
static size_t
base64_decode_char(
	struct base64_decoder *d, uint8_t c, uint8_t *out, size_t *blanks)
{
	if (c == ' ' || c == '\t') {
		++*blanks;
		return 0;
	}
	if (c == '=') {
		/* After two or three characters of a group, to fill it. */
		if (d->held < 2 || d->held + d->padding >= 4)
			d->failed = true;
		d->padding++;
		return 0;
	}
	if (d->padding || values[c] == BAD) {
		d->failed = true;
		return 0;
	}
	d->bits = d->bits << 6 | values[c];
	if (++d->held < 4)
		return 0;
	out[0] = (uint8_t)(d->bits >> 16);
	out[1] = (uint8_t)(d->bits >> 8);
	out[2] = (uint8_t)d->bits;
	d->held = 0;
	d->bits = 0;
	return 3;
}

size_t
base64_decode(struct base64_decoder *d, struct bytes piece, uint8_t *out,
	size_t *blanks)
{
	uint8_t w, x, y, z;
	size_t i = 0, n = 0;
	uint32_t v;

	while (i < piece.len && !d->failed) {
		/* Groups without surprises go four characters a step. */
		while (d->held == 0 && d->padding == 0 && piece.len - i >= 4) {
			w = values[piece.data[i]];
			x = values[piece.data[i + 1]];
			y = values[piece.data[i + 2]];
			z = values[piece.data[i + 3]];
			if ((w | x | y | z) & BAD)
				break;
			v = (uint32_t)w << 18 | (uint32_t)x << 12 |
			    (uint32_t)y << 6 | z;
			out[n] = (uint8_t)(v >> 16);
			out[n + 1] = (uint8_t)(v >> 8);
			out[n + 2] = (uint8_t)v;
			n += 3;
			i += 4;
		}
		if (i < piece.len)
			n += base64_decode_char(
				d, piece.data[i++], out + n, blanks);
	}
	return n;
}

size_t
base64_finish(struct base64_decoder *d, uint8_t *out)
{
	if (d->held == 1)
		d->failed = true;
	if (d->failed || d->held < 2)
		return 0;
	out[0] = (uint8_t)(d->held == 2 ? d->bits >> 4 : d->bits >> 10);
	if (d->held == 2)
		return 1;
	out[1] = (uint8_t)(d->bits >> 2);
	return 2;
}

bool
base64_is_char(uint8_t c)
{
	return values[c] != BAD;
}
