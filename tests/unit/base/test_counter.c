#include "../unit.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/counter.h"

enum { THREADS = 4, ROUNDS = 20000 };

static void *
count_up(void *arg)
{
	int i;

	(void)arg;
	for (i = 0; i < ROUNDS; i++)
		counter_add(counter_get("shared"), 1);
	return NULL;
}

static void
test_one_name_is_one_counter(void **state)
{
	struct counter *c = counter_get("letters_in");

	(void)state;
	assert_int_equal(counter_value(c), 0);
	counter_add(c, 2);
	counter_add(c, -5);
	assert_ptr_equal(counter_get("letters_in"), c);
	assert_int_equal(counter_value(c), -3);
	counter_set(c, 40);
	assert_int_equal(counter_value(counter_get("letters_in")), 40);
	assert_ptr_not_equal(counter_get("letters_out"), c);
}

static void
test_name_is_copied(void **state)
{
	char name[] = "temporary";
	struct counter *c = counter_get(name);

	(void)state;
	memset(name, 'x', strlen(name));
	assert_ptr_equal(counter_get("temporary"), c);
}

static void
test_threads_lose_no_count(void **state)
{
	pthread_t t[THREADS];
	int i;

	(void)state;
	for (i = 0; i < THREADS; i++)
		assert_int_equal(
			pthread_create(&t[i], NULL, count_up, NULL), 0);
	for (i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(t[i], NULL), 0);
	assert_int_equal(
		counter_value(counter_get("shared")), THREADS * ROUNDS);
}

struct seen {
	char last[64];
	int count, wrong_order;
	int64_t b_value;
};

static void
visit(void *ctx, const char *name, int64_t value)
{
	struct seen *s = ctx;

	if (s->count > 0 && strcmp(s->last, name) >= 0)
		s->wrong_order++;
	(void)snprintf(s->last, sizeof s->last, "%s", name);
	if (strcmp(name, "order_b") == 0)
		s->b_value = value;
	s->count++;
	/* Taking a counter while they are visited must not lock up. */
	counter_add(counter_get("order_b"), 0);
}

static void
test_all_are_visited_in_order_of_name(void **state)
{
	struct seen s = {"", 0, 0, 0};

	(void)state;
	counter_set(counter_get("order_c"), 3);
	counter_set(counter_get("order_a"), 1);
	counter_set(counter_get("order_b"), 2);
	counter_each(visit, &s);
	assert_true(s.count >= 3);
	assert_int_equal(s.wrong_order, 0);
	assert_int_equal(s.b_value, 2);
}

static void
test_as_many_as_promised_fit(void **state)
{
	struct seen s = {"", 0, 0, 0};
	char name[32];
	int i;

	(void)state;
	counter_each(visit, &s);
	for (i = s.count; i < COUNTER_MAX; i++) {
		(void)snprintf(name, sizeof name, "fill_%d", i);
		counter_set(counter_get(name), i);
	}
	for (i = s.count; i < COUNTER_MAX; i++) {
		(void)snprintf(name, sizeof name, "fill_%d", i);
		assert_int_equal(counter_value(counter_get(name)), i);
	}
}

static void
test_label_makes_a_counter_of_its_own(void **state)
{
	struct counter *http = counter_get_labelled("taken", "source", "http");

	(void)state;
	assert_ptr_equal(counter_get_labelled("taken", "source", "http"), http);
	assert_ptr_not_equal(
		counter_get_labelled("taken", "source", "mail"), http);
	assert_ptr_not_equal(counter_get("taken"), http);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_name_is_one_counter),
		cmocka_unit_test(test_name_is_copied),
		cmocka_unit_test(test_threads_lose_no_count),
		cmocka_unit_test(test_all_are_visited_in_order_of_name),
		cmocka_unit_test(test_label_makes_a_counter_of_its_own),
		cmocka_unit_test(test_as_many_as_promised_fit),
	};

	return cmocka_run_group_tests_name("base/counter", tests, NULL, NULL);
}
