/* Promises of looking up: every row of the table of terms, a hit and a miss. */
#include "fixture.h"

#include <stdio.h>

#include "base/hex.h"
#include "lookup/lookup.h"
#include "tests/bench/gen_cert.h"

struct name {
	char text[80];
};

/* prefix, then the digits of the fingerprint from `from` on. */
static struct name
hex_of(const struct fingerprint *f, const char *prefix, size_t from)
{
	char hex[FINGERPRINT_HEX_MAX];
	struct name n;

	fingerprint_hex(f, hex);
	(void)snprintf(n.text, sizeof(n.text), "%s%s", prefix, hex + from);
	return n;
}

/* ---- every row of the table: a hit and a miss --------------------------- */

static void
test_row_1_version_6_fingerprint(void **state)
{
	struct shelf *s = *state;
	struct cert_row row = shelf_put(
		s, read_data(s->arena, "openpgp/v6-rfc9580-a3.pgp"), "", NULL);
	struct name n = hex_of(&row.id.fpr, "0x", 0);

	assert_int_equal(row.id.fpr.len, 32);
	shelf_hit(s, n.text, &row);
	n.text[2] = n.text[2] == '0' ? '1' : '0';
	shelf_miss(s, n.text);
	/* And never by a key ID. */
	n = hex_of(&row.id.fpr, "0x", 0);
	n.text[2 + 16] = '\0';
	shelf_miss(s, n.text);
	n.text[2 + 8] = '\0';
	shelf_miss(s, n.text);
}

static void
test_rows_2_4_5_7_version_4_fingerprint_and_ids(void **state)
{
	struct shelf *s = *state;
	struct cert_row row = shelf_put(
		s, read_data(s->arena, "index/ascii.pgp"), "alice", NULL);
	const struct fingerprint *f = &row.id.fpr;

	shelf_hit(s, hex_of(f, "0x", 0).text, &row);
	shelf_hit(s, hex_of(f, "0X", 0).text, &row);
	shelf_hit(s, hex_of(f, "0x", 24).text, &row);
	shelf_hit(s, hex_of(f, "0x", 32).text, &row);
	shelf_hit(s, hex_of(f, "", 0).text, &row);
	shelf_hit(s, hex_of(f, "", 24).text, &row);
	shelf_miss(s, "0x0000000000000000000000000000000000000001");
	shelf_miss(s, "0x0000000000000001");
	shelf_miss(s, "0x00000001");
	shelf_miss(s, "0000000000000000000000000000000000000001");
	shelf_miss(s, "0000000000000001");
}

static void
test_row_3_version_3_fingerprint(void **state)
{
	struct shelf *s = *state;
	struct cert_row row =
		shelf_put(s, read_data(s->arena, "index/v3.pgp"), "old", NULL);

	shelf_hit(s, "0x9172CDAE9D0C7BF789993CE230C35B74", &row);
	shelf_hit(s, "0xA3C2D842202DD7B1", &row);
	shelf_miss(s, "0x9172CDAE9D0C7BF789993CE230C35B75");
}

static void
test_subkey_finds_its_certificate(void **state)
{
	struct shelf *s = *state;
	struct bytes octets = read_data(s->arena, "index/several.pgp");
	struct cert_row row = shelf_put(s, octets, "first", NULL);

	shelf_hit(s, "0x90817E2BB2BC7C976959C87C5792FBFE938E3853", &row);
	shelf_hit(s, "0x5792FBFE938E3853", &row);
	shelf_hit(s, "0x938E3853", &row);
}

static void
test_row_7_falls_through_to_words(void **state)
{
	struct shelf *s = *state;
	struct cert_row row =
		shelf_put(s, read_data(s->arena, "index/ascii.pgp"),
			"0000 1111 2222 3333", NULL);

	shelf_hit(s, "0000 1111 2222 3333", &row);
	shelf_miss(s, "0000 1111 2222 4444");
}

