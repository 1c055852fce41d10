/* A damaged block of armor costs the keys that the damage has touched. */
#include "../unit.h"

#include <string.h>

#include "cli/material_cutter.h"
#include "pgp/armor.h"
#include "pieces.h"

enum { LINE = 65, OCTETS = 48 };

static void
cut(struct pieces *p, const struct buf *text)
{
	pieces_cut(p, buf_view(text), &pieces_each);
}

static void
copy(struct buf *to, const struct buf *from)
{
	buf_clear(to);
	assert_ok(buf_put(to, buf_view(from)));
}

static void
test_a_character_that_is_none_costs_the_keys_of_its_line(void **state)
{
	const char bad[] = {'!', '\0', '\x99', '-'};
	struct buf sound = {0}, in = {0};
	size_t body, line, at;
	struct pieces p;

	(void)state;
	pieces_put_block(&sound, 0, &body);
	for (at = body; at < body + PIECES_BLOCK * PIECES_CERT / 3 * 4; at++) {
		line = (at - body) / LINE;
		if ((at - body) % LINE == LINE - 1)
			continue;
		for (size_t i = 0; i < sizeof(bad); i++) {
			copy(&in, &sound);
			in.data[at] = (uint8_t)bad[i];
			cut(&p, &in);
			pieces_cost_no_others(&p, line * OCTETS, (line + 1) * OCTETS);
		}
	}
	buf_done(&sound);
	buf_done(&in);
}

static void
test_a_character_that_is_missing_costs_no_other_line(void **state)
{
	struct buf sound = {0};
	size_t body, line, at;
	struct pieces p;

	(void)state;
	pieces_put_block(&sound, 0, &body);
	for (at = body; at < body + PIECES_BLOCK * PIECES_CERT / 3 * 4; at++) {
		line = (at - body) / LINE;
		pieces_cut_without(&p, &sound, at, 1);
		pieces_cost_no_others(&p, line * OCTETS,
			(line + 1 + ((at - body) % LINE == LINE - 1)) * OCTETS);
	}
	buf_done(&sound);
}

static void
test_lines_that_are_missing_cost_what_they_held(void **state)
{
	struct buf sound = {0};
	struct pieces p;
	size_t body;

	(void)state;
	pieces_put_block(&sound, 0, &body);
	for (size_t line = 1; line < 17; line++) {
		pieces_cut_without(&p, &sound, body + line * LINE, LINE);
		pieces_cost_no_others(&p, line * OCTETS, (line + 1) * OCTETS);
	}
	buf_done(&sound);
}

static void
test_a_block_may_be_cut_off_anywhere(void **state)
{
	struct buf in = {0};
	struct pieces p;
	size_t body, whole;

	(void)state;
	pieces_put_block(&in, 0, &body);
	for (in.len--; in.len > body + LINE; in.len--) {
		cut(&p, &in);
		whole = (in.len - body) / LINE * OCTETS / PIECES_CERT;
		pieces_have(&p, 0,
			(uint8_t)(whole < PIECES_BLOCK ? whole : PIECES_BLOCK));
		assert_true(p.faults + p.notes > 0 || p.count == PIECES_BLOCK);
		buf_done(&p.all);
	}
	buf_done(&in);
}

/* Zeros over anything: the block before, the one behind, and what is between.
 */
static void
test_a_hole_costs_what_stood_there(void **state)
{
	struct buf sound = {0}, in = {0};
	size_t first, second, size = 500;
	struct pieces p;

	(void)state;
	pieces_put_block(&sound, 0, &first);
	pieces_put_block(&sound, 10, &second);
	for (size_t at = 0; at + size <= sound.len; at += 7) {
		copy(&in, &sound);
		memset(in.data + at, 0, size);
		cut(&p, &in);
		assert_true(p.faults > 0);
		for (uint8_t i = 0; i < 2 * PIECES_BLOCK; i++) {
			size_t n = i % PIECES_BLOCK * (size_t)PIECES_CERT;
			size_t from = (i < PIECES_BLOCK ? first : second) +
				      n / OCTETS * LINE;
			size_t upto = (i < PIECES_BLOCK ? first : second) +
				      ((n + PIECES_CERT) / OCTETS + 1) * LINE;

			if (upto <= at || from >= at + size + 2 * LINE)
				assert_true(pieces_has(&p,
					(uint8_t)(i < PIECES_BLOCK
							  ? i
							  : i - PIECES_BLOCK +
								    10)));
		}
		buf_done(&p.all);
	}
	buf_done(&sound);
	buf_done(&in);
}

