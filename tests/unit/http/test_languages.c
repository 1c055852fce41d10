/*
 * Pages in the visitor's language, and nothing else in it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/http/one_site.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

#define KEY "0x0C1FB9FC57CD090F3FFE36384E8C74FF05F0B0CB" /* revoked-uid */
#define LIST "/pks/lookup?op=index&search=" KEY

static char folder[200];

static void
put(const char *name, const char *text)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void
begin(bool accept_language)
{
	scratch_make(folder, sizeof(folder));
	put("about.html", "<h1>About us</h1>us");
	put("privacy.html", "<h1>Privacy</h1>none");
	put("privacy.de.html", "<h1>Datenschutz</h1>keiner");
	put("header.html", "<p>ours</p>");
	put("footer.html", "<p>end</p>");
	put("footer.de.html", "<p>Ende</p>");
	site_init(&site);
	site.settings.web = folder;
	site.settings.accept_language = accept_language;
	site_start(&site);
	one_site_store("revoked-uid.pgp");
}

static int
start(void **state)
{
	(void)state;
	begin(true);
	return 0;
}

static int
stop(void **state)
{
	one_site_stop(state);
	scratch_remove(folder);
	return 0;
}

/* As a browser asks, in that language. */
static struct answer
browse(const char *target, const char *language)
{
	char head[2000];

	snprintf(head, sizeof(head),
		"Accept: text/html\r\nAccept-Language: %s\r\n", language);
	return one_site_ask("GET", target, head);
}

