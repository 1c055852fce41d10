#include "pgp/armor.h"

/*
 * Slicing by 8: eight octets a step, each looked up in a table of its own.
 * The checksum stands in the upper 24 bits of a word.
 *
 * CRC is linear, so an entry is the sum (XOR) of those of its bits: BITS gives
 * for each table what bits 0 to 7 contribute, and the preprocessor writes the
 * 256 entries. Bit b of table k: the checksum of octet 1 << b followed by k
 * zero octets, started from 0.
 */
#define PICK(i, b, v) ((i) & (1 << (b)) ? (v) : 0u)
#define ENTRY(i, a, b, c, d, e, f, g, h)                                       \
	(PICK(i, 0, a) ^ PICK(i, 1, b) ^ PICK(i, 2, c) ^ PICK(i, 3, d) ^       \
		PICK(i, 4, e) ^ PICK(i, 5, f) ^ PICK(i, 6, g) ^ PICK(i, 7, h))
#define E4(i, ...)                                                             \
	ENTRY(i, __VA_ARGS__), ENTRY((i) + 1, __VA_ARGS__),                    \
		ENTRY((i) + 2, __VA_ARGS__), ENTRY((i) + 3, __VA_ARGS__)
#define E16(i, ...)                                                            \
	E4(i, __VA_ARGS__), E4((i) + 4, __VA_ARGS__),                          \
		E4((i) + 8, __VA_ARGS__), E4((i) + 12, __VA_ARGS__)
#define E64(i, ...)                                                            \
	E16(i, __VA_ARGS__), E16((i) + 16, __VA_ARGS__),                       \
		E16((i) + 32, __VA_ARGS__), E16((i) + 48, __VA_ARGS__)
#define BITS(...)                                                              \
	E64(0, __VA_ARGS__), E64(64, __VA_ARGS__), E64(128, __VA_ARGS__),      \
		E64(192, __VA_ARGS__)

static const uint32_t tables[8][256] = {
	{BITS(0x864cfb00, 0x8ad50d00, 0x93e6e100, 0xa1813900, 0xc54e8900,
		0x0cd1e900, 0x19a3d200, 0x3347a400)},
	{BITS(0x668f4800, 0xcd1e9000, 0x1c71db00, 0x38e3b600, 0x71c76c00,
		0xe38ed800, 0x41514b00, 0x82a29600)},
	{BITS(0x8309d700, 0x805f5500, 0x86f25100, 0x8ba85900, 0x911c4900,
		0xa4746900, 0xcea42900, 0x1b04a900)},
	{BITS(0x36095200, 0x6c12a400, 0xd8254800, 0x36066b00, 0x6c0cd600,
		0xd819ac00, 0x367fa300, 0x6cff4600)},
	{BITS(0xd9fe8c00, 0x35b1e300, 0x6b63c600, 0xd6c78c00, 0x2bc3e300,
		0x5787c600, 0xaf0f8c00, 0xd853e300)},
	{BITS(0x36eb3d00, 0x6dd67a00, 0xdbacf400, 0x31151300, 0x622a2600,
		0xc4544c00, 0x0ee46300, 0x1dc8c600)},
	{BITS(0x3b918c00, 0x77231800, 0xee463000, 0x5ac09b00, 0xb5813600,
		0xed4e9700, 0x5cd1d500, 0xb9a3aa00)},
	{BITS(0xf50baf00, 0x6c5ba500, 0xd8b74a00, 0x37226f00, 0x6e44de00,
		0xdc89bc00, 0x3f5f8300, 0x7ebf0600)},
};

static uint32_t
armor_crc24_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

uint32_t
armor_crc24(uint32_t crc, struct bytes b)
{
	uint32_t c = crc << 8, next;
	const uint8_t *p = b.data;
	size_t left = b.len;

	for (; left >= 8; left -= 8, p += 8) {
		c ^= armor_crc24_be32(p);
		next = armor_crc24_be32(p + 4);
		c = tables[7][c >> 24] ^ tables[6][c >> 16 & 0xff] ^
		    tables[5][c >> 8 & 0xff] ^ tables[4][c & 0xff] ^
		    tables[3][next >> 24] ^ tables[2][next >> 16 & 0xff] ^
		    tables[1][next >> 8 & 0xff] ^ tables[0][next & 0xff];
	}
	for (; left; left--, p++)
		c = c << 8 ^ tables[0][c >> 24 ^ *p];
	return c >> 8;
}
