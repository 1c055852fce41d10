/* [gossip], and what a [peer] says of it. */
#include "../unit.h"

#include <stdio.h>
#include <string.h>

#include "texts.h"

static void
test_gossip_is_read_for_each_peer(void **state)
{
	struct conf *c =
		conf_of("[server]\nlevel = sks\n"
			"[http]\nlisten = unix:/x 127.0.0.1:1180\n"
			"[gossip]\nlisten = 127.0.0.1:1170 [::1]:1170\n"
			"interval = 5s\n"
			"[peer a]\nhkp = hkp://h\n"
			"[peer b]\ngossip = b.example:11370\n"
			"gossip_from = 192.0.2.0/24 ::1\n"
			"gossip_http = b.example:80\nprivate = yes\n");
	const struct gossip_peer *p;

	(void)state;
	assert_true(gossip_is_used(&c->gossip));
	assert_int_equal(c->gossip.listen_count, 2);
	assert_string_equal(c->gossip.listen[1].host, "::1");
	assert_int_equal(c->gossip.interval_ms, 5000);
	assert_int_equal(c->gossip.idle_ms, 20000);
	assert_int_equal(c->gossip.talk_ms, 300000);
	assert_int_equal(c->gossip.fetch_wait_ms, 1000);
	assert_int_equal(c->gossip.http_port, 1180);
	assert_int_equal(c->gossip.peer_count, 2);
	assert_false(gossip_peer_is_used(&c->gossip.peers[0]));
	p = &c->gossip.peers[1];
	assert_string_equal(p->name, "b");
	assert_string_equal(p->at, "b.example:11370");
	assert_string_equal(p->http, "b.example:80");
	assert_int_equal(p->network_count, 2);
	assert_string_equal(p->networks[1], "::1");
	assert_true(p->is_private);
	assert_false(c->http.peers[0].gossips);
	assert_true(c->http.peers[1].gossips);
	conf_free(c);
}

static void
test_peer_that_only_asks_gossips(void **state)
{
	struct conf *c = conf_of("[peer a]\ngossip_from = 192.0.2.1\n");

	(void)state;
	assert_true(gossip_peer_is_used(&c->gossip.peers[0]));
	assert_true(c->http.peers[0].gossips);
	assert_string_equal(c->http.peers[0].gossip, "");
	conf_free(c);
}

static void
test_gossip_takes_the_port_that_was_said(void **state)
{
	struct conf *c = conf_of("[gossip]\nhttp_port = 80\n");

	(void)state;
	assert_int_equal(c->gossip.http_port, 80);
	assert_false(gossip_is_used(&c->gossip));
	conf_free(c);
}

static void
test_limits_of_a_talk_are_those_of_gossip_or_others(void **state)
{
	struct conf *c = conf_of("[gossip]\nlisten = 127.0.0.1:1170\n");
	struct talk_limits usual = talk_limits_default, *l;

	(void)state;
	assert_memory_equal(&c->gossip.limits, &usual, sizeof(usual));
	conf_free(c);
	c = conf_of("[gossip]\nmax_learned = 101\nmax_requests = 102\n"
		    "max_elements = 1003\nmax_bad_elements = 4\n"
		    "max_answer = 105\nmax_answers = 1MiB\n"
		    "max_unanswered = 6\nsolve_time = 7s\n");
	l = &c->gossip.limits;
	assert_int_equal(l->learned, 101);
	assert_int_equal(l->requests, 102);
	assert_int_equal(l->elements, 1003);
	assert_int_equal(l->bad_elements, 4);
	assert_int_equal(l->full_reply, 105);
	assert_int_equal(l->replies, 1 << 20);
	assert_int_equal(l->outstanding, 6);
	assert_int_equal(l->solve_ms, 7000);
	conf_free(c);
	/* More would fit no message of a partner like us. */
	assert_non_null(
		strstr(refusal_of("[gossip]\nmax_answer = 50001\n").text,
			"max_answer"));
}

