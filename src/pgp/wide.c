#include "pgp/wide.h"

#if defined(__x86_64__)

#include <immintrin.h>

#define WITH_SHUFFLE __attribute__((target("ssse3")))
#define WITH_FOLD __attribute__((target("ssse3,pclmul")))

WITH_SHUFFLE static __m128i
wide_load(const uint8_t *p)
{
	return _mm_loadu_si128((const __m128i *)(const void *)p);
}

/* Twelve octets, in the low lanes, become sixteen characters. */
WITH_SHUFFLE static __m128i
wide_encode(__m128i v)
{
	/* What is added to a value, by its class: see below. */
	const __m128i offsets = _mm_setr_epi8('a' - 26, '0' - 52, '0' - 52,
		'0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52, '0' - 52,
		'0' - 52, '0' - 52, '+' - 62, '/' - 63, 'A', 0, 0);
	__m128i high, low, class;

	/* Each three octets in a lane of four, the middle one twice. */
	v = _mm_shuffle_epi8(v, _mm_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8,
					7, 10, 9, 11, 10));
	/* Shifts by four different counts: multiplications. */
	high = _mm_mulhi_epu16(_mm_and_si128(v, _mm_set1_epi32(0x0FC0FC00)),
		_mm_set1_epi32(0x04000040));
	low = _mm_mullo_epi16(_mm_and_si128(v, _mm_set1_epi32(0x003F03F0)),
		_mm_set1_epi32(0x01000010));
	v = _mm_or_si128(high, low);
	/* A to Z: 13; a to z: 0; digits: 1 to 10; + and /: 11 and 12. */
	class = _mm_or_si128(_mm_subs_epu8(v, _mm_set1_epi8(51)),
		_mm_and_si128(_mm_cmpgt_epi8(_mm_set1_epi8(26), v),
			_mm_set1_epi8(13)));
	return _mm_add_epi8(v, _mm_shuffle_epi8(offsets, class));
}

WITH_SHUFFLE static size_t
wide_base64_run(struct bytes in, char *out)
{
	size_t n = 0;

	for (; in.len - n >= 16; n += 12, out += 16)
		_mm_storeu_si128((__m128i *)(void *)out,
			wide_encode(wide_load(in.data + n)));
	/* The last twelve: with four before them, which were done. */
	if (n > 0 && in.len - n >= 12) {
		_mm_storeu_si128((__m128i *)(void *)out,
			wide_encode(
				_mm_srli_si128(wide_load(in.data + n - 4), 4)));
		n += 12;
	}
	return n;
}

size_t
wide_base64(struct bytes in, char *out)
{
	if (in.len < 16 || !__builtin_cpu_supports("ssse3"))
		return 0;
	return wide_base64_run(in, out);
}

WITH_SHUFFLE static size_t
wide_lines_run(struct bytes in, char *out)
{
	const uint8_t *p = in.data;
	size_t n, i;

	/* The last load of a line takes in four octets of the next one. */
	for (n = 0; in.len - n >= WIDE_LINE_OCTETS + 4;
		n += WIDE_LINE_OCTETS, p += WIDE_LINE_OCTETS) {
		for (i = 0; i < WIDE_LINE_OCTETS; i += 12, out += 16)
			_mm_storeu_si128((__m128i *)(void *)out,
				wide_encode(wide_load(p + i)));
		*out++ = '\n';
	}
	return n;
}

size_t
wide_base64_lines(struct bytes in, char *out)
{
	if (in.len < WIDE_LINE_OCTETS + 4 || !__builtin_cpu_supports("ssse3"))
		return 0;
	return wide_lines_run(in, out);
}

/* Sixteen octets as a polynomial: the first bit is the highest power. */
WITH_FOLD static __m128i
wide_reverse(__m128i v)
{
	return _mm_shuffle_epi8(v, _mm_setr_epi8(15, 14, 13, 12, 11, 10, 9, 8,
					   7, 6, 5, 4, 3, 2, 1, 0));
}

WITH_FOLD static __m128i
wide_block(const uint8_t *p)
{
	return wide_reverse(wide_load(p));
}

/* `sum` moved up by what `powers` stands for, and the next octets added. */
WITH_FOLD static __m128i
wide_fold(__m128i sum, __m128i powers, __m128i next)
{
	return _mm_xor_si128(
		next, _mm_xor_si128(_mm_clmulepi64_si128(sum, powers, 0x11),
			      _mm_clmulepi64_si128(sum, powers, 0x00)));
}

WITH_FOLD static size_t
wide_crc24_run(uint32_t crc, struct bytes in, uint8_t folded[16])
{
	/*
	 * x^(n + 64) and x^n modulo the polynomial times x^8, since the
	 * checksum stands in the upper 24 bits of a word.
	 */
	const __m128i by_512 = _mm_set_epi64x(0x1F428700, 0x467D2400);
	const __m128i by_128 = _mm_set_epi64x(0x2C8C9D00, 0x64E4D700);
	const uint8_t *p = in.data;
	__m128i a = wide_block(p), b = wide_block(p + 16);
	__m128i c = wide_block(p + 32), d = wide_block(p + 48);
	size_t n;

	a = _mm_xor_si128(a, _mm_set_epi32((int)(crc << 8), 0, 0, 0));
	/* Four at a time, which do not wait for each other. */
	for (n = 64; in.len - n >= 64; n += 64) {
		a = wide_fold(a, by_512, wide_block(p + n));
		b = wide_fold(b, by_512, wide_block(p + n + 16));
		c = wide_fold(c, by_512, wide_block(p + n + 32));
		d = wide_fold(d, by_512, wide_block(p + n + 48));
	}
	b = wide_fold(a, by_128, b);
	c = wide_fold(b, by_128, c);
	d = wide_fold(c, by_128, d);
	_mm_storeu_si128((__m128i *)(void *)folded, wide_reverse(d));
	return n;
}

size_t
wide_crc24(uint32_t crc, struct bytes in, uint8_t folded[16])
{
	if (in.len < 64 || !__builtin_cpu_supports("ssse3") ||
		!__builtin_cpu_supports("pclmul"))
		return 0;
	return wide_crc24_run(crc, in, folded);
}

#else

size_t
wide_base64(struct bytes in, char *out)
{
	(void)in;
	(void)out;
	return 0;
}

size_t
wide_base64_lines(struct bytes in, char *out)
{
	(void)in;
	(void)out;
	return 0;
}

size_t
wide_crc24(uint32_t crc, struct bytes in, uint8_t folded[16])
{
	(void)crc;
	(void)in;
	(void)folded;
	return 0;
}

#endif
