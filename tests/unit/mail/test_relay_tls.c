/* The way to a relay: how safe, and who is told which secret. */
#include "../unit.h"

#include <string.h>

#include "mail/relay_tls.h"

static char none[] = "", ours[] = "smtp://mail.example:25";
static char theirs[] = "smtp://other.example:25";
static char me[] = "me", file[] = "/secret", pin[] = "00", ca[] = "/ca";

static struct mail_settings mail;
static struct peer_settings peer;

static void
fresh(char *own)
{
	mail = (struct mail_settings){.relay = ours,
		.tls = RELAY_TLS_REQUIRED,
		.tls_local_clear = true,
		.tls_ca = ca,
		.access = {me, file, pin}};
	peer = (struct peer_settings){.relay = own,
		.tls = RELAY_TLS_AS_MAIL,
		.tls_ca = none,
		.access = {none, none, none}};
}

static void
test_a_peer_without_a_relay_goes_by_ours(void **state)
{
	struct relay_way way;

	(void)state;
	fresh(none);
	relay_way_for(&mail, &peer, &way);
	assert_string_equal(way.relay, ours);
	assert_string_equal(way.user, me);
	assert_string_equal(way.password_file, file);
	assert_string_equal(way.pin, pin);
	assert_string_equal(way.ca, ca);
	assert_int_equal(way.tls, RELAY_TLS_REQUIRED);
}

static void
test_our_password_is_for_our_relay_alone(void **state)
{
	struct relay_way way;

	(void)state;
	fresh(theirs);
	relay_way_for(&mail, &peer, &way);
	assert_string_equal(way.relay, theirs);
	assert_string_equal(way.user, "");
	assert_string_equal(way.password_file, "");
	assert_string_equal(way.pin, "");
	assert_string_equal(way.ca, ca);
	assert_int_equal(way.tls, RELAY_TLS_REQUIRED);
	peer.tls = RELAY_TLS_NONE;
	relay_way_for(&mail, &peer, &way);
	assert_int_equal(way.tls, RELAY_TLS_NONE);
}

static void
test_a_relay_here_may_be_clear_unless_it_is_pinned(void **state)
{
	static const struct {
		char relay[40];
		enum relay_tls tls;
	} relays[] = {{"smtp://127.0.0.1:25", RELAY_TLS_NONE},
		{"smtp://[::1]:25", RELAY_TLS_NONE},
		{"smtp://localhost:25", RELAY_TLS_NONE},
		{"lmtp+unix:/run/x", RELAY_TLS_NONE},
		{"smtp://127.mail.example:25", RELAY_TLS_REQUIRED},
		{"smtp://localhost.example:25", RELAY_TLS_REQUIRED},
		/* Not clear from the first octet on. */
		{"smtps://127.0.0.1:465", RELAY_TLS_REQUIRED}};
	struct relay_way way;

	(void)state;
	for (size_t i = 0; i < sizeof(relays) / sizeof(relays[0]); i++) {
		char relay[40];

		memcpy(relay, relays[i].relay, sizeof(relay));
		fresh(relay);
		relay_way_for(&mail, &peer, &way);
		assert_int_equal(way.tls, relays[i].tls);
		peer.access.pin = pin;
		relay_way_for(&mail, &peer, &way);
		assert_int_equal(way.tls, RELAY_TLS_REQUIRED);
		/* Written out, it holds here, too. */
		peer.access.pin = none;
		mail.tls_local_clear = false;
		relay_way_for(&mail, &peer, &way);
		assert_int_equal(way.tls, RELAY_TLS_REQUIRED);
	}
}

static void
test_smtps_is_not_talked_out_of_tls(void **state)
{
	char relay[] = "smtps://mail.example:465";
	struct relay_way way;

	(void)state;
	fresh(relay);
	mail.tls = RELAY_TLS_NONE;
	relay_way_for(&mail, &peer, &way);
	assert_int_equal(way.tls, RELAY_TLS_REQUIRED);
	mail.tls = RELAY_TLS_OPPORTUNISTIC;
	relay_way_for(&mail, &peer, &way);
	assert_int_equal(way.tls, RELAY_TLS_OPPORTUNISTIC);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_peer_without_a_relay_goes_by_ours),
		cmocka_unit_test(test_our_password_is_for_our_relay_alone),
		cmocka_unit_test(
			test_a_relay_here_may_be_clear_unless_it_is_pinned),
		cmocka_unit_test(test_smtps_is_not_talked_out_of_tls),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
