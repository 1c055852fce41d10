/*
 * The first page, what became of a submission, errors for people, and the
 * operator's parts in place of ours.
 */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "http/message/reply.h"
#include "http/pages/error_words.h"
#include "tests/unit/http/one_site.h"
#include "tests/unit/unit.h"

static struct answer
html(const char *target)
{
	return one_site_ask("GET", target, "Accept: text/html\r\n");
}

static void
test_first_page_searches_and_submits(void **state)
{
	struct answer a = html("/");
	const uint8_t *note, *button;
	char hkp[64];

	(void)state;
	assert_int_equal(a.status, 200);
	answer_must_say(&a, "<form action=\"/pks/lookup\" method=\"get\"");
	answer_must_say(&a, "<label for=\"search\">");
	answer_must_say(&a, "id=\"search\" name=\"search\"");
	answer_must_say(&a, "name=\"op\" value=\"index\" checked");
	answer_must_say(&a, "name=\"op\" value=\"vindex\"");
	answer_must_say(&a, "name=\"op\" value=\"get\"");
	answer_must_say(&a, "type=\"checkbox\" name=\"exact\" value=\"on\"");
	answer_must_say(&a, "action=\"/pks/add\" method=\"post\" "
			    "enctype=\"multipart/form-data\"");
	answer_must_say(&a, "<textarea id=\"keytext\" name=\"keytext\"");
	answer_must_say(&a, "name=\"keytext\" type=\"file\"");
	answer_must_say(&a, "href=\"/pks/lookup?op=stats\"");
	note = memmem(
		a.body.data, a.body.len, "cannot be reliably withdrawn", 28);
	button = memmem(a.body.data, a.body.len, ">Publish<", 9);
	assert_true(note != NULL && button != NULL && note < button);
	snprintf(hkp, sizeof(hkp), "gpg --keyserver hkp://keys.example.org:%s ",
		site.listen.port);
	answer_must_say(&a, hkp);
	answer_done(&a);
}

/* The last of all: it starts the server again. */
static void
test_mirror_offers_no_form_that_it_refuses(void **state)
{
	struct answer a;

	(void)state;
	site_stop(&site);
	site_init(&site);
	site.settings.submissions = false;
	site_start(&site);
	a = html("/");
	assert_int_equal(a.status, 200);
	answer_must_say(&a, "This server is a mirror");
	answer_must_say(&a, "id=\"search\" name=\"search\"");
	assert_false(answer_says(&a, "/pks/add"));
	assert_false(answer_says(&a, "--send-keys"));
	answer_done(&a);
}

static void
test_submission_is_answered_for_each_key(void **state)
{
	struct buf armor;
	struct answer a;
	char fpr[41], link[128];

	(void)state;
	site_key(one_site_next_key++, &armor, fpr);
	a = site_add(&site, buf_view(&armor), "Accept: text/html\r\n");
	assert_int_equal(a.status, 200);
	answer_must_say(&a, "<h1>What became of your submission</h1>");
	answer_must_say(&a, "1 key was read.");
	answer_must_say(&a, ">published</strong>");
	snprintf(link, sizeof(link), "op=vindex&amp;search=0x%s\"", fpr);
	answer_must_say(&a, link);
	answer_done(&a);
	a = site_add(&site, buf_view(&armor), "Accept: text/html\r\n");
	answer_must_say(&a, ">unchanged</strong>");
	answer_must_say(&a, link);
	answer_done(&a);
	buf_done(&armor);
}

static void
test_what_was_not_kept_is_told(void **state)
{
	struct buf b = {0};
	struct answer a;

	(void)state;
	one_site_file("uid-huge.pgp", &b);
	a = site_post(
		&site, "/pks/add", NULL, buf_view(&b), "Accept: text/html\r\n");
	assert_int_equal(a.status, 200);
	answer_must_say(&a, "1 packet was not kept:");
	answer_must_say(&a,
		"<li>User ID: a packet over the size limit was left out</li>");
	answer_done(&a);
	buf_done(&b);
}

static void
test_error_says_what_to_do_and_keeps_the_term(void **state)
{
	struct answer a = html("/pks/lookup?search=%22%3Cb%3Enobody");

	(void)state;
	assert_int_equal(a.status, 404);
	answer_must_say(&a, "<h1>No keys found</h1>");
	answer_must_say(&a, "Check the spelling");
	answer_must_say(&a, "<samp lang=\"en\">No keys found</samp>");
	answer_must_say(&a, "value=\"&quot;&lt;b&gt;nobody\"");
	assert_text(answer_field(&a, "Referrer-Policy"), "no-referrer");
	assert_true(answer_field(&a, "Content-Security-Policy").len > 0);
	answer_done(&a);
	a = html("/pks/lookup?search=0xZZ");
	assert_int_equal(a.status, 400);
	answer_must_say(&a, "<h1>The server did not understand that</h1>");
	answer_must_say(&a, "<samp lang=\"en\">Bad request: ");
	answer_done(&a);
	a = html("/nowhere");
	assert_int_equal(a.status, 404);
	answer_must_say(&a, "<h1>There is no such page</h1>");
	answer_done(&a);
	a = html("/pks/lookup?search=a+b");
	answer_must_say(&a, "<h1>The search is too short</h1>");
	answer_done(&a);
}

