/*
 * What a running server finds, lists and says of what it does not find.
 */
#include <stdio.h>
#include <unistd.h>

#include "base/hex.h"
#include "tests/unit/http/one_site.h"
#include "tests/unit/unit.h"

static struct cert_id damaged_id;

static void
test_client_that_has_it_gets_304(void **state)
{
	struct buf armor, request = {0};
	char fpr[41];
	struct answer a;
	struct bytes tag;

	(void)state;
	site_key(2, &armor, fpr);
	answer_expect(site_add(&site, buf_view(&armor), NULL), 200, "inserted");
	a = site_get_key(&site, fpr);
	tag = answer_field(&a, "ETag");
	assert_true(tag.len > 34);
	assert_text(answer_field(&a, "Cache-Control"), "no-cache");
	assert_ok(buf_printf(&request,
		"GET /pks/lookup?op=get&search=0x%s HTTP/1.1\r\nHost: x\r\n"
		"If-None-Match: \"x\", W/%.*s\r\nConnection: close\r\n\r\n",
		fpr, (int)tag.len, (const char *)tag.data));
	answer_done(&a);
	a = site_ask(&site, buf_view(&request));
	assert_int_equal(a.status, 304);
	assert_int_equal(a.body.len, 0);
	assert_true(answer_field(&a, "ETag").len > 34);
	assert_text(answer_field(&a, "Access-Control-Allow-Origin"), "*");
	answer_done(&a);
	buf_done(&request);
	buf_done(&armor);
}

static void
test_op_is_checked(void **state)
{
	(void)state;
	answer_expect(site_get(&site, "/pks/lookup"), 400, "Bad request: ");
	answer_expect(
		site_get(&site, "/pks/lookup?op=get"), 400, "Bad request: ");
	answer_expect(
		site_get(&site, "/pks/lookup?op=get&search=%20"), 400, NULL);
	answer_expect(
		site_get(&site, "/pks/lookup?op=bogus&search=x"), 400, NULL);
	answer_expect(site_get(&site, "/pks/lookup?op=x-bogus&search=x"), 501,
		"Not implemented");
	answer_expect(site_get(&site, "/pks/lookup?op=get&search=0xZZ"), 400,
		"Bad request: ");
	answer_expect(site_get(&site, "/pks/lookup?op=index&search=a+b"), 400,
		"Insufficiently specific");
	answer_expect(
		site_get(&site, "/pks/lookup?op=index&search=nobody+here"), 404,
		"No keys found");
	answer_expect(
		site_get(&site,
			"/pks/lookup?op=index&options=mr&search=nobody+here"),
		404, "No keys found");
	answer_expect(site_get(&site, "/pks/lookup?op=hget&search="
				      "00000000000000000000000000000000"),
		404, "No keys found");
}

static void
test_found_by_every_kind_of_term(void **state)
{
	char fpr[41], target[200];
	struct buf armor;
	static const char *const prefixes[] = {"0x", "", "0X"};
	size_t i;

	(void)state;
	site_key_of(3, "Zo\xC3\xAB Words <zoe.w@words.example>", &armor, fpr);
	answer_expect(site_add(&site, buf_view(&armor), NULL), 200, "inserted");
	buf_done(&armor);
	for (i = 0; i < 3; i++) {
		snprintf(target, sizeof(target),
			"/pks/lookup?op=get&search=%s%s", prefixes[i], fpr);
		answer_expect(site_get(&site, target), 200, "BEGIN PGP");
		snprintf(target, sizeof(target),
			"/pks/lookup?op=get&search=%s%s", prefixes[i],
			fpr + 24);
		answer_expect(site_get(&site, target), 200, "BEGIN PGP");
	}
	snprintf(target, sizeof(target), "/pks/lookup?op=get&search=0x%s",
		fpr + 32);
	answer_expect(site_get(&site, target), 200, "BEGIN PGP");
	answer_expect(site_get(&site,
			      "/pks/lookup?search=zoe.w@words.example&op=get"),
		200, "BEGIN PGP");
	answer_expect(
		site_get(&site, "/pks/lookup?op=get&search=words+zo%C3%AB"),
		200, "BEGIN PGP");
	/* Latin-1 and JavaScript escapes, as Thunderbird sends them. */
	answer_expect(site_get(&site, "/pks/lookup?op=get&search=zo%EB+words"),
		200, "BEGIN PGP");
	answer_expect(
		site_get(&site, "/pks/lookup?op=get&search=zo%u00EB+words"),
		200, "BEGIN PGP");
}

static void
test_limit_and_options_list(void **state)
{
	char fpr[41], target[200];
	struct buf armor;
	struct answer a;
	int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		char uid[64];

		snprintf(uid, sizeof(uid), "Limitname %d <l%d@limit.example>",
			i, i);
		site_key_of(10 + (uint64_t)i, uid, &armor, fpr);
		answer_expect(site_add(&site, buf_view(&armor), NULL), 200,
			"inserted");
		buf_done(&armor);
	}
	a = site_get(&site,
		"/pks/lookup?op=index&options=nm,mr&limit=2&search=limitname");
	assert_int_equal(a.status, 200);
	assert_true(bytes_starts_nocase(a.body, "info:1:2\n"));
	assert_text(answer_field(&a, "X-HKP-Results-Count"), "3");
	assert_text(
		answer_field(&a, "Content-Type"), "text/plain; charset=UTF-8");
	answer_done(&a);
	a = site_get(&site,
		"/pks/lookup?op=get&options=bin&limit=1&search=limitname");
	assert_int_equal(a.status, 200);
	assert_text(answer_field(&a, "Content-Type"), "application/pgp");
	assert_true(a.body.data[0] >= 0x80);
	answer_done(&a);
	snprintf(target, sizeof(target),
		"/pks/lookup?op=vindex&options=mr&search=0x%s", fpr);
	answer_expect(site_get(&site, target), 200, "info:1:1\npub:");
	answer_expect(
		site_get(&site,
			"/pks/lookup?op=index&options=json&search=limitname"),
		200, "\"keywords\": \"Limitname");
}

