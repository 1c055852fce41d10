/* What was torn, and put together: no key behind it is lost. */
#include "../unit.h"

#include <string.h>

#include "pgp/armor.h"
#include "pieces.h"

enum { LINE = 65, OCTETS = 48, USER_ID = 8 };

static const struct material_limits limits = {1, 1, 1000, true};

static void
has_all(const struct pieces *p, uint8_t first, uint8_t n)
{
	for (uint8_t i = 0; i < n; i++)
		assert_true(pieces_has(p, (uint8_t)(first + i)));
}

/* As pieces_put_block, and nothing says that some of it is missing. */
static void
put_block_without_sum(struct buf *out, size_t *body)
{
	struct buf octets = {0};
	struct bytes view;

	for (uint8_t i = 0; i < PIECES_BLOCK; i++)
		pieces_put_cert(&octets, i);
	view = buf_view(&octets);
	assert_ok(armor_write(out, &view, 1, NULL, false));
	*body = strlen("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n");
	buf_done(&octets);
}

static void
test_a_stretch_that_is_missing_costs_its_keys_alone(void **state)
{
	const size_t sizes[] = {1, 2, 3, 4, 30, 64, 66, 100, 131, 200};
	struct buf sound = {0}, in = {0};
	struct pieces p;
	size_t body, from, upto, at, k;

	(void)state;
	put_block_without_sum(&sound, &body);
	for (k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
		for (at = body; at + sizes[k] < body + 12 * LINE; at += 3) {
			buf_clear(&in);
			assert_ok(buf_put(&in, buf_view(&sound)));
			in.len -= sizes[k];
			memmove(in.data + at, in.data + at + sizes[k],
				in.len - at);
			pieces_cut(&p, buf_view(&in), &limits);
			from = (at - body) / LINE * OCTETS;
			upto = ((at + sizes[k] - body) / LINE + 1) * OCTETS;
			for (uint8_t i = 0; i < PIECES_BLOCK; i++)
				if (i * PIECES_CERT >= (int)upto ||
					(i + 1) * PIECES_CERT <= (int)from)
					assert_true(pieces_has(&p, i));
			assert_true(p.faults > 0 || p.count == PIECES_BLOCK);
			buf_done(&p.all);
		}
	}
	buf_done(&sound);
	buf_done(&in);
}

static void
test_a_block_behind_a_binary_key_cut_off_is_read(void **state)
{
	struct buf in = {0};
	struct pieces p;

	(void)state;
	for (size_t cut = 1; cut < PIECES_CERT; cut++) {
		buf_clear(&in);
		pieces_put_cert(&in, 20);
		pieces_put_cert(&in, 21);
		in.len -= cut;
		pieces_put_block(&in, 0, NULL);
		pieces_cut(&p, buf_view(&in), &limits);
		has_all(&p, 20, 1);
		has_all(&p, 0, PIECES_BLOCK);
		/* A key without its user ID is whole, too. */
		assert_true(p.faults > 0 || cut == USER_ID);
		buf_done(&p.all);
	}
	buf_done(&in);
}

static void
test_a_block_of_nothing_is_a_fault(void **state)
{
	static const char begin[] = "-----BEGIN PGP PUBLIC KEY BLOCK-----\n";
	static const char *const texts[] = {"", "\n",
		"\n-----END PGP PUBLIC KEY BLOCK-----\n",
		"Version: 1\n\n=AAAA\n"};
	struct buf in = {0};
	struct pieces p;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		buf_clear(&in);
		assert_ok(buf_puts(&in, begin));
		assert_ok(buf_puts(&in, texts[i]));
		pieces_put_block(&in, 0, NULL);
		pieces_cut(&p, buf_view(&in), &limits);
		has_all(&p, 0, PIECES_BLOCK);
		assert_int_equal(p.faults, 1);
		assert_string_equal(p.fault,
			"offset 0: a block of armor with nothing in it");
		buf_done(&p.all);
	}
	buf_done(&in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_a_stretch_that_is_missing_costs_its_keys_alone),
		cmocka_unit_test(
			test_a_block_behind_a_binary_key_cut_off_is_read),
		cmocka_unit_test(test_a_block_of_nothing_is_a_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
