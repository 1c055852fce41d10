#include "fixture.h"

#include <stdio.h>
#include <string.h>

#include "base/hex.h"
#include "lookup/lookup.h"
#include "tests/bench/gen_cert.h"

enum { NOW = 1700000000, YEAR = 365 * 86400 };

static int
setup(void **state)
{
	static struct shelf s;

	shelf_open(&s);
	*state = &s;
	return 0;
}

static int
teardown(void **state)
{
	shelf_close(*state);
	return 0;
}

static const struct lookup_limits plenty = {.max_results = 100};

static enum status
find(struct shelf *s, const char *text, bool exact,
	const struct lookup_limits *limits, struct cert_rows *rows,
	struct err *err)
{
	struct query q;

	memset(rows, 0, sizeof(*rows));
	assert_ok(query_parse(s->arena, bytes_of(text), exact, &q, err));
	return lookup_certs(s->read, &q, limits, NOW, s->arena, rows, err);
}

static void
check_hit(struct shelf *s, const char *text, const struct cert_row *want)
{
	struct cert_rows rows;
	struct err err;
	enum status st = find(s, text, false, &plenty, &rows, &err);

	if (st != STATUS_OK)
		fail_msg("%s: %s", text, status_name(st));
	assert_int_equal(rows.count, 1);
	assert_int_equal(rows.total, 1);
	assert_true(cert_id_eq(&rows.list[0].id, &want->id));
	assert_true(bytes_eq(rows.list[0].octets, want->octets));
}

static void
check_miss(struct shelf *s, const char *text)
{
	struct cert_rows rows;
	struct err err;

	assert_status(
		find(s, text, false, &plenty, &rows, &err), STATUS_NOT_FOUND);
}

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

/* ---- every row of the table: a hit and a miss
 * ------------------------------------ */

static void
test_row_1_version_6_fingerprint(void **state)
{
	struct shelf *s = *state;
	struct cert_row row = shelf_put(
		s, read_data(s->arena, "openpgp/v6-rfc9580-a3.pgp"), "", NULL);
	struct name n = hex_of(&row.id.fpr, "0x", 0);

	assert_int_equal(row.id.fpr.len, 32);
	check_hit(s, n.text, &row);
	n.text[2] = n.text[2] == '0' ? '1' : '0';
	check_miss(s, n.text);
	/* And never by a key ID. */
	n = hex_of(&row.id.fpr, "0x", 0);
	n.text[2 + 16] = '\0';
	check_miss(s, n.text);
	n.text[2 + 8] = '\0';
	check_miss(s, n.text);
}

static void
test_rows_2_4_5_7_version_4_fingerprint_and_ids(void **state)
{
	struct shelf *s = *state;
	struct cert_row row = shelf_put(
		s, read_data(s->arena, "index/ascii.pgp"), "alice", NULL);
	const struct fingerprint *f = &row.id.fpr;

	check_hit(s, hex_of(f, "0x", 0).text, &row);
	check_hit(s, hex_of(f, "0X", 0).text, &row);
	check_hit(s, hex_of(f, "0x", 24).text, &row);
	check_hit(s, hex_of(f, "0x", 32).text, &row);
	check_hit(s, hex_of(f, "", 0).text, &row);
	check_hit(s, hex_of(f, "", 24).text, &row);
	check_miss(s, "0x0000000000000000000000000000000000000001");
	check_miss(s, "0x0000000000000001");
	check_miss(s, "0x00000001");
	check_miss(s, "0000000000000000000000000000000000000001");
	check_miss(s, "0000000000000001");
}

static void
test_row_3_version_3_fingerprint(void **state)
{
	struct shelf *s = *state;
	struct cert_row row =
		shelf_put(s, read_data(s->arena, "index/v3.pgp"), "old", NULL);

	check_hit(s, "0x9172CDAE9D0C7BF789993CE230C35B74", &row);
	check_hit(s, "0xA3C2D842202DD7B1", &row);
	check_miss(s, "0x9172CDAE9D0C7BF789993CE230C35B75");
}

