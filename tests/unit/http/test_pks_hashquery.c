/*
 * Certificates by digest, octet for octet, as gossip partners ask for them.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/hex.h"
#include "base/reader.h"
#include "pgp/cert.h"
#include "tests/unit/http/one_site.h"
#include "tests/unit/unit.h"

static void
test_hashquery_answers_octet_for_octet(void **state)
{
	struct buf armor, ask = {0}, want = {0};
	char fpr[41], target[160];
	struct answer a, raw;
	uint8_t digest[16];
	struct bytes tag;
	size_t len;

	(void)state;
	site_key(30, &armor, fpr);
	answer_expect(site_add(&site, buf_view(&armor), NULL), 200, "inserted");
	buf_done(&armor);
	snprintf(target, sizeof(target),
		"/pks/lookup?op=get&options=bin&search=0x%s", fpr);
	raw = site_get(&site, target);
	tag = answer_field(&raw, "ETag");
	assert_ok(hex_read(bytes_make(tag.data + 1, 32), digest, 16, &len));
	/* Twice the same and one that nobody has. */
	assert_ok(buf_put_be32(&ask, 3));
	assert_ok(buf_put_be32(&ask, 16));
	assert_ok(buf_put(&ask, bytes_make(digest, 16)));
	assert_ok(buf_put_be32(&ask, 16));
	assert_ok(buf_put(&ask, bytes_make("0123456789abcdef", 16)));
	assert_ok(buf_put_be32(&ask, 16));
	assert_ok(buf_put(&ask, bytes_make(digest, 16)));
	a = site_post(
		&site, "/pks/hashquery", "pgp/keys", buf_view(&ask), NULL);
	assert_ok(buf_put_be32(&want, 1));
	assert_ok(buf_put_be32(&want, (uint32_t)raw.body.len));
	assert_ok(buf_put(&want, raw.body));
	assert_ok(buf_puts(&want, "\r\n"));
	assert_int_equal(a.status, 200);
	assert_text(answer_field(&a, "Content-Type"), "pgp/keys");
	assert_text(answer_field(&a, "X-HKP-Results-Count"), "1");
	assert_true(bytes_eq(a.body, buf_view(&want)));
	answer_done(&a);
	answer_done(&raw);
	buf_done(&ask);
	buf_done(&want);
}

/* Caught on the wire: neither Host nor type nor whoever asks. */
static void
test_sks_asks_with_no_more_than_a_length(void **state)
{
	static const char head[] = "POST /pks/hashquery HTTP/1.0\r\n"
				   "content-length: 704\r\n\r\n";
	struct buf ask = {0};
	struct answer a;
	uint64_t i;
	int fd = site_connect(&site);

	(void)state;
	assert_ok(buf_puts(&ask, head));
	assert_ok(buf_put_be32(&ask, 35));
	for (i = 0; i < 35; i++) {
		assert_ok(buf_put_be32(&ask, 16));
		assert_ok(buf_put_be64(&ask, i));
		assert_ok(buf_put_be64(&ask, 0));
	}
	assert_int_equal(ask.len, sizeof(head) - 1 + 704);
	site_send(fd, buf_view(&ask));
	a = site_read(fd, false);
	assert_int_equal(a.status, 200);
	assert_text(answer_field(&a, "Content-Length"), "6");
	assert_int_equal(a.body.len, 6);
	assert_memory_equal(a.body.data, "\0\0\0\0\r\n", 6);
	assert_null(memmem(a.head.data, a.head.len, "chunked", 7));
	assert_true(site_is_closed(fd));
	(void)close(fd);
	answer_done(&a);
	buf_done(&ask);
}

static void
test_broken_hashquery_is_400(void **state)
{
	static const char *const bodies[] = {"", "\0\0\0", "\0\0\0\1",
		"\0\0\0\1\0\0\0\x10short",
		"\0\0\0\1\0\0\0\x0F"
		"0123456789abcdef",
		"\xFF\xFF\xFF\xFF\0\0\0\x10"
		"0123456789abcdef"};
	static const size_t lens[] = {0, 3, 4, 13, 24, 24};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lens) / sizeof(lens[0]); i++)
		answer_expect(site_post(&site, "/pks/hashquery", NULL,
				      bytes_make(bodies[i], lens[i]), NULL),
			400, NULL);
	answer_expect(site_post(&site, "/pks/hashquery", NULL,
			      bytes_make("\0\0\0\0", 4), NULL),
		200, NULL);
}

static void
test_hashquery_is_limited_at_ten_thousand(void **state)
{
	struct buf b = {0};
	int n, i;

	(void)state;
	for (n = 10000; n <= 10001; n++) {
		struct answer a;

		buf_clear(&b);
		assert_ok(buf_put_be32(&b, (uint32_t)n));
		for (i = 0; i < n; i++) {
			assert_ok(buf_put_be32(&b, 16));
			assert_ok(buf_put_be64(&b, (uint64_t)i));
			assert_ok(buf_put_be64(&b, 0));
		}
		a = site_post(
			&site, "/pks/hashquery", NULL, buf_view(&b), NULL);
		assert_int_equal(a.status, n > 10000 ? 400 : 200);
		answer_done(&a);
	}
	buf_done(&b);
}

