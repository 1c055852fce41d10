/*
 * How many connections one address, and all together, may hold (L23), and how
 * much of answers that are not read yet (L5).
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "http/server/conn.h"
#include "tests/unit/unit.h"

static struct sockaddr_storage
address(const char *text)
{
	struct sockaddr_storage s;
	struct sockaddr_in in = {.sin_family = AF_INET};
	struct sockaddr_in6 in6 = {.sin6_family = AF_INET6};

	memset(&s, 0, sizeof(s));
	if (inet_pton(AF_INET, text, &in.sin_addr) == 1)
		memcpy(&s, &in, sizeof(in));
	else if (inet_pton(AF_INET6, text, &in6.sin6_addr) == 1)
		memcpy(&s, &in6, sizeof(in6));
	else
		s.ss_family = AF_UNIX;
	return s;
}

static bool
same(const char *a, const char *b)
{
	struct sockaddr_storage x = address(a), y = address(b);
	struct peer_address p = peer_address_of(&x), q = peer_address_of(&y);

	return peer_address_same(&p, &q);
}

static bool
in(const char *range, const char *a)
{
	char text[64];
	char *texts[] = {text};
	struct address_ranges r;
	struct sockaddr_storage x = address(a);
	struct peer_address p = peer_address_of(&x);
	struct err err;
	bool have;

	strcpy(text, range);
	assert_ok(address_ranges_parse(texts, 1, &r, &err));
	have = address_ranges_have(&r, &p);
	address_ranges_free(&r);
	return have;
}

static struct conn_table *
table(size_t max, size_t per_address, const char *exempt)
{
	char text[64];
	char *texts[] = {text};
	struct address_ranges r;
	struct err err;

	strcpy(text, exempt == NULL ? "" : exempt);
	assert_ok(
		address_ranges_parse(texts, exempt == NULL ? 0 : 1, &r, &err));
	return conn_table_new(max, per_address, &r);
}

static enum status
admit(struct conn_table *t, const char *from, struct conn **c)
{
	struct sockaddr_storage s = address(from);

	return conn_admit(t, &s, 0, c);
}

static void
test_ipv6_hosts_count_by_their_64(void **state)
{
	(void)state;
	assert_true(same("2001:db8::1", "2001:db8::ffff:1"));
	assert_false(same("2001:db8::1", "2001:db8:0:1::1"));
	assert_true(same("10.1.2.3", "::ffff:10.1.2.3"));
	assert_false(same("10.1.2.3", "10.1.2.4"));
	assert_false(same("0.0.0.0", "::"));
}

static void
test_ranges_hold_what_their_bits_say(void **state)
{
	(void)state;
	assert_true(in("127.0.0.0/8", "127.255.0.1"));
	assert_false(in("127.0.0.0/8", "128.0.0.1"));
	assert_true(in("10.0.0.0/9", "10.127.0.1"));
	assert_false(in("10.0.0.0/9", "10.128.0.1"));
	assert_true(in("::1", "::1"));
	assert_false(in("::1", "::2"));
	assert_true(in("2001:db8::/33", "2001:db8:7fff::1"));
	assert_false(in("2001:db8::/33", "2001:db8:8000::1"));
	assert_true(in("0.0.0.0/0", "8.8.8.8"));
	assert_false(in("0.0.0.0/0", "2001::1"));
	assert_true(in("127.0.0.1", "unix"));
}

static void
test_other_texts_are_no_ranges(void **state)
{
	static const char *const texts[] = {"", "x", "1.2.3", "1.2.3.4/33",
		"::1/129", "1.2.3.4/", "1.2.3.4/-1", "1.2.3.4/8x", "/8"};
	struct address_ranges r;
	struct err err;
	char text[32];
	char *list[] = {text};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		strcpy(text, texts[i]);
		assert_status(address_ranges_parse(list, 1, &r, &err),
			STATUS_MALFORMED);
	}
}

static void
test_address_has_a_limit_of_its_own(void **state)
{
	struct conn_table *t = table(10, 2, NULL);
	struct conn *a, *b, *c, *d;

	(void)state;
	assert_ok(admit(t, "10.0.0.1", &a));
	assert_ok(admit(t, "10.0.0.1", &b));
	assert_status(admit(t, "10.0.0.1", &c), STATUS_LIMIT);
	assert_ok(admit(t, "10.0.0.2", &c));
	conn_remove(t, a);
	assert_ok(admit(t, "10.0.0.1", &d));
	assert_int_equal(conn_count(t), 3);
	conn_remove(t, b);
	conn_remove(t, c);
	conn_remove(t, d);
	conn_table_free(t);
}

static void
test_all_together_have_a_limit(void **state)
{
	struct conn_table *t = table(2, 0, "10.0.0.0/8");
	struct conn *a, *b, *c;

	(void)state;
	assert_ok(admit(t, "10.0.0.1", &a));
	assert_ok(admit(t, "10.0.0.1", &b));
	assert_status(admit(t, "10.0.0.2", &c), STATUS_LIMIT);
	conn_remove(t, a);
	conn_remove(t, b);
	conn_table_free(t);
}

static void
test_thread_that_hangs_is_seen(void **state)
{
	struct conn_table *t = table(10, 0, NULL);
	struct conn *a, *b;

	(void)state;
	assert_ok(admit(t, "10.0.0.1", &a));
	assert_ok(admit(t, "10.0.0.1", &b));
	assert_int_equal(conn_longest_work(t, 5000), 0);
	conn_enter(a, 6000);
	conn_enter(b, 9000);
	assert_int_equal(conn_longest_work(t, 10000), 4000);
	conn_leave(a);
	assert_int_equal(conn_longest_work(t, 70000), 61000);
	conn_remove(t, b);
	assert_int_equal(conn_longest_work(t, 70000), 0);
	conn_remove(t, a);
	conn_table_free(t);
}

static void
test_exempt_addresses_are_not_counted(void **state)
{
	struct conn_table *t = table(10, 1, "10.0.0.0/8");
	struct conn *a, *b, *c, *d;

	(void)state;
	assert_ok(admit(t, "10.0.0.1", &a));
	assert_ok(admit(t, "10.0.0.1", &b));
	assert_ok(admit(t, "11.0.0.1", &c));
	assert_status(admit(t, "11.0.0.1", &d), STATUS_LIMIT);
	conn_remove(t, a);
	conn_remove(t, b);
	conn_remove(t, c);
	conn_table_free(t);
}

/* All replies share 1 MiB, and those of one address a fourth of it. */
static void
test_crowd_that_left_is_noticed_once(void **state)
{
	struct conn_table *t = table(2 * CONN_CROWD, 0, "10.0.0.0/8");
	struct conn *all[CONN_CROWD];
	size_t round, n;

	(void)state;
	for (round = 0; round < 2; round++) {
		for (n = 0; n < CONN_CROWD - 1; n++)
			assert_ok(admit(t, "10.0.0.1", &all[n]));
		assert_false(conn_crowd_has_left(t));
		assert_ok(admit(t, "10.0.0.1", &all[n]));
		while (n > CONN_CROWD / 4)
			conn_remove(t, all[n--]);
		assert_false(conn_crowd_has_left(t));
		conn_remove(t, all[n]);
		assert_true(conn_crowd_has_left(t));
		assert_false(conn_crowd_has_left(t));
		while (n > 0)
			conn_remove(t, all[--n]);
		assert_false(conn_crowd_has_left(t));
	}
	conn_table_free(t);
}

