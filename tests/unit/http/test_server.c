/*
 * What a client of a running server may rely on.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/http/site_harness.h"
#include "tests/unit/unit.h"

static struct site site;

static int
start(void **state)
{
	(void)state;
	site_init(&site);
	site_start(&site);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	site_stop(&site);
	return 0;
}

/* Submits as gpg does: a form, every octet but letters and digits escaped. */
static struct answer
add(struct bytes armor, const char *extra)
{
	struct buf form = {0};
	struct answer a;
	size_t i;

	assert_int_equal(buf_puts(&form, "keytext="), STATUS_OK);
	for (i = 0; i < armor.len; i++)
		assert_int_equal(
			buf_printf(&form, "%%%02X", armor.data[i]), STATUS_OK);
	a = site_post(&site, "/pks/add", "application/x-www-form-urlencoded",
		buf_view(&form), extra);
	buf_done(&form);
	return a;
}

static struct answer
get_key(const char *fpr)
{
	char target[160];

	snprintf(target, sizeof(target), "/pks/lookup?op=get&search=0x%s", fpr);
	return site_get(&site, target);
}

static void
expect(struct answer a, int status, const char *says)
{
	if (a.status != status)
		fail_msg("status %d, not %d: %.*s", a.status, status,
			(int)a.raw.len, (const char *)a.raw.data);
	if (says != NULL && !answer_says(&a, says))
		fail_msg("no \"%s\" in: %.*s", says, (int)a.raw.len,
			(const char *)a.raw.data);
	answer_done(&a);
}

static void
test_submitted_key_is_served(void **state)
{
	struct buf armor;
	char fpr[41], line[80];
	struct answer a;

	(void)state;
	site_key(1, &armor, fpr);
	snprintf(line, sizeof(line), "inserted %s", fpr);
	expect(get_key(fpr), 404, "No keys found");
	expect(add(buf_view(&armor), NULL), 200, line);
	snprintf(line, sizeof(line), "ignored %s", fpr);
	expect(add(buf_view(&armor), NULL), 200, line);
	a = get_key(fpr);
	assert_int_equal(a.status, 200);
	assert_true(bytes_eq(answer_field(&a, "Content-Type"),
		bytes_of("application/pgp-keys")));
	assert_true(bytes_eq(
		answer_field(&a, "X-HKP-Results-Count"), bytes_of("1")));
	assert_true(answer_says(&a, "-----BEGIN PGP PUBLIC KEY BLOCK-----\n"));
	assert_true(a.body.len > 0 && a.body.data[a.body.len - 1] == '\n');
	answer_done(&a);
	buf_done(&armor);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_submitted_key_is_served),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
