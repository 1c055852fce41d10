#include "fixture.h"

#include <stdio.h>

#include "../an_arena.h"
#include "lookup/index.h"
#include "pgp/level.h"

enum { NOW = 1700000000 };

static int
setup(void **state)
{
	struct err err;

	assert_ok(crypto_init(&err));
	return arena_begin(state);
}

static struct index_cert
describe(const char *name, bool signatures)
{
	struct cert_row *row = arena_alloc(arena, sizeof(*row));
	struct index_cert c;
	struct err err;

	*row = row_of(arena, read_data(arena, name), NULL);
	assert_ok(index_describe(arena, row, NOW, signatures, &c, &err));
	return c;
}

/* ---- golden listings
 * ------------------------------------------------------------ */

static const char *const golden[] = {"ascii", "percent", "colon", "plus",
	"utf8", "latin1", "empty", "long", "long-utf8", "newline", "no-user-id",
	"expired", "expires", "revoked", "v3", "several", "revoked-user-id",
	"expired-user-id", "unsigned-user-id", "revoked-soft", "two-primaries"};

static void
test_listing_equals_its_golden_file(void **state)
{
	struct index_cert c;
	struct bytes want;
	struct buf out;
	char name[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(golden) / sizeof(golden[0]); i++) {
		(void)snprintf(name, sizeof(name), "index/%s.pgp", golden[i]);
		c = describe(name, false);
		(void)snprintf(name, sizeof(name), "index/%s.mr", golden[i]);
		want = read_data(arena, name);
		buf_init(&out, 0);
		assert_ok(index_write_mr(&out, &c, 1));
		if (!bytes_eq(buf_view(&out), want))
			fail_msg("%s: got %.*s", name, (int)out.len,
				(const char *)out.data);
		buf_done(&out);
	}
}

static void
test_listing_of_several_is_one_list(void **state)
{
	struct index_cert c[2] = {describe("index/ascii.pgp", false),
		describe("index/revoked.pgp", false)};
	struct bytes a, b;
	struct buf out = {0}, want = {0};

	(void)state;
	a = read_data(arena, "index/ascii.mr");
	b = read_data(arena, "index/revoked.mr");
	assert_ok(index_write_mr(&out, c, 2));
	assert_ok(buf_puts(&want, "info:1:2\n"));
	assert_ok(buf_put(&want, bytes_make(a.data + 9, a.len - 9)));
	assert_ok(buf_put(&want, bytes_make(b.data + 9, b.len - 9)));
	assert_true(bytes_eq(buf_view(&out), buf_view(&want)));
	buf_clear(&out);
	assert_ok(index_write_mr(&out, c, 0));
	assert_text(buf_view(&out), "info:1:0\n");
	buf_done(&out);
	buf_done(&want);
}

static void
test_version_6_is_not_in_the_listing(void **state)
{
	struct index_cert c = describe("openpgp/v6-rfc9580-a3.pgp", false);
	struct buf out = {0};

	(void)state;
	assert_int_equal(c.cert->id.fpr.version, 6);
	assert_ok(index_write_mr(&out, &c, 1));
	assert_text(buf_view(&out), "info:1:0\n");
	buf_done(&out);
}

static void
test_escape_leaves_only_what_every_client_reads(void **state)
{
	struct buf out = {0};
	uint8_t all[256];
	size_t i;

	(void)state;
	for (i = 0; i < 256; i++)
		all[i] = (uint8_t)i;
	assert_ok(index_escape(&out, bytes_make(all, sizeof(all))));
	/* 32 + 1 + 128 controls and high octets, and % : + take three each. */
	assert_int_equal(out.len, 256 + 2 * (32 + 1 + 128 + 3));
	for (i = 0; i < out.len; i++) {
		assert_in_range(out.data[i], 0x20, 0x7E);
		assert_true(out.data[i] != ':' && out.data[i] != '+');
	}
	buf_done(&out);
}

/* ---- facts
 * ------------------------------------------------------------------------ */

static void
test_expiry_depends_on_the_moment(void **state)
{
	struct cert_row row =
		row_of(arena, read_data(arena, "index/expired.pgp"), NULL);
	struct index_cert c;
	struct err err;

	(void)state;
	assert_ok(index_describe(arena, &row, 1531536008, false, &c, &err));
	assert_int_equal(c.expires, 1531536009);
	assert_false(c.expired);
	assert_ok(index_describe(arena, &row, 1531536009, false, &c, &err));
	assert_true(c.expired);
}

static void
test_revocation_by_another_is_none(void **state)
{
	struct bytes alice = read_data(arena, "index/ascii.pgp");
	struct bytes gone = read_data(arena, "index/revoked.pgp");
	struct packet_reader r = packet_reader_of(gone, arena);
	struct packet key, revocation;
	struct buf both = {0};
	struct cert_row row;
	struct index_cert c;
	struct err err;

	(void)state;
	assert_ok(packet_next(&r, &key, &err));
	assert_ok(packet_next(&r, &revocation, &err));
	assert_int_equal(revocation.tag, PACKET_SIGNATURE);
	r = packet_reader_of(alice, arena);
	assert_ok(packet_next(&r, &key, &err));
	assert_ok(buf_put(&both, key.whole));
	assert_ok(buf_put(&both, revocation.whole));
	assert_ok(buf_put(
		&both, bytes_make(alice.data + r.pos, alice.len - r.pos)));
	row = row_of(arena, buf_view(&both), NULL);
	assert_ok(index_describe(arena, &row, NOW, true, &c, &err));
	assert_int_equal(c.key.sig_count, 1);
	assert_int_equal(c.key.sigs[0].kind, INDEX_SIG_REVOCATION);
	assert_false(c.key.sigs[0].self);
	assert_false(c.revoked);
	buf_done(&both);
}