static void
test_digest_finds_its_key(void **state)
{
	char fpr[41], target[160];
	struct buf armor;
	struct answer a;

	(void)state;
	site_key(40, &armor, fpr);
	answer_expect(site_add(&site, buf_view(&armor), NULL), 200, NULL);
	buf_done(&armor);
	a = site_get_key(&site, fpr);
	snprintf(target, sizeof(target), "/pks/lookup?op=hget&search=%.32s",
		(const char *)answer_field(&a, "ETag").data + 1);
	answer_done(&a);
	answer_expect(site_get(&site, target), 200, "BEGIN PGP");
}

/* Puts octets that are no certificate into the row of this fingerprint. */
static enum status
damage(struct write_job *job, struct store_session *w, struct err *err)
{
	struct arena *arena = arena_new(1 << 20);
	struct cert_search nothing = {0};
	struct cert_row row;
	enum status st;

	(void)job;
	st = store_get_cert(w, &damaged_id, arena, &row, err);
	if (st == STATUS_OK) {
		row.octets = bytes_make("\x99\xFF\x00", 3);
		st = store_put_cert(w, &row, &nothing, err);
	}
	arena_free(arena);
	return st;
}

static void
test_damaged_row_is_500_with_a_number(void **state)
{
	struct write_job job = {.run = damage};
	char fpr[41], target[160];
	struct buf armor;
	struct err err;
	size_t len;

	(void)state;
	site_key(41, &armor, fpr);
	answer_expect(site_add(&site, buf_view(&armor), NULL), 200, NULL);
	buf_done(&armor);
	damaged_id.fpr.version = 4;
	damaged_id.fpr.len = 20;
	assert_ok(hex_read(bytes_of(fpr), damaged_id.fpr.octets, 20, &len));
	assert_ok(writer_do(ingest_writer(site.ingest), &job, &err));
	snprintf(target, sizeof(target), "/pks/lookup?search=0x%s", fpr);
	answer_expect(site_get(&site, target), 500, "Internal error: request ");
}

static void
test_pages_escape_what_strangers_wrote(void **state)
{
	char fpr[41], target[160];
	struct buf armor, request = {0};
	struct answer a;

	(void)state;
	site_key_of(20,
		"<script>alert(1)</script>\xE2\x80\xAE <x@evil.example>",
		&armor, fpr);
	answer_expect(
		site_add(&site, buf_view(&armor), "Accept: text/html\r\n"), 200,
		"new here");
	buf_done(&armor);
	snprintf(target, sizeof(target), "/pks/lookup?op=vindex&search=0x%s",
		fpr);
	assert_ok(buf_printf(&request,
		"GET %s HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\n"
		"Connection: close\r\n\r\n",
		target));
	a = site_ask(&site, buf_view(&request));
	assert_int_equal(a.status, 200);
	assert_false(answer_says(&a, "<script"));
	assert_true(answer_says(&a, "&lt;script&gt;"));
	assert_true(answer_says(&a, "\\u202E"));
	assert_true(
		bytes_starts_nocase(answer_field(&a, "Content-Security-Policy"),
			"default-src 'none'"));
	answer_done(&a);
	buf_clear(&request);
	assert_ok(buf_puts(&request,
		"GET /pks/lookup?search=\"><script>nobody</script> HTTP/1.1\r\n"
		"Host: x\r\nAccept: text/html\r\nConnection: close\r\n\r\n"));
	a = site_ask(&site, buf_view(&request));
	assert_int_equal(a.status, 404);
	assert_false(answer_says(&a, "<script"));
	assert_true(answer_says(&a, "value=\"&quot;&gt;&lt;script"));
	answer_done(&a);
	buf_done(&request);
}

static void
test_statistics_as_json_and_page(void **state)
{
	struct answer a = site_get(&site, "/pks/lookup?op=stats&options=mr");

	(void)state;
	assert_int_equal(a.status, 200);
	assert_text(answer_field(&a, "Content-Type"), "application/json");
	assert_true(answer_says(&a, "\"software\": \"keypost\""));
	assert_true(answer_says(&a, "\"numkeys\": "));
	answer_done(&a);
	a = site_get(&site, "/pks/stats");
	assert_int_equal(a.status, 200);
	assert_true(answer_says(&a, "\n<h2>Settings</h2>\n<table>\n"
				    "<tr><td>Hostname:</td><td>"));
	assert_true(answer_says(&a, "\n<h2>Gossip Peers</h2>\n"
				    "<table summary=\"Gossip Peers\">\n"));
	assert_true(answer_says(
		&a, "\n<h2>Statistics</h2><p>Total number of keys: "));
	answer_done(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_client_that_has_it_gets_304),
		cmocka_unit_test(test_op_is_checked),
		cmocka_unit_test(test_found_by_every_kind_of_term),
		cmocka_unit_test(test_limit_and_options_list),
		cmocka_unit_test(test_digest_finds_its_key),
		cmocka_unit_test(test_pages_escape_what_strangers_wrote),
		cmocka_unit_test(test_statistics_as_json_and_page),
		/* Last: it leaves the store damaged. */
		cmocka_unit_test(test_damaged_row_is_500_with_a_number),
	};

	return cmocka_run_group_tests(tests, one_site_start, one_site_stop);
}
