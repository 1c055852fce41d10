#include "../unit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#include "../scratch.h"
#include "cli/material.h"

/* Octets that can be read before the disk fails; -1: all. */
static long readable = -1;
ssize_t __real_read(int fd, void *buf, size_t n);
ssize_t __wrap_read(int fd, void *buf, size_t n);
ssize_t __real___read_chk(int fd, void *buf, size_t n, size_t room);
ssize_t __wrap___read_chk(int fd, void *buf, size_t n, size_t room);

ssize_t
__wrap_read(int fd, void *buf, size_t n)
{
	ssize_t got;

	if (readable == 0) {
		errno = EIO;
		return -1;
	}
	if (readable > 0 && n > (size_t)readable)
		n = (size_t)readable;
	got = __real_read(fd, buf, n);
	if (readable > 0 && got > 0)
		readable -= got;
	return got;
}

ssize_t
__wrap___read_chk(int fd, void *buf, size_t n, size_t room)
{
	assert_true(n <= room);
	return __wrap_read(fd, buf, n);
}

struct seen {
	uint64_t octets, first, faults;
	char fault[256];
};

static enum status
take_piece(void *ctx, const struct material_piece *piece, struct err *err)
{
	struct seen *s = ctx;

	(void)err;
	if (s->octets == 0)
		s->first = piece->at;
	/* Nothing is left out, and nothing comes twice. */
	assert_true(piece->at == s->first + s->octets);
	assert_int_equal(piece->octets.data[0], 0x99);
	s->octets += piece->octets.len;
	return STATUS_OK;
}

static void
take_fault(void *ctx, const char *what)
{
	struct seen *s = ctx;

	s->faults++;
	snprintf(s->fault, sizeof(s->fault), "%s", what);
}

enum { CERT = 3 + 142, CERTS = 100000, ALL = CERT * CERTS };

struct fixture {
	char dir[128], plain[160], packed[160];
	struct seen seen;
	struct material_file file;
};

static void
put_all(struct fixture *f)
{
	static const uint8_t head[] = {
		0x99, 0, 142, 4, 1, 2, 3, 4, 1, 4, 0, 0x80};
	static const uint8_t tail[] = {0, 17, 1, 0, 1, 7};
	uint8_t cert[CERT];
	FILE *plain = fopen(f->plain, "wb");
	gzFile packed = gzopen(f->packed, "wb1");

	assert_non_null(plain);
	assert_non_null(packed);
	for (unsigned int i = 0; i < CERTS; i++) {
		memset(cert, (int)(i % 251), sizeof(cert));
		memcpy(cert, head, sizeof(head));
		memcpy(cert + CERT - sizeof(tail), tail, sizeof(tail));
		assert_int_equal(fwrite(cert, sizeof(cert), 1, plain), 1);
		assert_int_equal(
			gzwrite(packed, cert, sizeof(cert)), sizeof(cert));
	}
	assert_int_equal(fclose(plain), 0);
	assert_int_equal(gzclose(packed), Z_OK);
}

static int
start(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	scratch_make(f->dir, sizeof(f->dir));
	snprintf(f->plain, sizeof(f->plain), "%s/plain", f->dir);
	snprintf(f->packed, sizeof(f->packed), "%s/packed", f->dir);
	put_all(f);
	*state = f;
	return 0;
}

static int
stop(void **state)
{
	struct fixture *f = *state;

	readable = -1;
	scratch_remove(f->dir);
	free(f);
	return 0;
}

static void
run(struct fixture *f, const char *path, uint64_t from, long upto)
{
	const struct material_limits limits = {256 * 1024, 500, 10000, false};
	const struct material_sink sink = {
		take_piece, take_fault, &f->seen, NULL, NULL};
	struct err err;

	memset(&f->seen, 0, sizeof(f->seen));
	f->file = (struct material_file){.path = path, .from = from};
	readable = upto;
	assert_ok(material_read(&f->file, &limits, &sink, &err));
	readable = -1;
	assert_true(f->file.opened);
}

static void
test_a_file_comes_whole_window_by_window(void **state)
{
	struct fixture *f = *state;
	const char *paths[] = {f->plain, f->packed};

	for (size_t i = 0; i < 2; i++) {
		run(f, paths[i], 0, -1);
		assert_true(f->seen.octets == ALL);
		assert_int_equal(f->seen.faults, 0);
		assert_false(f->file.unread);
		assert_true(f->file.read > 0);
	}
}

static void
test_it_goes_on_at_any_piece(void **state)
{
	struct fixture *f = *state;
	const char *paths[] = {f->plain, f->packed};
	const uint64_t from = (uint64_t)CERT * (CERTS - 1234);

	for (size_t i = 0; i < 2; i++) {
		run(f, paths[i], from, -1);
		assert_true(f->seen.first == from);
		assert_true(f->seen.octets == ALL - from);
		assert_int_equal(f->seen.faults, 0);
	}
	run(f, f->plain, ALL, -1);
	assert_true(f->seen.octets == 0);
	assert_int_equal(f->seen.faults, 0);
}

/* A disk that fails is no damage of the material: it is to be read again. */
static void
test_what_cannot_be_read_is_not_done(void **state)
{
	struct fixture *f = *state;

	run(f, f->plain, 0, 9 * CERT + 4 * 1024 * 1024);
	assert_true(f->file.unread);
	assert_true(f->seen.octets >= 4 * 1024 * 1024);
	assert_true(f->seen.octets < ALL);
	assert_non_null(strstr(f->seen.fault, strerror(EIO)));
	run(f, f->packed, 0, 300000);
	assert_true(f->file.unread);
	assert_true(f->seen.octets > 0);
	assert_non_null(strstr(f->seen.fault, strerror(EIO)));
	/* Nor while it looks for the place where it was. */
	run(f, f->packed, ALL - CERT, 300000);
	assert_true(f->file.unread);
	assert_true(f->seen.octets == 0);
}

/* But what is packed wrongly will be so the next time. */
static void
test_what_cannot_be_unpacked_is_done(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(truncate(f->packed, 300000), 0);
	run(f, f->packed, 0, -1);
	assert_false(f->file.unread);
	assert_true(f->seen.octets > 0);
	assert_non_null(strstr(f->seen.fault, "the rest is skipped"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			test_a_file_comes_whole_window_by_window, start, stop),
		cmocka_unit_test_setup_teardown(
			test_it_goes_on_at_any_piece, start, stop),
		cmocka_unit_test_setup_teardown(
			test_what_cannot_be_read_is_not_done, start, stop),
		cmocka_unit_test_setup_teardown(
			test_what_cannot_be_unpacked_is_done, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
