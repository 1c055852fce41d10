#include "http/route.h"

#include <stdio.h>
#include <string.h>

#include "http/keys/pks_add.h"
#include "http/keys/pks_hashquery.h"
#include "http/keys/pks_lookup.h"
#include "http/keys/v2_certs.h"
#include "http/keys/v2_index.h"
#include "http/keys/v2_prefixlog.h"
#include "http/keys/v2_refuse.h"
#include "http/keys/v2_submit.h"
#include "http/keys/vks_get.h"
#include "http/keys/vks_upload.h"
#include "http/pages/site.h"
#include "http/state/health.h"
#include "http/state/stats.h"

/* What is neither a look-up nor a submission costs too little to count. */
static const struct route routes[] = {
	{METHOD_GET, "/pks/lookup", pks_lookup_handle, ROUTE_NO_BODY,
		RATE_LOOKUP, NULL},
	{METHOD_POST, "/pks/add", pks_add_handle, ROUTE_SUBMISSION,
		RATE_SUBMISSION, PKS_ADD_ACCEPT},
	{METHOD_POST, "/pks/hashquery", pks_hashquery_handle, ROUTE_HASHQUERY,
		RATE_NONE, NULL},
	{METHOD_GET, "/pks/v2/certs/by-vfingerprint/*/*", v2_by_vfingerprint,
		ROUTE_NO_BODY, RATE_LOOKUP, NULL},
	{METHOD_GET, "/pks/v2/certs/by-vfingerprint/*", v2_by_vfingerprint,
		ROUTE_NO_BODY, RATE_LOOKUP, NULL},
	{METHOD_GET, "/pks/v2/certs/by-keyid/*", v2_by_keyid, ROUTE_NO_BODY,
		RATE_LOOKUP, NULL},
	{METHOD_GET, "/pks/v2/certs/by-identity/*", v2_by_identity,
		ROUTE_NO_BODY, RATE_LOOKUP, NULL},
	{METHOD_GET, "/pks/v2/index/*", v2_index, ROUTE_NO_BODY, RATE_LOOKUP,
		NULL},
	{METHOD_GET, "/pks/v2/prefixlog/*", v2_prefixlog, ROUTE_NO_BODY,
		RATE_LOOKUP, NULL},
	{METHOD_GET, "/pks/v2/certs/by-vfingerprint", v2_no_identifier,
		ROUTE_NO_BODY, RATE_NONE, NULL},
	{METHOD_GET, "/pks/v2/certs/by-keyid", v2_no_identifier, ROUTE_NO_BODY,
		RATE_NONE, NULL},
	{METHOD_GET, "/pks/v2/certs/by-identity", v2_no_identifier,
		ROUTE_NO_BODY, RATE_NONE, NULL},
	{METHOD_GET, "/pks/v2/index", v2_no_identifier, ROUTE_NO_BODY,
		RATE_NONE, NULL},
	{METHOD_GET, "/pks/v2/prefixlog", v2_no_identifier, ROUTE_NO_BODY,
		RATE_NONE, NULL},
	{METHOD_POST, "/pks/v2/certs", v2_submit, ROUTE_SUBMISSION,
		RATE_SUBMISSION, V2_SUBMIT_ACCEPT},
	{METHOD_GET, "/vks/v1/by-fingerprint/*", vks_by_fingerprint,
		ROUTE_NO_BODY, RATE_LOOKUP, NULL},
	{METHOD_GET, "/vks/v1/by-keyid/*", vks_by_keyid, ROUTE_NO_BODY,
		RATE_LOOKUP, NULL},
	{METHOD_GET, "/vks/v1/by-email/*", vks_by_email, ROUTE_NO_BODY,
		RATE_LOOKUP, NULL},
	{METHOD_POST, "/vks/v1/upload", vks_upload, ROUTE_SUBMISSION,
		RATE_SUBMISSION, VKS_UPLOAD_ACCEPT},
	{METHOD_POST, "/vks/v1/request-verify", vks_request_verify,
		ROUTE_SUBMISSION, RATE_SUBMISSION, "application/json"},
	{METHOD_POST, "/pks/delete", site_not_offered, ROUTE_NO_BODY, RATE_NONE,
		NULL},
	{METHOD_POST, "/pks/replace", site_not_offered, ROUTE_NO_BODY,
		RATE_NONE, NULL},
	{METHOD_GET, "/pks/stats", stats_handle, ROUTE_NO_BODY, RATE_LOOKUP,
		NULL},
	{METHOD_GET, "/pks/stats/changes.svg", stats_chart, ROUTE_NO_BODY,
		RATE_LOOKUP, NULL},
	{METHOD_GET, "/pks/stats/graph.svg", stats_graph, ROUTE_NO_BODY,
		RATE_LOOKUP, NULL},
	{METHOD_GET, "/pks/stats/graph.dot", stats_dot, ROUTE_NO_BODY,
		RATE_LOOKUP, NULL},
	{METHOD_GET, "/pks/health", health_handle, ROUTE_NO_BODY, RATE_NONE,
		NULL},
	{METHOD_GET, "/healthz", health_alive, ROUTE_NO_BODY, RATE_NONE, NULL},
	{METHOD_GET, "/readyz", health_handle, ROUTE_NO_BODY, RATE_NONE, NULL},
	{METHOD_GET, "/", site_home, ROUTE_NO_BODY, RATE_NONE, NULL},
	{METHOD_GET, "/index.html", site_home, ROUTE_NO_BODY, RATE_NONE, NULL},
	{METHOD_GET, "/keypost.css", site_style, ROUTE_NO_BODY, RATE_NONE,
		NULL},
	{METHOD_GET, "/keypost.svg", site_icon, ROUTE_NO_BODY, RATE_NONE, NULL},
	{METHOD_GET, "/robots.txt", site_robots, ROUTE_NO_BODY, RATE_NONE,
		NULL},
	{METHOD_OTHER, NULL, NULL, ROUTE_NO_BODY, RATE_NONE, NULL},
};

/* Who asks these speaks JSON, or only plain text, whatever Accept says. */
static const struct {
	const char *path;
	enum request_errors errors;
} speakers[] = {
	{"/pks/v2/certs", ERRORS_JSON},
	{"/pks/v2/index/*", ERRORS_JSON},
	{"/vks/v1/upload", ERRORS_JSON},
	{"/vks/v1/request-verify", ERRORS_JSON},
	{"/vks/v1/*/*", ERRORS_TEXT},
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
		size_t n = 0;

		while (path[n] != '\0' && path[n] != '/')
			n++;
		if (i == req->segment_count)
			return false;
		if (!(n == 1 && *path == '*') &&
			!bytes_eq(bytes_make(path, n), req->segments[i]))
			return false;
		path += n;
		while (*path == '/')
			path++;
	}
	return i == req->segment_count;
}

enum request_errors
route_errors(const struct request *req)
{
	size_t i;

	for (i = 0; i < sizeof(speakers) / sizeof(speakers[0]); i++)
		if (path_matches(req, speakers[i].path))
			return speakers[i].errors;
	return ERRORS_AS_ASKED;
}

unsigned int
route_refusal(const struct request *req, const char **text)
{
	char allow[ROUTE_ALLOW_MAX];

	route_allow(req, allow, NULL);
	return v2_refusal(req, allow[0] != '\0', text);
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
	if (bytes_eq(req->target, bytes_of("*"))) { /* all of the server */
		snprintf(allow, ROUTE_ALLOW_MAX, "GET, HEAD, POST, OPTIONS");
		return;
	}
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
