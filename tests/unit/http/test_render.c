/* Promises about the forms of the statistics, with states nobody was in. */
#include "tests/unit/unit.h"

#include <jansson.h>
#include <string.h>

#include "http/state/render.h"
#include "tests/unit/http/made_up.h"

static struct site_state state;
static struct state_peer peers[64];

static int
fresh(void **unused)
{
	(void)unused;
	made_up_state(&state);
	return 0;
}

static const char *
text_at(json_t *o, const char *list, size_t i, const char *key)
{
	json_t *e = json_array_get(json_object_get(o, list), i);
	const char *text = json_string_value(json_object_get(e, key));

	assert_non_null(text);
	return text;
}

/* ---- JSON ------------------------------------------------------------- */

static void
test_json_has_every_field_with_its_type(void **unused)
{
	static const struct {
		const char *key;
		json_type type;
	} fields[] = {{"software", JSON_STRING}, {"version", JSON_STRING},
		{"hostname", JSON_STRING}, {"nodename", JSON_STRING},
		{"now", JSON_STRING}, {"total", JSON_INTEGER},
		{"numkeys", JSON_INTEGER}, {"contact", JSON_STRING},
		{"server_contact", JSON_STRING}, {"httpAddr", JSON_STRING},
		{"reconAddr", JSON_STRING}, {"queryConfig", JSON_OBJECT},
		{"peers", JSON_ARRAY}, {"pksTargets", JSON_ARRAY},
		{"mailsync", JSON_OBJECT}, {"hourly", JSON_ARRAY},
		{"daily", JSON_ARRAY}};
	json_t *o, *q;
	size_t i;

	(void)unused;
	o = made_up_json(&state);
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (json_typeof(json_object_get(o, fields[i].key)) !=
			fields[i].type)
			fail_msg("%s has another type", fields[i].key);
	q = json_object_get(o, "queryConfig");
	assert_true(json_is_boolean(json_object_get(q, "selfSignedOnly")));
	assert_true(
		json_is_boolean(json_object_get(q, "keywordSearchDisabled")));
	assert_true(
		json_is_boolean(json_object_get(q, "enableInexactMatching")));
	assert_string_equal(json_string_value(json_object_get(o, "now")),
		"2026-11-22T10:00:00Z");
	assert_string_equal(json_string_value(json_object_get(o, "reconAddr")),
		"keys.example.org:11370");
	assert_int_equal(
		json_integer_value(json_object_get(o, "numkeys")), 6123456);
	json_decref(o);
}

static void
test_json_of_a_gossip_peer(void **unused)
{
	static const char *const texts[] = {"name", "httpAddr", "reconAddr",
		"statsPath", "lastIncomingRecon", "lastIncomingError",
		"lastOutgoingRecon", "lastOutgoingError", "reconStatus",
		"lastRecovery", "lastRecoveryError", "recoveryStatus"};
	json_t *o;
	size_t i;

	(void)unused;
	made_up_peers(&state, peers, 2);
	peers[1].gossip = "2001:db8::1";
	peers[0].lacking = 1234;
	o = made_up_json(&state);
	assert_int_equal(json_array_size(json_object_get(o, "peers")), 1);
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		(void)text_at(o, "peers", 0, texts[i]);
	assert_string_equal(
		text_at(o, "peers", 0, "reconAddr"), "keys0.example.net:11370");
	assert_string_equal(
		text_at(o, "peers", 0, "httpAddr"), "keys0.example.net:11371");
	assert_string_equal(
		text_at(o, "peers", 0, "statsPath"), "/pks/lookup?op=stats");
	assert_string_equal(text_at(o, "peers", 0, "reconStatus"), "OK");
	assert_string_equal(
		text_at(o, "peers", 0, "recoveryStatus"), "Starting");
	assert_string_equal(
		text_at(o, "peers", 0, "lastRecovery"), "0001-01-01T00:00:00Z");
	assert_int_equal(json_integer_value(json_object_get(
				 json_array_get(json_object_get(o, "peers"), 0),
				 "lacking")),
		1234);
	assert_null(json_object_get(
		json_array_get(json_object_get(o, "peers"), 0), "masked"));
	json_decref(o);
	peers[0].in.error = "broke off";
	peers[0].out.error = "not reached";
	peers[0].out.time = 0;
	o = made_up_json(&state);
	assert_string_equal(
		text_at(o, "peers", 0, "lastIncomingError"), "broke off");
	assert_string_equal(
		text_at(o, "peers", 0, "lastOutgoingError"), "not reached");
	/* The last talk went well all the same. */
	assert_string_equal(text_at(o, "peers", 0, "reconStatus"), "OK");
	json_decref(o);
	peers[0].gossip_word = GOSSIP_WORD_BROKE;
	o = made_up_json(&state);
	assert_string_equal(text_at(o, "peers", 0, "reconStatus"), "Error");
	json_decref(o);
	peers[0].recovery.error = "not reached";
	o = made_up_json(&state);
	assert_string_equal(
		text_at(o, "peers", 0, "lastRecoveryError"), "not reached");
	assert_string_equal(text_at(o, "peers", 0, "recoveryStatus"), "Error");
	json_decref(o);
	peers[0].masked = true;
	o = made_up_json(&state);
	assert_true(json_is_true(json_object_get(
		json_array_get(json_object_get(o, "peers"), 0), "masked")));
	json_decref(o);
}

