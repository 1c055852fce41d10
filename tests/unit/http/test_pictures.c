/* Promises about the pictures of the statistics. */
#include "tests/unit/unit.h"

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

static char *
as_svg(struct buf *b, bool graph, bool narrow)
{
	struct page p;

	page_init(&p, 1 << 20);
	if (graph)
		render_graph(&state, narrow, &p);
	else
		render_chart(&state, &state.days, narrow, &p);
	made_up_take(&p, b);
	return (char *)b->data;
}

static char *
as_dot(struct buf *b)
{
	struct err err = {""};

	memset(b, 0, sizeof(*b));
	assert_ok(render_dot(&state, b, &err));
	assert_ok(buf_put_u8(b, '\0'));
	return (char *)b->data;
}

static void
test_names_are_escaped_everywhere(void **unused)
{
	struct buf b;

	(void)unused;
	made_up_peers(&state, peers, 1);
	peers[0].host = peers[0].name = "<b>&\"\\x";
	peers[0].gossip = "a\"b\\c";
	assert_null(strstr(made_up_html(&state, &b), "<b>&\""));
	assert_non_null(strstr((char *)b.data, "&lt;b&gt;&amp;&quot;"));
	buf_done(&b);
	assert_null(strstr(as_svg(&b, true, false), "<b>"));
	buf_done(&b);
	assert_non_null(strstr(as_dot(&b), "\"a\\\"b\\\\c:11370\""));
	buf_done(&b);
}

static void
test_chart_says_in_words_what_it_shows(void **unused)
{
	struct buf b;
	char *svg;

	(void)unused;
	made_up_changes(&state, 3000);
	svg = as_svg(&b, false, false);
	assert_non_null(strstr(svg, "<title id=\"t\">Changes a day</title>"));
	assert_non_null(strstr(svg, "<desc id=\"d\">In all "));
	assert_non_null(strstr(svg, "prefers-color-scheme:dark"));
	assert_int_equal(made_up_times(svg, "<rect class=\"new\""), 30 + 1);
	assert_int_equal(made_up_times(svg, "<rect class=\"upd\""), 30 + 1);
	assert_non_null(strstr(svg, ">2,000</text>"));
	assert_non_null(strstr(svg, ">22 Nov</text>"));
	assert_null(strstr(svg, "not counted"));
	buf_done(&b);
	state.counted_since = MADE_UP_NOW - 9 * 86400;
	svg = as_svg(&b, false, false);
	assert_non_null(strstr(svg, "not counted"));
	assert_int_equal(made_up_times(svg, "<rect class=\"new\""), 10 + 1);
	buf_done(&b);
}

static void
test_graph_shows_fifty_peers_and_counts_the_rest(void **unused)
{
	struct buf b;
	char *svg;

	(void)unused;
	made_up_peers(&state, peers, 60);
	svg = as_svg(&b, true, false);
	assert_int_equal(
		made_up_times(svg, "<rect class=\"box\""), RENDER_PEERS_MAX);
	assert_non_null(strstr(svg, "and 10 more"));
	/* Dashed for mail, solid for gossip, an arrow at both ends. */
	assert_int_equal(made_up_times(svg, "<path class=\"edge mail"), 50 + 1);
	assert_int_equal(made_up_times(svg, "<path class=\"edge\""),
		made_up_times(svg, "<path class=\"edge\" marker-start") + 1);
	/* But to who is stopped or paused nothing goes: two of each eight. */
	assert_int_equal(made_up_times(svg, " marker-end="),
		made_up_times(svg, " marker-start=") - 2 * 6);
	assert_non_null(strstr(svg, ">1,236 waiting, oldest 3 hours</text>"));
	buf_done(&b);
}

/* A peer that gossips and nothing else. */
static void
gossips(enum gossip_word word, int64_t in, int64_t fetched, int64_t lacking)
{
	made_up_peers(&state, peers, 1);
	peers[0].mail = "";
	peers[0].out.time = 0;
	peers[0].in.time = in;
	peers[0].recovery.time = fetched;
	peers[0].gossip_word = word;
	peers[0].lacking = lacking;
}

/* An arrow at whoever takes; its line in each of both pictures. */
static void
is_drawn(const char *svg_line, size_t here, size_t there, const char *svg_word,
	const char *dot_line)
{
	struct buf b;
	char *text = as_svg(&b, true, false);

	assert_non_null(strstr(text, svg_line));
	assert_int_equal(made_up_times(text, " marker-start="), here);
	assert_int_equal(made_up_times(text, " marker-end="), there);
	assert_non_null(strstr(text, svg_word));
	buf_done(&b);
	text = as_dot(&b);
	if (strstr(text, dot_line) == NULL)
		fail_msg("no %s in %s", dot_line, text);
	buf_done(&b);
	text = made_up_html(&state, &b);
	assert_non_null(strstr(text, "data-label=\"State:\"><span"));
	buf_done(&b);
}