static void
test_pages_are_in_the_visitors_language(void **state)
{
	static const struct {
		const char *target, *english, *german, *vary;
	} rows[] = {
		{"/", "Find a key", "Einen Schlüssel finden",
			"Accept-Language"},
		{LIST, "1 key found", "1 Schlüssel gefunden",
			"Accept, Accept-Language"},
		{"/pks/lookup?op=vindex&search=" KEY, "A key in detail",
			"Ein Schlüssel im Detail",
			"Accept, Accept-Language"},
		{"/pks/lookup?search=0x0123456789ABCDEF", "Check the spelling",
			"Prüfen Sie die Schreibweise",
			"Accept, Accept-Language"},
		{"/nowhere", "There is no such page",
			"Diese Seite gibt es nicht",
			"Accept, Accept-Language"},
		{"/pks/lookup?op=stats", "Server statistics", "Serverstatistik",
			"Accept-Language"},
		{"/pks/stats/changes.svg", "Changes a day",
			"Änderungen pro Tag", "Accept-Language"},
		{"/pks/stats/graph.svg", "Sync graph", "Abgleichsgraph",
			"Accept-Language"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct answer de =
			browse(rows[i].target, "fr, de-AT;q=0.9, en;q=0.3");
		struct answer en = browse(rows[i].target, "en-GB, de;q=0.5");

		answer_must_say(&de, rows[i].german);
		assert_text(answer_field(&de, "Content-Language"), "de");
		assert_text(answer_field(&de, "Vary"), rows[i].vary);
		answer_must_say(&en, rows[i].english);
		assert_text(answer_field(&en, "Content-Language"), "en");
		assert_text(answer_field(&en, "Vary"), rows[i].vary);
		assert_int_equal(de.status, en.status);
		if (strstr(rows[i].target, ".svg") == NULL) {
			answer_must_say(&de, "<html lang=\"de\">");
			answer_must_say(&en, "<html lang=\"en\">");
		}
		answer_done(&de);
		answer_done(&en);
	}
}

static void
test_dates_and_numbers_are_as_the_language_writes_them(void **state)
{
	struct answer de = browse(LIST, "de"), en = browse(LIST, "en");

	(void)state;
	answer_must_say(
		&en, "<time datetime=\"2017-07-14\">2017-07-14</time>");
	answer_must_say(
		&de, "<time datetime=\"2017-07-14\">14.07.2017</time>");
	answer_done(&de);
	answer_done(&en);
}

static void
test_what_became_of_a_submission_is_told_in_it(void **state)
{
	struct buf b = {0};

	(void)state;
	one_site_file("revoked-uid.pgp", &b);
	answer_expect(site_post(&site, "/pks/add", NULL, buf_view(&b),
			      "Accept: text/html\r\nAccept-Language: de\r\n"),
		200, "Was aus Ihrer Einreichung wurde");
	answer_expect(site_post(&site, "/pks/add", NULL, bytes_of("junk"),
			      "Accept: text/html\r\nAccept-Language: de\r\n"),
		422, "Nichts wurde veröffentlicht");
	buf_done(&b);
}

/* The same octets and fields, whatever language the client would rather. */
static void
is_the_same(const char *target, const char *accept)
{
	char head[200];
	struct answer plain, de;

	plain = one_site_ask("GET", target, accept);
	snprintf(head, sizeof(head), "%sAccept-Language: de\r\n", accept);
	de = one_site_ask("GET", target, head);
	assert_int_equal(plain.status, de.status);
	assert_int_equal(plain.body.len, de.body.len);
	assert_memory_equal(plain.body.data, de.body.data, de.body.len);
	assert_int_equal(answer_field(&de, "Content-Language").len, 0);
	assert_null(memmem(de.head.data, de.head.len, "Accept-Language", 15));
	answer_done(&plain);
	answer_done(&de);
}

static void
test_what_programs_read_stays_as_it_is(void **state)
{
	static const struct {
		const char *target, *accept;
	} rows[] = {
		{LIST "&options=mr", ""},
		{LIST "&options=mr", "Accept: text/html\r\n"},
		{LIST "&options=json", ""},
		{"/pks/lookup?op=get&search=" KEY, ""},
		{"/pks/lookup?op=get&search=" KEY, "Accept: text/html\r\n"},
		{"/pks/lookup?op=index&search=nobody&options=mr",
			"Accept: text/html\r\n"},
		{"/pks/lookup?op=index&search=nobody", ""},
		{"/pks/lookup?op=index&search=nobody&options=json", ""},
		{"/pks/v2/index/nobody@example.org", "Accept: text/html\r\n"},
		{"/vks/v1/by-email/x@example.org", "Accept: text/html\r\n"},
		{"/pks/stats/graph.dot", ""},
		{"/keypost.css", ""},
		{"/robots.txt", "Accept: text/html\r\n"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		/* Before it a German page on each thread. */
		for (size_t n = 0; n < 4; n++)
			answer_expect(browse("/", "de"), 200, "Schlüssel");
		is_the_same(rows[i].target, rows[i].accept);
	}
}

static void
test_crawlers_find_their_lines(void **state)
{
	static const char *const lines[] = {"\n<h2>Settings</h2>\n",
		"\n<tr><td>Hostname:</td><td>", "\n<h2>Gossip Peers</h2>\n",
		"\n<h2>Statistics</h2><p>Total number of keys: ",
		"\n<h3>Daily Histogram</h3>\n"};
	struct answer de = browse("/pks/lookup?op=stats", "de");
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		answer_must_say(&de, lines[i]);
	answer_done(&de);
}

static void
test_a_copy_is_of_one_language(void **state)
{
	struct answer en = browse(LIST, "en"), de, a;
	struct bytes tag = answer_field(&en, "ETag");
	char head[300];

	(void)state;
	assert_true(tag.len > 0);
	snprintf(head, sizeof(head),
		"Accept: text/html\r\nIf-None-Match: %.*s\r\n", (int)tag.len,
		(const char *)tag.data);
	a = one_site_ask("GET", LIST, head);
	assert_int_equal(a.status, 304);
	assert_text(answer_field(&a, "Vary"), "Accept, Accept-Language");
	answer_done(&a);
	strcat(head, "Accept-Language: de\r\n");
	de = one_site_ask("GET", LIST, head);
	assert_int_equal(de.status, 200);
	answer_must_say(&de, "<html lang=\"de\">");
	answer_done(&de);
	answer_done(&en);
}

static void
test_head_is_get_in_every_language(void **state)
{
	static const char *const targets[] = {
		"/", LIST, "/nowhere", "/privacy", "/pks/lookup?op=stats"};
	static const char head[] =
		"Accept: text/html\r\nAccept-Language: de\r\n";
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		struct answer get = one_site_ask("GET", targets[i], head);
		struct answer a = one_site_ask("HEAD", targets[i], head);

		assert_int_equal(a.status, get.status);
		assert_int_equal(a.head.len, get.head.len);
		assert_text(answer_field(&a, "Content-Language"), "de");
		answer_done(&get);
		answer_done(&a);
	}
}

static void
test_own_pages_are_in_the_operators_language_or_in_two(void **state)
{
	static const struct {
		const char *target, *wish, *says, *language, *vary;
	} rows[] = {
		{"/about", "de", "<h1>About us</h1>", "en", ""},
		{"/privacy", "de", "<h1>Datenschutz</h1>", "de",
			"Accept-Language"},
		{"/privacy.html", "de", "<h1>Datenschutz</h1>", "de",
			"Accept-Language"},
		{"/privacy", "en", "<h1>Privacy</h1>", "en", "Accept-Language"},
		{"/privacy", "fr", "<h1>Privacy</h1>", "en", "Accept-Language"},
		{"/privacy.de.html", "en", "<h1>Datenschutz</h1>", "de", ""},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct answer a = browse(rows[i].target, rows[i].wish);

		assert_int_equal(a.status, 200);
		answer_must_say(&a, rows[i].says);
		assert_text(answer_field(&a, "Content-Language"),
			rows[i].language);
		assert_text(answer_field(&a, "Vary"), rows[i].vary);
		answer_done(&a);
	}
}

static void
test_own_parts_of_the_frame_say_what_language_they_are(void **state)
{
	struct answer de = browse("/", "de"), en = browse("/", "en");

	(void)state;
	answer_must_say(&en, "<header class=\"site\">\n<p>ours</p>");
	answer_must_say(&en, "<footer class=\"site\">\n<p>end</p>");
	answer_must_say(&de, "<header class=\"site\" lang=\"en\">\n<p>ours</p>");
	answer_must_say(&de, "<footer class=\"site\">\n<p>Ende</p>");
	answer_done(&de);
	answer_done(&en);
}

static void
test_hostile_wishes_get_the_standard(void **state)
{
	char many[1500];
	struct answer a;

	(void)state;
	memset(many, ',', sizeof(many));
	memcpy(many + sizeof(many) - 4, "de", 3);
	answer_expect(browse("/", many), 200, "lang=\"en\"");
	answer_expect(browse("/", "\xFF\xFE;q=\x01"), 200, "lang=\"en\"");
	/* Two fields are one list. */
	a = browse("/", "fr\r\nAccept-Language: de");
	answer_must_say(&a, "<html lang=\"de\">");
	answer_done(&a);
}

static void
test_an_operator_may_have_one_language_for_all(void **state)
{
	static const char *const targets[] = {"/", "/nowhere", LIST, "/privacy",
		"/pks/lookup?op=stats", "/pks/stats/changes.svg"};
	size_t i;

	stop(state);
	begin(false);
	for (i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		struct answer a = browse(targets[i], "de");

		assert_text(answer_field(&a, "Content-Language"), "en");
		assert_null(memmem(
			a.head.data, a.head.len, "Accept-Language", 15));
		answer_done(&a);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pages_are_in_the_visitors_language),
		cmocka_unit_test(
			test_dates_and_numbers_are_as_the_language_writes_them),
		cmocka_unit_test(
			test_what_became_of_a_submission_is_told_in_it),
		cmocka_unit_test(test_what_programs_read_stays_as_it_is),
		cmocka_unit_test(test_crawlers_find_their_lines),
		cmocka_unit_test(test_a_copy_is_of_one_language),
		cmocka_unit_test(test_head_is_get_in_every_language),
		cmocka_unit_test(
			test_own_pages_are_in_the_operators_language_or_in_two),
		cmocka_unit_test(
			test_own_parts_of_the_frame_say_what_language_they_are),
		cmocka_unit_test(test_hostile_wishes_get_the_standard),
		cmocka_unit_test(
			test_an_operator_may_have_one_language_for_all),
	};

	return cmocka_run_group_tests(tests, start, stop);
}