/* Its hash is as it should be: anybody can write such a one. */
static void
test_forged_revocation_is_none(void **state)
{
	struct bytes gone = read_data(arena, "index/revoked.pgp");
	struct packet_reader r = packet_reader_of(gone, arena);
	struct buf forged = {0};
	struct packet key, revocation;
	struct index_cert c;
	struct cert_row row;
	struct err err;

	(void)state;
	assert_ok(buf_put(&forged, gone));
	assert_ok(packet_next(&r, &key, &err));
	assert_ok(packet_next(&r, &revocation, &err));
	row = row_of(arena, buf_view(&forged), NULL);
	assert_int_equal(row.level, LEVEL_SKS);
	assert_ok(index_describe(arena, &row, NOW, false, &c, &err));
	assert_true(c.revoked);
	forged.data[r.pos - 1] ^= 1;
	row = row_of(arena, buf_view(&forged), NULL);
	assert_ok(index_describe(arena, &row, NOW, true, &c, &err));
	assert_int_equal(c.key.sig_count, 1);
	assert_true(c.key.sigs[0].self);
	assert_true(c.key.sigs[0].plausible);
	assert_false(c.revoked);
	/* And was verified, if a row of level clean has it. */
	row.level = LEVEL_CLEAN;
	assert_ok(index_describe(arena, &row, NOW, false, &c, &err));
	assert_true(c.revoked);
	buf_done(&forged);
}

static void
test_signatures_are_listed_when_asked_for(void **state)
{
	struct index_cert c = describe("index/several.pgp", false);

	(void)state;
	assert_int_equal(c.user_id_count, 3);
	assert_int_equal(c.user_ids[0].sig_count, 0);
	c = describe("index/several.pgp", true);
	assert_int_equal(c.user_ids[0].sig_count, 1);
	assert_int_equal(c.user_ids[0].sigs[0].kind, INDEX_SIG_SELF);
	assert_true(c.user_ids[0].sigs[0].plausible);
	assert_true(c.user_ids[0].primary);
	assert_false(c.user_ids[1].primary);
	assert_int_equal(c.subkey_count, 1);
	assert_true(c.subkeys[0].valid);
	assert_int_equal(c.subkeys[0].flags, 0x0C);
	assert_int_equal(c.subkeys[0].sigs[0].kind, INDEX_SIG_BINDING);
}

static void
test_damaged_row_is_malformed(void **state)
{
	struct cert_row row =
		row_of(arena, read_data(arena, "index/ascii.pgp"), NULL);
	struct index_cert c;
	struct err err;

	(void)state;
	row.octets.len--;
	assert_status(index_describe(arena, &row, NOW, false, &c, &err),
		STATUS_MALFORMED);
}

/* ---- for people
 * ---------------------------------------------------------------------- */

static void
test_plain_listing_has_a_line_for_each_user_id(void **state)
{
	struct index_cert c = describe("index/several.pgp", false);
	struct buf out = {0};

	(void)state;
	assert_ok(index_write_plain(&out, &c, 1, false));
	assert_text(buf_view(&out),
		"Type  bits/keyID               Date       User ID\n"
		"pub    255E/0xFE71B8881A9B94D5 2017/07/14 "
		"Second <b@example.org>\n"
		"                                          "
		"Third <c@example.org>\n"
		"                                          "
		"First <a@example.org>\n"
		"     fingerprint 9EFA689FEFAEC1472758F520FE71B8881A9B94D5\n");
	buf_done(&out);
}

static void
test_plain_listing_never_steers_a_terminal(void **state)
{
	struct index_cert c = describe("index/newline.pgp", true);
	struct buf out = {0};
	size_t i;

	(void)state;
	assert_ok(index_write_plain(&out, &c, 1, true));
	for (i = 0; i < out.len; i++)
		assert_true(out.data[i] == '\n' ||
			    (out.data[i] >= 0x20 && out.data[i] != 0x7F));
	buf_done(&out);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, arena_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_listing_equals_its_golden_file),
		CASE(test_listing_of_several_is_one_list),
		CASE(test_version_6_is_not_in_the_listing),
		CASE(test_escape_leaves_only_what_every_client_reads),
		CASE(test_expiry_depends_on_the_moment),
		CASE(test_revocation_by_another_is_none),
		CASE(test_forged_revocation_is_none),
		CASE(test_signatures_are_listed_when_asked_for),
		CASE(test_damaged_row_is_malformed),
		CASE(test_plain_listing_has_a_line_for_each_user_id),
		CASE(test_plain_listing_never_steers_a_terminal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
