#include "../unit.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "base/workq.h"

static int items[8];

static void
test_items_leave_in_the_order_they_came(void **state)
{
	struct workq *q = workq_new(8, 0);
	void *got = NULL;
	int i;

	(void)state;
	for (i = 0; i < 8; i++)
		assert_ok(workq_put(q, &items[i], 0));
	for (i = 0; i < 8; i++) {
		assert_ok(workq_take(q, 0, &got));
		assert_ptr_equal(got, &items[i]);
	}
	assert_status(workq_take(q, 0, &got), STATUS_TIMEOUT);
	workq_free(q);
}

static void
test_full_queue_says_busy_at_once(void **state)
{
	struct workq *q = workq_new(2, 0);
	void *got;

	(void)state;
	assert_ok(workq_put(q, &items[0], 0));
	assert_ok(workq_put(q, &items[1], 0));
	assert_status(workq_put(q, &items[2], 0), STATUS_BUSY);
	assert_ok(workq_take(q, 0, &got));
	assert_ptr_equal(got, &items[0]);
	assert_ok(workq_put(q, &items[3], 0));
	assert_ok(workq_take(q, 0, &got));
	assert_ptr_equal(got, &items[1]);
	assert_ok(workq_take(q, 0, &got));
	assert_ptr_equal(got, &items[3]);
	assert_status(workq_take(q, 0, &got), STATUS_TIMEOUT);
	workq_free(q);
}

static void
test_weight_is_bounded_too(void **state)
{
	struct workq *q = workq_new(100, 10);
	void *got;

	(void)state;
	assert_ok(workq_put(q, &items[0], 6));
	assert_status(workq_put(q, &items[1], 5), STATUS_BUSY);
	assert_status(workq_put(q, &items[1], SIZE_MAX), STATUS_BUSY);
	assert_ok(workq_put(q, &items[1], 4));
	assert_status(workq_put(q, &items[2], 1), STATUS_BUSY);
	assert_ok(workq_put(q, &items[3], 0));
	assert_ok(workq_take(q, 0, &got));
	assert_ok(workq_put(q, &items[2], 6));
	while (workq_take(q, 0, &got) == STATUS_OK)
		;
	workq_free(q);
}

static void
test_one_item_alone_always_fits(void **state)
{
	struct workq *q = workq_new(100, 10);
	void *got;

	(void)state;
	assert_ok(workq_put(q, &items[0], 1000));
	assert_status(workq_put(q, &items[1], 1), STATUS_BUSY);
	assert_ok(workq_take(q, 0, &got));
	assert_ok(workq_put(q, &items[1], 1));
	assert_ok(workq_take(q, 0, &got));
	workq_free(q);
}

static void
test_admitted_work_may_come_back_past_the_limit(void **state)
{
	struct workq *q = workq_new(1, 10);
	void *got;

	(void)state;
	assert_ok(workq_put(q, &items[0], 10));
	assert_ok(workq_put_again(q, &items[1], 10));
	assert_ok(workq_take(q, 0, &got));
	assert_ok(workq_take(q, 0, &got));
	assert_ptr_equal(got, &items[1]);
	workq_free(q);
}

static void
test_closed_queue_is_drained_then_closed(void **state)
{
	struct workq *q = workq_new(8, 0);
	void *got = NULL;

	(void)state;
	assert_ok(workq_put(q, &items[0], 0));
	workq_close(q);
	assert_status(workq_put(q, &items[1], 0), STATUS_CLOSED);
	assert_status(workq_put_again(q, &items[1], 0), STATUS_CLOSED);
	assert_ok(workq_take(q, -1, &got));
	assert_ptr_equal(got, &items[0]);
	assert_status(workq_take(q, -1, &got), STATUS_CLOSED);
	workq_free(q);
	workq_free(NULL);
}

static void
test_take_gives_up_at_its_deadline_and_not_before(void **state)
{
	struct workq *q = workq_new(8, 0);
	int64_t before = clock_mono_us();
	void *got = &items[5];

	(void)state;
	assert_status(workq_take(q, 0, &got), STATUS_TIMEOUT);
	assert_status(workq_take(q, 20, &got), STATUS_TIMEOUT);
	assert_true(clock_mono_us() - before >= 20000);
	assert_ptr_equal(got, &items[5]);
	workq_free(q);
}

static void *
take_one(void *arg)
{
	void *got = NULL;

	if (workq_take(arg, -1, &got) != STATUS_OK)
		return NULL;
	return got;
}

static void
test_waiting_taker_is_woken_by_put_and_by_close(void **state)
{
	struct workq *q = workq_new(8, 0);
	void *got = NULL;
	pthread_t t;

	(void)state;
	assert_int_equal(pthread_create(&t, NULL, take_one, q), 0);
	assert_ok(workq_put(q, &items[3], 0));
	assert_int_equal(pthread_join(t, &got), 0);
	assert_ptr_equal(got, &items[3]);
	assert_int_equal(pthread_create(&t, NULL, take_one, q), 0);
	workq_close(q);
	assert_int_equal(pthread_join(t, &got), 0);
	assert_null(got);
	workq_free(q);
}

enum { PRODUCERS = 3, CONSUMERS = 3, EACH = 5000 };

struct shared {
	struct workq *q;
	_Atomic long taken;
};

static void *
produce(void *arg)
{
	static char octets[EACH + 1];
	struct shared *s = arg;
	int i;

	for (i = 1; i <= EACH; i++)
		while (workq_put(s->q, octets + i, 1) == STATUS_BUSY)
			(void)sched_yield();
	return octets;
}

static void *
consume(void *arg)
{
	struct shared *s = arg;
	void *got;

	while (workq_take(s->q, -1, &got) == STATUS_OK)
		s->taken++;
	return NULL;
}

static void
test_many_threads_neither_lose_nor_double_an_item(void **state)
{
	struct shared s = {.q = workq_new(16, 0)};
	pthread_t p[PRODUCERS], c[CONSUMERS];
	int i;

	(void)state;
	for (i = 0; i < CONSUMERS; i++)
		assert_int_equal(pthread_create(&c[i], NULL, consume, &s), 0);
	for (i = 0; i < PRODUCERS; i++)
		assert_int_equal(pthread_create(&p[i], NULL, produce, &s), 0);
	for (i = 0; i < PRODUCERS; i++)
		assert_int_equal(pthread_join(p[i], NULL), 0);
	workq_close(s.q);
	for (i = 0; i < CONSUMERS; i++)
		assert_int_equal(pthread_join(c[i], NULL), 0);
	assert_int_equal(s.taken, PRODUCERS * EACH);
	workq_free(s.q);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_items_leave_in_the_order_they_came),
		cmocka_unit_test(test_full_queue_says_busy_at_once),
		cmocka_unit_test(test_weight_is_bounded_too),
		cmocka_unit_test(test_one_item_alone_always_fits),
		cmocka_unit_test(
			test_admitted_work_may_come_back_past_the_limit),
		cmocka_unit_test(test_closed_queue_is_drained_then_closed),
		cmocka_unit_test(
			test_take_gives_up_at_its_deadline_and_not_before),
		cmocka_unit_test(
			test_waiting_taker_is_woken_by_put_and_by_close),
		cmocka_unit_test(
			test_many_threads_neither_lose_nor_double_an_item),
	};

	return cmocka_run_group_tests_name("base/workq", tests, NULL, NULL);
}
