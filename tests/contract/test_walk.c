/* What store.h promises of a walk over all rows, on each backend. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "backend.h"

static void
test_a_walk_meets_each_row_once(void **state)
{
	struct fixture *f = *state;
	int64_t place = 0, last = -1;
	struct cert_rows rows;
	struct made m;
	size_t i;

	assert_int_equal(store_last_place(f->r, &last, &f->err), STATUS_OK);
	assert_int_equal(last, 0);
	for (i = 0; i < 5; i++) {
		made_init(&m, 4, (uint8_t)(i + 1), 100);
		(void)made_store(f, &m);
	}
	assert_int_equal(store_last_place(f->r, &last, &f->err), STATUS_OK);
	for (i = 0; i < 5; i++) {
		made_init(&m, 4, (uint8_t)(i + 1), 100);
		memset(&rows, 0, sizeof(rows));
		assert_int_equal(store_list_certs(f->r, &place, 1, f->arena,
					 &rows, &f->err),
			STATUS_OK);
		assert_int_equal(rows.count, 1);
		assert_row(&rows.list[0], &m);
	}
	assert_int_equal(place, last);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_walk_meets_each_row_once,
			fixture_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
