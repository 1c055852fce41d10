/* Who may gossip: addresses and networks, and those of this machine. */
#include "../unit.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "recon/gossip_address.h"

static struct sockaddr_storage
address(const char *text, unsigned int port)
{
	struct sockaddr_storage at = {0};
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};

	if (inet_pton(AF_INET, text, &in.sin_addr) == 1)
		memcpy(&at, &in, sizeof(in));
	else if (inet_pton(AF_INET6, text, &in6.sin6_addr) == 1)
		memcpy(&at, &in6, sizeof(in6));
	else
		fail_msg("%s", text);
	address_set_port(&at, port);
	return at;
}

static bool
has(const char *network, const char *text)
{
	struct sockaddr_storage at = address(text, 1);
	struct host_address a;
	struct network n;

	assert_true(network_parse(network, &n));
	assert_true(address_host(&at, &a));
	return network_has(&n, &a);
}

static void
test_a_network_has_what_begins_with_its_bits(void **state)
{
	(void)state;
	assert_true(has("192.0.2.0/24", "192.0.2.255"));
	assert_false(has("192.0.2.0/24", "192.0.3.0"));
	assert_true(has("192.0.2.128/25", "192.0.2.200"));
	assert_false(has("192.0.2.128/25", "192.0.2.127"));
	assert_true(has("192.0.2.1", "192.0.2.1"));
	assert_false(has("192.0.2.1", "192.0.2.2"));
	assert_true(has("2001:db8::/33", "2001:db8:7fff::1"));
	assert_false(has("2001:db8::/33", "2001:db8:8000::1"));
	assert_true(has("::1", "::1"));
	assert_true(has("0.0.0.0/0", "203.0.113.9"));
}

/* All of IPv4 is not all of IPv6. */
static void
test_a_family_is_not_let_in_by_the_other(void **state)
{
	(void)state;
	assert_false(has("0.0.0.0/0", "2001:db8::1"));
	assert_true(has("::/0", "2001:db8::1"));
	/* But an IPv4 address in the form of an IPv6 one is that address. */
	assert_true(has("192.0.2.0/24", "::ffff:192.0.2.7"));
}

static void
test_what_is_no_network_is_refused(void **state)
{
	static const char *const wrong[] = {"", "/24", "192.0.2.0/33",
		"192.0.2.0/", "192.0.2.0/8x", "::1/129", "example.org",
		"192.0.2", "1111:2222:3333:4444:5555:6666:7777:8888:9999/1"};
	struct network n;

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		assert_false(network_parse(wrong[i], &n));
}

static void
test_ports_and_wildcards_are_told(void **state)
{
	struct sockaddr_storage at = address("0.0.0.0", 11370);

	(void)state;
	assert_int_equal(address_port(&at), 11370);
	assert_true(address_is_any(&at));
	at = address("::", 11370);
	assert_int_equal(address_port(&at), 11370);
	assert_true(address_is_any(&at));
	at = address("0.0.0.1", 1);
	assert_false(address_is_any(&at));
	at.ss_family = AF_UNIX;
	assert_false(address_is_any(&at));
}

static void
test_an_address_of_this_machine_is_known(void **state)
{
	struct sockaddr_storage own = address("127.0.0.1", 11370);
	struct sockaddr_storage other = address("192.0.2.1", 11370);

	(void)state;
	assert_true(address_is_local(&own));
	assert_false(address_is_local(&other));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_network_has_what_begins_with_its_bits),
		cmocka_unit_test(test_a_family_is_not_let_in_by_the_other),
		cmocka_unit_test(test_what_is_no_network_is_refused),
		cmocka_unit_test(test_ports_and_wildcards_are_told),
		cmocka_unit_test(test_an_address_of_this_machine_is_known),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