/* Not of fingerprints, which who searches may have mistyped. */
static void
test_who_submits_nothing_reads_what_to_do(void **state)
{
	struct answer a = one_site_ask("POST", "/pks/add",
		"Accept: text/html\r\n"
		"Content-Type: application/x-www-form-urlencoded\r\n"
		"Content-Length: 0\r\n");

	(void)state;
	assert_int_equal(a.status, 400);
	answer_must_say(&a, "<h1>Nothing was submitted</h1>");
	answer_must_say(&a, "Paste your public key");
	assert_int_equal(one_site_count(&a, "A fingerprint has"), 0);
	answer_done(&a);
	a = html("/?a&b&c&d&e&f&g&h&i&j&k&l&m&n&o&p&q");
	assert_int_equal(a.status, 400);
	answer_must_say(&a, "<h1>Too much at once</h1>");
	answer_done(&a);
}

static void
test_every_error_has_words_of_its_own(void **state)
{
	const struct error_words *w = error_words_table();

	(void)state;
	for (; w->status != 0; w++) {
		assert_ptr_equal(error_words_for(w->status, w->begins), w);
		assert_true(strlen(w->title) > 0 && strlen(w->advice) > 0);
		/* It can be told: every status has its first words. */
		if (w->status != 429)
			assert_int_equal(
				reply_error_for(w->status)->status, w->status);
	}
	assert_ptr_equal(error_words_for(418, ""), w);
}

/* Not that it has to be exported again, which the general one says. */
static void
test_who_sends_a_secret_key_reads_what_that_means(void **state)
{
	struct buf key = {0};
	struct answer a;

	(void)state;
	one_site_file("secret-key.pgp", &key);
	a = site_post(&site, "/pks/add", "application/pgp-keys", buf_view(&key),
		"Accept: text/html\r\n");
	assert_int_equal(a.status, 422);
	answer_must_say(&a, "<h1>That was a secret key</h1>");
	answer_must_say(&a, "revoke it and make a new one");
	answer_done(&a);
	buf_done(&key);
}

static void
put_file(const char *name, const char *text)
{
	char path[512];
	FILE *f;

	snprintf(path, sizeof(path), "%s/web", site.dir);
	(void)mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/web/%s", site.dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void
drop_file(const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/web/%s", site.dir, name);
	(void)remove(path);
}

static void
test_parts_of_the_operator_take_the_place_of_ours(void **state)
{
	struct answer a = html("/");

	(void)state;
	answer_must_say(&a, "Entries are unverified");
	answer_done(&a);
	put_file("header.html", "<p>the operator's <b>head</b></p>");
	put_file("footer.html", "<p>{{name}} foot</p>");
	put_file("keypost.css", "body { color: red; }");
	put_file("keypost.svg", "<svg/>");
	a = html("/nowhere");
	answer_must_say(&a, "<p>the operator's <b>head</b></p>");
	answer_must_say(&a, "<p>{{name}} foot</p>"); /* no template */
	assert_false(answer_says(&a, "Entries are unverified"));
	answer_done(&a);
	answer_expect(site_get(&site, "/keypost.css"), 200, "color: red");
	answer_expect(site_get(&site, "/keypost.svg"), 200, "<svg/>");
	drop_file("header.html");
	drop_file("footer.html");
	drop_file("keypost.css");
	drop_file("keypost.svg");
	answer_expect(site_get(&site, "/keypost.css"), 200, "--accent");
}

static void
test_pages_of_the_operator_are_linked(void **state)
{
	struct answer a = html("/");

	(void)state;
	assert_false(answer_says(&a, "href=\"/about\""));
	assert_false(answer_says(&a, "href=\"/privacy\""));
	answer_done(&a);
	put_file("privacy.html", "<p>none</p>");
	put_file("about.html", "<p>us</p>");
	a = html("/");
	answer_must_say(&a, "<li><a href=\"/about\">About</a></li>");
	answer_must_say(&a, "<li><a href=\"/privacy\">Privacy</a></li>");
	answer_done(&a);
}

/* With a folder of the operator's, empty at first. */
static int
start(void **state)
{
	static char web[512];

	(void)state;
	site_init(&site);
	snprintf(web, sizeof(web), "%s/web", site.dir);
	site.settings.web = web;
	site_start(&site);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_first_page_searches_and_submits),
		cmocka_unit_test(test_submission_is_answered_for_each_key),
		cmocka_unit_test(test_what_was_not_kept_is_told),
		cmocka_unit_test(test_error_says_what_to_do_and_keeps_the_term),
		cmocka_unit_test(test_who_submits_nothing_reads_what_to_do),
		cmocka_unit_test(test_every_error_has_words_of_its_own),
		cmocka_unit_test(
			test_who_sends_a_secret_key_reads_what_that_means),
		cmocka_unit_test(
			test_parts_of_the_operator_take_the_place_of_ours),
		cmocka_unit_test(test_pages_of_the_operator_are_linked),
		cmocka_unit_test(test_mirror_offers_no_form_that_it_refuses),
	};

	return cmocka_run_group_tests(tests, start, one_site_stop);
}
