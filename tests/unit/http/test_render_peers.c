/* Promises about what the statistics tell of repair, gossip and the canary. */
#include "tests/unit/unit.h"

#include <jansson.h>
#include <string.h>

#include "http/state/format.h"
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
row_of(const char *html, const char *caption, const char *peer)
{
	const char *table = strstr(html, caption);

	assert_non_null(table);
	table = strstr(table, peer);
	assert_non_null(table);
	return table;
}

/* The row has it, and not only the next one. */
static bool
row_says(const char *row, const char *text)
{
	const char *end = strstr(row, "</tr>"), *at = strstr(row, text);

	return at != NULL && at < end;
}

static void
test_page_tells_what_letters_lost(void **unused)
{
	struct buf b;
	const char *html, *row;

	(void)unused;
	made_up_peers(&state, peers, 8);
	html = made_up_html(&state, &b);
	assert_non_null(strstr(html, "Mail loses letters now and then."));
	row = row_of(html, "What letters lost", "peer-0");
	assert_true(row_says(row, ">nothing</td>"));
	assert_true(row_says(row, ">1 hour ago</time>: the same</td>"));
	row = row_of(html, "What letters lost", "peer-1");
	assert_true(row_says(row, ">3 gaps, 1 asked for</td>"));
	assert_true(row_says(row, "</time>: not the same; "));
	row = row_of(html, "What letters lost", "peer-3");
	assert_true(row_says(row, ">not known: its letters do not tell</td>"));
	assert_true(row_says(row, ">never</td>"));
	row = row_of(html, "What letters lost", "peer-7");
	assert_true(row_says(row, ">everything; 25 % is done</td>"));
	buf_done(&b);
	/* Without mail nothing can be lost. */
	peers[0].mail = "";
	state.peer_count = 1;
	assert_null(strstr(made_up_html(&state, &b), "What letters lost"));
	buf_done(&b);
}

static void
test_page_tells_how_soon_others_serve(void **unused)
{
	static const char caption[] = "How soon others serve";
	struct buf b;
	const char *html, *row;

	(void)unused;
	made_up_peers(&state, peers, 8);
	html = made_up_html(&state, &b);
	row = row_of(html, caption, "peer-0");
	assert_true(row_says(row, ">2 hours ago</time></td>"));
	assert_true(row_says(row, ">1 minute</td>"));
	row = row_of(html, caption, "peer-1");
	assert_true(row_says(row, ">never</td>"));
	assert_true(row_says(row, ">not known</td>"));
	assert_null(strstr(row, "peer-2<"));
	buf_done(&b);
	peers[0].canary = peers[1].canary = false;
	assert_null(strstr(made_up_html(&state, &b), caption));
	buf_done(&b);
}

/* Neither its row nor that it is no matter of letters was told once. */
static void
test_page_tells_of_who_is_fed(void **unused)
{
	static const char caption[] = "Servers that we feed over HTTP";
	struct buf b;
	const char *html, *row;

	(void)unused;
	made_up_peers(&state, peers, 3);
	assert_null(strstr(made_up_html(&state, &b), caption));
	buf_done(&b);
	peers[1].push = "hkp://keys1.example.net";
	peers[2].push = "vks://keys2.example.net";
	peers[2].mail = "";
	peers[2].error_code = 503;
	html = made_up_html(&state, &b);
	/* A crawler of the page sees the same lines as one of the JSON. */
	assert_non_null(strstr(html, "<tr><td>p****s@keys0.example.net<"));
	assert_null(strstr(html, "<tr><td>p****s@keys1.example.net<"));
	row = row_of(html, caption, "peer-1");
	assert_true(row_says(row, ">12 changes, the oldest 20 seconds old<"));
	assert_true(row_says(row, ">Well; what waits goes next.<"));
	row = row_of(html, caption, "peer-2");
	assert_true(row_says(row, ">It answers with HTTP status 503. "));
	row = row_of(html, "Servers we exchange letters with", "peer-0");
	assert_true(strstr(row, "peer-1") > strstr(row, "What letters lost"));
	row = row_of(html, "What letters lost", "peer-0");
	assert_true(strstr(row, "peer-1") > strstr(row, caption));
	buf_done(&b);
	peers[2].error_code = FORMAT_NO_CODE;
	row = row_of(made_up_html(&state, &b), caption, "peer-2");
	assert_true(row_says(row, ">It is not reached. "));
	buf_done(&b);
}

static void
test_page_tells_that_gossip_is_only_begun(void **unused)
{
	static const char only[] = "this server begins gossip, and nobody";
	struct buf b;

	(void)unused;
	assert_null(strstr(made_up_html(&state, &b), "Recon port 0:"));
	buf_done(&b);
	state.recon_port = 0;
	assert_non_null(strstr(
		made_up_html(&state, &b), "this server does not gossip."));
	assert_null(strstr((char *)b.data, only));
	buf_done(&b);
	state.gossips = true;
	assert_non_null(strstr(made_up_html(&state, &b), only));
	buf_done(&b);
}