static void
test_json_of_mail_peers(void **unused)
{
	json_t *o, *sync, *list;

	(void)unused;
	made_up_peers(&state, peers, 5);
	peers[1].push = "hkp://keys1.example.net:11371";
	peers[1].waiting = 5;
	peers[2].mend.letters = 2;
	peers[2].mend.octets = 4711;
	o = made_up_json(&state);
	assert_int_equal(json_array_size(json_object_get(o, "pksTargets")), 5);
	assert_string_equal(text_at(o, "pksTargets", 0, "addr"),
		"mailto:p****s@keys0.example.net");
	/* Fed, and sent no letters. */
	assert_string_equal(text_at(o, "pksTargets", 1, "addr"),
		"hkp://keys1.example.net:11371");
	assert_string_equal(text_at(o, "pksTargets", 2, "lastError"),
		"Its mail relay does not answer");
	/* The fifth is stopped. */
	list = json_object_get(o, "pksTargets");
	assert_true(json_is_true(
		json_object_get(json_array_get(list, 0), "active")));
	assert_true(json_is_false(
		json_object_get(json_array_get(list, 4), "active")));
	sync = json_object_get(o, "mailsync");
	assert_string_equal(json_string_value(json_object_get(sync, "address")),
		"p****s@keys.example.org");
	assert_int_equal(json_array_size(json_object_get(sync, "peers")), 5);
	assert_string_equal(text_at(sync, "peers", 1, "direction"), "in");
	assert_string_equal(text_at(sync, "peers", 2, "direction"), "both");
	assert_string_equal(text_at(sync, "peers", 4, "direction"), "in");
	list = json_array_get(json_object_get(sync, "peers"), 2);
	assert_int_equal(
		json_integer_value(json_object_get(list, "queued")), 1236);
	assert_int_equal(
		json_integer_value(json_object_get(list, "lettersWaiting")), 2);
	assert_int_equal(
		json_integer_value(json_object_get(list, "octetsWaiting")),
		4711);
	/* Who is fed lags as well. */
	list = json_array_get(json_object_get(o, "pksTargets"), 1);
	assert_int_equal(
		json_integer_value(json_object_get(list, "queued")), 5);
	json_decref(o);
}

static void
test_histograms_are_told_oldest_first(void **unused)
{
	json_t *o;

	(void)unused;
	made_up_changes(&state, 3000);
	o = made_up_json(&state);
	assert_int_equal(json_array_size(json_object_get(o, "hourly")), 48);
	assert_int_equal(json_array_size(json_object_get(o, "daily")), 30);
	assert_string_equal(
		text_at(o, "daily", 29, "Time"), "2026-11-22T00:00:00Z");
	assert_string_equal(
		text_at(o, "hourly", 47, "Time"), "2026-11-22T10:00:00Z");
	json_decref(o);
	/* What is not known is not zero. */
	state.counted_since = MADE_UP_NOW - 3 * 86400;
	o = made_up_json(&state);
	assert_int_equal(json_array_size(json_object_get(o, "daily")), 4);
	json_decref(o);
}

/* ---- HTML ------------------------------------------------------------- */

