/* Blocks of armor that are large, or not to be read. */
#include "../unit.h"

#include <string.h>

#include "cli/material_cutter.h"
#include "pgp/armor.h"
#include "pieces.h"

enum { MANY = 60000, STEP = 100000 };

struct seen {
	uint8_t came[MANY];
	uint64_t at, from;
	size_t faults;
};

static enum status
see_piece(void *ctx, const struct material_piece *piece, struct err *err)
{
	struct bytes b = piece->octets;
	struct seen *s = ctx;

	(void)err;
	/* Not before it, in order, and to be had again from its beginning. */
	assert_true(piece->at >= s->at && piece->from == s->from);
	assert_false(piece->within);
	s->at = piece->at;
	for (; b.len >= PIECES_CERT;
		b.data += PIECES_CERT, b.len -= PIECES_CERT) {
		size_t n = (size_t)b.data[20] << 16 | (size_t)b.data[21] << 8 |
			   b.data[22];

		assert_true(n < MANY);
		s->came[n]++;
	}
	return STATUS_OK;
}

static void
see_fault(void *ctx, const char *what)
{
	struct seen *s = ctx;

	assert_non_null(strstr(what, "is damaged; skipped: "));
	s->faults++;
}

static void
test_a_block_of_any_size_goes_through_a_window(void **state)
{
	static struct seen s;
	const struct material_limits large = {256 * 1024, 500, 10000, true};
	const struct material_sink sink = {
		see_piece, see_fault, &s, NULL, NULL};
	struct cutter c = {.limits = &large, .sink = &sink};
	struct buf octets = {0}, in = {0};
	size_t at = 0, want = STEP, most = 0, used, n;
	enum window_end end = WINDOW_GROWS;
	struct bytes view;
	struct err err;

	(void)state;
	for (n = 0; n < MANY; n++) {
		pieces_put_cert(&octets, 1);
		octets.data[n * PIECES_CERT + 20] = (uint8_t)(n >> 16);
		octets.data[n * PIECES_CERT + 21] = (uint8_t)(n >> 8);
		octets.data[n * PIECES_CERT + 22] = (uint8_t)n;
	}
	view = buf_view(&octets);
	assert_ok(armor_write(&in, &view, 1, NULL, true));
	in.data[in.len / 2] = '!';
	while (end != WINDOW_LAST) {
		if (want > in.len - at)
			want = in.len - at;
		end = at + want == in.len ? WINDOW_LAST : WINDOW_GROWS;
		assert_ok(cutter_take(&c, bytes_make(in.data + at, want), at,
			end, &used, &err));
		at += used;
		most = most > want ? most : want;
		want = used == 0 ? want * 2 : want - used + STEP;
	}
	cutter_done(&c);
	assert_int_equal(at, in.len);
	/* No window was as large as the block. */
	assert_true(most <= 8 * 1024 * 1024 && most < in.len);
	for (used = n = 0; n < MANY; n++) {
		assert_true(s.came[n] <= 1);
		used += s.came[n];
	}
	assert_int_equal(s.faults, 1);
	assert_true(used >= MANY - 2 && used < MANY);
	buf_done(&octets);
	buf_done(&in);
}

static void
test_a_secret_block_costs_itself(void **state)
{
	static const char secret[] = "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n"
				     "xVgEZQ==\n"
				     "-----END PGP PRIVATE KEY BLOCK-----\n";
	struct buf in = {0};
	struct pieces p;

	(void)state;
	pieces_put_block(&in, 0, NULL);
	assert_ok(buf_puts(&in, secret));
	pieces_put_block(&in, 10, NULL);
	pieces_cut(&p, buf_view(&in), &pieces_each);
	pieces_have(&p, 0, PIECES_BLOCK);
	pieces_have(&p, 10, PIECES_BLOCK);
	assert_int_equal(p.faults, 1);
	assert_non_null(strstr(p.fault, "a secret key is not read"));
	assert_null(memmem(p.all.data, p.all.len, "\xc5\x58", 2));
	buf_done(&p.all);
	buf_done(&in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_a_block_of_any_size_goes_through_a_window),
		cmocka_unit_test(test_a_secret_block_costs_itself),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
