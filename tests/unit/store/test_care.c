/*
 * Whoever waits for a backup is told how far it is, all the time: also while
 * the copy is checked, which takes as long as copying.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <stdio.h>

#include "backend.h"
#include "store/care.h"

enum { ROWS = 400, OCTETS = 4096 };

struct seen {
	uint64_t copying, pages, indexes; /* how far each came */
	uint64_t total;
	int told;
};

static void
follow(uint64_t *last, uint64_t done, uint64_t total)
{
	assert_true(done >= *last);
	assert_true(done <= total);
	*last = done;
}

static void
note(void *ctx, const char *step, uint64_t done, uint64_t total)
{
	struct seen *s = ctx;

	s->total = total;
	s->told++;
	if (strcmp(step, "copying") == 0)
		follow(&s->copying, done, total);
	else if (strcmp(step, "checking pages") == 0)
		follow(&s->pages, done, total);
	else if (strcmp(step, "checking indexes") == 0)
		follow(&s->indexes, done, total);
	else
		fail_msg("%s is no step of a backup", step);
}

static void
test_a_backup_tells_how_far_its_check_is(void **state)
{
	struct fixture *f = *state;
	struct seen seen = {0};
	struct backup_job job = {.watch = {note, &seen}};
	struct backup_facts facts;
	char file[300];
	struct made m;

	for (uint32_t i = 0; i < ROWS; i++) {
		made_init(&m, 4, i, OCTETS);
		(void)made_store(f, &m);
	}
	(void)snprintf(file, sizeof(file), "%s/copy", f->where);
	job.file = file;
	assert_int_equal(
		store_backup(&f->settings, &job, &facts, &f->err), STATUS_OK);
	assert_int_equal(facts.certs, ROWS);
	assert_int_equal(seen.total, facts.octets);
	/* Each page is looked at; the first may be in memory already. */
	assert_true(seen.pages > seen.total / 10 * 9);
	assert_true(seen.told > ROWS);
}

#define CASE(name)                                                             \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_a_backup_tells_how_far_its_check_is),
	};

	return cmocka_run_group_tests_name("care", tests, NULL, NULL);
}
