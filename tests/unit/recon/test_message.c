/* Every frame, both directions; and what no frame may be. */

#include "../unit.h"

#include <string.h>

#include "recon/message.h"
#include "vectors.h"

enum { LENGTH = 4, DIGESTS_MAX = 8, ARENA = 1 << 20 };

static json_t *all;

static int
setup(void **state)
{
	(void)state;
	all = vectors_json("messages.json");
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	json_decref(all);
	return 0;
}

/* The row of that name in one of the lists. */
static const json_t *
row_of(const char *list, const char *name)
{
	const json_t *row;
	size_t i;

	json_array_foreach(vectors_array(all, list), i,
		row) if (!strcmp(vectors_text(row, "name"), name)) return row;
	fail_msg("no row %s", name);
	return NULL;
}

static enum status
read_whole(struct bytes in, struct message *m)
{
	struct bytes frame;
	size_t used;
	enum status st = message_cut(in, MESSAGE_MAX, &frame, &used);

	if (st != STATUS_OK)
		return st;
	assert_int_equal(used, in.len);
	return message_read(frame, m);
}

static size_t
digests_as_sent(const struct message *m, struct sks_digest *list)
{
	size_t i, n = m->elements.len / ZP_WIRE;

	assert_true(n <= DIGESTS_MAX);
	for (i = 0; i < n; i++)
		memcpy(list[i].octets, m->elements.data + i * ZP_WIRE, 16);
	return n;
}

static enum status
write_again(struct buf *out, const struct message *m)
{
	struct sks_digest list[DIGESTS_MAX];
	size_t n = digests_as_sent(m, list);

	switch (m->type) {
	case MESSAGE_POLY:
		return message_put_poly(out, &m->prefix, m->size, &m->samples);
	case MESSAGE_FULL:
		return message_put_full(out, &m->prefix, list, n);
	case MESSAGE_ELEMENTS:
	case MESSAGE_FULL_ELEMENTS:
		return message_put_elements(out, m->type, list, n);
	case MESSAGE_CONFIG:
		return message_put_config(out, &m->config);
	default:
		return message_put_bare(out, m->type);
	}
}

static void
test_each_frame_of_ours_is_written_as_it_was_read(void **state)
{
	const json_t *row;
	size_t i;

	(void)state;
	json_array_foreach(vectors_array(all, "frames"), i, row)
	{
		const json_t *fields = json_object_get(row, "fields");
		struct buf in, out;
		struct message m;

		vectors_hex(vectors_text(row, "hex"), &in);
		buf_init(&out, 0);
		assert_ok(read_whole(buf_view(&in), &m));
		assert_int_equal(m.type, vectors_number(row, "type"));
		/* A note: the order or the keys are not ours; we say no text.
		 */
		if (!json_object_get(fields, "note") &&
			!json_object_get(fields, "text")) {
			assert_ok(write_again(&out, &m));
			assert_true(bytes_eq(buf_view(&in), buf_view(&out)));
		}
		buf_done(&out);
		buf_done(&in);
	}
	assert_int_equal(i, 18);
}

static void
assert_fields(const struct message *m, const json_t *fields)
{
	struct zp want[DIGESTS_MAX];
	struct prefix prefix;
	size_t i, n;

	if (json_object_get(fields, "prefix")) {
		prefix = vectors_prefix(vectors_text(fields, "prefix"));
		assert_memory_equal(&m->prefix, &prefix, sizeof(prefix));
	}
	if (json_object_get(fields, "samples")) {
		assert_int_equal(m->size, vectors_number(fields, "size"));
		n = vectors_zps(vectors_array(fields, "samples"), vectors_zp,
			want, DIGESTS_MAX);
		assert_int_equal(n, RECON_SAMPLES);
		for (i = 0; i < n; i++)
			assert_true(zp_eq(m->samples.at[i], want[i]));
	}
	if (json_object_get(fields, "elements")) {
		n = vectors_zps(vectors_array(fields, "elements"), vectors_zp,
			want, DIGESTS_MAX);
		assert_int_equal(m->elements.len, n * ZP_WIRE);
		for (i = 0; i < n; i++)
			assert_true(
				zp_eq(zp_read(m->elements.data + i * ZP_WIRE),
					want[i]));
	}
	if (json_object_get(fields, "text"))
		assert_text(m->text, vectors_text(fields, "text"));
	if (json_object_get(fields, "mbar")) {
		const struct message_config *c = &m->config;

		assert_int_equal(c->has, CONFIG_ALL);
		assert_int_equal(c->mbar, vectors_number(fields, "mbar"));
		assert_int_equal(
			c->bitquantum, vectors_number(fields, "bitquantum"));
		assert_int_equal(
			c->http_port, vectors_number(fields, "http_port"));
		assert_text(c->filters, vectors_text(fields, "filters"));
		assert_text(c->version, vectors_text(fields, "version"));
	}
}

