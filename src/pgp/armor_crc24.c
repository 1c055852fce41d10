#include "pgp/armor.h"
#include "pgp/wide.h"

/*
 * Slicing by 16: sixteen octets a step, each looked up in a table of its own.
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

static const uint32_t tables[16][256] = {
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
	{BITS(0xfd7e0c00, 0x7cb0e300, 0xf961c600, 0x748f7700, 0xe91eee00,
		0x54712700, 0xa8e24e00, 0xd7886700)},
	{BITS(0x295c3500, 0x52b86a00, 0xa570d400, 0xccad5300, 0x1f165d00,
		0x3e2cba00, 0x7c597400, 0xf8b2e800)},
	{BITS(0x77292b00, 0xee525600, 0x5ae85700, 0xb5d0ae00, 0xededa700,
		0x5d97b500, 0xbb2f6a00, 0xf0122f00)},
	{BITS(0x6668a500, 0xccd14a00, 0x1fee6f00, 0x3fdcde00, 0x7fb9bc00,
		0xff737800, 0x78aa0b00, 0xf1541600)},
	{BITS(0x64e4d700, 0xc9c9ae00, 0x15dfa700, 0x2bbf4e00, 0x577e9c00,
		0xaefd3800, 0xdbb68b00, 0x3121ed00)},
	{BITS(0x6243da00, 0xc487b400, 0x0f439300, 0x1e872600, 0x3d0e4c00,
		0x7a1c9800, 0xf4393000, 0x6e3e9b00)},
	{BITS(0xdc7d3600, 0x3eb69700, 0x7d6d2e00, 0xfada5c00, 0x73f84300,
		0xe7f08600, 0x49adf700, 0x935bee00)},
	{BITS(0xa0fb2700, 0xc7bab500, 0x09399100, 0x12732200, 0x24e64400,
		0x49cc8800, 0x93991000, 0xa17edb00)},
};

/* Of four octets; `after` begins with the table of the last one. */
static uint32_t
armor_crc24_word(const uint32_t (*after)[256], uint32_t v)
{
	return (after[3][v >> 24] ^ after[2][v >> 16 & 0xff]) ^
	       (after[1][v >> 8 & 0xff] ^ after[0][v & 0xff]);
}

static uint32_t
armor_crc24_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

static uint32_t
armor_crc24_plain(uint32_t crc, struct bytes b)
{
	uint32_t c = crc << 8, rest;
	const uint8_t *p = b.data;
	size_t left = b.len;

	for (; left >= 16; left -= 16, p += 16) {
		/* Three words need not wait for the checksum so far. */
		rest = armor_crc24_word(tables + 8, armor_crc24_be32(p + 4)) ^
		       armor_crc24_word(tables + 4, armor_crc24_be32(p + 8)) ^
		       armor_crc24_word(tables, armor_crc24_be32(p + 12));
		c = rest ^
		    armor_crc24_word(tables + 12, c ^ armor_crc24_be32(p));
	}
	for (; left; left--, p++)
		c = c << 8 ^ tables[0][c >> 24 ^ *p];
	return c >> 8;
}

uint32_t
armor_crc24(uint32_t crc, struct bytes b)
{
	uint8_t folded[16];
	size_t done = wide_crc24(crc, b, folded);

	if (done > 0)
		crc = armor_crc24_plain(0, bytes_make(folded, sizeof(folded)));
	return armor_crc24_plain(crc, bytes_make(b.data + done, b.len - done));
}
