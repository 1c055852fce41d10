/* Promises about proofs that were taken once. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../scratch.h"
#include "../unit.h"
#include "mail/proofs.h"

enum { NOW = 1700000000 };

static struct digest
proof_of(uint32_t n)
{
	const struct bytes b = bytes_make(&n, sizeof(n));
	struct digest d;

	crypto_sha256(&b, 1, &d);
	return d;
}

static void
add(struct proofs *p, uint32_t n, int64_t now)
{
	struct digest d = proof_of(n);

	proofs_add(p, &d, now);
}

static bool
has(const struct proofs *p, uint32_t n)
{
	struct digest d = proof_of(n);

	return proofs_has(p, &d);
}

static off_t
size(void)
{
	struct stat sb;

	return stat(scratch_path("mail.proofs"), &sb) == 0 ? sb.st_size : -1;
}

static void
test_a_proof_counts_once_over_a_restart(void **state)
{
	struct proofs *p = proofs_open(scratch_dir, NOW);

	(void)state;
	assert_false(has(p, 1));
	add(p, 1, NOW);
	assert_true(has(p, 1));
	assert_false(has(p, 2));
	proofs_close(p);
	p = proofs_open(scratch_dir, NOW + 1);
	assert_true(has(p, 1));
	assert_false(has(p, 2));
	proofs_close(p);
}

/* As kill -9 leaves it: nobody closed it. */
static void
test_it_is_on_its_way_to_disk_at_once(void **state)
{
	struct proofs *p = proofs_open(scratch_dir, NOW), *other;

	(void)state;
	add(p, 1, NOW);
	other = proofs_open(scratch_dir, NOW);
	assert_true(has(other, 1));
	proofs_close(other);
	proofs_close(p);
}

static void
test_it_is_forgotten_when_it_is_good_for_nothing(void **state)
{
	struct proofs *p = proofs_open(scratch_dir, NOW);

	(void)state;
	add(p, 1, NOW);
	add(p, 2, NOW + 1);
	proofs_close(p);
	p = proofs_open(scratch_dir, NOW + PROOFS_AGE_S + 1);
	assert_false(has(p, 1));
	assert_true(has(p, 2));
	assert_int_equal(size(), 24);
	proofs_close(p);
}

static void
test_half_a_record_harms_no_other(void **state)
{
	struct proofs *p = proofs_open(scratch_dir, NOW);
	int fd;

	(void)state;
	add(p, 1, NOW);
	proofs_close(p);
	fd = open(scratch_path("mail.proofs"), O_WRONLY | O_APPEND);
	assert_int_equal(write(fd, "0123456789", 10), 10);
	(void)close(fd);
	p = proofs_open(scratch_dir, NOW);
	assert_true(has(p, 1));
	add(p, 2, NOW);
	proofs_close(p);
	p = proofs_open(scratch_dir, NOW);
	assert_true(has(p, 1));
	assert_true(has(p, 2));
	proofs_close(p);
}

static void
test_the_file_has_an_end(void **state)
{
	struct proofs *p = proofs_open(scratch_dir, NOW);

	(void)state;
	for (uint32_t i = 0; i < PROOFS_FILE_MAX - 1; i++)
		add(p, i, NOW);
	assert_int_equal(size(), (PROOFS_FILE_MAX - 1) * 24);
	add(p, PROOFS_FILE_MAX - 1, NOW);
	assert_int_equal(size(), PROOFS_MAX * 24);
	add(p, PROOFS_FILE_MAX, NOW);
	proofs_close(p);
	p = proofs_open(scratch_dir, NOW);
	assert_true(has(p, PROOFS_FILE_MAX));
	assert_true(has(p, PROOFS_FILE_MAX - 1));
	proofs_close(p);
}

static void
test_a_disk_that_refuses_leaves_the_memory(void **state)
{
	char nowhere[128];
	struct proofs *p;

	(void)state;
	(void)snprintf(nowhere, sizeof(nowhere), "%s/none", scratch_dir);
	p = proofs_open(nowhere, NOW);
	add(p, 1, NOW);
	assert_true(has(p, 1));
	proofs_close(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_PROMISE(test_a_proof_counts_once_over_a_restart),
		SCRATCH_PROMISE(test_it_is_on_its_way_to_disk_at_once),
		SCRATCH_PROMISE(
			test_it_is_forgotten_when_it_is_good_for_nothing),
		SCRATCH_PROMISE(test_half_a_record_harms_no_other),
		SCRATCH_PROMISE(test_the_file_has_an_end),
		SCRATCH_PROMISE(test_a_disk_that_refuses_leaves_the_memory),
	};
	struct err err;

	if (crypto_init(&err) != STATUS_OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