static void
test_large_replies_have_limits(void **state)
{
	/* Small: together, on all connections, half of it. */
	enum {
		CONNECTIONS = 10,
		ALL = 1 << 20,
		SHARE = ALL / CONN_ADDRESS_SHARE,
		SMALL = ALL / 2 / CONNECTIONS
	};
	struct conn_table *t = table(CONNECTIONS, 0, "11.0.0.0/8");
	struct conn *a, *b, *c;

	(void)state;
	conn_table_limit_replies(t, ALL);
	assert_ok(admit(t, "10.0.0.1", &a));
	assert_ok(admit(t, "10.0.0.1", &b));
	assert_ok(admit(t, "11.0.0.1", &c));
	/* An address: to its share, but its first at any size. */
	assert_true(conn_hold_reply(t, a, SHARE - 70000));
	assert_false(conn_hold_reply(t, b, 70001));
	assert_true(conn_hold_reply(t, b, 70000));
	conn_release_reply(t, a);
	conn_release_reply(t, b);
	assert_false(conn_hold_reply(t, a, ALL + 1));
	assert_true(conn_hold_reply(t, a, ALL));
	/* Nobody: over all of it. Small ones always. */
	assert_false(conn_hold_reply(t, c, SMALL + 1));
	assert_true(conn_hold_reply(t, c, SMALL));
	conn_remove(t, a);
	assert_true(conn_hold_reply(t, c, ALL - 70000));
	assert_false(conn_hold_reply(t, b, 70001));
	assert_true(conn_hold_reply(t, b, 70000));
	conn_release_reply(t, b);
	conn_release_reply(t, b);
	assert_false(conn_hold_reply(t, b, 70001));
	conn_remove(t, b);
	conn_remove(t, c);
	conn_table_free(t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ipv6_hosts_count_by_their_64),
		cmocka_unit_test(test_ranges_hold_what_their_bits_say),
		cmocka_unit_test(test_other_texts_are_no_ranges),
		cmocka_unit_test(test_address_has_a_limit_of_its_own),
		cmocka_unit_test(test_all_together_have_a_limit),
		cmocka_unit_test(test_thread_that_hangs_is_seen),
		cmocka_unit_test(test_exempt_addresses_are_not_counted),
		cmocka_unit_test(test_crowd_that_left_is_noticed_once),
		cmocka_unit_test(test_large_replies_have_limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