static void
test_row_8_words_before_short_id(void **state)
{
	struct shelf *s = *state;
	struct cert_row word, id;
	struct name n;

	id = shelf_put(
		s, read_data(s->arena, "index/ascii.pgp"), "alice", NULL);
	n = hex_of(&id.id.fpr, "", 32);
	shelf_hit(s, n.text, &id);
	/* Somebody is called like that: then they are meant. */
	for (char *p = n.text; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'F')
			*p = (char)(*p + 'a' - 'A');
	word = shelf_put(
		s, read_data(s->arena, "index/plus.pgp"), n.text, NULL);
	shelf_hit(s, n.text, &word);
	shelf_miss(s, "00000001");
}

static void
test_row_9_address(void **state)
{
	struct shelf *s = *state;
	struct cert_row row =
		shelf_put(s, read_data(s->arena, "index/ascii.pgp"),
			"alice example org", "alice@example.org");
	struct cert_rows rows;
	struct err err;

	shelf_hit(s, "alice@example.org", &row);
	shelf_hit(s, "ALICE@Example.org", &row);
	shelf_hit(s, "=Alice <alice@example.org>", &row);
	shelf_miss(s, "bob@example.org");
	/* No such address, but the words are there: unless exact. */
	shelf_hit(s, "example@alice.org", &row);
	assert_status(shelf_find(s, "example@alice.org", true, &shelf_plenty,
			      &rows, &err),
		STATUS_NOT_FOUND);
	assert_ok(shelf_find(
		s, "alice@example.org", true, &shelf_plenty, &rows, &err));
}

static void
test_row_10_words_and_whole_user_ids(void **state)
{
	struct shelf *s = *state;
	struct cert_row row =
		shelf_put(s, read_data(s->arena, "index/ascii.pgp"),
			"alice example org", NULL);
	struct cert_rows rows;
	struct err err;

	shelf_hit(s, "Alice", &row);
	shelf_hit(s, "org alice", &row);
	shelf_miss(s, "alice bob");
	shelf_miss(s, "alic");
	assert_status(shelf_find(s, "Alice", true, &shelf_plenty, &rows, &err),
		STATUS_NOT_FOUND);
	assert_status(shelf_find(s, "Alice Example alice@example.org", true,
			      &shelf_plenty, &rows, &err),
		STATUS_NOT_FOUND);
}

/* As an exact term it ends in an address, so a name without one is used. */
static void
test_exact_words_are_the_whole_user_id_without_case(void **state)
{
	struct shelf *s = *state;
	struct bytes text = bytes_of("J\xC3\xBCrgen K\xC3\x96NIG");
	struct gen_shape shape = {
		.created = 1500000000, .user_ids = &text, .user_id_count = 1};
	struct cert_rows rows;
	struct buf cert = {0};
	struct err err;

	gen_shaped(NULL, 1, 1, &shape, &cert, NULL);
	(void)shelf_put(s, buf_view(&cert), "j\xC3\xBCrgen k\xC3\xB6nig", NULL);
	assert_ok(shelf_find(s, "J\xC3\x9CRGEN k\xC3\xB6nig", true,
		&shelf_plenty, &rows, &err));
	assert_int_equal(rows.total, 1);
	assert_status(
		shelf_find(s, "k\xC3\xB6nig", true, &shelf_plenty, &rows, &err),
		STATUS_NOT_FOUND);
	buf_done(&cert);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SHELF_PROMISE(test_row_1_version_6_fingerprint),
		SHELF_PROMISE(test_rows_2_4_5_7_version_4_fingerprint_and_ids),
		SHELF_PROMISE(test_row_3_version_3_fingerprint),
		SHELF_PROMISE(test_subkey_finds_its_certificate),
		SHELF_PROMISE(test_row_7_falls_through_to_words),
		SHELF_PROMISE(test_row_8_words_before_short_id),
		SHELF_PROMISE(test_row_9_address),
		SHELF_PROMISE(test_row_10_words_and_whole_user_ids),
		SHELF_PROMISE(
			test_exact_words_are_the_whole_user_id_without_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