/* Three certificates, their digests from their ETags. */
static void
three_keys(uint8_t digests[3][16], size_t sizes[3])
{
	int i;

	for (i = 0; i < 3; i++) {
		char fpr[41], target[160];
		struct buf armor;
		struct answer raw;
		struct bytes tag;
		size_t len;

		site_key(one_site_next_key++, &armor, fpr);
		answer_expect(site_add(&site, buf_view(&armor), NULL), 200,
			"inserted");
		buf_done(&armor);
		snprintf(target, sizeof(target),
			"/pks/lookup?op=get&options=bin&search=0x%s", fpr);
		raw = site_get(&site, target);
		tag = answer_field(&raw, "ETag");
		assert_ok(hex_read(
			bytes_make(tag.data + 1, 32), digests[i], 16, &len));
		sizes[i] = raw.body.len;
		answer_done(&raw);
	}
}

static struct answer
ask_for(uint8_t digests[][16], uint32_t count, const char *type)
{
	struct buf ask = {0};
	struct answer a;
	uint32_t i;

	assert_ok(buf_put_be32(&ask, count));
	for (i = 0; i < count; i++) {
		assert_ok(buf_put_be32(&ask, 16));
		assert_ok(buf_put(&ask, bytes_make(digests[i], 16)));
	}
	a = site_post(&site, "/pks/hashquery", type, buf_view(&ask), NULL);
	assert_int_equal(a.status, 200);
	buf_done(&ask);
	return a;
}

/* Each one that comes hashes to a digest that was asked for. */
static void
test_octets_hash_to_the_digest_asked_for(void **state)
{
	struct arena *arena = arena_new(1 << 20);
	uint8_t digests[3][16];
	struct sks_digest got;
	struct answer a;
	struct reader r;
	size_t sizes[3], i, k, found = 0;

	(void)state;
	three_keys(digests, sizes);
	a = ask_for(digests, 3, "text/plain");
	r = reader_of(a.body);
	assert_int_equal(reader_be32(&r), 3);
	for (i = 0; i < 3; i++) {
		struct bytes octets = reader_take(&r, reader_be32(&r));
		struct cert *cert;
		struct err err;

		assert_ok(cert_read_stored(arena, octets, &cert, &err));
		assert_ok(cert_digest(arena, cert));
		got = cert->sks_digest;
		for (k = 0; k < 3; k++)
			found += memcmp(got.octets, digests[k], 16) == 0;
	}
	assert_int_equal(found, 3);
	assert_text(reader_take(&r, reader_left(&r)), "\r\n");
	assert_text(answer_field(&a, "X-HKP-Results-Count"), "3");
	assert_text(answer_field(&a, "Access-Control-Allow-Origin"), "*");
	answer_done(&a);
	arena_free(arena);
}

/* On a site whose replies hold less than three, and less than one. */
static void
test_reply_is_cut_but_holds_one(void **state)
{
	static const size_t limits[] = {2500, 10};
	struct site whole = site;
	uint8_t digests[3][16];
	size_t sizes[3], i;

	(void)state;
	for (i = 0; i < 2; i++) {
		struct answer a;
		size_t n;

		site_init(&site);
		site.settings.max_hashquery_reply = limits[i];
		site_start(&site);
		three_keys(digests, sizes);
		assert_true(sizes[0] + sizes[1] + sizes[2] > limits[i]);
		a = ask_for(digests, 3, NULL);
		n = a.body.data[3];
		assert_in_range(n, 1, 2);
		/* Counts and the end of line are no octets of keys. */
		assert_true(n == 1 || a.body.len - 4 - 4 * n - 2 <= limits[i]);
		assert_true(i == 0 || n == 1);
		answer_done(&a);
		site_stop(&site);
	}
	site = whole;
}

static void
test_body_over_its_limit_is_400(void **state)
{
	struct buf b = {0};

	(void)state;
	assert_ok(buf_put_be32(&b, 0));
	while (b.len < 256 * 1024)
		assert_ok(buf_put_u8(&b, 0));
	answer_expect(
		site_post(&site, "/pks/hashquery", NULL, buf_view(&b), NULL),
		200, NULL);
	assert_ok(buf_put_u8(&b, 0));
	answer_expect(
		site_post(&site, "/pks/hashquery", NULL, buf_view(&b), NULL),
		400, NULL);
	buf_done(&b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hashquery_answers_octet_for_octet),
		cmocka_unit_test(test_sks_asks_with_no_more_than_a_length),
		cmocka_unit_test(test_broken_hashquery_is_400),
		cmocka_unit_test(test_hashquery_is_limited_at_ten_thousand),
		cmocka_unit_test(test_octets_hash_to_the_digest_asked_for),
		cmocka_unit_test(test_reply_is_cut_but_holds_one),
		cmocka_unit_test(test_body_over_its_limit_is_400),
	};

	return cmocka_run_group_tests(tests, one_site_start, one_site_stop);
}
