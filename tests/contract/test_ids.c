/* What store.h promises of ids, and of changes by their digests. */
#include "../unit/unit.h"

#include <string.h>

#include "backend.h"
#include "store/ids.h"

enum { ROWS = 20, SIZE = 100 };

static uint64_t
number_of(const uint8_t *octets)
{
	uint64_t n = 0;

	for (int i = 0; i < 8; i++)
		n = n << 8 | octets[i];
	return n;
}

static uint64_t
id_of(const struct made *m, enum store_ids by)
{
	uint8_t turned[8];
	const struct fingerprint *fpr = &m->row.id.fpr;

	if (by == IDS_DIGEST)
		return number_of(m->row.sks_digest.octets);
	if (fpr->version != 4)
		return number_of(fpr->octets);
	for (int i = 0; i < 8; i++)
		turned[i] = fpr->octets[19 - i];
	return number_of(turned);
}

static void
made_of(struct made *m, uint32_t i)
{
	static const uint8_t versions[] = {4, 3, 6, 4, 4};

	made_init(m, versions[i % sizeof(versions)], i, SIZE);
}

static void
store_rows(struct fixture *f)
{
	struct made m;

	for (uint32_t i = 0; i < ROWS; i++) {
		made_of(&m, i);
		(void)made_store(f, &m);
	}
}

/* All from `from` on, three at a time. */
static size_t
list_all(struct fixture *f, enum store_ids by, uint64_t from, uint64_t *list)
{
	size_t n, total = 0;

	do {
		assert_int_equal(store_list_ids(f->r, by, from, list + total, 3,
					 &n, &f->err),
			STATUS_OK);
		assert_true(n <= 3);
		total += n;
		if (n > 0)
			from = list[total - 1] + 1;
	} while (n == 3);
	return total;
}

static void
assert_lists_all(struct fixture *f, enum store_ids by)
{
	uint64_t list[ROWS + 3];
	struct made m;

	assert_int_equal(list_all(f, by, 0, list), ROWS);
	for (size_t i = 1; i < ROWS; i++)
		assert_true(list[i] > list[i - 1]);
	for (uint32_t i = 0; i < ROWS; i++) {
		bool found = false;

		made_of(&m, i);
		for (size_t k = 0; k < ROWS; k++)
			found = found || list[k] == id_of(&m, by);
		assert_true(found);
	}
	assert_int_equal(list_all(f, by, list[7], list), ROWS - 7);
}

static void
test_ids_are_all_there_once_and_rise(void **state)
{
	struct fixture *f = *state;
	uint64_t list[3];

	assert_int_equal(list_all(f, IDS_DIGEST, 0, list), 0);
	store_rows(f);
	assert_lists_all(f, IDS_DIGEST);
	assert_lists_all(f, IDS_FINGERPRINT);
}

static void
assert_finds(struct fixture *f, enum store_ids by)
{
	struct cert_row row;
	struct made m;

	for (uint32_t i = 0; i < ROWS; i++) {
		made_of(&m, i);
		arena_reset(f->arena);
		assert_int_equal(store_find_id(f->r, by, id_of(&m, by),
					 f->arena, &row, &f->err),
			STATUS_OK);
		assert_row(&row, &m);
		assert_int_equal(store_find_id(f->r, by, id_of(&m, by) ^ 1,
					 f->arena, &row, &f->err),
			STATUS_NOT_FOUND);
	}
	assert_int_equal(
		store_find_id(f->r, by, UINT64_MAX, f->arena, &row, &f->err),
		STATUS_NOT_FOUND);
}

static void
test_an_id_finds_its_certificate(void **state)
{
	struct fixture *f = *state;

	store_rows(f);
	assert_finds(f, IDS_DIGEST);
	assert_finds(f, IDS_FINGERPRINT);
}

/* All behind `after`, three at a time. */
static size_t
list_digests(struct fixture *f, const struct sks_digest *after,
	struct digest_row *list)
{
	size_t n, total = 0;

	do {
		assert_int_equal(store_list_digests(f->r, after, list + total,
					 3, &n, &f->err),
			STATUS_OK);
		assert_true(n <= 3);
		total += n;
		if (n > 0)
			after = &list[total - 1].digest;
	} while (n == 3);
	return total;
}

static void
test_digests_are_all_there_with_the_flags_of_their_certificates(void **state)
{
	struct fixture *f = *state;
	struct digest_row list[ROWS + 3], behind[ROWS + 3];
	struct sks_digest none = {{0}};
	struct made m;

	assert_int_equal(list_digests(f, NULL, list), 0);
	for (uint32_t i = 0; i < ROWS; i++) {
		made_of(&m, i);
		m.row.flags = i;
		(void)made_store(f, &m);
	}
	assert_int_equal(list_digests(f, NULL, list), ROWS);
	for (size_t i = 1; i < ROWS; i++)
		assert_true(memcmp(&list[i].digest, &list[i - 1].digest,
				    sizeof(none)) > 0);
	for (uint32_t i = 0; i < ROWS; i++) {
		size_t k = 0;

		made_of(&m, i);
		while (k < ROWS && memcmp(&list[k].digest, &m.row.sks_digest,
					   sizeof(none)) != 0)
			k++;
		assert_true(k < ROWS);
		assert_int_equal(list[k].flags, i);
	}
	assert_int_equal(list_digests(f, &none, behind), ROWS);
	assert_int_equal(list_digests(f, &list[7].digest, behind), ROWS - 8);
	assert_memory_equal(behind, list + 8, (ROWS - 8) * sizeof(*list));
}

