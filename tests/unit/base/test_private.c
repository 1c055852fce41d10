/* Which addresses strangers must not send us to. */
#include <arpa/inet.h>
#include <netinet/in.h>

#include "../unit.h"
#include "base/private.h"

static bool
is_private(const char *text)
{
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};

	if (inet_pton(AF_INET, text, &in.sin_addr) == 1)
		return address_is_private((struct sockaddr *)&in, sizeof(in));
	assert_int_equal(inet_pton(AF_INET6, text, &in6.sin6_addr), 1);
	return address_is_private((struct sockaddr *)&in6, sizeof(in6));
}

static void
test_private_addresses_are_known(void **state)
{
	static const char *const private[] = {"0.0.0.0", "10.255.255.255",
		"100.64.0.1", "100.127.255.255", "127.0.0.1", "169.254.169.254",
		"172.16.0.1", "172.31.255.255", "192.168.0.1", "198.19.0.1",
		"224.0.0.1", "255.255.255.255", "::", "::1", "fe80::1",
		"fc00::1", "fdff::1", "ff02::1", "::ffff:10.0.0.1",
		"64:ff9b::10.0.0.1", "2002:a00:1::", "2001:db8::1", "2001::1"};
	static const char *const public[] = {"1.1.1.1", "9.255.255.255",
		"11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255",
		"128.0.0.1", "172.15.255.255", "172.32.0.0", "192.167.0.1",
		"223.255.255.255", "2606:4700::1111", "2a00::1",
		"::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "2002:101:101::"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(private) / sizeof(private[0]); i++)
		if (!is_private(private[i]))
			fail_msg("public: %s", private[i]);
	for (i = 0; i < sizeof(public) / sizeof(public[0]); i++)
		if (is_private(public[i]))
			fail_msg("private: %s", public[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_private_addresses_are_known),
	};

	return cmocka_run_group_tests_name("base/private", tests, NULL, NULL);
}
