/* Promises about the files that passwords of relays and mailboxes are in. */
#include "../unit.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mailagent/password.h"
#include "tests/unit/scratch.h"

enum { TEXT = 12, MOST = TEXT - 2 };

static void
put(const void *octets, size_t len, mode_t mode)
{
	FILE *file = fopen(scratch_path("password"), "w");

	assert_non_null(file);
	assert_int_equal(fwrite(octets, 1, len, file), len);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(scratch_path("password"), mode), 0);
}

static void
assert_reads(const char *octets, mode_t mode, const char *want)
{
	char text[TEXT];
	struct err err = {""};

	put(octets, strlen(octets), mode);
	assert_ok(password_read(
		scratch_path("password"), text, sizeof(text), &err));
	assert_string_equal(text, want);
}

/* And nothing of it is left behind. */
static void
assert_refused(const char *why)
{
	char text[TEXT] = "something";
	static const char nothing[TEXT];
	struct err err = {""};

	assert_status(password_read(scratch_path("password"), text,
			      sizeof(text), &err),
		STATUS_IO);
	if (strstr(err.text, why) == NULL)
		fail_msg("it says: %s", err.text);
	assert_memory_equal(text, nothing, sizeof(text));
}

static void
test_it_is_the_first_line(void **state)
{
	(void)state;
	assert_reads("secret", 0600, "secret");
	assert_reads("secret\n", 0600, "secret");
	assert_reads("secret\r\n", 0600, "secret");
	assert_reads("a b \nwhat else is written in it", 0600, "a b ");
}

static void
test_what_is_too_long_is_refused_and_not_cut(void **state)
{
	(void)state;
	assert_reads("0123456789", 0600, "0123456789");
	assert_reads("0123456789\nmore", 0600, "0123456789");
	put("0123456789A", MOST + 1, 0600);
	assert_refused("no password of 1 to 10 octets");
}

static void
test_no_line_is_no_password(void **state)
{
	(void)state;
	put("", 0, 0600);
	assert_refused("no password of 1 to 10 octets");
	put("\nsecret\n", 8, 0600);
	assert_refused("no password of 1 to 10 octets");
	put("se\0cret\n", 8, 0600);
	assert_refused("no password of 1 to 10 octets");
}

static void
test_a_file_for_everybody_is_refused(void **state)
{
	static const mode_t open_modes[] = {0604, 0602, 0601, 0644, 0666};

	(void)state;
	for (size_t i = 0; i < sizeof(open_modes) / sizeof(*open_modes); i++) {
		put("secret\n", 7, open_modes[i]);
		assert_refused("everybody may read it: chmod 600");
	}
	/* Who runs keypost may have it from root by a group. */
	assert_reads("secret\n", 0640, "secret");
}

static void
test_only_a_plain_file_is_read(void **state)
{
	(void)state;
	assert_refused("No such file");
	assert_int_equal(mkdir(scratch_path("password"), 0700), 0);
	assert_refused("no plain file");
	assert_int_equal(rmdir(scratch_path("password")), 0);
	/* Nobody writes to it: we must not wait for that. */
	assert_int_equal(mkfifo(scratch_path("password"), 0600), 0);
	assert_refused("no plain file");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_PROMISE(test_it_is_the_first_line),
		SCRATCH_PROMISE(test_what_is_too_long_is_refused_and_not_cut),
		SCRATCH_PROMISE(test_no_line_is_no_password),
		SCRATCH_PROMISE(test_a_file_for_everybody_is_refused),
		SCRATCH_PROMISE(test_only_a_plain_file_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