static void
test_html_is_what_scrapers_expect(void **unused)
{
	static const char *const once[] = {"<h2>Settings</h2>",
		"<h2>Gossip Peers</h2>", "<h2>Outgoing Mailsync Peers</h2>",
		"<h2>Statistics</h2>", "<h3>Daily Histogram</h3>",
		"<h3>Hourly Histogram</h3>"};
	struct buf b;
	char *html;

	(void)unused;
	made_up_peers(&state, peers, 4);
	html = made_up_html(&state, &b);
	assert_non_null(strstr(html, "\n<h2>Settings</h2>\n<table>\n"
				     "<tr><td>Hostname:</td><td>"
				     "keys.example.org</td></tr>\n"));
	assert_non_null(strstr(html, "<tr><td>Recon port:</td><td>11370"
				     "</td></tr>\n"));
	assert_non_null(strstr(html, "\n<h2>Gossip Peers</h2>\n"
				     "<table summary=\"Gossip Peers\">\n"
				     "<tr><td>keys0.example.net 11370"
				     "</td></tr>\n"
				     "<tr><td>keys3.example.net 11370"
				     "</td></tr>\n</table>\n"));
	assert_non_null(strstr(html, "\n<h2>Outgoing Mailsync Peers</h2>\n"
				     "<table summary=\"Mailsync Peers\">\n"
				     "<tr><td>p****s@keys0.example.net"
				     "</td></tr>\n"));
	assert_non_null(strstr(html, "\n<h2>Statistics</h2><p>Total number of "
				     "keys: 6123456</p>\n"));
	for (size_t i = 0; i < sizeof(once) / sizeof(once[0]); i++)
		assert_int_equal(made_up_times(html, once[i]), 1);
	/* Whoever looks for its table next to it must find one. */
	assert_int_equal(made_up_times(html, "</h3>\n<table"), 2);
	assert_non_null(strstr(html, "<tr><td>2026-11-22</td><td>0</td>"
				     "<td>0</td></tr>\n"));
	assert_non_null(strstr(html, "<tr><td>2026-11-22 10</td><td>0</td>"
				     "<td>0</td></tr>\n"));
	assert_non_null(strstr(html, "6,123,456 certificates"));
	buf_done(&b);
}

static void
test_page_tells_people_how_peers_are(void **unused)
{
	struct buf b;
	char *html;

	(void)unused;
	made_up_peers(&state, peers, 8);
	html = made_up_html(&state, &b);
	assert_non_null(strstr(html, "1,236 changes, the oldest 3 hours old"));
	assert_non_null(strstr(html, "4 attempts in a row failed. The next is "
				     "in 10 minutes."));
	assert_non_null(strstr(html, ">5 minutes ago</time>"));
	assert_non_null(strstr(html, "Paused by the operator"));
	assert_non_null(
		strstr(html, "Stopped: the operator has to look at it."));
	assert_non_null(strstr(html, "Up to date."));
	assert_non_null(strstr(html, "Addresses are shown in part."));
	buf_done(&b);
	state.mail_shown = true;
	assert_null(strstr(
		made_up_html(&state, &b), "Addresses are shown in part."));
	buf_done(&b);
	state.peer_count = 0;
	html = made_up_html(&state, &b);
	assert_non_null(strstr(html, "This server has no peers"));
	buf_done(&b);
}

static void
test_page_is_honest_about_what_was_not_counted(void **unused)
{
	struct buf b;

	(void)unused;
	assert_null(strstr(made_up_html(&state, &b), "Counted since"));
	buf_done(&b);
	state.counted_since = MADE_UP_NOW - 3600;
	state.uncounted = 1000;
	state.missed = 1;
	assert_non_null(strstr(made_up_html(&state, &b), "Counted since"));
	assert_non_null(strstr((char *)b.data, "Still being counted: 1,000;"));
	assert_non_null(strstr(
		(char *)b.data, "Changes that could not be counted: 1."));
	buf_done(&b);
}

int
main(void)
{
#define PROMISE(f) cmocka_unit_test_setup(f, fresh)
	const struct CMUnitTest tests[] = {
		PROMISE(test_json_has_every_field_with_its_type),
		PROMISE(test_json_of_a_gossip_peer),
		PROMISE(test_json_of_mail_peers),
		PROMISE(test_histograms_are_told_oldest_first),
		PROMISE(test_html_is_what_scrapers_expect),
		PROMISE(test_page_tells_people_how_peers_are),
		PROMISE(test_page_is_honest_about_what_was_not_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