static void
test_page_tells_how_gossip_stands(void **unused)
{
	static const struct {
		enum gossip_word word;
		const char *why, *said;
	} rows[] = {
		{GOSSIP_WORD_OFF, "", ">gossip is off here</span>"},
		{GOSSIP_WORD_NONE, "", ">no gossip yet</span>"},
		{GOSSIP_WORD_FAILING, "", "trouble\">not reached</span>"},
		{GOSSIP_WORD_UNFETCHED, "", "trouble\">fetching fails</span>"},
		{GOSSIP_WORD_BEHIND, "", "fine\">has what we lack: 7</span>"},
		{GOSSIP_WORD_FINE, "", "fine\">up to date</span>"},
		{GOSSIP_WORD_DIFFERS, "",
			"trouble\">its configuration differs</span>"},
		{GOSSIP_WORD_DIFFERS, "only there: <b>",
			"trouble\">its configuration differs: <span "
			"lang=\"en\">only there: &lt;b&gt;</span></span>"},
	};
	struct buf b;

	(void)unused;
	made_up_peers(&state, peers, 1);
	peers[0].lacking = 7;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		peers[0].gossip_word = rows[i].word;
		peers[0].gossip_why = rows[i].why;
		assert_true(
			row_says(row_of(made_up_html(&state, &b),
					 "Servers we gossip with", "peer-0"),
				rows[i].said));
		buf_done(&b);
	}
}

static void
test_page_tells_which_way_fails(void **unused)
{
	static const char caption[] = "Servers we gossip with";
	static const char never[] = "data-label=\"We asked it:\">never";
	static const char failed[] = "data-label=\"We asked it:\">never<br>"
				     "<span class=\"trouble\">not reached<";
	struct buf b;
	const char *row;

	(void)unused;
	made_up_peers(&state, peers, 1);
	peers[0].out.time = 0;
	peers[0].out.word = GOSSIP_WORD_FAILING;
	row = row_of(made_up_html(&state, &b), caption, "peer-0");
	assert_true(row_says(row, failed));
	assert_true(row_says(row, "fine\">up to date<"));
	buf_done(&b);
	/* Said once is enough. */
	peers[0].gossip_word = GOSSIP_WORD_FAILING;
	row = row_of(made_up_html(&state, &b), caption, "peer-0");
	assert_true(row_says(row, never));
	assert_false(row_says(row, failed));
	buf_done(&b);
}

/* Its operator looks for it; nobody else has to know of it. */
static void
test_this_server_itself_is_said_to_be_so(void **unused)
{
	struct buf b;
	struct page p;
	struct err err;
	json_t *o;

	(void)unused;
	made_up_peers(&state, peers, 1);
	peers[0].gossip = "";
	peers[0].mail = "";
	peers[0].gossip_word = GOSSIP_WORD_SELF;
	state.peer_count = 0;
	state.self_count = 1;
	assert_true(row_says(row_of(made_up_html(&state, &b),
				     "Servers we gossip with", "peer-0"),
		">this server itself: its address is our own<"));
	assert_non_null(strstr((char *)b.data, "This server has no peers"));
	assert_null(strstr((char *)b.data, "<tr><td>keys0"));
	buf_done(&b);
	o = made_up_json(&state);
	assert_int_equal(json_array_size(json_object_get(o, "peers")), 0);
	json_decref(o);
	page_init(&p, 1 << 20);
	render_graph(&state, false, &p);
	made_up_take(&p, &b);
	assert_null(strstr((char *)b.data, "<rect class=\"box\""));
	buf_done(&b);
	assert_ok(render_dot(&state, &b, &err));
	assert_ok(buf_put_u8(&b, '\0'));
	assert_null(strstr((char *)b.data, "->"));
	buf_done(&b);
}

static void
test_json_tells_what_letters_lost(void **unused)
{
	json_t *o, *list, *one;

	(void)unused;
	made_up_peers(&state, peers, 8);
	o = made_up_json(&state);
	list = json_object_get(json_object_get(o, "mailsync"), "peers");
	one = json_object_get(json_array_get(list, 1), "repair");
	assert_true(json_is_true(json_object_get(one, "speaks")));
	assert_int_equal(json_integer_value(json_object_get(one, "gaps")), 3);
	assert_int_equal(
		json_integer_value(json_object_get(one, "gapsAsked")), 1);
	assert_string_equal(
		json_string_value(json_object_get(one, "lastAgreed")),
		"2026-11-22T09:00:00Z");
	assert_string_equal(
		json_string_value(json_object_get(one, "lastDiffered")),
		"2026-11-22T09:59:00Z");
	one = json_object_get(json_array_get(list, 7), "repair");
	assert_true(json_is_false(json_object_get(one, "speaks")));
	assert_int_equal(
		json_integer_value(json_object_get(one, "resyncLeft")), 6000);
	assert_int_equal(
		json_integer_value(json_object_get(one, "resyncOf")), 8000);
	json_decref(o);
}

int
main(void)
{
#define PROMISE(f) cmocka_unit_test_setup(f, fresh)
	const struct CMUnitTest tests[] = {
		PROMISE(test_page_tells_what_letters_lost),
		PROMISE(test_page_tells_how_soon_others_serve),
		PROMISE(test_page_tells_of_who_is_fed),
		PROMISE(test_page_tells_that_gossip_is_only_begun),
		PROMISE(test_page_tells_how_gossip_stands),
		PROMISE(test_page_tells_which_way_fails),
		PROMISE(test_this_server_itself_is_said_to_be_so),
		PROMISE(test_json_tells_what_letters_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
