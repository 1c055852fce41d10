/* What store.h promises to whoever takes certificates down. */
#include "../unit/unit.h"

#include <stdlib.h>
#include <string.h>

#include "backend.h"

static void
put_rejected(struct fixture *f, uint32_t first, uint32_t count, int64_t now,
	int64_t until)
{
	struct sks_digest d = {{0}};

	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	for (uint32_t i = first; i < first + count; i++) {
		memcpy(d.octets, &i, sizeof(i));
		assert_int_equal(store_put_rejected(f->w, &d, now, until,
					 "blocked", &f->err),
			STATUS_OK);
	}
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
}

static bool
is_rejected(struct fixture *f, uint32_t number, int64_t now)
{
	struct sks_digest d = {{0}};
	bool is = false;

	memcpy(d.octets, &number, sizeof(number));
	assert_int_equal(
		store_is_rejected(f->r, &d, now, &is, &f->err), STATUS_OK);
	return is;
}

static void
test_rejected_digest_is_remembered_until_its_end(void **state)
{
	struct fixture *f = *state;

	assert_false(is_rejected(f, 1, 0));
	put_rejected(f, 1, 1, 100, 200);
	assert_true(is_rejected(f, 1, 199));
	assert_false(is_rejected(f, 1, 200));
	assert_false(is_rejected(f, 2, 0));
	put_rejected(f, 1, 1, 100, 150); /* an earlier end changes nothing */
	assert_true(is_rejected(f, 1, 199));
}

static void
test_rejected_digests_are_bounded_and_the_oldest_go(void **state)
{
	struct fixture *f = *state;

	put_rejected(f, 0, 10, 100, 1000);
	put_rejected(f, 10, STORE_REJECTED_MAX + 2000, 100, 2000);
	assert_false(is_rejected(f, 0, 0));
	assert_true(is_rejected(f, STORE_REJECTED_MAX + 2009, 0));
}

static void
test_rejected_digests_are_forgotten_when_asked(void **state)
{
	struct fixture *f = *state;

	put_rejected(f, 0, 10, 100, 1000);
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	assert_int_equal(store_forget_rejected(f->w, &f->err), STATUS_OK);
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
	for (uint32_t i = 0; i < 10; i++)
		assert_false(is_rejected(f, i, 0));
	put_rejected(f, 1, 1, 100, 1000);
	assert_true(is_rejected(f, 1, 0));
}

static void
test_erased_certificate_leaves_nothing_in_its_changes(void **state)
{
	struct fixture *f = *state;
	struct change_batch batch;
	struct change_mark marks[2];
	size_t n;
	struct made m;

	made_init(&m, 4, 1, 100);
	(void)made_store(f, &m);
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	assert_int_equal(store_erase_cert(f->w, &m.row.id, &f->err), STATUS_OK);
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
	assert_int_equal(
		store_read_changes(f->r, 0, 10, f->arena, &batch, &f->err),
		STATUS_OK);
	assert_int_equal(batch.count, 0);
	assert_int_equal(batch.last_seq, 1);
	assert_int_equal(
		store_read_marks(f->r, 0, marks, 2, &n, &f->err), STATUS_OK);
	assert_int_equal(n, 1);
}

static size_t
count_key(const struct key_list *k, const struct fingerprint *fpr)
{
	size_t n = 0;

	for (size_t i = 0; i < k->count; i++)
		n += bytes_eq(k->list[i], bytes_make(fpr->octets, fpr->len));
	return n;
}

static void
test_walk_over_keys_meets_each_once(void **state)
{
	static const uint8_t versions[] = {3, 4, 5, 6};
	struct fixture *f = *state;
	struct key_list all = {0}, k = {.count = 1};
	struct made m;

	all.list = calloc(100, sizeof(*all.list));
	assert_non_null(all.list);
	for (size_t i = 0; i < sizeof(versions); i++) {
		made_init(&m, versions[i], (uint32_t)i, 100);
		(void)made_store(f, &m);
	}
	while (k.count > 0) {
		assert_int_equal(store_list_keys(f->r, k.after, 2, f->arena, &k,
					 &f->err),
			STATUS_OK);
		assert_true(k.count <= 2);
		for (size_t i = 0; i < k.count; i++)
			all.list[all.count++] = k.list[i];
		assert_true(all.count < 98);
	}
	for (size_t i = 0; i < sizeof(versions); i++) {
		made_init(&m, versions[i], (uint32_t)i, 100);
		for (size_t j = 0; j < 3; j++)
			assert_int_equal(count_key(&all, &m.keys[j].fpr), 1);
	}
	free(all.list);
}

static void
test_walk_over_rows_meets_each_once_and_ends(void **state)
{
	struct fixture *f = *state;
	struct cert_rows rows = {.count = 1};
	struct store_walk walk = {.max = 3};
	struct made m;
	uint32_t n = 0;

	for (uint32_t i = 0; i < 10; i++) {
		made_init(&m, 4, i, 100);
		(void)made_store(f, &m);
	}
	while (rows.count > 0) {
		assert_int_equal(
			store_list_certs(f->r, &walk, f->arena, &rows, &f->err),
			STATUS_OK);
		for (size_t i = 0; i < rows.count; i++) {
			made_init(&m, 4, n++, 100);
			assert_row(&rows.list[i], &m);
		}
	}
	assert_int_equal(n, 10);
}

#define CASE(f)                                                                \
	cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_rejected_digest_is_remembered_until_its_end),
		CASE(test_rejected_digests_are_bounded_and_the_oldest_go),
		CASE(test_rejected_digests_are_forgotten_when_asked),
		CASE(test_erased_certificate_leaves_nothing_in_its_changes),
		CASE(test_walk_over_keys_meets_each_once),
		CASE(test_walk_over_rows_meets_each_once_and_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