static void
test_damage_is_told_by_line_and_offset(void **state)
{
	struct buf in = {0};
	struct pieces p;
	size_t body;

	(void)state;
	pieces_put_block(&in, 0, &body);
	in.data[body + 4 * LINE + 10] = '!';
	cut(&p, &in);
	assert_int_equal(p.faults, 1);
	assert_string_equal(p.fault,
		"armor at offset 0, offset 152: line 7 of the block, at offset "
		"298, is damaged; skipped: 152 octets");
	assert_int_equal(p.count, PIECES_BLOCK - 1);
	buf_done(&p.all);
	in.data[body + 5 * LINE + 10] = '!';
	cut(&p, &in);
	assert_string_equal(p.fault,
		"armor at offset 0, offset 152: lines 7 to 8 of the block, "
		"from offset 298 on, are damaged; skipped: 152 octets");
	buf_done(&p.all);
	buf_done(&in);
}

/* What is odd of a block of which nothing is missing. */
static void
is_odd(struct pieces *p, const struct buf *in, const char *what)
{
	cut(p, in);
	pieces_have(p, 0, PIECES_BLOCK);
	assert_int_equal(p->faults, 0);
	assert_true(p->notes > 0);
	assert_non_null(strstr(p->note, what));
	buf_done(&p->all);
}

static void
test_a_checksum_that_is_wrong_costs_nothing_and_is_told(void **state)
{
	struct buf in = {0};
	struct pieces p;
	uint8_t *crc;

	(void)state;
	pieces_put_block(&in, 0, NULL);
	crc = memmem(in.data, in.len, "\n=", 2);
	assert_non_null(crc);
	crc[2] = crc[2] == 'A' ? 'B' : 'A';
	is_odd(&p, &in, "the checksum is wrong");
	crc[2] = '!';
	is_odd(&p, &in, "the checksum is damaged");
	buf_done(&in);
}

static void
test_a_wrong_checksum_keeps_what_parses(void **state)
{
	struct buf in = {0};
	struct pieces p;
	size_t body;

	(void)state;
	pieces_put_block(&in, 0, &body);
	/* Of the third one the length of its user ID. */
	in.data[body + 9 * (size_t)LINE + 23] = '/';
	cut(&p, &in);
	assert_true(p.faults > 0);
	assert_non_null(strstr(p.note, "the checksum is wrong"));
	for (uint8_t i = 0; i < PIECES_BLOCK; i++)
		assert_true(pieces_has(&p, i) || (i >= 2 && i <= 3));
	buf_done(&p.all);
	buf_done(&in);
}

static void
test_lines_around_a_block_may_be_lost(void **state)
{
	struct buf sound = {0}, in = {0};
	uint8_t *end, *crc;
	struct pieces p;

	(void)state;
	pieces_put_block(&sound, 0, NULL);
	copy(&in, &sound);
	memcpy(in.data, "-----BXGIN", 10);
	is_odd(&p, &in, "the BEGIN line is missing");
	copy(&in, &sound);
	memcpy(in.data, "-----BEGIN PGP PUBLXC", 21);
	is_odd(&p, &in, "the BEGIN line is missing");
	copy(&in, &sound);
	end = memmem(in.data, in.len, "-----END", 8);
	assert_non_null(end);
	memcpy(end, "-----EXD", 8);
	is_odd(&p, &in, "the END line is missing");
	/* Nor a checksum. */
	crc = memmem(in.data, in.len, "\n=", 2);
	assert_non_null(crc);
	in.len = (size_t)(crc + 1 - in.data);
	assert_ok(buf_puts(&in, "-----EXD PGP PUBLIC KEY BLOCK-----\n"));
	is_odd(&p, &in, "the END line is missing");
	buf_done(&sound);
	buf_done(&in);
}

