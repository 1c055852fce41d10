/*
 * Whose memory a request has: its own until it is answered, then the next one's
 * on that thread.
 */
#include <string.h>

#include "http/server/exchange.h"
#include "tests/unit/unit.h"

static void
test_memory_goes_to_the_next_request(void **state)
{
	struct exchange_pool *pool = exchange_pool_new();
	struct exchange *ex = exchange_take(pool, NULL, "/");
	struct arena *used = ex->req->arena;

	(void)state;
	assert_non_null(arena_alloc(used, 100));
	exchange_forget(pool, ex);
	assert_int_equal(arena_held(ex->req->arena), 0);
	exchange_put(pool, ex);
	ex = exchange_take(pool, NULL, "/");
	assert_ptr_equal(ex->req->arena, used);
	assert_int_equal(arena_used(used), 0);
	exchange_put(pool, ex);
	exchange_pool_free(pool);
}

/* The next one may wait for its body for minutes, on each connection. */
static void
test_what_a_large_answer_took_goes_to_nobody(void **state)
{
	static const size_t sizes[] = {EXCHANGE_WARM_MAX, 100, 20000, 100000};
	struct exchange_pool *pool = exchange_pool_new();
	struct exchange *ex;
	size_t i, j;

	(void)state;
	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		ex = exchange_take(pool, NULL, "/");
		for (j = 0; j < 20; j++)
			assert_non_null(arena_alloc(ex->req->arena, sizes[i]));
		exchange_forget(pool, ex);
		exchange_put(pool, ex);
		ex = exchange_take(pool, NULL, "/");
		assert_in_range(
			arena_held(ex->req->arena), 0, EXCHANGE_WARM_MAX);
		exchange_put(pool, ex);
	}
	exchange_pool_free(pool);
}

/* One of them waits for a search, say, while others come and go. */
static void
test_requests_at_once_have_memory_apart(void **state)
{
	struct exchange_pool *pool = exchange_pool_new();
	struct exchange *a = exchange_take(pool, NULL, "/");
	struct exchange *b = exchange_take(pool, NULL, "/");
	struct exchange *c;
	char *mine = arena_alloc(a->req->arena, 6);
	void *other;

	(void)state;
	strcpy(mine, "still");
	assert_non_null(arena_alloc(b->req->arena, 6));
	exchange_forget(pool, b);
	c = exchange_take(pool, NULL, "/");
	other = arena_alloc(c->req->arena, 6);
	assert_ptr_not_equal(a->req->arena, c->req->arena);
	assert_ptr_not_equal(mine, other);
	memset(other, 'x', 6);
	assert_string_equal(mine, "still");
	exchange_forget(pool, a);
	exchange_forget(pool, c);
	assert_int_equal(arena_held(a->req->arena), 0);
	assert_int_equal(arena_held(c->req->arena), 0);
	exchange_put(pool, a);
	exchange_put(pool, b);
	exchange_put(pool, c);
	exchange_pool_free(pool);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory_goes_to_the_next_request),
		cmocka_unit_test(test_what_a_large_answer_took_goes_to_nobody),
		cmocka_unit_test(test_requests_at_once_have_memory_apart),
	};

	return cmocka_run_group_tests_name("exchange", tests, NULL, NULL);
}
