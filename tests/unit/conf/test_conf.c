#include "../unit.h"

#include <stdio.h>
#include <string.h>

#include "texts.h"

static void
test_every_default_is_taken(void **state)
{
	struct conf *c = conf_of("");

	(void)state;
	assert_int_equal(c->http.listen_count, 1);
	assert_string_equal(c->http.listen[0].host, "127.0.0.1");
	assert_string_equal(c->http.listen[0].port, "11371");
	assert_int_equal(c->http.rate_exempt_count, 2);
	assert_int_equal(c->mail.batch_delay_ms, 30000);
	assert_int_equal(c->mail.batch_octets, 100000);
	assert_int_equal(c->mail.change_keep_s, 30 * 86400);
	assert_int_equal(c->store.disk_reserve, 256 * 1024 * 1024);
	assert_int_equal(c->store.lookup_time_ms, 2000);
	assert_int_equal(c->store.lookup_memory, 48 * 1024 * 1024);
	assert_true(c->http.search.word_search);
	assert_int_equal(c->ingest.policy.level, LEVEL_CLEAN);
	assert_string_equal(c->mail.address, "");
	assert_string_equal(c->mail.host, "localhost");
	conf_free(c);
}

static void
test_limits_are_those_of_the_ingest_policy(void **state)
{
	struct conf *c = conf_of("");
	struct policy p;

	(void)state;
	policy_init(&p);
	for (size_t i = 0; i < policy_row_count; i++)
		assert_int_equal(policy_get(&c->ingest.policy, &policy_rows[i]),
			policy_get(&p, &policy_rows[i]));
	conf_free(c);
}

static void
test_units_are_part_of_the_value(void **state)
{
	struct conf *c = conf_of("[mail]\nbatch_delay = 1500ms\n"
				 "batch_bytes = 64KiB\n[server]\n"
				 "change_keep = 2h\ndisk_reserve = 1GiB\n");

	(void)state;
	assert_int_equal(c->mail.batch_delay_ms, 1500);
	assert_int_equal(c->mail.batch_octets, 65536);
	assert_int_equal(c->mail.change_keep_s, 7200);
	assert_int_equal(c->store.disk_reserve, 1024LL * 1024 * 1024);
	conf_free(c);
}

static void
test_bounds_hold_at_the_bound(void **state)
{
	struct conf *c = conf_of("[http]\nthreads = 64\n");
	struct err err;

	(void)state;
	assert_int_equal(c->http.threads, 64);
	conf_free(c);
	err = refusal_of("[http]\nthreads = 65\n");
	assert_string_equal(
		err.text, "t:2: threads: out of bounds: from 0 to 64");
	err = refusal_of("[http]\nmax_connections = 3\n");
	assert_string_equal(err.text,
		"t:2: max_connections: out of bounds: from 4 to 65536");
	err = refusal_of("[http]\nthreads = 99999999999999999999999\n");
	assert_non_null(strstr(err.text, "is not a number that fits"));
	err = refusal_of("[mail]\nbatch_delay = 9223372036854775807d\n");
	assert_non_null(strstr(err.text, "is too large"));
}

static void
test_bounds_are_told_in_a_readable_unit(void **state)
{
	struct err err = refusal_of("[server]\nchange_keep = 1s\n");

	(void)state;
	assert_string_equal(
		err.text, "t:2: change_keep: out of bounds: from 1h to 3650d");
	err = refusal_of("[limits]\nmax_body = 1B\n");
	assert_string_equal(
		err.text, "t:2: max_body: out of bounds: from 64KiB to 64MiB");
}

static void
test_lists_add_up_and_replace_the_default(void **state)
{
	struct conf *c = conf_of("[http]\nlisten = 127.0.0.1:1 [::1]:2\n"
				 "listen = 127.0.0.1:3\nrate_exempt =\n");

	(void)state;
	assert_int_equal(c->http.listen_count, 3);
	assert_string_equal(c->http.listen[1].host, "::1");
	assert_string_equal(c->http.listen[2].port, "3");
	assert_int_equal(c->http.rate_exempt_count, 0);
	conf_free(c);
}

