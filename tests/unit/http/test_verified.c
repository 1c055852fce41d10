/*
 * What the page of a key says of its signatures where the server verifies
 * them: which were made up, which nobody here can tell of, and that a key which
 * came before is yet to be verified.
 */

#include "tests/unit/http/one_site.h"
#include "tests/unit/unit.h"

#define SIGNED "0x37AE4603C4CBDA6591696146F5AE1AE14F1322E9"
#define FORGED "<strong class=\"revoked\">forged</strong>"
#define UNKNOWN "<strong class=\"expired\">not verified</strong>"

static struct answer
page(void)
{
	struct answer a =
		one_site_ask("GET", "/pks/lookup?op=vindex&search=" SIGNED,
			"Accept: text/html\r\n");

	assert_int_equal(a.status, 200);
	return a;
}

/* Stored at level sks, then served by a server of level clean. */
static int
start_later(void **state)
{
	one_site_start_sks(state);
	one_site_store("third-party.pgp");
	site.keep = true;
	site_stop(&site);
	site.keep = false;
	site.ingest_settings.policy.level = LEVEL_CLEAN;
	site_start(&site);
	return 0;
}

static void
test_row_of_a_lower_level_says_so(void **state)
{
	struct answer a = page();

	(void)state;
	assert_true(answer_says(&a, "is yet to be verified"));
	assert_true(answer_says(&a, "still has to wait for that"));
	assert_false(answer_says(&a, "verified the signatures"));
	answer_done(&a);
}

static void
test_unknown_signers_are_marked(void **state)
{
	struct answer a = page();

	(void)state;
	/* Three true ones and a forged one; its own is asked of itself. */
	assert_int_equal(one_site_count(&a, UNKNOWN), 4);
	assert_int_equal(one_site_count(&a, FORGED), 0);
	answer_done(&a);
}

static void
test_forged_one_is_marked_and_names_nobody(void **state)
{
	struct answer a;

	(void)state;
	one_site_store("third-party-signers.pgp");
	a = page();
	assert_int_equal(one_site_count(&a, UNKNOWN), 0);
	assert_int_equal(one_site_count(&a, FORGED), 1);
	/* It claims to be by the first of them. */
	assert_int_equal(one_site_count(&a, "<bdi>Signer 0 "), 1);
	assert_int_equal(one_site_count(&a, "<bdi>Signer 1 "), 1);
	assert_int_equal(one_site_count(&a, "<bdi>Signer 2 "), 1);
	answer_done(&a);
}

static void
test_verified_row_is_not_marked(void **state)
{
	struct answer a;

	(void)state;
	one_site_store("revoked-uid.pgp");
	a = one_site_ask("GET", "/pks/lookup?op=vindex&search=rev2@example.org",
		"Accept: text/html\r\n");
	assert_int_equal(a.status, 200);
	assert_true(answer_says(&a, "This server verified the signatures"));
	assert_true(answer_says(&a, "not mean that the names on the key are"));
	assert_false(answer_says(&a, "yet to be verified"));
	assert_int_equal(one_site_count(&a, UNKNOWN), 0);
	answer_done(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_row_of_a_lower_level_says_so),
		cmocka_unit_test(test_unknown_signers_are_marked),
		cmocka_unit_test(test_forged_one_is_marked_and_names_nobody),
		cmocka_unit_test(test_verified_row_is_not_marked),
	};

	return cmocka_run_group_tests(tests, start_later, one_site_stop);
}
