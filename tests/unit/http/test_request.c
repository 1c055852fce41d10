/*
 * What a handler sees of a request target and a request head.
 */
#include <string.h>

#include "http/message/request.h"
#include "tests/unit/unit.h"

static struct request *req;

static int
setup(void **state)
{
	(void)state;
	req = request_new();
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	request_free(req);
	return 0;
}

static enum status
target(const char *text)
{
	struct err err;

	request_reset(req);
	return request_set_target(req, bytes_of(text), &err);
}

static void
header(const char *name, const char *value)
{
	request_add_header(req, bytes_of(name), bytes_of(value));
}

static enum status
check(void)
{
	struct err err;

	return request_check_head(req, &err);
}

static void
test_path_is_split_before_it_is_decoded(void **state)
{
	(void)state;
	assert_ok(target("/pks/look%75p?search=x"));
	assert_int_equal(req->segment_count, 2);
	assert_text(req->segments[1], "lookup");
	assert_ok(target("/pks%2Flookup"));
	assert_int_equal(req->segment_count, 1);
	assert_text(req->segments[0], "pks/lookup");
	assert_ok(target("/a+b"));
	assert_text(req->segments[0], "a+b");
}

static void
test_trailing_slash_adds_no_segment(void **state)
{
	(void)state;
	assert_ok(target("/pks/lookup/"));
	assert_int_equal(req->segment_count, 2);
	assert_ok(target("/"));
	assert_int_equal(req->segment_count, 0);
	assert_ok(target("//pks"));
	assert_int_equal(req->segment_count, 2);
	assert_text(req->segments[0], "");
}

static void
test_raw_characters_of_dirmngr_pass(void **state)
{
	(void)state;
	assert_ok(target("/pks/lookup?op=index&options=mr&search="
			 "Bob%20Example%20<bob@example.test>|\"^`\xFC"));
	assert_text(form_get(&req->query, "search"),
		"Bob Example <bob@example.test>|\"^`\xC3\xBC");
}

static void
test_absolute_target_counts_from_its_path(void **state)
{
	(void)state;
	assert_ok(target("http://keys.example.org:11371/pks/lookup?op=get"));
	assert_int_equal(req->segment_count, 2);
	assert_text(form_get(&req->query, "op"), "get");
	assert_ok(target("HTTPS://host"));
	assert_int_equal(req->segment_count, 0);
	assert_ok(target("http://host?op=x"));
	assert_text(form_get(&req->query, "op"), "x");
}

static void
test_target_length_is_limited(void **state)
{
	char text[REQUEST_TARGET_MAX + 2];

	(void)state;
	memset(text, 'a', sizeof(text));
	text[0] = '/';
	text[REQUEST_TARGET_MAX] = '\0';
	assert_ok(target(text));
	text[REQUEST_TARGET_MAX] = 'a';
	text[REQUEST_TARGET_MAX + 1] = '\0';
	assert_status(target(text), STATUS_LIMIT);
}

static void
test_nul_is_refused(void **state)
{
	(void)state;
	assert_status(target("/pks/%00lookup"), STATUS_MALFORMED);
	assert_status(target("/pks/lookup?search=%00"), STATUS_MALFORMED);
}

static void
test_deep_path_is_cut_but_counted(void **state)
{
	(void)state;
	assert_ok(target("/1/2/3/4/5/6/7/8"));
	assert_int_equal(req->segment_count, REQUEST_SEGMENTS_MAX);
	assert_ok(target("/1/2/3/4/5/6/7/8/9/10"));
	assert_int_equal(req->segment_count, REQUEST_SEGMENTS_MAX + 1);
}

static void
test_two_lengths_are_refused(void **state)
{
	(void)state;
	assert_ok(target("/"));
	header("Content-Length", "5");
	assert_ok(check());
	header("content-length", "5");
	assert_status(check(), STATUS_MALFORMED);
	assert_ok(target("/"));
	header("Content-Length", "5");
	header("Transfer-Encoding", "chunked");
	assert_status(check(), STATUS_MALFORMED);
	assert_ok(target("/"));
	header("Transfer-Encoding", "chunked");
	header("Transfer-Encoding", "chunked");
	assert_status(check(), STATUS_MALFORMED);
	assert_ok(target("/"));
	header("Transfer-Encoding", "gzip, chunked");
	assert_status(check(), STATUS_MALFORMED);
	assert_ok(target("/"));
	header("Transfer-Encoding", "Chunked");
	assert_ok(check());
	assert_true(req->head.chunked);
}

static void
test_odd_lengths_are_refused(void **state)
{
	static const char *const odd[] = {"-1", "+5", "5 5", "0x10",
		"99999999999999999999999", "18446744073709551616"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		assert_ok(target("/"));
		header("Content-Length", odd[i]);
		assert_status(check(), STATUS_MALFORMED);
	}
}