static void
test_peers_have_their_own_keys(void **state)
{
	struct conf *c = conf_of("[mail]\naddress = us@example.org\n"
				 "[peer mainz]\nmail = a@mainz.example\n"
				 "aliases = b@mainz.example c@mainz.example\n"
				 "relay = lmtp://127.0.0.1:24\n"
				 "[peer kiel]\nmail = a@kiel.example\n"
				 "dialect = pksd\n"
				 "[peer bonn]\n"
				 "hkp = hkps://keys.bonn.example\n");
	const struct peer_settings *p = c->mail.peers;

	(void)state;
	assert_int_equal(c->mail.peer_count, 3);
	assert_string_equal(p[0].name, "mainz");
	assert_int_equal(p[0].alias_count, 2);
	assert_string_equal(p[0].aliases[1], "c@mainz.example");
	assert_int_equal(p[0].dialect, DELTA_STANDARD);
	assert_int_equal(p[0].letters_per_minute, 600);
	assert_int_equal(p[1].dialect, DELTA_PKSD);
	assert_string_equal(p[1].relay, "");
	assert_string_equal(c->mail.host, "example.org");
	assert_string_equal(c->http.peers[1].mail, "a@kiel.example");
	assert_string_equal(c->http.peers[2].push, "hkps://keys.bonn.example");
	conf_free(c);
}

static void
test_a_peer_without_keys_is_still_checked(void **state)
{
	struct err err = refusal_of("[peer gossip]\n");

	(void)state;
	assert_non_null(strstr(err.text, "t:1: [peer gossip]: the name is"));
	err = refusal_of("[peer Mainz]\n");
	assert_non_null(strstr(err.text, "lower-case letters"));
	err = refusal_of("\n[peer x]\n");
	assert_string_equal(err.text,
		"t:2: [peer x] mail: missing: a peer needs its mail address, "
		"or hkp, or gossip");
}

static void
test_what_feeds_a_peer_is_an_address_and_no_more(void **state)
{
	static const char *const wrong[] = {"ftp://keys.example",
		"http://keys.example", "hkp://", "hkp://keys.example/pks/add",
		"hkp://user@keys.example", "hkps://keys.example?x",
		"vks://keys.example#x"};
	char text[96];

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct err err;

		(void)snprintf(
			text, sizeof(text), "[peer x]\nhkp = %s\n", wrong[i]);
		err = refusal_of(text);
		assert_non_null(strstr(err.text, "t:2: hkp: not hkp://HOST"));
	}
}

#define PIN_63 "0123456789abcdefABCDEF0123456789abcdefABCDEF0123456789abcdefABC"

static void
test_a_pin_is_64_digits_of_either_case(void **state)
{
	static const char *const good[] = {
		"relay_pin =", "imap_pin =", "relay_pin = " PIN_63 "F"};
	static const char *const wrong[] = {"relay_pin = " PIN_63,
		"relay_pin = " PIN_63 "00", "imap_pin = " PIN_63 "g"};
	char text[128];

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		(void)snprintf(text, sizeof(text), "[mail]\n%s\n", good[i]);
		conf_free(conf_of(text));
	}
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		struct err err;

		(void)snprintf(text, sizeof(text), "[mail]\n%s\n", wrong[i]);
		err = refusal_of(text);
		assert_non_null(strstr(err.text, "64 hex digits"));
	}
}

static void
test_all_reserved_peer_names_are_refused(void **state)
{
	static const char *const names[] = {
		"http", "mail", "gossip", "load", "admin"};
	char text[64];

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(text, sizeof(text), "[peer %s]\nmail = a@b\n",
			names[i]);
		assert_non_null(strstr(refusal_of(text).text, "is reserved"));
	}
}

static void
test_a_near_word_is_suggested_and_a_far_one_is_not(void **state)
{
	(void)state;
	assert_non_null(strstr(refusal_of("[mail]\nbatch_dealy = 1s\n").text,
		"did you mean batch_delay?"));
	assert_null(strstr(
		refusal_of("[mail]\nxyzzy = 1s\n").text, "did you mean"));
	assert_non_null(
		strstr(refusal_of("[limit]\n").text, "did you mean [limits]?"));
	assert_non_null(strstr(
		refusal_of("[peers]\n").text, "did you mean [peer NAME]?"));
}

static void
test_addresses_and_relays_are_checked(void **state)
{
	(void)state;
	assert_non_null(strstr(refusal_of("[mail]\naddress = nobody\n").text,
		"t:2: address: 'nobody' is not a bare mail address"));
	assert_non_null(strstr(
		refusal_of("[mail]\nrelay = smtp://h\n").text, "t:2: relay: "));
	assert_non_null(strstr(refusal_of("[http]\nlisten = 127.0.0.1\n").text,
		"t:2: listen: "));
	assert_non_null(strstr(
		refusal_of("[http]\nrate_exempt = 10.0.0.0/33\n").text,
		"t:2: rate_exempt: '10.0.0.0/33' is no address or network"));
	assert_non_null(strstr(refusal_of("[mail]\nlmtp_listen = 2424x\n").text,
		"t:2: lmtp_listen: "));
}

