/* A letter handed over is on disk, whole, with its sender; or it is not there.
 */
#include "../scratch.h"
#include "../unit.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/spool.h"

struct box {
	char dir[200], spool[210], fresh[220], tmp[220];
};

static void
box_open(struct box *b)
{

	scratch_make(b->dir, sizeof(b->dir));
	snprintf(b->spool, sizeof(b->spool), "%s/spool", b->dir);
	snprintf(b->fresh, sizeof(b->fresh), "%s/new", b->spool);
	snprintf(b->tmp, sizeof(b->tmp), "%s/tmp", b->spool);
}

static void
box_close(struct box *b)
{
	scratch_remove(b->dir);
}

/* Counts the files of a folder; the last one's path goes to `path`. */
static size_t
list(const char *dir, char path[600])
{
	DIR *d = opendir(dir);
	const struct dirent *e;
	size_t n = 0;

	assert_non_null(d);
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, 600, "%s/%s", dir, e->d_name);
		n++;
	}
	closedir(d);
	return n;
}

/* A descriptor that gives these octets. */
static int
source_of(const struct box *b, struct bytes octets)
{
	char path[300];
	FILE *f;

	snprintf(path, sizeof(path), "%s/letter", b->dir);
	f = fopen(path, "w+");
	assert_non_null(f);
	assert_int_equal(fwrite(octets.data, 1, octets.len, f), octets.len);
	assert_int_equal(fflush(f), 0);
	rewind(f);
	return fileno(f);
}

static const struct {
	const char *given, *found; /* NULL: unknown */
} senders[] = {
	{"a@b.example", "a@b.example"},
	{"", ""},
	{"MAILER-DAEMON", ""},
	{NULL, NULL},
	{"not an address", NULL},
	{"a@b\nX: y", NULL},
};

static void
test_letter_and_sender_come_back(void **state)
{
	static const char letter[] = "Subject: x\r\n\nkey\0\xff no end";
	struct box b;
	size_t i;

	(void)state;
	box_open(&b);
	for (i = 0; i < sizeof(senders) / sizeof(senders[0]); i++) {
		struct bytes sent = bytes_make(letter, sizeof(letter) - 1);
		struct bytes sender, got;
		struct buf file = {.len = 0};
		char path[600];
		struct err err;
		bool known;
		int fd = source_of(&b, sent);

		assert_ok(spool_write(b.spool, fd, senders[i].given, &err));
		close(fd);
		assert_int_equal(list(b.fresh, path), 1);
		assert_int_equal(list(b.tmp, path), 0);
		(void)list(b.fresh, path);
		assert_ok(file_read(path, 1000, &file, &err));
		assert_ok(spool_split(buf_view(&file), &known, &sender, &got));
		assert_true(bytes_eq(got, sent));
		assert_int_equal(known, senders[i].found != NULL);
		if (known)
			assert_text(sender, senders[i].found);
		buf_done(&file);
		assert_int_equal(unlink(path), 0);
	}
	box_close(&b);
}

static void
test_letter_ends_at_its_limit(void **state)
{
	struct buf big = {.len = 0};
	struct box b;
	char path[600];
	struct err err;
	int fd;

	(void)state;
	box_open(&b);
	assert_ok(buf_reserve(&big, SPOOL_LETTER_MAX + 1));
	memset(big.data, 'x', SPOOL_LETTER_MAX + 1);
	fd = source_of(&b, bytes_make(big.data, SPOOL_LETTER_MAX));
	assert_ok(spool_write(b.spool, fd, NULL, &err));
	close(fd);
	assert_int_equal(list(b.fresh, path), 1);
	fd = source_of(&b, bytes_make(big.data, SPOOL_LETTER_MAX + 1));
	assert_status(spool_write(b.spool, fd, NULL, &err), STATUS_LIMIT);
	/* The writer of a pipe must not be left with it. */
	assert_int_equal(read(fd, path, 1), 0);
	close(fd);
	assert_int_equal(list(b.fresh, path), 1);
	assert_int_equal(list(b.tmp, path), 0);
	buf_done(&big);
	box_close(&b);
}

static void
test_no_folder_is_trouble_for_later(void **state)
{
	struct err err = {""};
	struct box b;
	char path[300];
	int fd;

	(void)state;
	box_open(&b);
	fd = source_of(&b, bytes_of("x"));
	snprintf(path, sizeof(path), "%s/missing/spool", b.dir);
	assert_status(spool_write(path, fd, NULL, &err), STATUS_IO);
	assert_true(err.text[0] != '\0');
	close(fd);
	box_close(&b);
}

static void
test_first_line_must_be_ours(void **state)
{
	static const char *const bad[] = {"", "Subject: x\n", "keypost-spool 1",
		"keypost-spool 2 a@b\nx", "keypost-spool 1 a@b"};
	struct bytes sender, letter;
	bool known;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_status(
			spool_split(bytes_of(bad[i]), &known, &sender, &letter),
			STATUS_MALFORMED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_letter_and_sender_come_back),
		cmocka_unit_test(test_letter_ends_at_its_limit),
		cmocka_unit_test(test_no_folder_is_trouble_for_later),
		cmocka_unit_test(test_first_line_must_be_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
