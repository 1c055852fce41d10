/* Promises about the files that our own keys lie in: they outlive releases. */
#include "../unit.h"

#include <stdio.h>
#include <sys/stat.h>

#include "base/file.h"
#include "mail/key_file.h"
#include "tests/unit/scratch.h"

#define HEX "00112233445566778899aabbccddeeff"
#define KEY "created 1700000000\nsecret " HEX HEX "\n"

static const struct key_file mail = {"mail.key", "keypost mail 1", "our key"};

static void
put(const char *text)
{
	struct err err;

	assert_ok(file_replace(
		scratch_path("mail.key"), bytes_of(text), 0600, &err));
}

static void
test_what_was_written_is_read(void **state)
{
	struct sign_key key = {.created = 7}, back;
	struct buf text = {0};
	char rest[KEY_FILE_MAX];
	struct stat info;
	struct err err = {""};

	(void)state;
	memset(key.secret, 0xA5, sizeof(key.secret));
	assert_ok(key_file_write(&mail, scratch_dir, &key, "more 1\n", &err));
	assert_int_equal(stat(scratch_path("mail.key"), &info), 0);
	assert_int_equal(info.st_mode & 0777, 0600);
	assert_ok(key_file_read(&mail, scratch_dir, &back, rest, &err));
	assert_memory_equal(back.secret, key.secret, sizeof(key.secret));
	assert_int_equal(back.created, 7);
	assert_string_equal(rest, "more 1\n");
	assert_ok(
		file_read(scratch_path("mail.key"), KEY_FILE_MAX, &text, &err));
	assert_memory_equal(text.data, "keypost mail 1\ncreated 7\nsecret a5a5",
		strlen("keypost mail 1\ncreated 7\nsecret a5a5"));
	buf_done(&text);
}

static void
test_a_file_of_today_is_read_tomorrow(void **state)
{
	struct sign_key key;
	struct err err = {""};

	(void)state;
	put("keypost mail 1\n" KEY);
	assert_ok(key_file_read(&mail, scratch_dir, &key, NULL, &err));
	assert_int_equal(key.created, 1700000000);
	assert_int_equal(key.secret[1], 0x11);
	assert_int_equal(key.secret[31], 0xFF);
}

static void
test_anything_else_is_named_and_leaves_the_key_as_it_was(void **state)
{
	static const char *const others[] = {"", "keypost mail 2\n" KEY,
		"keypost mail 1" KEY, "keypost mail 10\n" KEY,
		"keypost mail 1\ncreated 1700000000\nsecret " HEX "\n",
		"keypost mail 1\ncreated x\nsecret " HEX HEX "\n",
		"keypost mail 1\ncreated 1700000000\nsecret " HEX HEX,
		"keypost mail 1\n" KEY "more 1\n"};
	struct sign_key key = {.created = 7};
	char large[KEY_FILE_MAX + 1];
	struct err err = {""};

	(void)state;
	assert_status(key_file_read(&mail, scratch_dir, &key, NULL, &err),
		STATUS_NOT_FOUND);
	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
		put(others[i]);
		err.text[0] = '\0';
		assert_status(
			key_file_read(&mail, scratch_dir, &key, NULL, &err),
			STATUS_MALFORMED);
		assert_non_null(strstr(err.text, "/mail.key: not our key"));
		assert_int_equal(key.created, 7);
	}
	memset(large, 'x', sizeof(large));
	memcpy(large, "keypost mail 1\n" KEY, strlen("keypost mail 1\n" KEY));
	large[KEY_FILE_MAX] = '\0';
	put(large);
	assert_status(key_file_read(&mail, scratch_dir, &key, large, &err),
		STATUS_MALFORMED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		SCRATCH_PROMISE(test_what_was_written_is_read),
		SCRATCH_PROMISE(test_a_file_of_today_is_read_tomorrow),
		SCRATCH_PROMISE(
			test_anything_else_is_named_and_leaves_the_key_as_it_was),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
