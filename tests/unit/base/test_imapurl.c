/* Which mailbox a line of the configuration names. */
#include "../unit.h"

#include <string.h>

#include "base/imapurl.h"

static void
a_whole_url_is_taken_apart(void **state)
{
	struct imap_url u;
	struct err err;

	(void)state;
	assert_ok(imap_url_parse(
		"imaps://pks%40a.example@mail.example:9930/Keys%20in", &u,
		&err));
	assert_true(u.is_tls);
	assert_string_equal(u.user, "pks@a.example");
	assert_string_equal(u.at.host, "mail.example");
	assert_string_equal(u.at.port, "9930");
	assert_string_equal(u.folder, "Keys in");
}

static void
port_and_folder_have_defaults(void **state)
{
	struct imap_url u;
	struct err err;

	(void)state;
	assert_ok(imap_url_parse("imaps://pks@mail.example", &u, &err));
	assert_string_equal(u.at.port, "993");
	assert_string_equal(u.folder, "INBOX");
	assert_ok(imap_url_parse("imap://pks@[::1]/", &u, &err));
	assert_false(u.is_tls);
	assert_string_equal(u.at.host, "::1");
	assert_string_equal(u.at.port, "143");
	assert_string_equal(u.folder, "INBOX");
}

static void
what_names_no_mailbox_is_refused(void **state)
{
	static const char *const bad[] = {"", "imap:", "pop3://a@b/",
		"imaps://mail.example/INBOX", "imaps://@mail.example/",
		"imaps://a@/INBOX", "imaps://a@unix:/x/y",
		"imaps://a%0d%0ab@mail.example/", "imaps://a%4@mail.example/",
		"imaps://a%@mail.example/", "imaps://a@mail.example/%00",
		"imaps://a@mail.example:port/", "imaps://a@b/K\xc3\xa4se"};
	struct imap_url u;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		err.text[0] = '\0';
		if (imap_url_parse(bad[i], &u, &err) != STATUS_MALFORMED)
			fail_msg("%s was taken", bad[i]);
		assert_true(err.text[0] != '\0');
	}
}

static void
what_is_too_long_is_refused(void **state)
{
	char text[600];
	struct imap_url u;
	struct err err;

	(void)state;
	memset(text, 'a', sizeof(text));
	memcpy(text, "imaps://", 8);
	memcpy(text + 400, "@h/", 4);
	assert_status(imap_url_parse(text, &u, &err), STATUS_MALFORMED);
	memset(text, 'a', sizeof(text));
	memcpy(text, "imaps://a@h/", 12);
	text[sizeof(text) - 1] = '\0';
	assert_status(imap_url_parse(text, &u, &err), STATUS_MALFORMED);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_whole_url_is_taken_apart),
		cmocka_unit_test(port_and_folder_have_defaults),
		cmocka_unit_test(what_names_no_mailbox_is_refused),
		cmocka_unit_test(what_is_too_long_is_refused),
	};

	return cmocka_run_group_tests_name("imapurl", tests, NULL, NULL);
}
