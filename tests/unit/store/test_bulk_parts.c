/* What a bulk load remembers keys by, and sorts them with. */
#include "../unit.h"

#include <string.h>

#include <stdio.h>
#include <unistd.h>

#include "../scratch.h"
#include "backend.h"
#include "store/sqlite/keyrow.h"
#include "store/sqlite/runs.h"

enum { RECORDS = 1000 };

static void
key_of(uint32_t i, uint8_t key[KEYROW_KEY])
{
	memset(key, 0, KEYROW_KEY);
	memcpy(key, &i, sizeof(i));
}

static void
test_keyrow_has_what_was_added(void **state)
{
	struct keyrow *s = keyrow_new(100000);
	uint8_t key[KEYROW_KEY];
	int64_t row;
	uint32_t i;

	(void)state;
	for (i = 0; i < 100000; i++) {
		key_of(i, key);
		assert_int_equal(keyrow_add(s, key, i + 1), STATUS_OK);
	}
	for (i = 0; i < 100000; i++) {
		size_t n = 0;

		key_of(i, key);
		do
			assert_true(keyrow_nth(s, key, n++, &row));
		while (row != (int64_t)i + 1);
	}
	key_of(i, key);
	assert_int_equal(keyrow_add(s, key, i + 1), STATUS_LIMIT);
	keyrow_free(s);
}

static void
test_keyrow_tells_each_row_of_a_key(void **state)
{
	struct keyrow *s = keyrow_new(10);
	const uint8_t key[KEYROW_KEY] = {1}, other[KEYROW_KEY] = {2};
	int64_t a, b, c;

	(void)state;
	assert_false(keyrow_nth(s, key, 0, &a));
	assert_int_equal(keyrow_add(s, key, 7), STATUS_OK);
	assert_int_equal(keyrow_add(s, key, 9), STATUS_OK);
	assert_true(keyrow_nth(s, key, 0, &a));
	assert_true(keyrow_nth(s, key, 1, &b));
	assert_int_equal(a + b, 16);
	assert_false(keyrow_nth(s, key, 2, &c));
	assert_false(keyrow_nth(s, other, 0, &c));
	assert_int_equal(keyrow_add(s, key, 0), STATUS_LIMIT);
	assert_int_equal(keyrow_add(s, key, (int64_t)1 << 32), STATUS_LIMIT);
	keyrow_free(s);
}

/* Octets that the process has mapped. */
static size_t
mapped(void)
{
	FILE *f = fopen("/proc/self/statm", "r");
	unsigned long pages = 0;

	assert_non_null(f);
	assert_int_equal(fscanf(f, "%lu", &pages), 1);
	(void)fclose(f);
	return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* So that a load of twelve million stays below 256 MiB. */
static void
test_keyrow_takes_seven_octets_an_entry(void **state)
{
	enum { MANY = 3000000, EACH = 7, TABLES = 2048, OFTEN = MANY / 30 };
	struct keyrow *s;
	size_t before = mapped(),
	       whole = TABLES * (size_t)sysconf(_SC_PAGESIZE);
	uint8_t key[KEYROW_KEY];
	uint32_t i;

	(void)state;
	s = keyrow_new(MANY);
	for (i = 1; i <= MANY; i++) {
		key_of(i, key);
		assert_int_equal(keyrow_add(s, key, i), STATUS_OK);
		if (i % OFTEN == 0)
			assert_true(mapped() - before <=
				    (size_t)EACH * i + 2 * whole);
	}
	keyrow_free(s);
	assert_true(mapped() <= before);
}

static void
record_of(uint32_t i, uint8_t record[RUNS_RECORD])
{
	uint32_t mixed = i * 2654435761u;
	size_t k;

	memset(record, 0, RUNS_RECORD);
	for (k = 0; k < 4; k++)
		record[k] = (uint8_t)(mixed >> (24 - 8 * k));
}

/* `memory` records fit, so that there are many runs, or one. */
static void
check_runs(const char *folder, size_t memory)
{
	struct runs *r = runs_new(folder, RUNS_RECORD, memory * RUNS_RECORD);
	uint8_t record[RUNS_RECORD], before[RUNS_RECORD] = {0};
	struct err err;
	size_t mark, count = 0;
	uint32_t i;

	for (i = 0; i < RECORDS; i++) {
		record_of(i, record);
		runs_add(r, record);
		mark = runs_count(r);
		record_of(i + RECORDS, record);
		runs_add(r, record); /* taken out again */
		runs_cut(r, mark);
		assert_int_equal(runs_tidy(r, &err), STATUS_OK);
	}
	assert_int_equal(runs_merge(r, &err), STATUS_OK);
	for (; runs_next(r, record, &err) == STATUS_OK; count++) {
		assert_true(memcmp(before, record, RUNS_RECORD) <= 0);
		memcpy(before, record, RUNS_RECORD);
	}
	assert_int_equal(count, RECORDS);
	runs_free(r);
}

static void
test_runs_come_sorted(void **state)
{
	char folder[256];

	(void)state;
	scratch_make(folder, sizeof(folder));
	check_runs(folder, 7);
	check_runs(folder, RECORDS * 2);
	scratch_remove(folder);
}

static void
test_runs_tell_of_a_folder_that_is_not_there(void **state)
{
	uint8_t record[RUNS_RECORD] = {0};
	char folder[256], missing[300];
	struct runs *r;
	struct err err;

	(void)state;
	scratch_make(folder, sizeof(folder));
	(void)snprintf(missing, sizeof(missing), "%s/missing", folder);
	r = runs_new(missing, RUNS_RECORD, RUNS_RECORD);
	runs_add(r, record);
	assert_int_equal(runs_tidy(r, &err), STATUS_IO);
	assert_non_null(strstr(err.text, "/missing"));
	runs_free(r);
	scratch_remove(folder);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keyrow_has_what_was_added),
		cmocka_unit_test(test_keyrow_tells_each_row_of_a_key),
		cmocka_unit_test(test_keyrow_takes_seven_octets_an_entry),
		cmocka_unit_test(test_runs_come_sorted),
		cmocka_unit_test(test_runs_tell_of_a_folder_that_is_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