static void
test_each_frame_says_what_it_says(void **state)
{
	const json_t *row;
	size_t i;

	(void)state;
	json_array_foreach(vectors_array(all, "frames"), i, row)
	{
		struct message m;
		struct buf in;

		vectors_hex(vectors_text(row, "hex"), &in);
		assert_ok(read_whole(buf_view(&in), &m));
		assert_fields(&m, json_object_get(row, "fields"));
		buf_done(&in);
	}
}

static void
test_a_frame_in_pieces_waits_for_the_rest(void **state)
{
	const json_t *row;
	size_t i, len, used;

	(void)state;
	json_array_foreach(vectors_array(all, "frames"), i, row)
	{
		struct bytes frame;
		struct buf in;

		vectors_hex(vectors_text(row, "hex"), &in);
		for (len = 0; len < in.len; len++)
			assert_status(message_cut(bytes_make(in.data, len),
					      MESSAGE_MAX, &frame, &used),
				STATUS_NOT_FOUND);
		buf_done(&in);
	}
}

static void
test_no_body_may_be_cut_short(void **state)
{
	const json_t *row;
	size_t i, len;

	(void)state;
	json_array_foreach(vectors_array(all, "frames"), i, row)
	{
		struct message m;
		struct buf in;

		vectors_hex(vectors_text(row, "hex"), &in);
		for (len = 0; len < in.len - LENGTH; len++)
			assert_status(
				message_read(
					bytes_make(in.data + LENGTH, len), &m),
				STATUS_MALFORMED);
		buf_done(&in);
	}
}

/* What becomes of the malformed ones; `bad` elements of those that read. */
static const struct {
	const char *name;
	enum status st;
	size_t good, bad;
} fates[] = {
	{"length 0", STATUS_MALFORMED, 0, 0},
	{"unknown type 11", STATUS_MALFORMED, 0, 0},
	{"type 255", STATUS_MALFORMED, 0, 0},
	{"truncated body", STATUS_NOT_FOUND, 0, 0},
	{"element count larger than body", STATUS_MALFORMED, 0, 0},
	{"element count overflows 32 bit multiplication", STATUS_MALFORMED, 0,
		0},
	{"trailing bytes after Elements", STATUS_MALFORMED, 0, 0},
	{"length 4 GiB", STATUS_LIMIT, 0, 0},
	{"prefix says 12 bits, carries 1 byte", STATUS_MALFORMED, 0, 0},
	{"prefix length odd (3 bits)", STATUS_MALFORMED, 0, 0},
	{"prefix of 2^31 bits", STATUS_MALFORMED, 0, 0},
	{"prefix with bits set beyond its length", STATUS_OK, 0, 0},
	{"poly with 5 samples", STATUS_MALFORMED, 0, 0},
	{"poly with 7 samples", STATUS_MALFORMED, 0, 0},
	{"poly with a zero sample", STATUS_OK, 0, 0},
	{"element 2^128 (17th byte not zero)", STATUS_OK, 0, 1},
	{"element not below p", STATUS_OK, 0, 1},
	{"element equal to sample point 0", STATUS_OK, 0, 1},
	{"the same element twice", STATUS_OK, 1, 0},
	{"config with a 3 byte mbar", STATUS_MALFORMED, 0, 0},
	{"config with decimal text for mbar", STATUS_MALFORMED, 0, 0},
	{"config without filters", STATUS_OK, 0, 0},
};