static void
test_letters_in_need_an_address(void **state)
{
	(void)state;
	assert_string_equal(
		refusal_of("[mail]\nlmtp_listen = 127.0.0.1:24\n").text,
		"t:2: lmtp_listen: letters need [mail] address, which is not "
		"set");
	assert_non_null(strstr(refusal_of("[mail]\nmaildir = /m\n").text,
		"t:2: maildir: letters need"));
}

static void
test_tls_default_spares_relays_on_this_host(void **state)
{
	struct conf *c = conf_of("");

	(void)state;
	assert_int_equal(c->mail.tls, RELAY_TLS_REQUIRED);
	assert_true(c->mail.tls_local_clear);
	conf_free(c);
	c = conf_of("[mail]\ntls = required\n");
	assert_false(c->mail.tls_local_clear);
	conf_free(c);
}

static void
count_line(void *ctx, const char *section, const char *key, const char *value,
	const char *origin)
{
	size_t *seen = ctx;

	(void)section;
	(*seen)++;
	if (strcmp(key, "threads") == 0) {
		assert_string_equal(value, "7");
		assert_string_equal(origin, "t:3");
	}
	if (strcmp(key, "max_get") == 0)
		assert_string_equal(origin, "default");
}

static void
test_show_names_every_key_and_its_origin(void **state)
{
	struct conf *c = conf_of("[http]\n\nthreads = 7\n");
	size_t seen = 0, want = 0;

	(void)state;
	conf_show(c, count_line, &seen);
	for (const struct conf_option *o = conf_options(); o->section; o++)
		want += strcmp(o->section, "peer") != 0;
	assert_int_equal(seen, want);
	conf_free(c);
}

static void
test_lines_that_cannot_be_read_are_refused(void **state)
{
	static const char nul[] = "[server]\nname = a\0b\n";
	struct conf *c = NULL;
	struct err err = {""};
	char longline[400];

	(void)state;
	assert_status(
		conf_load_text(bytes_make(nul, sizeof(nul) - 1), "t", &c, &err),
		STATUS_MALFORMED);
	assert_string_equal(err.text, "t:2: a NUL in this line");
	memset(longline, 'a', sizeof(longline));
	memcpy(longline, "[server]\nname = ", 16);
	longline[sizeof(longline) - 1] = '\0';
	assert_non_null(
		strstr(refusal_of(longline).text, "t:2: line too long"));
	assert_non_null(
		strstr(refusal_of("[server\n").text, "closing bracket"));
	assert_non_null(strstr(
		refusal_of("[server] name = x\n").text, "after the section"));
	assert_non_null(strstr(refusal_of("[server]\nname\n").text, "t:2: "));
}

static void
test_comments_blanks_and_crlf_are_fine(void **state)
{
	struct conf *c = conf_of("; c\r\n# d\r\n\r\n[server] ; e\r\n"
				 "  name = x ; f\r\n\tcontact=y\r\n");

	(void)state;
	assert_string_equal(c->name, "x");
	assert_string_equal(c->contact, "y");
	conf_free(c);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_default_is_taken),
		cmocka_unit_test(test_limits_are_those_of_the_ingest_policy),
		cmocka_unit_test(test_units_are_part_of_the_value),
		cmocka_unit_test(test_bounds_hold_at_the_bound),
		cmocka_unit_test(test_bounds_are_told_in_a_readable_unit),
		cmocka_unit_test(test_lists_add_up_and_replace_the_default),
		cmocka_unit_test(test_peers_have_their_own_keys),
		cmocka_unit_test(test_a_peer_without_keys_is_still_checked),
		cmocka_unit_test(
			test_what_feeds_a_peer_is_an_address_and_no_more),
		cmocka_unit_test(test_a_pin_is_64_digits_of_either_case),
		cmocka_unit_test(test_all_reserved_peer_names_are_refused),
		cmocka_unit_test(
			test_a_near_word_is_suggested_and_a_far_one_is_not),
		cmocka_unit_test(test_addresses_and_relays_are_checked),
		cmocka_unit_test(test_letters_in_need_an_address),
		cmocka_unit_test(test_tls_default_spares_relays_on_this_host),
		cmocka_unit_test(test_show_names_every_key_and_its_origin),
		cmocka_unit_test(test_lines_that_cannot_be_read_are_refused),
		cmocka_unit_test(test_comments_blanks_and_crlf_are_fine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
