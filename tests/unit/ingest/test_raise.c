/*
 * Promises of background verification: what was stored at a lower level
 * becomes what a submission of the same packets gives now, once, and nobody
 * is told by mail.
 */
#include "raise_world.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/counter.h"

#define RING "/usr/share/keyrings/debian-maintainers.gpg"

enum { PLAIN = 150 };

/* The last change of each row says of it what the row does; how many SKS
 * cannot hold. */
static size_t
changes_tell_flags(
	struct fixture *f, const struct cert_row *rows, size_t row_count)
{
	struct change_batch log;
	size_t i, k, not_sks = 0, count = fixture_changes(f, &log);

	for (i = 0; i < row_count; i++) {
		for (k = count; k > 0; k--)
			if (cert_id_eq(&log.list[k - 1].cert, &rows[i].id))
				break;
		assert_true(k > 0);
		assert_int_equal(change_cert_flags(log.list[k - 1].flags),
			rows[i].flags);
		not_sks += (log.list[k - 1].flags & CHANGE_NOT_SKS) != 0;
	}
	return not_sks;
}

static void
raised_like_fresh(struct fixture *f, enum level level)
{
	struct cert_row *was, *now;
	size_t count, left, i, changed = 0;
	struct err err;

	count = rows_of(f, &was);
	raise_to(f, level);
	left = rows_of(f, &now);
	(void)changes_tell_flags(f, now, left);
	same_as_fresh(f, was, count, level);
	for (i = 0; i < count; i++) {
		struct sks_digest d;
		uint8_t l;

		if (store_get_head(f->read, &was[i].id, &d, &l, &err) ==
			STATUS_OK)
			changed +=
				memcmp(&d, &was[i].sks_digest, sizeof(d)) != 0;
	}
	/* A change for each row that changed, and for no other. */
	assert_int_equal(count_admin(f), changed);
	assert_int_equal(count_removed(f) > 0, left < count);
}

/* ---- promises --------------------------------------------------------------
 */

static size_t vectors_changed, vectors_removed;

/* In a store of its own: what others hold of the same key is not there. */
static void
raise_one(struct fixture *f, const char *path)
{
	struct fixture one;

	(void)f;
	fixture_open(&one);
	begin(&one, LEVEL_SKS, 0);
	put_file(&one, path);
	end(&one);
	raised_like_fresh(&one, LEVEL_CLEAN);
	vectors_changed += count_admin(&one) > 0;
	vectors_removed += count_removed(&one) > 0;
	fixture_close(&one);
}

static void
test_each_vector_becomes_what_a_submission_gives(void **state)
{
	(void)state;
	(void)each_vector(raise_one, NULL);
	/* flooded, bad-selfsig, unbound-subkey, order-misplaced ... */
	printf("# %zu changed, %zu removed\n", vectors_changed,
		vectors_removed);
	assert_true(vectors_changed > 9);
	/* all-bad, no-selfsig, slow-rsa-exponent ... */
	assert_true(vectors_removed > 2);
}

static void
test_all_vectors_in_one_store_do(void **state)
{
	struct fixture *f = *state;
	struct cert_row *rows;
	size_t count;

	begin(f, LEVEL_SKS, 0);
	(void)each_vector(put_file, f);
	end(f);
	count = rows_of(f, &rows);
	assert_true(changes_tell_flags(f, rows, count) > 0);
	raised_like_fresh(f, LEVEL_CLEAN);
	assert_true(count_admin(f) > 0 && count_removed(f) > 0);
}

static void
test_real_certificates_become_what_a_submission_gives(void **state)
{
	struct fixture *f = *state;
	FILE *ring = fopen(RING, "rb");

	if (ring == NULL) {
		printf("# SKIP debian-keyring is not installed\n");
		return;
	}
	fclose(ring);
	begin(f, LEVEL_SKS, 0);
	put_file(f, RING);
	end(f);
	raised_like_fresh(f, LEVEL_CLEAN);
	assert_int_equal(count_removed(f), 0);
}

static void
test_strict_is_reached_from_either(void **state)
{
	struct fixture *f = *state;
	struct cert_row *was;
	size_t count;

	begin(f, LEVEL_SKS, 0);
	(void)each_vector(put_file, f);
	end(f);
	count = rows_of(f, &was);
	raise_to(f, LEVEL_CLEAN);
	raise_to(f, LEVEL_STRICT);
	same_as_fresh(f, was, count, LEVEL_STRICT);
}

static void
test_what_does_not_change_gets_its_level_and_no_change(void **state)
{
	struct fixture *f = *state;
	struct cert_row *was, *now;
	size_t i, count;

	begin(f, LEVEL_SKS, 0);
	put_plain(f, 1, 5);
	end(f);
	count = rows_of(f, &was);
	raise_to(f, LEVEL_CLEAN);
	assert_int_equal(rows_of(f, &now), count);
	for (i = 0; i < count; i++) {
		assert_int_equal(now[i].level, LEVEL_CLEAN);
		assert_int_equal(now[i].updated, was[i].updated);
		assert_true(bytes_eq(now[i].octets, was[i].octets));
	}
	assert_int_equal(count_admin(f), 0);
}

