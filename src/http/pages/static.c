#include "http/pages/static.h"

#include "http/pages/html.h"
#include "http/pages/web_root.h"

static enum status
fixed_file(struct reply *reply, const char *text, enum reply_type type)
{
	reply->fixed = bytes_of(text);
	reply->type = type;
	reply->cache = REPLY_HOUR;
	reply_etag_hash(reply, reply->fixed, 8, "file");
	return STATUS_OK;
}

enum status
site_style(struct request *req, struct reply *reply)
{
	if (web_root_serve(req, reply, "keypost.css") == STATUS_OK)
		return STATUS_OK;
	return fixed_file(reply, html_keypost_css, REPLY_CSS);
}

enum status
site_icon(struct request *req, struct reply *reply)
{
	if (web_root_serve(req, reply, "keypost.svg") == STATUS_OK)
		return STATUS_OK;
	return fixed_file(reply, html_keypost_svg, REPLY_SVG);
}

enum status
site_robots(struct request *req, struct reply *reply)
{
	if (web_root_serve(req, reply, "robots.txt") == STATUS_OK)
		return STATUS_OK;
	return fixed_file(reply,
		"User-agent: *\nDisallow: /pks/\nDisallow: /vks/\n",
		REPLY_TEXT);
}