static void
test_gossip_that_cannot_be_is_refused(void **state)
{
	(void)state;
	assert_string_equal(refusal_of("[peer x]\ngossip = h\n").text,
		"t:2: gossip: h: expected host:port, [address]:port or "
		"unix:/path");
	assert_non_null(strstr(refusal_of("[peer x]\ngossip = unix:/x\n").text,
		"t:2: [peer x] gossip: gossip has no Unix sockets"));
	assert_non_null(strstr(refusal_of("[gossip]\nlisten = unix:/x\n").text,
		"t:2: [gossip] listen: gossip has no Unix sockets"));
	assert_non_null(strstr(
		refusal_of("[peer x]\ngossip = h:1\ngossip_http = a/b\n").text,
		"t:3: [peer x] gossip_http: 'a/b' is neither HOST:PORT"));
	assert_non_null(strstr(
		refusal_of("[peer x]\nhkp = hkp://h\ngossip_http = a\n").text,
		"t:3: [peer x] gossip_http: the peer has neither"));
	assert_non_null(
		strstr(refusal_of("[peer x]\ngossip_from = 10.0.0.0/33\n").text,
			"t:2: gossip_from: '10.0.0.0/33' is no address"));
}

static void
test_a_profile_is_one_that_can_be_used(void **state)
{
	struct conf *c = conf_of("[server]\nlevel = strict\n"
				 "[gossip]\nlisten = 127.0.0.1:1170\n"
				 "profile = keypost.strict.1\n");

	(void)state;
	conf_free(c);
	assert_non_null(strstr(refusal_of("[gossip]\nlisten = 127.0.0.1:1170\n"
					  "profile = sks-1\n")
				       .text,
		"t:3: [gossip] profile: 'sks-1' is none of: sks-1.1.6 "));
	assert_non_null(strstr(refusal_of("[gossip]\nlisten = 127.0.0.1:1170\n"
					  "profile = keypost.strict.1\n")
				       .text,
		"t:3: [gossip] profile: keypost.strict.1 is for another"));
	assert_non_null(strstr(refusal_of("[gossip]\nlisten = 127.0.0.1:1170\n"
					  "profile = hockeypuck-2.2\n")
				       .text,
		"t:3: [gossip] profile: hockeypuck-2.2 is for Hockeypuck"));
	assert_non_null(strstr(refusal_of("[gossip]\nlisten = 127.0.0.1:1170\n"
					  "filters = a, b\n")
				       .text,
		"t:3: [gossip] filters: names with a comma"));
}

/* Its digests would never be those of SKS. */
static void
test_filters_of_sks_need_its_level(void **state)
{
	static const char wrong[] =
		"[server]\nlevel = clean\n[gossip]\nlisten = 127.0.0.1:1170\n"
		"filters = yminsky.merge\n";
	struct conf *c;
	char text[300];

	(void)state;
	assert_string_equal(refusal_of(wrong).text,
		"t:5: [gossip] filters: only [server] level = sks keeps what "
		"'yminsky.merge' promises: no SKS would ever agree with this "
		"server; set that level, or other filters, or force_filters = "
		"yes");
	snprintf(text, sizeof(text), "%sforce_filters = yes\n", wrong);
	c = conf_of(text);
	assert_true(c->gossip.force_filters);
	conf_free(c);
	/* That forces no list that is none. */
	assert_non_null(strstr(refusal_of("[gossip]\nlisten = 127.0.0.1:1170\n"
					  "force_filters = yes\n"
					  "filters = a, b\n")
				       .text,
		"t:4: [gossip] filters: names with a comma"));
}

/* It is what an sks announces that was begun with an empty folder. */
static void
test_no_filters_are_those_of_sks_too(void **state)
{
	struct conf *c = conf_of("[server]\nlevel = sks\n"
				 "[gossip]\nlisten = 127.0.0.1:1170\n"
				 "filters = none\n");

	(void)state;
	assert_string_equal(c->gossip.filters, "none");
	conf_free(c);
	assert_non_null(strstr(refusal_of("[gossip]\nlisten = 127.0.0.1:1170\n"
					  "filters = none\n")
				       .text,
		"t:3: [gossip] filters: only [server] level = sks keeps what "
		"'none' promises"));
	assert_non_null(strstr(refusal_of("[gossip]\nlisten = 127.0.0.1:1170\n"
					  "filters = ,\n")
				       .text,
		"'none' promises"));
}

