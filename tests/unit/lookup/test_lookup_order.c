/* Promises of looking up: order, limits, digests. */
#include "fixture.h"

#include <string.h>

#include "base/hex.h"
#include "lookup/lookup.h"
#include "tests/bench/gen_cert.h"

enum { YEAR = 365 * 86400 };

/* ---- order -------------------------------------------------------------- */

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
	assert_ok(
		shelf_find(s, "same name", false, &shelf_plenty, &rows, &err));
	check_order(&rows, want, 5);
	assert_ok(shelf_find(s, "same name", false, &two, &rows, &err));
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
	assert_ok(
		shelf_find(s, "same name", false, &shelf_plenty, &rows, &err));
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
		shelf_find(s, "together", false, &shelf_plenty, &rows, &err),
		STATUS_IO);
	assert_status(
		shelf_find(s, "together", true, &shelf_plenty, &rows, &err),
		STATUS_IO);
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
	shelf_miss(s, "0x5792FBFE938E3853");
	row = shelf_put(s, owner, "owner", NULL);
	shelf_hit(s, "0x5792FBFE938E3853", &row);
	buf_done(&both);
}

/* ---- limits ------------------------------------------------------------- */

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
	assert_ok(shelf_find(s, "same name", false, &limits, &rows, &err));
	assert_int_equal(rows.count, 3);
	(void)put_shaped(s, 3, 1500000000, 0, false);
	assert_status(shelf_find(s, "same name", false, &limits, &rows, &err),
		STATUS_LIMIT);
	assert_non_null(strstr(err.text, "Too many responses"));
	limits.limit_given = true;
	assert_ok(shelf_find(s, "same name", false, &limits, &rows, &err));
	assert_int_equal(rows.count, 3);
	assert_int_equal(rows.total, 4);
	limits.max_results = 0;
	assert_ok(shelf_find(s, "same name", false, &limits, &rows, &err));
	assert_int_equal(rows.count, 0);
	assert_int_equal(rows.total, 4);
}

/*
 * More than are held at once: the first of all that match, in their order,
 * and a whole user ID is found wherever it stands.
 */
static void
test_limit_cuts_after_all_were_sorted(void **state)
{
	struct lookup_limits two = {.max_results = 2, .limit_given = true};
	struct shelf *s = *state;
	struct cert_row want[2];
	struct cert_rows rows;
	struct err err;
	uint64_t i;

	for (i = 0; i < 520; i++)
		(void)put_shaped(s, i, 1500000000 + (uint32_t)i, 0, i == 519);
	want[0] = put_shaped(s, 1000, 1500001000, 0, false);
	want[1] = put_shaped(s, 518, 1500000518, 0, false);
	assert_ok(shelf_find(s, "same name", false, &two, &rows, &err));
	check_order(&rows, want, 2);
	assert_int_equal(rows.total, 521);
	assert_true(bytes_eq(rows.list[0].octets, want[0].octets));
	assert_ok(shelf_find(s, "same name", true, &two, &rows, &err));
	check_order(&rows, want, 2);
	assert_int_equal(rows.total, 521);
	assert_status(shelf_find(s, "same nam", true, &two, &rows, &err),
		STATUS_NOT_FOUND);
}

static void
test_newer_versions_are_left_out_and_named(void **state)
{
	struct lookup_limits old = {.max_results = 100, .max_version = 5};
	struct shelf *s = *state;
	struct cert_rows rows;
	struct err err;

	(void)shelf_put(s, read_data(s->arena, "openpgp/v6-ed25519-uid.pgp"),
		"same name", NULL);
	assert_status(shelf_find(s, "same name", false, &old, &rows, &err),
		STATUS_NOT_FOUND);
	assert_non_null(strstr(err.text, "by-vfingerprint/06/727009CC"));
	(void)put_shaped(s, 1, 1500000000, 0, false);
	assert_ok(shelf_find(s, "same name", false, &old, &rows, &err));
	assert_int_equal(rows.total, 1);
	old.max_version = 0;
	assert_ok(shelf_find(s, "same name", false, &old, &rows, &err));
	assert_int_equal(rows.total, 2);
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
	assert_ok(shelf_find(s, "same name", false, &limits, &rows, &err));
	limits.max_octets--;
	assert_status(shelf_find(s, "same name", false, &limits, &rows, &err),
		STATUS_LIMIT);
}

/* ---- digests ------------------------------------------------------------ */

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
	assert_ok(lookup_certs(
		s->read, &q, &shelf_plenty, SHELF_NOW, s->arena, &rows, &err));
	assert_true(cert_id_eq(&rows.list[0].id, &row.id));
	hex[0] = hex[0] == '0' ? '1' : '0';
	assert_ok(query_parse_digest(s->arena, bytes_of(hex), &q, &err));
	assert_status(lookup_certs(s->read, &q, &shelf_plenty, SHELF_NOW,
			      s->arena, &rows, &err),
		STATUS_NOT_FOUND);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SHELF_PROMISE(
			test_valid_then_expired_then_revoked_and_newest_first),
		SHELF_PROMISE(test_equal_times_are_ordered_by_fingerprint),
		SHELF_PROMISE(test_damaged_row_among_others_is_no_bad_search),
		SHELF_PROMISE(test_borrowed_subkey_finds_only_its_owner),
		SHELF_PROMISE(test_l24_results_at_and_over_their_limit),
		SHELF_PROMISE(test_limit_cuts_after_all_were_sorted),
		SHELF_PROMISE(test_newer_versions_are_left_out_and_named),
		SHELF_PROMISE(test_l24_octets_at_and_over_their_limit),
		SHELF_PROMISE(test_digests_found_ones_only_and_each_once),
		SHELF_PROMISE(
			test_digests_stop_before_their_octets_but_give_one),
		SHELF_PROMISE(test_hget_finds_by_digest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
