#include "http/pages/home.h"

#include <string.h>

#include "base/words.h"
#include "http/pages/frame.h"
#include "http/pages/html.h"
#include "http/pages/speak.h"
#include "http/services.h"

#define HOME_HKP_PORT "11371"

/*
 * Where programs find this server, as it stands in the examples: the name
 * with the port of the first listener, unless it is the one they take anyway.
 */
static void
put_hkp(struct page *p, const struct http_settings *set)
{
	const struct endpoint *e = set->listen;

	page_raw(p, "hkp://");
	page_puts(p, set->name);
	if (set->listen_count == 0 || e->is_unix ||
		strcmp(e->port, HOME_HKP_PORT) == 0)
		return;
	page_raw(p, ":");
	page_puts(p, e->port);
}

static void
put_submit(struct page *p, bool taken)
{
	if (taken) {
		page_expand(p, bytes_of(html_submit), NULL, 0);
		return;
	}
	page_raw(p, "<p>");
	page_puts(p, _("This server is a mirror: keys can be found here, but "
		       "not submitted. Submit yours to a server that this one "
		       "syncs with; the statistics name them."));
	page_raw(p, "</p>");
}

static void
put_send(struct page *p, const struct page *hkp, bool taken)
{
	if (!taken)
		return;
	page_raw(p, "<li><code>gpg --keyserver ");
	page_markup(p, buf_view(&hkp->out));
	page_raw(p, " <span>--send-keys</span> FINGERPRINT</code></li>\n");
}

enum status
site_home(struct request *req, struct reply *reply)
{
	const bool taken = req->services->settings->submissions;
	struct page search, submit, send, hkp, main;

	site_speak(req, reply);
	page_init(&search, SITE_PAGE_MAX);
	page_init(&submit, SITE_PAGE_MAX);
	page_init(&send, SITE_PAGE_MAX);
	page_init(&hkp, SITE_PAGE_MAX);
	page_init(&main, SITE_PAGE_MAX);
	site_search_form(&search, bytes_of(""));
	put_hkp(&hkp, req->services->settings);
	put_submit(&submit, taken);
	put_send(&send, &hkp, taken);
	{
		struct page_var vars[] = {
			page_html("hkp", &hkp),
			page_html("search", &search),
			page_html("form", &submit),
			page_html("send", &send),
		};

		page_expand(&main, bytes_of(html_home), vars, 4);
	}
	page_done(&search);
	page_done(&submit);
	page_done(&send);
	page_done(&hkp);
	reply->cache = REPLY_REVALIDATE;
	return site_frame(req, reply, _("OpenPGP keyserver"), &main);
}