static void
test_head_is_limited(void **state)
{
	static char big[REQUEST_HEAD_MAX];
	int i;

	(void)state;
	assert_ok(target("/"));
	for (i = 0; i < REQUEST_FIELDS_MAX; i++)
		header("X", "y");
	assert_ok(check());
	header("X", "y");
	assert_status(check(), STATUS_LIMIT);
	assert_ok(target("/"));
	memset(big, 'a', sizeof(big) - 1);
	request_add_header(
		req, bytes_of("X"), bytes_make(big, REQUEST_HEAD_MAX - 5));
	assert_ok(check());
	request_add_header(req, bytes_of("X"), bytes_of(""));
	assert_status(check(), STATUS_LIMIT);
}

static void
test_broken_field_is_refused(void **state)
{
	(void)state;
	assert_ok(target("/"));
	header("X", "a b");
	assert_ok(check());
	header("X", "a\rb");
	assert_status(check(), STATUS_MALFORMED);
	assert_ok(target("/"));
	header(" X", "a");
	assert_status(check(), STATUS_MALFORMED);
	assert_ok(target("/"));
	header("X\tY", "a");
	assert_status(check(), STATUS_MALFORMED);
	assert_ok(target("/"));
	header("", "a");
	assert_status(check(), STATUS_MALFORMED);
}

static void
test_first_of_a_repeated_field_counts_unless_it_is_a_list(void **state)
{
	(void)state;
	assert_ok(target("/"));
	header("CONTENT-TYPE", "text/html");
	header("Content-Type", "application/json");
	assert_text(req->head.content_type, "text/html");
	header("ACCEPT", "text/html");
	header("Accept", "");
	header("Accept", "application/json;q=0.1");
	assert_text(req->head.accept, "text/html, , application/json;q=0.1");
	assert_int_equal(request_wants(req), FORM_HTML);
}

static void
test_only_100_is_expected(void **state)
{
	(void)state;
	assert_ok(target("/"));
	header("Expect", "other");
	assert_false(req->head.expects);
	header("Expect", "100-Continue");
	assert_true(req->head.expects);
}

static void
test_mr_wins_over_accept(void **state)
{
	(void)state;
	assert_ok(target("/x?options=mr"));
	header("Accept", "text/html,*/*;q=0.1");
	assert_int_equal(request_wants(req), FORM_TEXT);
	assert_ok(target("/x"));
	header("Accept", "application/xml, TEXT/HTML;q=0.9");
	assert_int_equal(request_wants(req), FORM_HTML);
	assert_ok(target("/x?options=json"));
	assert_int_equal(request_wants(req), FORM_JSON);
	assert_ok(target("/x"));
	header("Accept", "*/*");
	assert_int_equal(request_wants(req), FORM_TEXT);
}

static void
test_reset_forgets_everything(void **state)
{
	struct bytes v;

	(void)state;
	assert_ok(target("/a?b=c"));
	header("Content-Length", "5");
	assert_ok(buf_puts(&req->body, "12345"));
	request_reset(req);
	assert_int_equal(req->segment_count, 0);
	assert_false(form_find(&req->query, "b", &v));
	assert_int_equal(req->head.fields, 0);
	assert_int_equal(req->body.len, 0);
}

/* While its answer is read, which a client may make slow. */
static void
test_answered_request_holds_no_memory(void **state)
{
	(void)state;
	assert_ok(target("/a?b=c"));
	assert_non_null(arena_alloc(req->arena, 200000));
	assert_ok(buf_puts(&req->body, "12345"));
	request_forget(req);
	assert_int_equal(arena_held(req->arena), 0);
	assert_int_equal(req->body.cap, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_path_is_split_before_it_is_decoded),
		cmocka_unit_test(test_trailing_slash_adds_no_segment),
		cmocka_unit_test(test_raw_characters_of_dirmngr_pass),
		cmocka_unit_test(test_absolute_target_counts_from_its_path),
		cmocka_unit_test(test_target_length_is_limited),
		cmocka_unit_test(test_nul_is_refused),
		cmocka_unit_test(test_deep_path_is_cut_but_counted),
		cmocka_unit_test(test_two_lengths_are_refused),
		cmocka_unit_test(test_odd_lengths_are_refused),
		cmocka_unit_test(test_head_is_limited),
		cmocka_unit_test(test_broken_field_is_refused),
		cmocka_unit_test(
			test_first_of_a_repeated_field_counts_unless_it_is_a_list),
		cmocka_unit_test(test_only_100_is_expected),
		cmocka_unit_test(test_mr_wins_over_accept),
		cmocka_unit_test(test_reset_forgets_everything),
		cmocka_unit_test(test_answered_request_holds_no_memory),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