static void
test_subkey_finds_its_certificate(void **state)
{
	struct shelf *s = *state;
	struct bytes octets = read_data(s->arena, "index/several.pgp");
	struct cert_row row = shelf_put(s, octets, "first", NULL);

	check_hit(s, "0x90817E2BB2BC7C976959C87C5792FBFE938E3853", &row);
	check_hit(s, "0x5792FBFE938E3853", &row);
	check_hit(s, "0x938E3853", &row);
}

static void
test_row_7_falls_through_to_words(void **state)
{
	struct shelf *s = *state;
	struct cert_row row =
		shelf_put(s, read_data(s->arena, "index/ascii.pgp"),
			"0000 1111 2222 3333", NULL);

	check_hit(s, "0000 1111 2222 3333", &row);
	check_miss(s, "0000 1111 2222 4444");
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
	check_hit(s, n.text, &id);
	/* Somebody is called like that: then they are meant. */
	for (char *p = n.text; *p != '\0'; p++)
		if (*p >= 'A' && *p <= 'F')
			*p = (char)(*p + 'a' - 'A');
	word = shelf_put(
		s, read_data(s->arena, "index/plus.pgp"), n.text, NULL);
	check_hit(s, n.text, &word);
	check_miss(s, "00000001");
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

	check_hit(s, "alice@example.org", &row);
	check_hit(s, "ALICE@Example.org", &row);
	check_hit(s, "=Alice <alice@example.org>", &row);
	check_miss(s, "bob@example.org");
	/* No such address, but the words are there: unless exact. */
	check_hit(s, "example@alice.org", &row);
	assert_status(find(s, "example@alice.org", true, &plenty, &rows, &err),
		STATUS_NOT_FOUND);
	assert_ok(find(s, "alice@example.org", true, &plenty, &rows, &err));
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

	check_hit(s, "Alice", &row);
	check_hit(s, "org alice", &row);
	check_miss(s, "alice bob");
	check_miss(s, "alic");
	assert_status(
		find(s, "Alice", true, &plenty, &rows, &err), STATUS_NOT_FOUND);
	assert_status(find(s, "Alice Example alice@example.org", true, &plenty,
			      &rows, &err),
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
	assert_ok(find(
		s, "J\xC3\x9CRGEN k\xC3\xB6nig", true, &plenty, &rows, &err));
	assert_int_equal(rows.total, 1);
	assert_status(find(s, "k\xC3\xB6nig", true, &plenty, &rows, &err),
		STATUS_NOT_FOUND);
	buf_done(&cert);
}

/* ---- order
 * -----------------------------------------------------------------------------
 */

static struct cert_row
put_shaped(struct shelf *s, uint64_t index, uint32_t created,
	uint32_t expires_after, bool revoked)
{
	struct bytes text = bytes_of("Same Name");
	struct gen_shape shape = {.created = created,
		.user_ids = &text,
		.user_id_count = 1,
		.expires_after = expires_after,
		.revoked = revoked};
	struct buf cert = {0};
	struct cert_row row;

	gen_shaped(NULL, 1, index, &shape, &cert, NULL);
	row = shelf_put(s, buf_view(&cert), "same name", NULL);
	buf_done(&cert);
	return row;
}

static void
check_order(
	const struct cert_rows *rows, const struct cert_row *want, size_t count)
{
	size_t i;

	assert_int_equal(rows->count, count);
	for (i = 0; i < count; i++)
		assert_true(cert_id_eq(&rows->list[i].id, &want[i].id));
}

static void
test_valid_then_expired_then_revoked_and_newest_first(void **state)
{
	struct lookup_limits two = {.max_results = 2, .limit_given = true};
	struct shelf *s = *state;
	struct cert_row want[5];
	struct cert_rows rows;
	struct err err;

	want[4] = put_shaped(s, 1, 1500000500, 0, true);
	want[3] = put_shaped(s, 2, 1500000400, YEAR, false);
	want[2] = put_shaped(s, 3, 1500000100, 0, false);
	want[1] = put_shaped(s, 4, 1500000200, 0, false);
	want[0] = put_shaped(s, 5, 1500000300, 20u * YEAR, false);
	assert_ok(find(s, "same name", false, &plenty, &rows, &err));
	check_order(&rows, want, 5);
	assert_ok(find(s, "same name", false, &two, &rows, &err));
	check_order(&rows, want, 2);
	assert_int_equal(rows.total, 5);
}

static void
test_equal_times_are_ordered_by_fingerprint(void **state)
{
	struct shelf *s = *state;
	struct cert_rows rows;
	struct err err;
	uint64_t i;

	for (i = 0; i < 6; i++)
		(void)put_shaped(s, i, 1500000000, 0, false);
	assert_ok(find(s, "same name", false, &plenty, &rows, &err));
	assert_int_equal(rows.count, 6);
	for (i = 1; i < 6; i++)
		assert_true(memcmp(rows.list[i - 1].id.fpr.octets,
				    rows.list[i].id.fpr.octets, 20) < 0);
}

/* Who borrows a subkey is not found by it; whoever owns the key is first. */
/* A row that cannot be read is our fault, not that of the search. */
static void
test_damaged_row_among_others_is_no_bad_search(void **state)
{
	struct shelf *s = *state;
	struct bytes word = bytes_of("together");
	struct cert_search search = {.words = &word, .word_count = 1};
	struct cert_rows rows;
	struct cert_row row;
	struct err err;

	(void)shelf_put(s, read_data(s->arena, "openpgp/merge-a.pgp"),
		"together", NULL);
	row = shelf_put(s, read_data(s->arena, "openpgp/v6-ed25519-uid.pgp"),
		"together", NULL);
	row.octets = bytes_of("damage");
	assert_ok(store_begin(s->write, &err));
	assert_ok(store_put_cert(s->write, &row, &search, &err));
	assert_ok(store_commit(s->write, &err));
	assert_status(
		find(s, "together", false, &plenty, &rows, &err), STATUS_IO);
	assert_status(
		find(s, "together", true, &plenty, &rows, &err), STATUS_IO);
}

static void
test_borrowed_subkey_finds_only_its_owner(void **state)
{
	struct shelf *s = *state;
	struct bytes owner = read_data(s->arena, "index/several.pgp");
	struct bytes thief = read_data(s->arena, "index/ascii.pgp");
	struct packet_reader r = packet_reader_of(owner, s->arena);
	struct buf both = {0};
	struct cert_row row;
	struct packet p;
	struct err err;

	assert_ok(buf_put(&both, thief));
	while (packet_next(&r, &p, &err) == STATUS_OK)
		if (p.tag == PACKET_PUBLIC_SUBKEY)
			break;
	assert_ok(buf_put(&both,
		bytes_make(p.whole.data,
			owner.len - (size_t)(p.whole.data - owner.data))));
	(void)shelf_put(s, buf_view(&both), "thief", NULL);
	check_miss(s, "0x5792FBFE938E3853");
	row = shelf_put(s, owner, "owner", NULL);
	check_hit(s, "0x5792FBFE938E3853", &row);
	buf_done(&both);
}

/* ---- limits
 * ----------------------------------------------------------------------------------
 */

static void
test_l24_results_at_and_over_their_limit(void **state)
{
	struct lookup_limits limits = {.max_results = 3};
	struct shelf *s = *state;
	struct cert_rows rows;
	struct err err;
	uint64_t i;

	for (i = 0; i < 3; i++)
		(void)put_shaped(s, i, 1500000000, 0, false);
	assert_ok(find(s, "same name", false, &limits, &rows, &err));
	assert_int_equal(rows.count, 3);
	(void)put_shaped(s, 3, 1500000000, 0, false);
	assert_status(find(s, "same name", false, &limits, &rows, &err),
		STATUS_LIMIT);
	assert_non_null(strstr(err.text, "Too many responses"));
	limits.limit_given = true;
	assert_ok(find(s, "same name", false, &limits, &rows, &err));
	assert_int_equal(rows.count, 3);
	assert_int_equal(rows.total, 4);
	limits.max_results = 0;
	assert_ok(find(s, "same name", false, &limits, &rows, &err));
	assert_int_equal(rows.count, 0);
	assert_int_equal(rows.total, 4);
}

static void
test_l24_octets_at_and_over_their_limit(void **state)
{
	struct lookup_limits limits = {.max_results = 100};
	struct shelf *s = *state;
	struct cert_rows rows;
	struct err err;

	limits.max_octets = put_shaped(s, 1, 1500000000, 0, false).octets.len +
			    put_shaped(s, 2, 1500000000, 0, false).octets.len;
	assert_ok(find(s, "same name", false, &limits, &rows, &err));
	limits.max_octets--;
	assert_status(find(s, "same name", false, &limits, &rows, &err),
		STATUS_LIMIT);
}

/* ---- digests
 * ---------------------------------------------------------------------------------------
 */

static void
test_digests_found_ones_only_and_each_once(void **state)
{
	struct shelf *s = *state;
	struct sks_digest ask[5] = {0};
	struct cert_row a, b;
	struct cert_rows rows;
	struct err err;

	a = put_shaped(s, 1, 1500000000, 0, false);
	b = put_shaped(s, 2, 1500000000, 0, false);
	ask[0] = b.sks_digest;
	ask[2] = a.sks_digest;
	ask[3] = b.sks_digest;
	ask[4] = a.sks_digest;
	assert_ok(lookup_digests(
		s->read, ask, 5, 1 << 20, s->arena, &rows, &err));
	assert_int_equal(rows.count, 2);
	assert_status(lookup_digests(s->read, ask + 1, 1, 1 << 20, s->arena,
			      &rows, &err),
		STATUS_NOT_FOUND);
	assert_status(
		lookup_digests(s->read, ask, 0, 1 << 20, s->arena, &rows, &err),
		STATUS_NOT_FOUND);
}

static void
test_digests_stop_before_their_octets_but_give_one(void **state)
{
	struct shelf *s = *state;
	struct sks_digest ask[2];
	struct cert_rows rows;
	struct cert_row a, b;
	struct err err;

	a = put_shaped(s, 1, 1500000000, 0, false);
	b = put_shaped(s, 2, 1500000000, 0, false);
	ask[0] = a.sks_digest;
	ask[1] = b.sks_digest;
	assert_ok(lookup_digests(s->read, ask, 2, a.octets.len + b.octets.len,
		s->arena, &rows, &err));
	assert_int_equal(rows.count, 2);
	assert_ok(lookup_digests(s->read, ask, 2,
		a.octets.len + b.octets.len - 1, s->arena, &rows, &err));
	assert_int_equal(rows.count, 1);
	assert_ok(lookup_digests(s->read, ask, 2, 1, s->arena, &rows, &err));
	assert_int_equal(rows.count, 1);
}

static void
test_hget_finds_by_digest(void **state)
{
	struct shelf *s = *state;
	struct cert_row row = put_shaped(s, 1, 1500000000, 0, false);
	struct cert_rows rows;
	struct query q;
	char hex[33];
	struct err err;

	hex_write_lower(bytes_make(&row.sks_digest, 16), hex);
	assert_ok(query_parse_digest(s->arena, bytes_of(hex), &q, &err));
	assert_ok(
		lookup_certs(s->read, &q, &plenty, NOW, s->arena, &rows, &err));
	assert_true(cert_id_eq(&rows.list[0].id, &row.id));
	hex[0] = hex[0] == '0' ? '1' : '0';
	assert_ok(query_parse_digest(s->arena, bytes_of(hex), &q, &err));
	assert_status(
		lookup_certs(s->read, &q, &plenty, NOW, s->arena, &rows, &err),
		STATUS_NOT_FOUND);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_row_1_version_6_fingerprint),
		CASE(test_rows_2_4_5_7_version_4_fingerprint_and_ids),
		CASE(test_row_3_version_3_fingerprint),
		CASE(test_subkey_finds_its_certificate),
		CASE(test_row_7_falls_through_to_words),
		CASE(test_row_8_words_before_short_id),
		CASE(test_row_9_address),
		CASE(test_row_10_words_and_whole_user_ids),
		CASE(test_exact_words_are_the_whole_user_id_without_case),
		CASE(test_valid_then_expired_then_revoked_and_newest_first),
		CASE(test_equal_times_are_ordered_by_fingerprint),
		CASE(test_damaged_row_among_others_is_no_bad_search),
		CASE(test_borrowed_subkey_finds_only_its_owner),
		CASE(test_l24_results_at_and_over_their_limit),
		CASE(test_l24_octets_at_and_over_their_limit),
		CASE(test_digests_found_ones_only_and_each_once),
		CASE(test_digests_stop_before_their_octets_but_give_one),
		CASE(test_hget_finds_by_digest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
