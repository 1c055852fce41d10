/*
 * Certificates by digest, octet for octet, as gossip partners ask for them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/hex.h"
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hashquery_answers_octet_for_octet),
		cmocka_unit_test(test_broken_hashquery_is_400),
		cmocka_unit_test(test_hashquery_is_limited_at_ten_thousand),
	};

	return cmocka_run_group_tests(tests, one_site_start, one_site_stop);
}
