/*
 * The operator's own files, and what is not to be had through them.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "http/pages/web_root.h"
#include "tests/unit/http/one_site.h"
#include "tests/unit/scratch.h"
#include "tests/unit/unit.h"

#define WHOLE "\n<!DOCTYPE html><title>us</title>us"

static char folder[200], root[256];

static void
put(const char *name, const char *text, size_t len)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", root, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), len);
	close(fd);
}

static void
puts_in(const char *name, const char *text)
{
	put(name, text, strlen(text));
}

static int
prepare(void **state)
{
	char path[512];

	(void)state;
	scratch_make(folder, sizeof(folder));
	snprintf(root, sizeof(root), "%s/web", folder);
	assert_int_equal(mkdir(root, 0755), 0);
	snprintf(path, sizeof(path), "%s/docs", root);
	assert_int_equal(mkdir(path, 0755), 0);
	puts_in("about.html", "<p>us</p>");
	puts_in("whole.html", WHOLE);
	puts_in("docs/more.txt", "more");
	puts_in("pic.png", "\x89PNG");
	puts_in(".secret", "secret");
	puts_in("../outside.txt", "secret");
	site_init(&site);
	site.settings.web = root;
	site_start(&site);
	return 0;
}

static int
finish(void **state)
{
	(void)state;
	site_stop(&site);
	scratch_remove(folder);
	return 0;
}

static bool
is_there(const char *name)
{
	struct arena *a = arena_new(4 << 20);
	struct bytes b;
	enum status st = web_root_find(root, name, a, &b);

	assert_true(st == STATUS_OK || st == STATUS_NOT_FOUND);
	arena_free(a);
	return st == STATUS_OK;
}

static void
test_names_that_break_the_rule_are_not_found(void **state)
{
	static const char *const bad[] = {"", "/", "/about.html", "about.html/",
		".secret", "docs/../about.html", "docs//more.txt", "docs/",
		"docs", "..", ".", "../outside.txt", "docs/.more",
		"about.html\n", "a b", "%2e", "about.html\\", "\xC3\xA9"};
	char longest[300];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (is_there(bad[i]))
			fail_msg("found: %s", bad[i]);
	memset(longest, 'a', sizeof(longest));
	longest[WEB_NAME_MAX] = '\0';
	puts_in(longest, "x");
	assert_true(is_there(longest));
	longest[WEB_NAME_MAX] = 'a';
	longest[WEB_NAME_MAX + 1] = '\0';
	assert_false(is_there(longest));
	assert_true(is_there("about.html"));
	assert_true(is_there("docs/more.txt"));
}

static void
test_links_and_what_is_no_file_are_not_found(void **state)
{
	char path[512];

	(void)state;
	snprintf(path, sizeof(path), "%s/link.txt", root);
	assert_int_equal(symlink("../outside.txt", path), 0);
	assert_false(is_there("link.txt"));
	snprintf(path, sizeof(path), "%s/up", root);
	assert_int_equal(symlink("..", path), 0);
	assert_false(is_there("up/outside.txt"));
	snprintf(path, sizeof(path), "%s/near.txt", root);
	assert_int_equal(symlink("about.html", path), 0);
	assert_false(is_there("near.txt"));
	snprintf(path, sizeof(path), "%s/pipe.txt", root);
	assert_int_equal(mkfifo(path, 0644), 0);
	assert_false(is_there("pipe.txt"));
}

static void
test_file_over_its_limit_is_not_found(void **state)
{
	char *text = calloc(1, WEB_FILE_MAX + 1);

	(void)state;
	put("most.txt", text, WEB_FILE_MAX);
	assert_true(is_there("most.txt"));
	put("most.txt", text, WEB_FILE_MAX + 1);
	assert_false(is_there("most.txt"));
	free(text);
}

static void
expect_page(const char *target, const char *type, const char *text)
{
	struct answer a = site_get(&site, target);

	assert_int_equal(a.status, 200);
	assert_text(answer_field(&a, "Content-Type"), type);
	assert_text(answer_field(&a, "Cache-Control"), "max-age=3600");
	assert_true(answer_field(&a, "ETag").len > 2);
	assert_text(a.body, text);
	answer_done(&a);
}

static void
test_files_are_served_with_their_types(void **state)
{
	struct answer a;

	(void)state;
	expect_page("/whole.html", "text/html; charset=UTF-8", WHOLE);
	expect_page("/whole", "text/html; charset=UTF-8", WHOLE);
	expect_page("/docs/more.txt", "text/plain; charset=UTF-8", "more");
	expect_page("/pic.png", "image/png", "\x89PNG");
	a = site_get(&site, "/about");
	assert_true(answer_field(&a, "Content-Security-Policy").len > 0);
	answer_done(&a);
}

static void
expect_framed(const char *target, const char *title, const char *text)
{
	struct answer a = site_get(&site, target);
	char line[256];

	assert_int_equal(a.status, 200);
	assert_text(
		answer_field(&a, "Content-Type"), "text/html; charset=UTF-8");
	assert_text(answer_field(&a, "Cache-Control"), "max-age=3600");
	snprintf(line, sizeof(line), "<title>%s · keys.example.org</title>",
		title);
	assert_true(answer_says(&a, line));
	snprintf(line, sizeof(line), "<h1>%s</h1>\n%s\n</main>", title, text);
	assert_true(answer_says(&a, line));
	assert_true(answer_says(&a, "<nav "));
	answer_done(&a);
}

static void
test_parts_of_a_page_stand_in_the_frame(void **state)
{
	(void)state;
	expect_framed("/about", "About", "<p>us</p>");
	expect_framed("/about.html", "About", "<p>us</p>");
	puts_in("rules.html", "\xEF\xBB\xBF \n<h1>Our rules &amp; "
			      "yours</h1><p>r</p>");
	expect_framed("/rules", "Our rules &amp; yours", "<p>r</p>");
	/* A heading with markup in it is no title. */
	puts_in("odd.html", "<h1><i>Odd</i></h1>");
	expect_framed("/odd", "odd.html", "<h1><i>Odd</i></h1>");
	puts_in("odd.html", "<h1>cut");
	expect_framed("/odd", "odd.html", "<h1>cut");
	puts_in("odd.html", "");
	expect_framed("/odd", "odd.html", "");
	puts_in("odd.html", "{{header}}");
	expect_framed("/odd", "odd.html", "{{header}}");
}

