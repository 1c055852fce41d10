/*
 * Header fields, entity tags and the words of errors.
 */

#include "http/message/reply.h"
#include "tests/unit/unit.h"

static void
test_etag_names_digest_and_format(void **state)
{
	static const uint8_t digest[16] = {0xAB, 0x01};
	struct reply r;

	(void)state;
	reply_init(&r);
	reply_etag(&r, bytes_make(digest, 16), "asc");
	assert_string_equal(r.etag, "\"ab010000000000000000000000000000-asc\"");
}

static void
test_if_none_match_compares_weakly(void **state)
{
	const char *tag = "\"ab-asc\"";

	(void)state;
	assert_true(reply_etag_matches(bytes_of("\"ab-asc\""), tag));
	assert_true(reply_etag_matches(bytes_of("W/\"ab-asc\""), tag));
	assert_true(reply_etag_matches(
		bytes_of("\"x\" , W/\"y\",\"ab-asc\""), tag));
	assert_true(reply_etag_matches(bytes_of("*"), tag));
	assert_false(reply_etag_matches(bytes_of("\"ab-bin\""), tag));
	assert_false(reply_etag_matches(bytes_of("ab-asc"), tag));
	assert_false(reply_etag_matches(bytes_of(""), tag));
	assert_false(reply_etag_matches(bytes_of("*"), ""));
}

static void
test_unsafe_header_values_are_told(void **state)
{
	(void)state;
	assert_true(reply_safe("plain; text=\"x\""));
	assert_false(reply_safe("a\r\nSet-Cookie: x"));
	assert_false(reply_safe("a\nb"));
	assert_false(reply_safe("a\rb"));
}

static void
test_status_is_told_as_specified(void **state)
{
	static const struct {
		enum status st;
		unsigned int http;
	} want[] = {
		{STATUS_NOT_FOUND, 404},
		{STATUS_MALFORMED, 400},
		{STATUS_UNSUPPORTED, 501},
		{STATUS_LIMIT, 413},
		{STATUS_BUSY, 503},
		{STATUS_TIMEOUT, 503},
		{STATUS_CLOSED, 503},
		{STATUS_IO, 500},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++)
		assert_int_equal(
			reply_error_of(want[i].st)->status, want[i].http);
}

static void
test_overload_says_when_to_come_back(void **state)
{
	(void)state;
	assert_int_equal(reply_error_for(503)->retry_after, 5);
	assert_int_equal(reply_error_for(404)->retry_after, 0);
	assert_string_equal(reply_error_for(400)->words, "Bad request");
	assert_string_equal(reply_error_for(501)->words, "Not implemented");
	assert_string_equal(reply_error_for(500)->words, "Internal error");
}

static void
test_clear_keeps_the_reason(void **state)
{
	struct reply r;

	(void)state;
	reply_init(&r);
	err_set(&r.err, "why");
	assert_ok(buf_puts(&r.body, "half a page"));
	reply_header(&r, "A", "b");
	r.status = 404;
	r.close = true;
	reply_clear(&r);
	assert_int_equal(r.body.len, 0);
	assert_int_equal(r.field_count, 0);
	assert_int_equal(r.status, 200);
	assert_true(r.close);
	assert_string_equal(r.err.text, "why");
	reply_done(&r);
}

/* A page's body has a limit of its own; a listing may have been megabytes. */
static void
test_reset_keeps_little_memory_and_no_limit(void **state)
{
	struct reply r;

	(void)state;
	reply_init(&r);
	buf_init(&r.body, REPLY_BODY_KEPT);
	assert_int_equal(buf_reserve(&r.body, REPLY_BODY_KEPT), STATUS_OK);
	r.body.len = 5;
	reply_reset(&r);
	assert_int_equal(r.body.len, 0);
	assert_int_equal(r.body.cap, REPLY_BODY_KEPT);
	assert_int_equal(buf_reserve(&r.body, REPLY_BODY_KEPT + 1), STATUS_OK);
	reply_reset(&r);
	assert_null(r.body.data);
	reply_done(&r);
}

static void
test_counts_are_written_in_decimal(void **state)
{
	struct arena *arena = arena_new(4096);
	struct reply r;

	(void)state;
	reply_init(&r);
	reply_header_number(&r, arena, "A", 0);
	reply_header_number(&r, arena, "B", 1090);
	reply_header_number(&r, arena, "C", UINT64_MAX);
	assert_string_equal(r.fields[0].value, "0");
	assert_string_equal(r.fields[1].value, "1090");
	assert_string_equal(r.fields[2].value, "18446744073709551615");
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_etag_names_digest_and_format),
		cmocka_unit_test(test_if_none_match_compares_weakly),
		cmocka_unit_test(test_unsafe_header_values_are_told),
		cmocka_unit_test(test_status_is_told_as_specified),
		cmocka_unit_test(test_overload_says_when_to_come_back),
		cmocka_unit_test(test_clear_keeps_the_reason),
		cmocka_unit_test(test_reset_keeps_little_memory_and_no_limit),
		cmocka_unit_test(test_counts_are_written_in_decimal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