static void
test_gossip_is_drawn_with_its_direction_and_state(void **unused)
{
	(void)unused;
	gossips(GOSSIP_WORD_OFF, 0, 0, 0);
	is_drawn("<path class=\"edge idle\" d=", 0, 0, ">gossip is off here<",
		"[dir=none, color=gray, label=\"gossip is off\"]");
	gossips(GOSSIP_WORD_NONE, 0, 0, 0);
	is_drawn("<path class=\"edge idle\" d=", 0, 0, ">no gossip yet<",
		"[dir=none, color=gray, label=\"no gossip yet\"]");
	gossips(GOSSIP_WORD_FINE, MADE_UP_NOW - 60, 0, 0);
	is_drawn("<path class=\"edge\" marker-end", 0, 1, ">up to date<",
		"[dir=forward]");
	gossips(GOSSIP_WORD_BEHIND, 0, MADE_UP_NOW - 60, 1234);
	is_drawn("<path class=\"edge late\" marker-start", 1, 0,
		">1,234 to fetch<", "[dir=back, label=\"1,234 to fetch\"]");
	gossips(GOSSIP_WORD_FAILING, MADE_UP_NOW - 60, MADE_UP_NOW - 60, 0);
	is_drawn("<path class=\"edge late\" marker-start", 1, 1,
		">not reached<", "[dir=none, label=\"not reached\"]");
	gossips(GOSSIP_WORD_UNFETCHED, MADE_UP_NOW - 60, 0, 0);
	is_drawn("<path class=\"edge late\" marker-end", 0, 1,
		">fetching fails<", "[dir=forward, label=\"fetching fails\"]");
	gossips(GOSSIP_WORD_BROKE, 0, 0, 0);
	is_drawn("<path class=\"edge idle late\" d=", 0, 0, ">broke off<",
		"[dir=none, color=gray, label=\"broke off\"]");
	gossips(GOSSIP_WORD_DIFFERS, 0, 0, 0);
	is_drawn("<path class=\"edge idle late\" d=", 0, 0,
		">its configuration differs<",
		"[dir=none, color=gray, label=\"configuration differs\"]");
}

/* Where something is taken a tip keeps off the box; else nothing does. */
static void
test_lines_reach_the_boxes(void **unused)
{
	struct buf b;
	char *svg;

	(void)unused;
	gossips(GOSSIP_WORD_DIFFERS, 0, 0, 0);
	svg = as_svg(&b, true, false);
	assert_non_null(strstr(svg, "idle late\" d=\"M441 40C376 40 "));
	assert_non_null(strstr(svg, " 311 40\""));
	buf_done(&b);
	svg = as_svg(&b, true, true);
	assert_non_null(strstr(svg, "idle late\" d=\"M40 66V98\""));
	/* It begins at the box, so that a dash is there. */
	assert_non_null(
		strstr(svg, "idle late\" d=\"M66 108H50Q40 108 40 98\""));
	buf_done(&b);
	gossips(GOSSIP_WORD_FINE, MADE_UP_NOW - 60, MADE_UP_NOW - 60, 0);
	svg = as_svg(&b, true, false);
	assert_non_null(strstr(svg, " d=\"M318 40C376 40 "));
	assert_non_null(strstr(svg, " 434 40\""));
	buf_done(&b);
	svg = as_svg(&b, true, true);
	assert_int_equal(made_up_times(svg, " marker-start="), 2);
	assert_non_null(strstr(svg, " d=\"M32 73V98\""));
	assert_non_null(strstr(svg, " d=\"M59 108H42"));
	buf_done(&b);
}

/* The picture of one that letters go to, too. */
static char *
bridge(enum peer_word mail, enum gossip_word gossip, struct buf *b)
{
	made_up_peers(&state, peers, 1);
	peers[0].word = mail;
	peers[0].gossip_word = gossip;
	peers[0].lacking = 1234;
	return as_svg(b, true, false);
}

static void
test_mail_and_gossip_of_one_peer_do_not_hide_each_other(void **unused)
{
	struct buf b;
	char *svg;

	(void)unused;
	svg = bridge(PEER_WORD_FINE, GOSSIP_WORD_FINE, &b);
	assert_int_equal(made_up_times(svg, ">up to date<"), 1);
	assert_non_null(strstr(svg, ": 1; behind: 0."));
	assert_null(strstr(svg, " late\""));
	buf_done(&b);
	svg = bridge(PEER_WORD_FINE, GOSSIP_WORD_BEHIND, &b);
	assert_non_null(strstr(svg, ">up to date<"));
	assert_non_null(strstr(svg, ">gossip: 1,234 to fetch<"));
	assert_non_null(strstr(svg, "<path class=\"edge late\""));
	assert_null(strstr(svg, "<path class=\"edge mail late\""));
	assert_non_null(strstr(svg, ": 1; behind: 1."));
	buf_done(&b);
	svg = bridge(PEER_WORD_STOPPED, GOSSIP_WORD_FINE, &b);
	assert_non_null(strstr(svg, "<text class=\"bad\" "));
	assert_non_null(strstr(svg, ">stopped<"));
	assert_null(strstr(svg, ">gossip: "));
	assert_non_null(strstr(svg, "<path class=\"edge mail late\""));
	assert_null(strstr(svg, "<path class=\"edge late\""));
	buf_done(&b);
	svg = bridge(PEER_WORD_RETRYING, GOSSIP_WORD_DIFFERS, &b);
	assert_non_null(strstr(svg, ">not reached<"));
	assert_non_null(strstr(svg, ">gossip: other settings<"));
	assert_int_equal(made_up_times(svg, "<text class=\"warn\" "), 2);
	buf_done(&b);
	svg = bridge(PEER_WORD_FINE, GOSSIP_WORD_FAILING, &b);
	assert_int_equal(made_up_times(svg, "<text class=\"warn\" "), 1);
	assert_non_null(strstr(svg, ">gossip: not reached<"));
	buf_done(&b);
}

