/*
 * Every error of the table, in the form that was asked for (spec hkp section
 * 11): a line of text, JSON, or a page; each with what browsers and caches
 * have to know.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "http/pages/error.h"
#include "tests/unit/http/site_harness.h"
#include "tests/unit/unit.h"

#define ADD "/pks/add"
#define LOOK "/pks/lookup?op=get&search="
#define V2 "/pks/v2/certs"
#define BY_KEYID "/pks/v2/certs/by-keyid/0123456789ABCDEF"

static struct site site;

static int
prepare(void **state)
{
	(void)state;
	site_init(&site);
	return 0;
}

static int
stop(void **state)
{
	(void)state;
	clock_set_for_test(-1, -1);
	site_stop(&site);
	return 0;
}

struct row {
	int status;
	const char *target, *words;
	const char *body; /* NULL: GET */
};

static struct answer
ask(const struct row *r, const char *extra)
{
	char text[512];

	snprintf(text, sizeof(text),
		"%s %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n%s",
		r->body == NULL ? "GET" : "POST", r->target, extra);
	if (r->body == NULL)
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			"\r\n");
	else
		snprintf(text + strlen(text), sizeof(text) - strlen(text),
			"Content-Type: application/pgp\r\n"
			"Content-Length: %zu\r\n\r\n%s",
			strlen(r->body), r->body);
	return site_asks(&site, text);
}

/* What holds for each form. */
static void
check_common(const struct row *r, const struct answer *a)
{
	bool later = r->status == 429 || r->status == 503;

	if (a->status != r->status)
		fail_msg("%s: %d, not %d", r->target, a->status, r->status);
	if (!answer_says(a, r->words))
		fail_msg("%s: no \"%s\" in: %.*s", r->target, r->words,
			(int)a->raw.len, (const char *)a->raw.data);
	assert_text(answer_field(a, "Access-Control-Allow-Origin"), "*");
	assert_text(answer_field(a, "X-Content-Type-Options"), "nosniff");
	assert_text(answer_field(a, "Retry-After"), later ? "5" : "");
	assert_text(answer_field(a, "Cache-Control"),
		r->status == 404 ? "no-cache" : "no-store");
	assert_text(answer_field(a, "Allow"),
		r->status == 405 ? "POST, OPTIONS" : "");
}

static void
check_text(const struct row *r, const char *extra)
{
	struct answer a = ask(r, extra);

	check_common(r, &a);
	assert_text(
		answer_field(&a, "Content-Type"), "text/plain; charset=UTF-8");
	/* Of a submission: a line for each certificate. */
	assert_int_equal(a.body.data[a.body.len - 1], '\n');
	answer_done(&a);
}

static void
check_json(const struct row *r, const char *extra)
{
	struct answer a = ask(r, extra);

	check_common(r, &a);
	assert_text(answer_field(&a, "Content-Type"), "application/json");
	assert_int_equal(a.body.data[0], '{');
	answer_done(&a);
}

static void
check_page(const struct row *r)
{
	struct answer a = ask(r, "Accept: text/html\r\n");

	check_common(r, &a);
	assert_text(
		answer_field(&a, "Content-Type"), "text/html; charset=UTF-8");
	assert_true(answer_says(&a, "<h1>"));
	assert_true(answer_field(&a, "Content-Security-Policy").len > 0);
	answer_done(&a);
}

static void
in_every_form(const struct row *rows, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++) {
		struct row mr = rows[i];
		char target[128];

		check_text(&rows[i], "");
		check_text(&rows[i], "Accept: */*\r\n");
		check_page(&rows[i]);
		check_json(&rows[i], "Accept: application/json\r\n");
		snprintf(target, sizeof(target), "%s%coptions=mr", mr.target,
			strchr(mr.target, '?') == NULL ? '?' : '&');
		mr.target = target;
		check_text(&mr, "Accept: text/html\r\n");
	}
}
#define IN_EVERY_FORM(rows) in_every_form(rows, sizeof(rows) / sizeof(rows[0]))

static void
test_errors_have_the_form_that_was_asked_for(void **state)
{
	static const struct row rows[] = {
		{400, LOOK "0xZZ", "Bad request: ", NULL},
		{400, LOOK "a", "Insufficiently specific", NULL},
		{403, V2 "/by-keyid", "", NULL},
		{404, LOOK "0x0123456789ABCDEF", "No keys found", NULL},
		{404, "/nowhere", "", NULL},
		{405, ADD, "", NULL},
		{422, ADD, "", "no key at all"},
		{501, "/pks/lookup?op=x-none&search=a", "Not implemented",
			NULL},
		/* Of other servers. */
		{501, "/pks/delete", "Not implemented", "x"},
		{501, "/pks/replace", "Not implemented", "x"},
		{404, "/.well-known/openpgpkey/hu/abc?l=a", "", NULL},
		{404, "/metrics", "", NULL},
	};

	(void)state;
	site_start(&site);
	IN_EVERY_FORM(rows);
}

static void
test_a_mirror_refuses_in_every_form(void **state)
{
	static const struct row rows[] = {
		{403, ADD, "takes no submissions", "x"}};

	(void)state;
	site.settings.submissions = false;
	site_start(&site);
	IN_EVERY_FORM(rows);
}

static void
test_a_full_queue_is_told_in_every_form(void **state)
{
	static const struct row rows[] = {{503, ADD, "", "x"}};

	(void)state;
	site.ingest_settings.policy.max_queue_items = 0;
	site_start(&site);
	IN_EVERY_FORM(rows);
}

