/* What a server says that it can do, as we understand it. */
#include "../unit.h"

#include <string.h>

#include "mailagent/relay_hello.h"
#include "mailagent/relay_url.h"

static void
test_every_word_is_found(void **state)
{
	struct relay_hello h;

	(void)state;
	relay_hello_read("mail.example at your service\nPIPELINING\nsize 1234\n"
			 "StartTLS\nDSN\nAUTH PLAIN SCRAM-SHA-1\nAUTH=LOGIN\n",
		&h);
	assert_true(h.starttls && h.dsn && h.size);
	assert_int_equal(h.size_max, 1234);
	assert_string_equal(h.auth, "PLAIN SCRAM-SHA-1 LOGIN");
	assert_true(relay_hello_has(h.auth, "SCRAM-SHA-1"));
	assert_true(relay_hello_has(h.auth, "login"));
	assert_false(relay_hello_has(h.auth, "SCRAM-SHA"));
	assert_false(relay_hello_has(h.auth, ""));
}

static void
test_its_name_and_words_like_ours_are_nothing(void **state)
{
	struct relay_hello h;

	(void)state;
	relay_hello_read("STARTTLS\nSTARTTLSX\nXSIZE 5\nSIZES 7\nAUTHX\n", &h);
	assert_false(h.starttls || h.dsn || h.size);
	assert_int_equal(h.size_max, 0);
	assert_string_equal(h.auth, "");
	relay_hello_read("", &h);
	assert_false(h.starttls);
}

static void
test_a_size_that_is_none_is_no_limit(void **state)
{
	static const char *const texts[] = {"x\nSIZE\n", "x\nSIZE 0\n",
		"x\nSIZE -5\n", "x\nSIZE 99999999999999999999999999\n",
		"x\nSIZE many\n"};
	struct relay_hello h;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		relay_hello_read(texts[i], &h);
		assert_true(h.size);
		assert_int_equal(h.size_max, 0);
	}
}

static void
test_mechanisms_beyond_the_room_are_left_out(void **state)
{
	char text[900] = "x\nAUTH ";
	struct relay_hello h;

	(void)state;
	memset(text + strlen(text), 'A', 500);
	strcat(text, "\nAUTH PLAIN\n");
	relay_hello_read(text, &h);
	assert_string_equal(h.auth, "PLAIN");
}

static void
test_relays_have_their_usual_ports(void **state)
{
	static const struct {
		const char *text, *host, *port;
		bool lmtp, tls;
	} good[] = {
		{"smtp://a.example", "a.example", "25", false, false},
		{"smtp://a.example:26", "a.example", "26", false, false},
		{"smtps://a.example", "a.example", "465", false, true},
		{"smtps://[::1]", "::1", "465", false, true},
		{"lmtp://[::1]:24", "::1", "24", true, false},
		{"lmtp+unix:/run/x", "/run/x", "", true, false},
	};
	struct relay_url url;
	struct err err;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		memset(&url, 0, sizeof(url));
		assert_ok(relay_url_read(good[i].text, &url, &err));
		assert_string_equal(url.at.host, good[i].host);
		if (!url.at.is_unix)
			assert_string_equal(url.at.port, good[i].port);
		assert_int_equal(url.is_lmtp, good[i].lmtp);
		assert_int_equal(url.is_tls, good[i].tls);
	}
	assert_status(
		relay_url_read("http://a", &url, &err), STATUS_UNSUPPORTED);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_word_is_found),
		cmocka_unit_test(test_its_name_and_words_like_ours_are_nothing),
		cmocka_unit_test(test_a_size_that_is_none_is_no_limit),
		cmocka_unit_test(test_mechanisms_beyond_the_room_are_left_out),
		cmocka_unit_test(test_relays_have_their_usual_ports),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
