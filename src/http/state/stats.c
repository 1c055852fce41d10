#include "http/state/stats.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "config.h"
#include "http/pages/page.h"
#include "http/services.h"
#include "http/pages/site.h"
#include "http/server/slow.h"

enum { STATS_PAGE_MAX = 1024 * 1024 };

/* a@b as ***@b: the graph still closes over the domain. */
static void
mask_address(const char *address, char *out, size_t size)
{
	const char *at = strrchr(address, '@');

	snprintf(out, size, "***%s", at == NULL ? "" : at);
}

static const char *
first_listener(const struct http_settings *set, char *out, size_t size)
{
	const struct endpoint *e;

	out[0] = '\0';
	if (set->listen_count == 0 || set->listen[0].is_unix)
		return out;
	e = &set->listen[0];
	snprintf(out, size, strchr(e->host, ':') ? "[%s]:%s" : "%s:%s",
		set->name[0] != '\0' ? set->name : e->host, e->port);
	return out;
}

/* ---- JSON ------------------------------------------------------------- */

static json_t *
mail_peers_json(const struct http_settings *set)
{
	json_t *list = json_array();
	char masked[300];
	size_t i;

	for (i = 0; i < set->mail_peer_count; i++) {
		mask_address(set->mail_peers[i], masked, sizeof(masked));
		json_array_append_new(
			list, json_pack("{s:s, s:s}", "address", masked,
				      "direction", "both"));
	}
	return list;
}

static json_t *
push_targets_json(const struct http_settings *set)
{
	json_t *list = json_array();
	char masked[300], url[320];
	size_t i;

	for (i = 0; i < set->mail_peer_count; i++) {
		mask_address(set->mail_peers[i], masked, sizeof(masked));
		snprintf(url, sizeof(url), "mailto:%s", masked);
		json_array_append_new(list,
			json_pack("{s:s, s:s, s:s, s:b, s:b}", "addr", url,
				"lastSync", "0001-01-01T00:00:00Z", "lastError",
				"", "permanent", 1, "active", 1));
	}
	return list;
}

static json_t *
stats_json(const struct http_settings *set, const struct store_facts *facts)
{
	json_int_t keys = facts->certs;
	char now[32] = "", at[300], own[300];
	time_t t = (time_t)clock_wall_s();
	struct tm tm;

	if (gmtime_r(&t, &tm) != NULL)
		strftime(now, sizeof(now), "%Y-%m-%dT%H:%M:%SZ", &tm);
	mask_address(set->mail_address, own, sizeof(own));
	return json_pack("{s:s, s:s, s:s, s:s, s:s, s:I, s:I, s:s, s:s, s:s,"
			 " s:{s:b, s:b, s:b}, s:[], s:o, s:{s:s, s:o},"
			 " s:[], s:[]}",
		"software", "keypost", "version", PACKAGE_VERSION, "hostname",
		set->name, "nodename", set->name, "now", now, "total", keys,
		"numkeys", keys, "contact", set->contact, "server_contact",
		set->contact, "httpAddr", first_listener(set, at, sizeof(at)),
		"queryConfig", "selfSignedOnly", 0, "keywordSearchDisabled",
		!set->search.word_search, "enableInexactMatching", set->search.word_search,
		"peers", "pksTargets", push_targets_json(set), "mailsync",
		"address", set->mail_address[0] != '\0' ? own : "", "peers",
		mail_peers_json(set), "hourly", "daily");
}

static enum status
write_json(const struct http_settings *set, const struct store_facts *facts,
	struct reply *reply)
{
	json_t *o = stats_json(set, facts);
	char *text = o == NULL ? NULL : json_dumps(o, JSON_INDENT(1));
	enum status st;

	json_decref(o);
	if (text == NULL) {
		err_set(&reply->err, "statistics hold what is no UTF-8");
		return STATUS_IO;
	}
	st = buf_puts(&reply->body, text);
	if (st == STATUS_OK)
		st = buf_puts(&reply->body, "\n");
	free(text);
	reply->type = REPLY_JSON;
	return st;
}

/* ---- HTML: section 9.2 fixes the markup octet by octet ---------------- */

static void
setting(struct page *p, const char *name, const char *value)
{
	page_rawf(p, "<tr><td>%s:</td><td>", name);
	page_puts(p, value);
	page_raw(p, "</td></tr>\n");
}

static void
put_settings(struct page *p, const struct http_settings *set)
{
	page_raw(p, "<section>\n<h2>Settings</h2>\n<table>\n");
	setting(p, "Hostname", set->name);
	setting(p, "Nodename", set->name);
	setting(p, "Software", "keypost");
	setting(p, "Version", PACKAGE_VERSION);
	setting(p, "Server contact", set->contact);
	setting(p, "HTTP port",
		set->listen_count > 0 ? set->listen[0].port : "");
	setting(p, "Recon port", "");
	setting(p, "Debug level", "0");
	page_raw(p, "</table>\n</section>\n");
}

static void
put_peers(struct page *p, const struct http_settings *set)
{
	char masked[300];
	size_t i;

	page_raw(p, "<section>\n<h2>Gossip Peers</h2>\n"
		    "<table summary=\"Gossip Peers\">\n</table>\n</section>\n"
		    "<section>\n<h2>Outgoing Mailsync Peers</h2>\n"
		    "<table summary=\"Mailsync Peers\">\n");
	for (i = 0; i < set->mail_peer_count; i++) {
		mask_address(set->mail_peers[i], masked, sizeof(masked));
		page_raw(p, "<tr><td>");
		page_puts(p, masked);
		page_raw(p, "</td></tr>\n");
	}
	page_raw(p, "</table>\n</section>\n");
}

static enum status
write_html(struct request *req, const struct store_facts *facts,
	struct reply *reply)
{
	const struct http_settings *set = req->services->settings;
	struct page p;

	page_init(&p, STATS_PAGE_MAX);
	put_settings(&p, set);
	put_peers(&p, set);
	page_rawf(&p,
		"<section>\n<h2>Statistics</h2>"
		"<p>Total number of keys: %lld</p>\n</section>\n",
		(long long)facts->certs);
	return site_frame(req, reply, "Server statistics", &p);
}

static enum status
run(struct request *req, struct reply *reply)
{
	const struct services *sv = req->services;
	struct store_facts facts;
	struct store_session *s;
	enum status st;

	st = session_borrow(sv->store, &s, &reply->err);
	if (st != STATUS_OK)
		return st;
	st = store_get_facts(s, &facts, &reply->err);
	session_return(sv->store, s);
	if (st != STATUS_OK)
		return st;
	reply->cache = REPLY_MINUTE;
	if (form_has_option(&req->query, "mr") ||
		form_has_option(&req->query, "json"))
		return write_json(sv->settings, &facts, reply);
	return write_html(req, &facts, reply);
}

enum status
stats_handle(struct request *req, struct reply *reply)
{
	if (!request_may(req, RATE_SEARCH, 1)) {
		err_set(&reply->err, "too many searches from your address");
		return STATUS_BUSY;
	}
	return slow_later(req, reply, run, NULL);
}