static void
assert_doubt(const char *text, const char *want)
{
	struct conf *c = conf_of(text);
	struct err err = {""};

	if (conf_doubt(c, &err) != (want != NULL) ||
		(want != NULL && strstr(err.text, want) == NULL))
		fail_msg("of %s it says '%s'", text, err.text);
	conf_free(c);
}

#define OPEN "[gossip]\nlisten = 127.0.0.1:1170 192.0.2.1:1170\n"

static void
test_partners_that_cannot_fetch_are_worth_a_doubt(void **state)
{
	(void)state;
	assert_doubt(OPEN, "at port 11371, which [http] listen has for this "
			   "host alone: add an address there or, where a "
			   "proxy passes them on, say its port as [gossip] "
			   "http_port");
	assert_doubt("[peer x]\ngossip = sks.example:1170\n", "port 11371");
	assert_doubt("[http]\nlisten = localhost:80 [::1]:80 0.0.0.0:81\n" OPEN,
		"port 80");
	assert_doubt("[http]\nlisten = unix:/x\n" OPEN, "port 0");
}

/* It may be one list for several servers: it is left out, and told. */
static void
test_a_peer_that_is_this_server_is_worth_a_doubt(void **state)
{
	(void)state;
	assert_doubt("[http]\nlisten = 192.0.2.1:11371\n" OPEN
		     "[peer x]\ngossip = sks.example:1170\n"
		     "[peer y]\ngossip = 192.0.2.1:1170\n",
		"peer y: its gossip, 192.0.2.1:1170, is that of this server: "
		"it is left out");
	assert_doubt("[server]\nname = Keys.example\n"
		     "[http]\nlisten = 192.0.2.1:11371\n" OPEN
		     "[peer z]\ngossip = keys.Example:1170\n",
		"peer z: ");
	assert_doubt("[server]\nname = keys.example\n"
		     "[http]\nlisten = 192.0.2.1:11371\n" OPEN
		     "[peer z]\ngossip = keys.example:1171\n"
		     "[peer y]\ngossip = 192.0.2.2:1170\n",
		NULL);
}

static void
test_those_that_can_are_not(void **state)
{
	(void)state;
	assert_doubt("", NULL);
	assert_doubt("[gossip]\nlisten = 127.0.0.1:1170 [::1]:1170\n"
		     "[peer x]\ngossip = localhost:1171\n",
		NULL);
	assert_doubt("[http]\nlisten = 127.0.0.1:80 [::]:80\n" OPEN, NULL);
	/* A proxy stands before us. */
	assert_doubt(OPEN "http_port = 11371\n", NULL);
	assert_doubt("[http]\ntrusted_proxies = 127.0.0.1\n" OPEN, NULL);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_gossip_is_read_for_each_peer),
		cmocka_unit_test(test_peer_that_only_asks_gossips),
		cmocka_unit_test(test_gossip_takes_the_port_that_was_said),
		cmocka_unit_test(
			test_limits_of_a_talk_are_those_of_gossip_or_others),
		cmocka_unit_test(test_gossip_that_cannot_be_is_refused),
		cmocka_unit_test(test_a_profile_is_one_that_can_be_used),
		cmocka_unit_test(test_filters_of_sks_need_its_level),
		cmocka_unit_test(test_no_filters_are_those_of_sks_too),
		cmocka_unit_test(
			test_partners_that_cannot_fetch_are_worth_a_doubt),
		cmocka_unit_test(
			test_a_peer_that_is_this_server_is_worth_a_doubt),
		cmocka_unit_test(test_those_that_can_are_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