static void
test_a_digest_follows_its_certificate(void **state)
{
	struct fixture *f = *state;
	struct digest_row list[3];
	struct made m;

	made_init(&m, 4, 1, SIZE);
	(void)made_store(f, &m);
	m.row.flags = CERT_NOT_SKS;
	(void)made_store(f, &m);
	assert_int_equal(list_digests(f, NULL, list), 1);
	assert_int_equal(list[0].flags, CERT_NOT_SKS);
	made_change(&m, 9);
	(void)made_store(f, &m);
	assert_int_equal(list_digests(f, NULL, list), 1);
	assert_memory_equal(&list[0].digest, &m.row.sks_digest,
		sizeof(m.row.sks_digest));
	assert_int_equal(store_begin(f->w, &f->err), STATUS_OK);
	assert_int_equal(
		store_delete_cert(f->w, &m.row.id, &f->err), STATUS_OK);
	assert_int_equal(store_commit(f->w, &f->err), STATUS_OK);
	assert_int_equal(list_digests(f, NULL, list), 0);
}

static bool
has_digest(struct fixture *f, const struct sks_digest *digest, uint32_t without)
{
	bool has = false;

	assert_int_equal(
		store_has_digest(f->r, digest, without, &has, &f->err),
		STATUS_OK);
	return has;
}

static void
test_one_of_two_with_the_same_digest_is_enough(void **state)
{
	struct fixture *f = *state;
	struct sks_digest digest;
	struct made m;

	made_init(&m, 4, 1, SIZE);
	digest = m.row.sks_digest;
	assert_false(has_digest(f, &digest, 0));
	m.row.flags = CERT_NOT_SKS | CERT_UNVERIFIED;
	(void)made_store(f, &m);
	assert_true(has_digest(f, &digest, 0));
	assert_true(has_digest(f, &digest, CERT_HAS_V5_V6));
	assert_false(has_digest(f, &digest, CERT_NOT_SKS));
	made_init(&m, 4, 2, SIZE);
	m.row.sks_digest = digest;
	m.row.flags = CERT_UNVERIFIED;
	(void)made_store(f, &m);
	assert_true(has_digest(f, &digest, CERT_NOT_SKS));
	assert_false(has_digest(f, &digest, CERT_UNVERIFIED));
}

static void
test_who_follows_the_log_is_known(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(store_held(f->r), INT64_MAX);
	store_hold(f->store, 0);
	assert_int_equal(store_held(f->r), 0);
	store_hold(f->store, 7);
	assert_int_equal(store_held(f->w), 7);
	store_hold(f->store, INT64_MAX);
	assert_int_equal(store_held(f->r), INT64_MAX);
}

static void
test_turns_tell_both_digests(void **state)
{
	struct fixture *f = *state;
	struct change_turn list[4];
	struct sks_digest none = {{0}};
	struct made m;
	size_t n;

	made_init(&m, 4, 1, SIZE);
	m.row.flags = CERT_NOT_SKS;
	(void)made_store(f, &m);
	assert_int_equal(
		store_read_turns(f->r, 0, list, 4, &n, &f->err), STATUS_OK);
	assert_int_equal(n, 1);
	assert_int_equal(list[0].seq, 1);
	assert_memory_equal(&list[0].old_digest, &none, sizeof(none));
	assert_memory_equal(&list[0].new_digest, &m.row.sks_digest,
		sizeof(m.row.sks_digest));
	assert_int_equal(list[0].flags, CHANGE_NEW_CERT | CHANGE_NOT_SKS);
	assert_int_equal(change_cert_flags(list[0].flags), m.row.flags);
	assert_int_equal(
		store_read_turns(f->r, 1, list, 4, &n, &f->err), STATUS_OK);
	assert_int_equal(n, 0);
}

#define PROMISE(name)                                                          \
	cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PROMISE(test_ids_are_all_there_once_and_rise),
		PROMISE(test_an_id_finds_its_certificate),
		PROMISE(test_digests_are_all_there_with_the_flags_of_their_certificates),
		PROMISE(test_a_digest_follows_its_certificate),
		PROMISE(test_one_of_two_with_the_same_digest_is_enough),
		PROMISE(test_who_follows_the_log_is_known),
		PROMISE(test_turns_tell_both_digests),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
