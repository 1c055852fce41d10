/* What was torn, and put together: no key behind it is lost. */
#include "../unit.h"

#include "pieces.h"

enum { LINE = 65, OCTETS = 48, USER_ID = 8 };

static void
test_a_stretch_that_is_missing_costs_its_keys_alone(void **state)
{
	const size_t sizes[] = {1, 2, 3, 4, 30, 64, 66, 100, 131, 200};
	struct buf sound = {0};
	struct pieces p;
	size_t body, at, k;

	(void)state;
	pieces_put_block_without_sum(&sound, 0, &body);
	for (k = 0; k < sizeof(sizes) / sizeof(sizes[0]); k++) {
		for (at = body; at + sizes[k] < body + 12 * LINE; at += 3) {
			pieces_cut_without(&p, &sound, at, sizes[k]);
			assert_true(p.faults > 0 || p.count == PIECES_BLOCK);
			pieces_cost_no_others(&p, (at - body) / LINE * OCTETS,
				((at + sizes[k] - body) / LINE + 1) * OCTETS);
		}
	}
	buf_done(&sound);
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
		pieces_cut(&p, buf_view(&in), &pieces_each);
		pieces_have(&p, 20, 1);
		pieces_have(&p, 0, PIECES_BLOCK);
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
		pieces_cut(&p, buf_view(&in), &pieces_each);
		pieces_have(&p, 0, PIECES_BLOCK);
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