static void
test_each_malformed_frame_has_its_fate(void **state)
{
	struct arena *arena = arena_new(ARENA);
	size_t i;

	(void)state;
	assert_int_equal(sizeof(fates) / sizeof(fates[0]),
		json_array_size(vectors_array(all, "malformed")));
	for (i = 0; i < sizeof(fates) / sizeof(fates[0]); i++) {
		const json_t *row = row_of("malformed", fates[i].name);
		struct message_digests d;
		struct message m;
		struct buf in;

		vectors_hex(vectors_text(row, "hex"), &in);
		assert_status(read_whole(buf_view(&in), &m), fates[i].st);
		if (fates[i].st == STATUS_OK) {
			assert_ok(message_digests(arena, m.elements, &d));
			assert_int_equal(d.count, fates[i].good);
			assert_int_equal(d.bad, fates[i].bad);
		}
		buf_done(&in);
	}
	arena_free(arena);
}

static void
test_bits_beyond_a_prefix_are_cleared(void **state)
{
	const json_t *row =
		row_of("malformed", "prefix with bits set beyond its length");
	struct prefix want = vectors_prefix("01");
	struct message m;
	struct buf in;

	(void)state;
	vectors_hex(vectors_text(row, "hex"), &in);
	assert_ok(read_whole(buf_view(&in), &m));
	assert_memory_equal(&m.prefix, &want, sizeof(want));
	buf_done(&in);
}

static void
test_a_frame_may_be_as_long_as_its_limit(void **state)
{
	const uint8_t at[] = {0, 1, 0, 0}, above[] = {0, 1, 0, 1};
	struct bytes frame;
	size_t used;

	(void)state;
	assert_status(message_cut(bytes_make(at, LENGTH), MESSAGE_MAX_EARLY,
			      &frame, &used),
		STATUS_NOT_FOUND);
	assert_status(message_cut(bytes_make(above, LENGTH), MESSAGE_MAX_EARLY,
			      &frame, &used),
		STATUS_LIMIT);
}

static void
put_pairs(struct buf *out, uint32_t count)
{
	uint32_t i;

	buf_init(out, 0);
	assert_ok(buf_put_u8(out, MESSAGE_CONFIG));
	assert_ok(buf_put_be32(out, count));
	for (i = 0; i < count; i++) {
		assert_ok(message_put_string(out, bytes_of("x")));
		assert_ok(message_put_string(out, bytes_of("y")));
	}
}

static void
test_a_config_has_64_pairs_at_most(void **state)
{
	struct message m;
	struct buf frame;

	(void)state;
	put_pairs(&frame, MESSAGE_PAIRS_MAX);
	assert_ok(message_read(buf_view(&frame), &m));
	buf_done(&frame);
	put_pairs(&frame, MESSAGE_PAIRS_MAX + 1);
	assert_status(message_read(buf_view(&frame), &m), STATUS_LIMIT);
	buf_done(&frame);
}

static void
test_verdicts_are_strings_and_no_frames(void **state)
{
	const json_t *row;
	struct bytes why;
	size_t i, len, used;
	bool passed;

	(void)state;
	json_array_foreach(
		vectors_array(all, "config_answers_not_framed"), i, row)
	{
		struct buf in, out;

		vectors_hex(vectors_text(row, "hex"), &in);
		buf_init(&out, 0);
		for (len = 0; len < in.len; len++)
			assert_status(
				message_read_verdict(bytes_make(in.data, len),
					&passed, &why, &used),
				STATUS_NOT_FOUND);
		assert_ok(message_read_verdict(
			buf_view(&in), &passed, &why, &used));
		assert_int_equal(used, in.len);
		assert_int_equal(
			passed, !strcmp(vectors_text(row, "name"), "accepted"));
		assert_text(why, passed ? "" : "filters do not match");
		assert_ok(passed ? message_put_passed(&out)
				 : message_put_failed(&out, why));
		assert_true(bytes_eq(buf_view(&in), buf_view(&out)));
		buf_done(&in);
		buf_done(&out);
	}
	assert_int_equal(i, 2);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_each_frame_of_ours_is_written_as_it_was_read),
		cmocka_unit_test(test_each_frame_says_what_it_says),
		cmocka_unit_test(test_a_frame_in_pieces_waits_for_the_rest),
		cmocka_unit_test(test_no_body_may_be_cut_short),
		cmocka_unit_test(test_each_malformed_frame_has_its_fate),
		cmocka_unit_test(test_bits_beyond_a_prefix_are_cleared),
		cmocka_unit_test(test_a_frame_may_be_as_long_as_its_limit),
		cmocka_unit_test(test_a_config_has_64_pairs_at_most),
		cmocka_unit_test(test_verdicts_are_strings_and_no_frames),
	};

	return cmocka_run_group_tests_name("message", tests, setup, teardown);
}
