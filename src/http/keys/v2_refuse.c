#include "http/keys/v2_refuse.h"

#include "http/pages/error.h"

static const char no_identifier[] =
	"Forbidden: this category needs an identifier";

enum status
v2_no_identifier(struct request *req, struct reply *reply)
{
	site_error(req, reply, 403, no_identifier);
	return STATUS_OK;
}

/* Is it a category that this server has, whatever follows? */
static bool
is_served(const struct request *req)
{
	static const char *const categories[] = {"index", "prefixlog"};
	static const char *const kinds[] = {
		"by-vfingerprint", "by-keyid", "by-identity"};
	size_t i;

	for (i = 0; i < sizeof(categories) / sizeof(categories[0]); i++)
		if (bytes_eq(req->segments[2], bytes_of(categories[i])))
			return true;
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (req->segment_count > 3 &&
			bytes_eq(req->segments[2], bytes_of("certs")) &&
			bytes_eq(req->segments[3], bytes_of(kinds[i])))
			return true;
	return false;
}

unsigned int
v2_refusal(const struct request *req, bool known, const char **text)
{
	bool reads = req->method == METHOD_GET || req->method == METHOD_HEAD;

	if (req->segment_count < 3 ||
		req->segment_count > REQUEST_SEGMENTS_MAX ||
		!bytes_eq(req->segments[0], bytes_of("pks")) ||
		!bytes_eq(req->segments[1], bytes_of("v2")))
		return 0;
	if (reads && req->segment_count == 3 &&
		bytes_eq(req->segments[2], bytes_of("certs"))) {
		*text = no_identifier;
		return 403;
	}
	if (known || is_served(req))
		return 0;
	*text = "this server does not have this category of HKP v2";
	return 501;
}