/* How often the log says so; what is turned away has the answer, too. */
static int
complaints(int64_t now_ms, int requests)
{
	FILE *log = tmpfile();
	int n = 0, stderr_fd = dup(STDERR_FILENO);
	struct row row = {503, ADD, "", "x"};
	char line[512];

	assert_non_null(log);
	clock_set_for_test(now_ms, -1);
	assert_int_equal(dup2(fileno(log), STDERR_FILENO), STDERR_FILENO);
	while (requests-- > 0)
		check_text(&row, "");
	assert_int_equal(dup2(stderr_fd, STDERR_FILENO), STDERR_FILENO);
	close(stderr_fd);
	rewind(log);
	while (fgets(line, sizeof(line), log) != NULL)
		n += strstr(line, "level=error event=http "
				  "outcome=overloaded reason=\"too many "
				  "submissions wait\"") != NULL;
	fclose(log);
	return n;
}

static void
test_an_operator_reads_of_overload_once_a_minute(void **state)
{
	(void)state;
	site.ingest_settings.policy.max_queue_items = 0;
	site_start(&site);
	assert_int_equal(complaints(1000000, 3), 1);
	assert_int_equal(complaints(1059999, 3), 0);
	assert_int_equal(complaints(1060000, 3), 1);
}

static void
test_too_many_requests_are_told_in_every_form(void **state)
{
	static const struct row rows[] = {
		{429, BY_KEYID, "too many requests", NULL},
		{503, LOOK "0x0123456789ABCDEF", "too many requests", NULL}};
	struct answer a;
	int status;

	(void)state;
	site.settings.rate_exempt_count = 0;
	site_start(&site);
	/* Time stands still: what is used up stays so. */
	clock_set_for_test(1000000, -1);
	do {
		a = ask(&rows[0], "");
		status = a.status;
		answer_done(&a);
	} while (status == 404);
	IN_EVERY_FORM(rows);
	/* It is not the server that is busy. */
	a = ask(&rows[1], "Accept: text/html\r\n");
	answer_must_say(&a, "<h1>Too many requests</h1>");
	answer_done(&a);
}

/* Who speaks only JSON reads JSON, whatever Accept says. */
static void
test_json_routes_fail_in_json(void **state)
{
	static const struct row rows[] = {
		{422, V2, "", "no key at all"},
		{400, "/vks/v1/upload", "\"error\"", "no key at all"},
		{404, "/pks/v2/index/nobody@example.org", "\"error\"", NULL},
	};
	size_t i;

	(void)state;
	site_start(&site);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_json(&rows[i], "Accept: text/html\r\n");
}

/* As those of the query do. */
static void
test_options_of_a_form_hold_for_its_errors(void **state)
{
	static const struct {
		const char *body;
		int status;
		const char *type, *begins;
	} rows[] = {
		{"options=json&keytext=", 400, "application/json",
			"{\"error\":\"Bad request: no keytext"},
		{"options=nm,json&keytext=x", 422, "application/json",
			"{\"error\":\"Not usable"},
		{"keytext=x&options=mr", 422, "text/plain; charset=UTF-8",
			"Not usable"},
		{"options=json&options=mr&keytext=x", 422,
			"text/plain; charset=UTF-8", "Not usable"},
		{"keytext=x", 422, "text/html; charset=UTF-8", "<!DOCTYPE"},
	};
	struct answer a;
	size_t i;

	(void)state;
	site_start(&site);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		a = site_post(&site, ADD, "application/x-www-form-urlencoded",
			bytes_of(rows[i].body), "Accept: text/html\r\n");
		assert_int_equal(a.status, rows[i].status);
		assert_text(answer_field(&a, "Content-Type"), rows[i].type);
		assert_true(bytes_starts_nocase(a.body, rows[i].begins));
		answer_done(&a);
	}
}

/* A sentence has a bound, and what it quotes need not end with a character. */
static void
test_json_is_utf8_whatever_the_sentence_holds(void **state)
{
	static const struct {
		const char *text, *body;
	} rows[] = {
		{"no \"x\\\"", "{\"error\":\"no \\\"x\\\\\\\"\"}\n"},
		{"no \xC3\xA4", "{\"error\":\"no \xC3\xA4\"}\n"},
		{"no \xC3", "{\"error\":\"no ?\"}\n"},
	};
	struct request req = {.errors = ERRORS_JSON};
	struct reply reply;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		reply_init(&reply);
		site_error(&req, &reply, 404, rows[i].text);
		assert_text(buf_view(&reply.body), rows[i].body);
		assert_int_equal(reply.type, REPLY_JSON);
		reply_done(&reply);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, prepare, stop)
		WITH_SERVER(test_errors_have_the_form_that_was_asked_for),
		WITH_SERVER(test_a_mirror_refuses_in_every_form),
		WITH_SERVER(test_a_full_queue_is_told_in_every_form),
		WITH_SERVER(test_an_operator_reads_of_overload_once_a_minute),
		WITH_SERVER(test_too_many_requests_are_told_in_every_form),
		WITH_SERVER(test_json_routes_fail_in_json),
		WITH_SERVER(test_options_of_a_form_hold_for_its_errors),
		cmocka_unit_test(test_json_is_utf8_whatever_the_sentence_holds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