static void
test_tag_of_a_page_knows_its_frame(void **state)
{
	struct answer a, b;

	(void)state;
	a = site_get(&site, "/about");
	puts_in("footer.html", "<p>our foot</p>");
	b = site_get(&site, "/about");
	assert_true(answer_says(&b, "our foot"));
	assert_false(
		bytes_eq(answer_field(&a, "ETag"), answer_field(&b, "ETag")));
	answer_done(&a);
	answer_done(&b);
}

static void
test_favicon_and_privacy_are_404_until_they_are_there(void **state)
{
	(void)state;
	answer_expect(site_get(&site, "/favicon.ico"), 404, "Not found");
	answer_expect(site_get(&site, "/privacy"), 404, "Not found");
	puts_in("favicon.ico", "icon");
	puts_in("privacy.html", "none");
	expect_page("/favicon.ico", "image/x-icon", "icon");
	answer_expect(site_get(&site, "/privacy"), 200, ">\nnone\n</main>");
}

static void
test_robots_txt_of_the_folder_overrides_ours(void **state)
{
	(void)state;
	answer_expect(site_get(&site, "/robots.txt"), 200, "Disallow: /vks/\n");
	puts_in("robots.txt", "User-agent: none\n");
	expect_page("/robots.txt", "text/plain; charset=UTF-8",
		"User-agent: none\n");
}

static void
test_nothing_beyond_the_folder_is_served_nor_named(void **state)
{
	static const char *const targets[] = {"/.secret", "/../outside.txt",
		"/docs/..%2f..%2foutside.txt",
		"/docs/%2e%2e/%2e%2e/outside.txt", "/docs/", "/docs",
		"/%2e%2e/outside.txt", "//about.html", "/web/about.html"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
		struct answer a = site_get(&site, targets[i]);

		if (a.status != 404 || answer_says(&a, "secret") ||
			answer_says(&a, folder) || answer_says(&a, "outside"))
			fail_msg("%s: %d", targets[i], a.status);
		answer_done(&a);
	}
}

static void
test_tag_holds_until_the_file_changes(void **state)
{
	char request[256], tag[100];
	struct answer a;
	struct bytes t;

	(void)state;
	puts_in("tag.txt", "one");
	a = site_get(&site, "/tag.txt");
	t = answer_field(&a, "ETag");
	snprintf(tag, sizeof(tag), "%.*s", (int)t.len, (const char *)t.data);
	answer_done(&a);
	snprintf(request, sizeof(request),
		"GET /tag.txt HTTP/1.1\r\nHost: x\r\nIf-None-Match: %s\r\n"
		"Connection: close\r\n\r\n",
		tag);
	answer_expect(site_asks(&site, request), 304, NULL);
	puts_in("tag.txt", "three");
	answer_expect(site_asks(&site, request), 200, "three");
}

static void
test_other_methods_say_which_are_allowed(void **state)
{
	struct answer a;

	(void)state;
	a = site_post(&site, "/about", "text/plain", bytes_of("x"), NULL);
	assert_int_equal(a.status, 405);
	assert_text(answer_field(&a, "Allow"), "GET, HEAD, OPTIONS");
	answer_done(&a);
	a = site_asks(&site, "OPTIONS /about HTTP/1.1\r\nHost: x\r\n"
			     "Connection: close\r\n\r\n");
	assert_int_equal(a.status, 200);
	assert_text(answer_field(&a, "Allow"), "GET, HEAD, OPTIONS");
	answer_done(&a);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_names_that_break_the_rule_are_not_found),
		cmocka_unit_test(test_links_and_what_is_no_file_are_not_found),
		cmocka_unit_test(test_file_over_its_limit_is_not_found),
		cmocka_unit_test(test_files_are_served_with_their_types),
		cmocka_unit_test(test_parts_of_a_page_stand_in_the_frame),
		cmocka_unit_test(test_tag_of_a_page_knows_its_frame),
		cmocka_unit_test(
			test_favicon_and_privacy_are_404_until_they_are_there),
		cmocka_unit_test(test_robots_txt_of_the_folder_overrides_ours),
		cmocka_unit_test(
			test_nothing_beyond_the_folder_is_served_nor_named),
		cmocka_unit_test(test_tag_holds_until_the_file_changes),
		cmocka_unit_test(test_other_methods_say_which_are_allowed),
	};

	return cmocka_run_group_tests(tests, prepare, finish);
}
