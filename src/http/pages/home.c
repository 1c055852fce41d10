#include "http/pages/home.h"

#include "http/pages/frame.h"
#include "http/pages/html.h"
#include "http/services.h"

enum status
site_home(struct request *req, struct reply *reply)
{
	struct page search, main;

	page_init(&search, SITE_PAGE_MAX);
	page_init(&main, SITE_PAGE_MAX);
	site_search_form(&search, bytes_of(""));
	{
		struct page_var vars[] = {
			page_str("name", req->services->settings->name),
			page_html("search", &search),
		};

		page_expand(&main, bytes_of(html_home), vars, 2);
	}
	page_done(&search);
	reply->cache = REPLY_REVALIDATE;
	return site_frame(req, reply, "OpenPGP keyserver", &main);
}
