/* Encoding: by many octets at once as by three. */
#include "../unit.h"

#include <stdlib.h>
#include <string.h>

#include "pgp/base64.h"
#include "pgp/wide.h"

enum { OCTETS = 400, CHARS = (OCTETS + 2) / 3 * 4, GUARD = 16 };

static void
test_vectors_of_the_rfc(void **state)
{
	static const struct {
		const char *octets, *text;
	} rows[] = {
		{"", ""},
		{"f", "Zg=="},
		{"fo", "Zm8="},
		{"foo", "Zm9v"},
		{"foob", "Zm9vYg=="},
		{"fooba", "Zm9vYmE="},
		{"foobar", "Zm9vYmFy"},
	};
	char out[16];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct bytes in = bytes_of(rows[i].octets);

		base64_encode(in, out);
		assert_int_equal(
			base64_encoded_size(in.len), strlen(rows[i].text));
		assert_memory_equal(out, rows[i].text, strlen(rows[i].text));
	}
}

/* Three octets by arithmetic only, as RFC 4648 says it. */
static void
encode_group(const uint8_t *p, size_t n, char out[4])
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	uint32_t v = (uint32_t)p[0] << 16;

	if (n > 1)
		v |= (uint32_t)p[1] << 8;
	if (n > 2)
		v |= p[2];
	out[0] = digits[v >> 18];
	out[1] = digits[v >> 12 & 63];
	out[2] = n > 1 ? digits[v >> 6 & 63] : '=';
	out[3] = n > 2 ? digits[v & 63] : '=';
}

/* Octets of their own size, so that reading beyond them is seen by ASan. */
static void
check_length(const uint8_t *octets, size_t n)
{
	char out[CHARS + GUARD], want[CHARS + GUARD];
	uint8_t *copy = malloc(n > 0 ? n : 1);
	size_t i;

	assert_non_null(copy);
	memcpy(copy, octets, n);
	memset(out, '#', sizeof(out));
	memset(want, '#', sizeof(want));
	for (i = 0; i < n; i += 3)
		encode_group(copy + i, n - i, want + i / 3 * 4);
	base64_encode(bytes_make(copy, n), out);
	assert_memory_equal(out, want, sizeof(out));
	free(copy);
}

static void
test_every_length_is_encoded_and_not_more(void **state)
{
	uint8_t octets[OCTETS];
	size_t n, i;

	(void)state;
	for (i = 0; i < sizeof(octets); i++)
		octets[i] = (uint8_t)(i * 73 + i / 7);
	for (n = 0; n <= sizeof(octets); n++)
		check_length(octets, n);
}

/* Each value at each of four places, beside all zeros and all ones. */
static void
test_every_value_at_every_place(void **state)
{
	uint8_t octets[24];
	size_t place;
	uint32_t v;
	int fill;

	(void)state;
	for (fill = 0; fill <= 0xFF; fill += 0xFF)
		for (place = 0; place < 22; place++)
			for (v = 0; v <= 0xFF; v++) {
				memset(octets, fill, sizeof(octets));
				octets[place] = (uint8_t)v;
				octets[place + 1] = (uint8_t)(v * 7);
				check_length(octets, sizeof(octets));
			}
}

/* As many as it says, as one by one, and no octet behind the last one read. */
static void
test_lines_are_as_one_by_one(void **state)
{
	char out[(OCTETS / WIDE_LINE_OCTETS + 1) * 65 + GUARD], line[64];
	size_t n, i, done, lines;
	uint8_t *in;

	(void)state;
	for (n = 0; n <= OCTETS; n++) {
		in = malloc(n > 0 ? n : 1);
		assert_non_null(in);
		for (i = 0; i < n; i++)
			in[i] = (uint8_t)(i * 7 + n);
		memset(out, '#', sizeof(out));
		done = wide_base64_lines(bytes_make(in, n), out);
		assert_true(done <= n && done % WIDE_LINE_OCTETS == 0);
		lines = done / WIDE_LINE_OCTETS;
		for (i = 0; i < lines; i++) {
			base64_encode(bytes_make(in + i * WIDE_LINE_OCTETS,
					      WIDE_LINE_OCTETS),
				line);
			assert_memory_equal(out + i * 65, line, 64);
			assert_int_equal(out[i * 65 + 64], '\n');
		}
		for (i = lines * 65; i < sizeof(out); i++)
			assert_int_equal(out[i], '#');
		free(in);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_vectors_of_the_rfc),
		cmocka_unit_test(test_every_length_is_encoded_and_not_more),
		cmocka_unit_test(test_every_value_at_every_place),
		cmocka_unit_test(test_lines_are_as_one_by_one),
	};

	return cmocka_run_group_tests_name("base64", tests, NULL, NULL);
}
