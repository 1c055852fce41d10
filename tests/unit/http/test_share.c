/*
 * Which thread has a connection: the one that accepted it, until another has
 * far fewer.
 */
#include <stdlib.h>
#include <string.h>

#include "http/server/share.h"
#include "tests/unit/unit.h"

static struct share *threads[3];

static int
setup(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++)
		threads[i] = share_new();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	for (size_t i = 0; i < 3; i++)
		share_free(threads[i]);
	return 0;
}

/* As a thread does that accepts `n` while nobody else is quick enough. */
static void
accept_all(size_t own, size_t n)
{
	while (n-- > 0)
		share_add(threads[share_choose(threads, 3, own)], 1);
}

static void
test_a_few_stay_with_who_accepted_them(void **state)
{
	(void)state;
	share_add(threads[1], SHARE_SLACK - 1);
	assert_int_equal(share_choose(threads, 3, 1), 1);
	share_add(threads[1], 1);
	assert_int_not_equal(share_choose(threads, 3, 1), 1);
}

/* 300 that one thread accepts: no other may have far fewer of them. */
static void
test_many_at_once_are_shared_out(void **state)
{
	size_t left = 0;

	(void)state;
	accept_all(0, 300);
	/* Each takes what it lacks of the first one's, and no more. */
	for (size_t i = 1; i < 3; i++)
		while (share_choose(threads, 3, i) == i && left < 300) {
			share_add(threads[i], 1);
			left++;
		}
	assert_true(left <= 4 * SHARE_SLACK);
}

static void
test_the_one_with_fewest_is_given_to(void **state)
{
	(void)state;
	share_add(threads[0], 40);
	share_add(threads[1], 20);
	share_add(threads[2], 30);
	assert_int_equal(share_choose(threads, 3, 0), 1);
	share_add(threads[1], 15);
	assert_int_equal(share_choose(threads, 3, 0), 2);
}

static void
test_what_came_first_is_taken_first(void **state)
{
	struct sockaddr_storage from;
	struct arrival *a, *next;
	int fd = 5;

	(void)state;
	memset(&from, 0, sizeof(from));
	from.ss_family = AF_INET;
	assert_null(share_take(threads[0]));
	share_give(threads[0], NULL, 5, &from);
	share_give(threads[0], NULL, 6, &from);
	share_give(threads[0], NULL, 7, &from);
	for (a = share_take(threads[0]); a != NULL; a = next) {
		next = a->next;
		assert_int_equal(a->fd, fd++);
		assert_int_equal(a->from.ss_family, AF_INET);
		free(a);
	}
	assert_int_equal(fd, 8);
	assert_null(share_take(threads[0]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_a_few_stay_with_who_accepted_them, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			test_many_at_once_are_shared_out, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_the_one_with_fewest_is_given_to, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_what_came_first_is_taken_first, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