/* Nobody knows where it is: it has gossip_from and nothing else. */
static void
test_who_only_asks_is_drawn_too(void **unused)
{
	struct buf b;

	(void)unused;
	gossips(GOSSIP_WORD_FINE, MADE_UP_NOW - 60, 0, 0);
	peers[0].gossips = true;
	peers[0].gossip = "";
	peers[0].host = peers[0].name;
	is_drawn("<path class=\"edge\" marker-end", 0, 1, ">up to date<",
		"-> \"peer-0\" [dir=forward]");
	assert_non_null(strstr(
		made_up_html(&state, &b), "<tr><th scope=\"row\">peer-0</th>"));
	assert_null(strstr((char *)b.data, "<tr><td>peer-0"));
	buf_done(&b);
	peers[0].mail = "p****s@keys0.example.net";
	assert_non_null(strstr(as_dot(&b),
		"-> \"mailto:p****s@keys0.example.net\" [dir=forward]"));
	buf_done(&b);
}

static void
test_who_is_fed_has_a_dotted_line_one_way(void **unused)
{
	struct buf b;
	char *text;

	(void)unused;
	made_up_peers(&state, peers, 3);
	peers[2].mail = "";
	peers[2].push = "hkp://keys2.example.net";
	state.peers += 2; /* it alone, which is not reached */
	state.peer_count = 1;
	text = as_svg(&b, true, false);
	assert_non_null(strstr(text, ">keys2.example.net<"));
	assert_non_null(strstr(text, "<path class=\"edge push late\" "
				     "marker-end=\"url(#latetip)\" d="));
	assert_non_null(strstr(text, ">1,236 waiting, oldest 3 hours<"));
	buf_done(&b);
	assert_non_null(
		strstr(as_dot(&b), "-> \"hkp://keys2.example.net\" "
				   "[style=dotted, label=\"1,236 waiting\"]"));
	buf_done(&b);
	/* Its letters are taken, and none is sent. */
	peers[2].mail = "p****s@keys2.example.net";
	text = as_svg(&b, true, false);
	assert_non_null(strstr(text, "<path class=\"edge mail\" "
				     "marker-start=\"url(#tip)\" d="));
	buf_done(&b);
	assert_non_null(strstr(as_dot(&b), "[dir=back, style=dashed]"));
	buf_done(&b);
}

static void
test_dot_is_sorted_and_limited(void **unused)
{
	char name[1001], *dot, *line, *next;
	struct buf b;

	(void)unused;
	memset(name, 'x', 1000);
	name[1000] = '\0';
	made_up_peers(&state, peers, 5);
	peers[1].name = name;
	dot = as_dot(&b);
	assert_int_equal(strncmp(dot, "digraph keypost {\n", 18), 0);
	assert_int_equal(
		made_up_times(dot, "x"), 200 + made_up_times(dot, "example"));
	assert_non_null(strstr(dot, "\"keys.example.org:11370\" "
				    "[label=\"keys.example.org\\nkeypost 1.0\\n"
				    "6123456 keys\"];"));
	assert_non_null(strstr(dot, "style=dashed, label=\"1,236 waiting\""));
	/* The fifth is stopped. */
	assert_int_equal(made_up_times(dot, "[dir=back, style=dashed"), 1);
	assert_int_equal(made_up_times(dot, "[dir=both, style=dashed"), 4);
	line = strchr(dot, '\n') + 1;
	for (; (next = strchr(line, '\n')) != NULL && next[1] != '}';
		line = next + 1) {
		*next = '\0';
		assert_true(strncmp(line, next + 1, strlen(line)) < 0);
	}
	buf_done(&b);
}

int
main(void)
{
#define PROMISE(f) cmocka_unit_test_setup(f, fresh)
	const struct CMUnitTest tests[] = {
		PROMISE(test_names_are_escaped_everywhere),
		PROMISE(test_chart_says_in_words_what_it_shows),
		PROMISE(test_graph_shows_fifty_peers_and_counts_the_rest),
		PROMISE(test_gossip_is_drawn_with_its_direction_and_state),
		PROMISE(test_lines_reach_the_boxes),
		PROMISE(test_mail_and_gossip_of_one_peer_do_not_hide_each_other),
		PROMISE(test_who_only_asks_is_drawn_too),
		PROMISE(test_who_is_fed_has_a_dotted_line_one_way),
		PROMISE(test_dot_is_sorted_and_limited),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
