/* Names are looked up, and nobody waits for them. */
#include "../unit.h"

#include <netinet/in.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "recon/gossip_address.h"
#include "recon/gossip_names.h"

static _Atomic int woken;

static void
wake(void *ctx)
{
	(void)ctx;
	atomic_fetch_add(&woken, 1);
}

static struct endpoint
at(const char *text)
{
	struct endpoint ep;
	struct err err;

	assert_ok(endpoint_parse(text, &ep, &err));
	return ep;
}

static struct name_answer
wait_for(struct names *n)
{
	struct name_answer a;

	for (int i = 0; i < 3000; i++) {
		if (names_take(n, &a) == STATUS_OK)
			return a;
		(void)poll(NULL, 0, 10);
	}
	fail_msg("there is no answer");
	return a;
}

static void
test_an_address_is_there_at_once(void **state)
{
	struct names *n = names_new(wake, NULL);
	struct endpoint ep = at("[::1]:11370");
	struct name_answer a;

	(void)state;
	assert_status(names_take(n, &a), STATUS_NOT_FOUND);
	assert_ok(names_ask(n, "peer", &ep));
	assert_ok(names_take(n, &a));
	assert_string_equal(a.name, "peer");
	assert_int_equal(a.count, 1);
	assert_int_equal(a.list[0].ss_family, AF_INET6);
	assert_int_equal(address_port(&a.list[0]), 11370);
	free(a.name);
	assert_status(names_take(n, &a), STATUS_NOT_FOUND);
	names_free(n);
}

static void
test_a_name_comes_later_and_wakes_who_asked(void **state)
{
	struct names *n = names_new(wake, NULL);
	struct endpoint ep = at("localhost:11370");
	int before = woken;
	struct name_answer a;

	(void)state;
	assert_ok(names_ask(n, "peer", &ep));
	a = wait_for(n);
	assert_true(a.count >= 1);
	assert_int_equal(address_port(&a.list[0]), 11370);
	free(a.name);
	for (int i = 0; i < 1000 && woken == before; i++)
		(void)poll(NULL, 0, 10);
	assert_true(woken > before);
	names_free(n);
}

static void
test_what_is_no_name_is_told(void **state)
{
	struct names *n = names_new(wake, NULL);
	struct endpoint ep = at("no_such-name.invalid:1");
	struct name_answer a;

	(void)state;
	assert_ok(names_ask(n, "peer", &ep));
	a = wait_for(n);
	assert_int_equal(a.count, 0);
	assert_non_null(strstr(a.why.text, "no_such-name.invalid: "));
	free(a.name);
	names_free(n);
}

static void
test_questions_are_bounded_and_need_not_be_taken(void **state)
{
	struct names *n = names_new(wake, NULL);
	struct endpoint ep = at("127.0.0.1:1");

	(void)state;
	for (int i = 0; i < NAMES_MAX; i++)
		assert_ok(names_ask(n, "peer", &ep));
	assert_status(names_ask(n, "peer", &ep), STATUS_BUSY);
	names_free(n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_an_address_is_there_at_once),
		cmocka_unit_test(test_a_name_comes_later_and_wakes_who_asked),
		cmocka_unit_test(test_what_is_no_name_is_told),
		cmocka_unit_test(
			test_questions_are_bounded_and_need_not_be_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