/* And the next one is there, too. */
static void
test_an_end_that_is_lost_costs_no_block_behind_it(void **state)
{
	struct buf in = {0};
	struct pieces p;
	uint8_t *end;

	(void)state;
	pieces_put_block(&in, 0, NULL);
	pieces_put_block(&in, 10, NULL);
	end = memmem(in.data, in.len, "-----END", 8);
	assert_non_null(end);
	memcpy(end, "-----EXD", 8);
	cut(&p, &in);
	pieces_have(&p, 0, PIECES_BLOCK);
	pieces_have(&p, 10, PIECES_BLOCK);
	assert_int_equal(p.faults, 0);
	buf_done(&p.all);
	memcpy(memmem(in.data, in.len, "\n-----BEGIN", 11), "\n-----BEG\0N",
		11);
	cut(&p, &in);
	pieces_have(&p, 0, PIECES_BLOCK);
	pieces_have(&p, 10, PIECES_BLOCK);
	buf_done(&p.all);
	buf_done(&in);
}

static void
test_binary_keys_behind_a_block_cut_off_are_read(void **state)
{
	struct buf in = {0};
	struct pieces p;
	size_t body;

	(void)state;
	pieces_put_block(&in, 0, &body);
	in.len = body + 4 * LINE + 17;
	pieces_put_cert(&in, 20);
	pieces_put_cert(&in, 21);
	pieces_put_block(&in, 10, NULL);
	cut(&p, &in);
	pieces_have(&p, 0, 1);
	pieces_have(&p, 20, 2);
	pieces_have(&p, 10, PIECES_BLOCK);
	assert_true(p.faults > 0);
	buf_done(&p.all);
	buf_done(&in);
}

/* A letter quotes it, and what it says itself is nobody's key. */
static void
test_a_quoted_block_is_read_line_by_line_too(void **state)
{
	struct buf plain = {0}, in = {0};
	struct pieces p;

	(void)state;
	pieces_put_block(&plain, 0, NULL);
	assert_ok(buf_puts(&in, "Hello,\nhere it is:\n> "));
	for (size_t i = 0; i < plain.len; i++) {
		assert_ok(buf_put_u8(&in, plain.data[i]));
		if (plain.data[i] == '\n' && i + 1 < plain.len)
			assert_ok(buf_puts(&in, "> "));
	}
	assert_ok(buf_puts(&in, "Best regards\nBob\n"));
	cut(&p, &in);
	pieces_have(&p, 0, PIECES_BLOCK);
	assert_int_equal(p.faults + p.notes, 0);
	buf_done(&p.all);
	in.data[180] = '!';
	cut(&p, &in);
	pieces_have(&p, 1, PIECES_BLOCK - 1);
	assert_int_equal(p.faults, 1);
	buf_done(&p.all);
	buf_done(&plain);
	buf_done(&in);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_a_character_that_is_none_costs_the_keys_of_its_line),
		cmocka_unit_test(
			test_a_character_that_is_missing_costs_no_other_line),
		cmocka_unit_test(
			test_lines_that_are_missing_cost_what_they_held),
		cmocka_unit_test(test_a_block_may_be_cut_off_anywhere),
		cmocka_unit_test(test_a_hole_costs_what_stood_there),
		cmocka_unit_test(test_damage_is_told_by_line_and_offset),
		cmocka_unit_test(
			test_a_checksum_that_is_wrong_costs_nothing_and_is_told),
		cmocka_unit_test(test_a_wrong_checksum_keeps_what_parses),
		cmocka_unit_test(test_lines_around_a_block_may_be_lost),
		cmocka_unit_test(
			test_an_end_that_is_lost_costs_no_block_behind_it),
		cmocka_unit_test(
			test_binary_keys_behind_a_block_cut_off_are_read),
		cmocka_unit_test(test_a_quoted_block_is_read_line_by_line_too),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
