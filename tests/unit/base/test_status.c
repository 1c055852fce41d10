#include "../unit.h"

#include <string.h>

#include "base/status.h"

static void
test_every_code_has_a_name(void **state)
{
	int st, other;

	(void)state;
	for (st = STATUS_OK; st <= STATUS_CLOSED; st++) {
		assert_true(strlen(status_name((enum status)st)) > 0);
		for (other = STATUS_OK; other < st; other++)
			assert_string_not_equal(status_name((enum status)st),
				status_name((enum status)other));
	}
}

static void
test_null_err_is_accepted(void **state)
{
	(void)state;
	err_set(NULL, "%d", 1);
	err_prefix(NULL, "%d", 1);
}

static void
test_prefixes_stand_before_the_reason(void **state)
{
	struct err e;

	(void)state;
	err_set(&e, "length %d exceeds packet", 4096);
	err_prefix(&e, "signature %d", 7);
	err_prefix(&e, "user ID %d", 3);
	assert_string_equal(
		e.text, "user ID 3: signature 7: length 4096 exceeds packet");
}

static void
test_long_reason_is_cut_not_overrun(void **state)
{
	char text[600];
	struct err e;

	(void)state;
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	err_set(&e, "%s", text);
	assert_int_equal(strlen(e.text), sizeof e.text - 1);
	err_prefix(&e, "%s", "why");
	assert_int_equal(strlen(e.text), sizeof e.text - 1);
	assert_memory_equal(e.text, "why: xxx", 8);
	err_prefix(&e, "%s", text);
	assert_int_equal(strlen(e.text), sizeof e.text - 1);
	assert_memory_equal(e.text, text, sizeof e.text - 1);
}

static void
test_reason_may_be_an_argument_of_itself(void **state)
{
	struct err e;

	(void)state;
	err_set(&e, "inner");
	err_set(&e, "outer(%s)", e.text);
	assert_string_equal(e.text, "outer(inner)");
	err_prefix(&e, "%s", e.text);
	assert_string_equal(e.text, "outer(inner): outer(inner)");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_code_has_a_name),
		cmocka_unit_test(test_null_err_is_accepted),
		cmocka_unit_test(test_prefixes_stand_before_the_reason),
		cmocka_unit_test(test_long_reason_is_cut_not_overrun),
		cmocka_unit_test(test_reason_may_be_an_argument_of_itself),
	};

	return cmocka_run_group_tests_name("base/status", tests, NULL, NULL);
}
