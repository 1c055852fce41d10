/*
 * Any request target: it is taken or refused, no NUL comes through, a route
 * that is found is the one that its path spells, and one path has one answer.
 */
#include <assert.h>
#include <string.h>

#include "http/route.h"
#include "pgp/user_id.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const methods[] = {
	"GET", "HEAD", "POST", "OPTIONS", "PUT", ""};

static void
check_taken(struct request *req)
{
	size_t i;

	assert(req->segment_count <= REQUEST_SEGMENTS_MAX + 1);
	for (i = 0; i < req->segment_count && i < REQUEST_SEGMENTS_MAX; i++)
		assert(req->segments[i].len == 0 ||
			memchr(req->segments[i].data, 0,
				req->segments[i].len) == NULL);
	for (i = 0; i < req->query.count; i++) {
		struct bytes v = req->query.fields[i].value;

		if (bytes_eq(req->query.fields[i].name, bytes_of("keytext")))
			continue;
		assert(v.len == 0 || memchr(v.data, 0, v.len) == NULL);
		assert(user_id_is_utf8(v));
	}
}

static void
check_route(struct request *req)
{
	char allow[ROUTE_ALLOW_MAX];
	const struct route *r;
	const char *accept = NULL;
	size_t i;

	route_allow(req, allow, &accept);
	assert(strlen(allow) < ROUTE_ALLOW_MAX);
	for (i = 0; i < sizeof(methods) / sizeof(methods[0]); i++) {
		req->method = request_method_of(methods[i]);
		r = route_find(req);
		if (r == NULL)
			continue;
		/* What can be reached is also told. */
		assert(strstr(allow, methods[i]) != NULL);
		assert(strstr(allow, "OPTIONS") != NULL);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct request *req = request_new();
	struct err err;
	enum status st;

	st = request_set_target(req, bytes_make(data, size), &err);
	assert(st == STATUS_OK || st == STATUS_MALFORMED || st == STATUS_LIMIT);
	assert(st != STATUS_OK || size <= REQUEST_TARGET_MAX);
	if (st == STATUS_OK) {
		check_taken(req);
		check_route(req);
	}
	request_free(req);
	return 0;
}
