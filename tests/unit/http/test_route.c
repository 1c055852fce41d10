/*
 * Which handler a method and a path reach.
 */
#include <string.h>

#include "http/keys/pks_add.h"
#include "http/keys/pks_lookup.h"
#include "http/route.h"
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

static const struct route *
find(const char *method, const char *target)
{
	struct err err;

	request_reset(req);
	assert_ok(request_set_target(req, bytes_of(target), &err));
	req->method = request_method_of(method);
	return route_find(req);
}

static void
allows(const char *target, const char *want)
{
	char allow[ROUTE_ALLOW_MAX];

	(void)find("PUT", target);
	route_allow(req, allow, NULL);
	assert_string_equal(allow, want);
}

static void
test_head_reaches_the_handler_of_get(void **state)
{
	(void)state;
	assert_ptr_equal(
		find("GET", "/pks/lookup?op=get")->handle, pks_lookup_handle);
	assert_ptr_equal(
		find("HEAD", "/pks/lookup")->handle, pks_lookup_handle);
	assert_ptr_equal(find("POST", "/pks/add")->handle, pks_add_handle);
}

static void
test_other_methods_reach_nothing(void **state)
{
	static const char *const methods[] = {
		"PUT", "DELETE", "TRACE", "CONNECT", "get", "PATCH", ""};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		assert_null(find(methods[i], "/pks/lookup"));
	assert_null(find("GET", "/pks/add"));
	assert_null(find("HEAD", "/pks/hashquery"));
	assert_null(find("POST", "/pks/lookup"));
}

static void
test_path_matches_whole_segments_only(void **state)
{
	(void)state;
	assert_non_null(find("GET", "/pks/lookup/"));
	assert_non_null(find("GET", "/pks/l%6Fokup"));
	assert_null(find("GET", "/pks/lookupx"));
	assert_null(find("GET", "/pks"));
	assert_null(find("GET", "/pks/lookup/x"));
	assert_null(find("GET", "/pks%2Flookup"));
	assert_null(find("GET", "//pks/lookup"));
	assert_null(find("GET", "/PKS/lookup"));
	assert_null(find("GET", "/1/2/3/4/5/6/7/8/9"));
}

static void
test_allow_lists_the_methods_of_the_path(void **state)
{
	(void)state;
	allows("/pks/lookup", "GET, HEAD, OPTIONS");
	allows("/pks/add", "POST, OPTIONS");
	allows("/", "GET, HEAD, OPTIONS");
	allows("/nothing", "");
}

static void
test_options_learns_the_media_types_of_submissions(void **state)
{
	char allow[ROUTE_ALLOW_MAX];
	const char *accept = NULL;

	(void)state;
	(void)find("OPTIONS", "/pks/add");
	route_allow(req, allow, &accept);
	assert_non_null(accept);
	assert_non_null(strstr(accept, "multipart/form-data"));
	accept = NULL;
	(void)find("OPTIONS", "/pks/lookup");
	route_allow(req, allow, &accept);
	assert_null(accept);
}

static void
test_every_row_can_be_reached(void **state)
{
	const struct route *r;

	(void)state;
	for (r = route_table(); r->path != NULL; r++)
		assert_ptr_equal(find(r->method == METHOD_POST ? "POST" : "GET",
					 r->path),
			r);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_head_reaches_the_handler_of_get),
		cmocka_unit_test(test_other_methods_reach_nothing),
		cmocka_unit_test(test_path_matches_whole_segments_only),
		cmocka_unit_test(test_allow_lists_the_methods_of_the_path),
		cmocka_unit_test(
			test_options_learns_the_media_types_of_submissions),
		cmocka_unit_test(test_every_row_can_be_reached),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
