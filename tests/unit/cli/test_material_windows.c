/*
 * What is taken of damaged material does not depend on how much of it is in
 * memory at once; and whatever it is, the cutter comes to its end.
 */
#include "../unit.h"

#include <string.h>

#include "cli/material_cutter.h"

enum { CERTS = 40, ROUNDS = 300, ROOM = 512 * 1024 };

struct seen {
	uint8_t taken[ROOM]; /* how often each octet came */
	size_t octets;
	uint64_t behind; /* pieces come in order */
};

static struct seen whole, parts;

static enum status
take_piece(void *ctx, const struct material_piece *piece, struct err *err)
{
	struct seen *s = ctx;

	(void)err;
	/* Of a small text, or armor, there is no telling. */
	if (!piece->within)
		return STATUS_OK;
	assert_true(piece->at >= s->behind);
	s->behind = piece->at + piece->octets.len;
	assert_true(s->behind <= ROOM);
	for (size_t i = 0; i < piece->octets.len; i++)
		s->taken[piece->at + i]++;
	s->octets += piece->octets.len;
	return STATUS_OK;
}

static void
take_fault(void *ctx, const char *what)
{
	(void)ctx;
	assert_true(strlen(what) > 0);
}

static uint32_t
next(uint32_t *seed)
{
	*seed = *seed * 1664525u + 1013904223u;
	return *seed >> 8;
}

static void
put_packet(struct buf *b, uint8_t head, const uint8_t *body, size_t len)
{
	assert_ok(buf_put_u8(b, head));
	if (head & 1)
		assert_ok(buf_put_u8(b, (uint8_t)(len >> 8)));
	assert_ok(buf_put_u8(b, (uint8_t)len));
	assert_ok(buf_put(b, bytes_make(body, len)));
}

/* A key, a name, and signatures of any octets. */
static void
put_cert(struct buf *b, uint32_t *seed)
{
	uint8_t key[141] = {4, 1, 2, 3, 4, 1, 4, 0, 0x80};
	uint8_t sig[2000];
	size_t n = next(seed) % 4;

	for (size_t i = 9; i < sizeof(key); i++)
		key[i] = (uint8_t)next(seed);
	memcpy(key + sizeof(key) - 5, "\0\021\1\0\1", 5);
	put_packet(b, 0x99, key, sizeof(key));
	put_packet(b, 0xb4, (const uint8_t *)"a@a.de", 6);
	for (; n > 0; n--) {
		for (size_t i = 0; i < sizeof(sig); i++)
			sig[i] = (uint8_t)next(seed);
		put_packet(b, 0x89, sig, 100 + next(seed) % 1900);
	}
}

/* Octets that are wrong, missing, or nobody's. */
static void
damage(struct buf *b, uint32_t *seed)
{
	for (size_t n = next(seed) % 6; n > 0; n--) {
		size_t at = next(seed) % b->len;
		size_t len = 1 + next(seed) % 300;

		if (at + len >= b->len)
			continue;
		switch (next(seed) % 3) {
		case 0:
			b->data[at] ^= (uint8_t)(1u << (next(seed) % 8));
			break;
		case 1:
			memset(b->data + at, (int)next(seed), len);
			break;
		default:
			memmove(b->data + at, b->data + at + len,
				b->len - at - len);
			b->len -= len;
			break;
		}
	}
}

/* In windows that grow when they are too small, as a file is read. */
static void
cut(struct seen *s, struct bytes in, size_t step)
{
	const struct material_limits limits = {4000, 5, 100, false};
	const struct material_sink sink = {
		take_piece, take_fault, s, NULL, NULL};
	struct cutter c = {.limits = &limits, .sink = &sink};
	size_t at = 0, want = step, used;
	enum window_end end;
	struct err err;

	memset(s, 0, sizeof(*s));
	do {
		if (want > in.len - at)
			want = in.len - at;
		end = at + want == in.len ? WINDOW_LAST : WINDOW_GROWS;
		assert_ok(cutter_take(&c, bytes_make(in.data + at, want), at,
			end, &used, &err));
		assert_true(used <= want);
		want = used == 0 ? want * 2 : want - used + step;
		at += used;
	} while (end != WINDOW_LAST);
	cutter_done(&c);
	assert_int_equal(at, in.len);
}

static void
test_windows_change_nothing(void **state)
{
	struct buf b;
	uint32_t seed;

	(void)state;
	for (uint32_t round = 0; round < ROUNDS; round++) {
		seed = round;
		buf_init(&b, ROOM);
		for (size_t i = 0; i < CERTS; i++)
			put_cert(&b, &seed);
		damage(&b, &seed);
		cut(&whole, buf_view(&b), b.len);
		cut(&parts, buf_view(&b), 1 + next(&seed) % 20000);
		if (memcmp(whole.taken, parts.taken, b.len) != 0)
			fail_msg("round %u: %zu and %zu octets",
				(unsigned)round, whole.octets, parts.octets);
		for (size_t i = 0; i < b.len; i++)
			assert_true(whole.taken[i] <= 1);
		/* A few damaged places cost a few certificates. */
		assert_true(whole.octets > b.len / 2);
		buf_done(&b);
	}
}

static void
test_rubbish_comes_to_an_end(void **state)
{
	struct buf b;
	uint32_t seed;

	(void)state;
	for (uint32_t round = 0; round < 100; round++) {
		seed = round + 7777;
		buf_init(&b, ROOM);
		for (size_t n = 1 + next(&seed) % 100000; n > 0; n--)
			assert_ok(buf_put_u8(&b, (uint8_t)next(&seed)));
		b.data[0] |= (uint8_t)(next(&seed) & 0x80);
		cut(&whole, buf_view(&b), b.len);
		cut(&parts, buf_view(&b), 1 + next(&seed) % 20000);
		buf_done(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_windows_change_nothing),
		cmocka_unit_test(test_rubbish_comes_to_an_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