static void
test_a_walk_that_was_stopped_goes_on(void **state)
{
	struct fixture *f = *state;
	size_t left, count;

	begin(f, LEVEL_SKS, 0);
	(void)each_vector(put_file, f);
	put_plain(f, 1, PLAIN);
	end(f);
	count = count_below(f, LEVEL_CLEAN);
	begin(f, LEVEL_CLEAN, 1); /* it rests after its first rows */
	while ((left = count_below(f, LEVEL_CLEAN)) == count)
		pause_ms(10);
	end(f);
	left = count_below(f, LEVEL_CLEAN);
	assert_true(left > 0 && left < count);
	assert_int_equal(floor_of(f), LEVEL_SKS);
	raise_to(f, LEVEL_CLEAN);
	assert_int_equal(count_below(f, LEVEL_CLEAN), 0);
}

static void
test_what_was_done_is_remembered(void **state)
{
	struct counter *rows = counter_get("raise_rows");
	struct fixture *f = *state;
	int64_t before;

	begin(f, LEVEL_SKS, 0);
	put_plain(f, 1, 3);
	end(f);
	raise_to(f, LEVEL_CLEAN);
	assert_int_equal(floor_of(f), LEVEL_CLEAN);
	before = counter_value(rows);
	raise_to(f, LEVEL_CLEAN);
	assert_int_equal(counter_value(rows), before);
	/* Lowering brings nothing back; what comes then is of that level. */
	begin(f, LEVEL_SKS, 100);
	assert_int_equal(floor_of(f), LEVEL_CLEAN);
	put_plain(f, 10, 2);
	end(f);
	assert_int_equal(floor_of(f), LEVEL_SKS);
	assert_int_equal(count_below(f, LEVEL_CLEAN), 2);
	raise_to(f, LEVEL_CLEAN);
	assert_int_equal(counter_value(rows), before + 2);
}

/* ---- a row that somebody keeps changing --------------------------------- */

static const struct cert_id *changing; /* while the writer looks */
static atomic_size_t looked;

enum status __real_store_get_head(struct store_session *s,
	const struct cert_id *id, struct sks_digest *digest, uint8_t *level,
	struct err *err);
enum status __wrap_store_get_head(struct store_session *s,
	const struct cert_id *id, struct sks_digest *digest, uint8_t *level,
	struct err *err);

enum status
__wrap_store_get_head(struct store_session *s, const struct cert_id *id,
	struct sks_digest *digest, uint8_t *level, struct err *err)
{
	enum status st = __real_store_get_head(s, id, digest, level, err);

	if (changing != NULL && cert_id_eq(id, changing)) {
		digest->octets[0] ^= 1;
		atomic_fetch_add(&looked, 1);
	}
	return st;
}

static void
test_a_row_that_keeps_changing_holds_up_no_other(void **state)
{
	struct counter *running = counter_get("raise_running");
	struct fixture *f = *state;
	struct cert_row *rows;
	size_t count;

	begin(f, LEVEL_SKS, 0);
	put_plain(f, 1, 5);
	end(f);
	count = rows_of(f, &rows);
	changing = &rows[0].id;
	atomic_store(&looked, 0);
	begin(f, LEVEL_CLEAN, 100);
	while (count_below(f, LEVEL_CLEAN) > 1 || counter_value(running) > 0)
		pause_ms(10);
	end(f);
	changing = NULL;
	assert_int_equal(count, 5);
	assert_int_equal(count_below(f, LEVEL_CLEAN), 1);
	assert_int_equal(atomic_load(&looked), 3);
	/* The walk was not whole: the next one goes on. */
	assert_int_equal(floor_of(f), LEVEL_SKS);
	raise_to(f, LEVEL_CLEAN);
	assert_int_equal(count_below(f, LEVEL_CLEAN), 0);
}

static void
test_submissions_meanwhile_lose_nothing(void **state)
{
	struct fixture *f = *state;
	struct buf full = {0}, less = {0};
	struct cert_row *rows;
	size_t i, count;

	begin(f, LEVEL_SKS, 0);
	for (i = 1; i <= PLAIN; i++) {
		buf_clear(&full);
		buf_clear(&less);
		make_cert(&full, i, 2);
		make_without(&less, buf_view(&full), 3);
		put_bulk(f, buf_view(&less));
	}
	end(f);
	begin(f, LEVEL_CLEAN, 100);
	for (i = PLAIN; i >= 1; i--) {
		buf_clear(&full);
		make_cert(&full, i, 2);
		put_bulk(f, buf_view(&full));
	}
	await_floor(f, LEVEL_CLEAN);
	end(f);
	count = rows_of(f, &rows);
	assert_int_equal(count, PLAIN);
	same_as_fresh(f, rows, count, LEVEL_CLEAN);
	assert_int_equal(count_below(f, LEVEL_CLEAN), 0);
	buf_done(&full);
	buf_done(&less);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_each_vector_becomes_what_a_submission_gives),
		FIXTURE_PROMISE(test_all_vectors_in_one_store_do),
		FIXTURE_PROMISE(
			test_real_certificates_become_what_a_submission_gives),
		FIXTURE_PROMISE(test_strict_is_reached_from_either),
		FIXTURE_PROMISE(
			test_what_does_not_change_gets_its_level_and_no_change),
		FIXTURE_PROMISE(test_a_walk_that_was_stopped_goes_on),
		FIXTURE_PROMISE(test_what_was_done_is_remembered),
		FIXTURE_PROMISE(
			test_a_row_that_keeps_changing_holds_up_no_other),
		FIXTURE_PROMISE(test_submissions_meanwhile_lose_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
