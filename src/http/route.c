#include "http/route.h"

#include <stdio.h>
#include <string.h>

#include "http/keys/pks_add.h"
#include "http/keys/pks_hashquery.h"
#include "http/keys/pks_lookup.h"
#include "http/pages/site.h"
#include "http/state/stats.h"

/* What is neither a look-up nor a submission costs too little to count. */
static const struct route routes[] = {
	{METHOD_GET, "/pks/lookup", pks_lookup_handle, ROUTE_NO_BODY,
		RATE_LOOKUP, NULL},
	{METHOD_POST, "/pks/add", pks_add_handle, ROUTE_SUBMISSION,
		RATE_SUBMISSION, PKS_ADD_ACCEPT},
	{METHOD_POST, "/pks/hashquery", pks_hashquery_handle, ROUTE_HASHQUERY,
		RATE_NONE, NULL},
	{METHOD_POST, "/pks/delete", site_not_offered, ROUTE_NO_BODY, RATE_NONE,
		NULL},
	{METHOD_POST, "/pks/replace", site_not_offered, ROUTE_NO_BODY,
		RATE_NONE, NULL},
	{METHOD_GET, "/pks/stats", stats_handle, ROUTE_NO_BODY, RATE_LOOKUP,
		NULL},
	{METHOD_GET, "/pks/health", site_health, ROUTE_NO_BODY, RATE_NONE,
		NULL},
	{METHOD_GET, "/healthz", site_alive, ROUTE_NO_BODY, RATE_NONE, NULL},
	{METHOD_GET, "/readyz", site_health, ROUTE_NO_BODY, RATE_NONE, NULL},
	{METHOD_GET, "/", site_home, ROUTE_NO_BODY, RATE_NONE, NULL},
	{METHOD_GET, "/index.html", site_home, ROUTE_NO_BODY, RATE_NONE, NULL},
	{METHOD_GET, "/keypost.css", site_style, ROUTE_NO_BODY, RATE_NONE,
		NULL},
	{METHOD_GET, "/keypost.svg", site_icon, ROUTE_NO_BODY, RATE_NONE, NULL},
	{METHOD_GET, "/robots.txt", site_robots, ROUTE_NO_BODY, RATE_NONE,
		NULL},
	{METHOD_OTHER, NULL, NULL, ROUTE_NO_BODY, RATE_NONE, NULL},
};

const struct route *
route_table(void)
{
	return routes;
}

static bool
path_matches(const struct request *req, const char *path)
{
	size_t i = 0;

	if (req->segment_count > REQUEST_SEGMENTS_MAX)
		return false;
	while (*path == '/')
		path++;
	for (; *path != '\0'; i++) {
		size_t n = strcspn(path, "/");
		struct bytes want = bytes_make(path, n);

		if (i == req->segment_count)
			return false;
		if (!bytes_eq(want, bytes_of("*")) &&
			!bytes_eq(want, req->segments[i]))
			return false;
		path += n;
		while (*path == '/')
			path++;
	}
	return i == req->segment_count;
}

const struct route *
route_find(const struct request *req)
{
	enum request_method method = req->method;
	const struct route *r;

	if (method == METHOD_HEAD)
		method = METHOD_GET;
	for (r = routes; r->path != NULL; r++)
		if (r->method == method && path_matches(req, r->path))
			return r;
	return NULL;
}

void
route_allow(const struct request *req, char allow[ROUTE_ALLOW_MAX],
	const char **accept)
{
	static const char *const words[] = {
		[METHOD_GET] = "GET, HEAD, ",
		[METHOD_POST] = "POST, ",
	};
	const struct route *r;
	size_t len = 0;

	allow[0] = '\0';
	for (r = routes; r->path != NULL; r++) {
		if (!path_matches(req, r->path))
			continue;
		len += (size_t)snprintf(allow + len, ROUTE_ALLOW_MAX - len,
			"%s", words[r->method]);
		if (r->accept != NULL && accept != NULL)
			*accept = r->accept;
	}
	if (len > 0)
		snprintf(allow + len, ROUTE_ALLOW_MAX - len, "OPTIONS");
}
