#include "http/pages/results.h"

#include <ctype.h>
#include <string.h>

#include "base/words.h"
#include "http/keys/index_json.h"
#include "http/pages/glossary.h"
#include "http/pages/key_details.h"
#include "http/pages/key_entry.h"
#include "http/pages/show.h"
#include "http/pages/site.h"
#include "http/services.h"

/* A term is at most 512 octets, each shown as six at most. */
enum { RESULTS_TITLE_MAX = 8192 };

static bool
is_page(const struct request *req)
{
	return request_varies(req) && request_wants(req) != FORM_JSON;
}

bool
results_is_slow(const struct request *req, bool signatures)
{
	return signatures && is_page(req);
}

static void
put_title(struct page *title, const struct results *r)
{
	struct page term;

	if (r->signatures && r->total == 1) {
		page_puts(title, _("A key in detail"));
		return;
	}
	page_init(&term, RESULTS_TITLE_MAX);
	page_visible(&term, r->term);
	if (buf_put_u8(&term.out, '\0') != STATUS_OK)
		page_puts(title, _("Search results"));
	else
		page_fill(title, _("Search results for %s"),
			(const char *)term.out.data);
	page_done(&term);
}

static void
put_count(struct page *p, const struct results *r)
{
	page_raw(p, "<p class=\"lead\">");
	show_count(p, words_count("%s key found", "%s keys found", r->total),
		r->total);
	if (r->count < r->total) {
		page_raw(p, ", ");
		show_count(p, words_count("%s shown", "%s shown", r->count),
			r->count);
	}
	page_raw(p, ".</p>\n");
}

/* Eight digits, perhaps with 0x before them. */
static bool
is_short_id(struct bytes term)
{
	size_t i;

	term = bytes_trim(term);
	if (bytes_starts_nocase(term, "0x"))
		term = bytes_make(term.data + 2, term.len - 2);
	for (i = 0; i < term.len; i++)
		if (!isxdigit(term.data[i]))
			return false;
	return term.len == 8;
}

static void
put_short_id(struct page *p, const struct results *r)
{
	if (!is_short_id(r->term))
		return;
	page_raw(p, "<p class=\"note\">");
	page_puts(p, _("Eight digits do not name one key: anybody can make "
		       "another with the same. Compare the whole "
		       "fingerprint."));
	page_raw(p, "</p>\n");
}

/* Names of signers, and where each came from, if the store has them; the page
 * goes without else. */
static enum status
put_details(struct request *req, struct page *p, const struct results *r)
{
	const struct services *sv = req->services;
	struct signers signers = {0};
	struct signatures list;
	struct store_session *s = NULL;
	struct cert_history *history;
	bool waiting = false;
	struct err err;
	enum status st;
	size_t i;

	signatures_init(
		&list, &signers, ingest_policy(sv->ingest)->level != LEVEL_SKS);
	if (session_borrow(sv->store, &s, &err) != STATUS_OK)
		s = NULL;
	st = signers_find(s, r->certs, r->count, r->now, req->arena, &signers);
	history = arena_array(req->arena, r->count, sizeof(*history));
	if (history == NULL)
		st = STATUS_LIMIT;
	/* What cannot be read is as what is not known. */
	for (i = 0; s != NULL && st == STATUS_OK && i < r->count; i++)
		if (store_get_history(s, &r->certs[i].row->id, req->arena,
			    &history[i], &err) != STATUS_OK)
			memset(&history[i], 0, sizeof(history[i]));
	if (s != NULL)
		session_return(sv->store, s);
	if (st != STATUS_OK)
		return st;
	for (i = 0; i < r->count && !p->failed; i++) {
		key_details_put(p, &list, &r->certs[i], &history[i], i + 1);
		waiting |= r->certs[i].row->level == (uint8_t)LEVEL_SKS;
	}
	glossary_put(p, list.verifies, waiting);
	return STATUS_OK;
}

static void
put_search(struct page *p, const struct results *r)
{
	page_raw(p, "<section aria-labelledby=\"again\">\n<h2 id=\"again\">");
	page_puts(p, _("Search again"));
	page_raw(p, "</h2>\n");
	site_search_form(p, r->term);
	page_raw(p, "</section>\n");
}

static enum status
write_html(struct request *req, struct reply *reply, const struct results *r)
{
	enum status st = STATUS_OK;
	struct page title, p;
	size_t i;

	site_speak(req, reply);
	page_init(&p, req->services->settings->max_reply);
	if (!r->signatures || r->total != 1)
		put_count(&p, r);
	put_short_id(&p, r);
	if (r->signatures)
		st = put_details(req, &p, r);
	else
		for (i = 0; i < r->count && !p.failed; i++)
			key_entry_put(&p, &r->certs[i], i + 1, r->show_digest,
				r->term);
	if (st != STATUS_OK) {
		page_done(&p);
		return st;
	}
	put_search(&p, r);
	page_init(&title, RESULTS_TITLE_MAX);
	put_title(&title, r);
	reply->cache = REPLY_REVALIDATE;
	return site_frame_titled(req, reply, &title, &p);
}

enum status
results_write(struct request *req, struct reply *reply, const struct results *r)
{
	reply->varies = request_varies(req);
	if (request_wants(req) == FORM_JSON)
		return index_json_write(req->arena, reply, r->certs, r->count,
			INDEX_JSON_V1, req->services->settings->max_reply);
	if (is_page(req))
		return write_html(req, reply, r);
	reply->type = REPLY_TEXT;
	reply->cache = REPLY_REVALIDATE;
	return index_write_mr(&reply->body, r->certs, r->count);
}
