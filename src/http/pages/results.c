#include "http/pages/results.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/hex.h"
#include "http/keys/index_json.h"
#include "http/pages/page.h"
#include "http/services.h"
#include "http/pages/site.h"

/* A term is at most 512 octets, each shown as six at most. */
enum { RESULTS_TITLE_MAX = 8192 };

struct shown_date {
	char text[16];
};

static struct shown_date
date(int64_t t)
{
	struct shown_date d = {"never"};
	time_t when = (time_t)t;
	struct tm tm;

	if (t > 0 && gmtime_r(&when, &tm) != NULL)
		strftime(d.text, sizeof(d.text), "%Y-%m-%d", &tm);
	return d;
}

static void
put_date(struct page *p, int64_t t)
{
	if (t <= 0)
		page_raw(p, "never");
	else
		page_rawf(p, "<time datetime=\"%s\">%s</time>", date(t).text,
			date(t).text);
}

/* By four, as people compare them. */
static void
put_fingerprint(struct page *p, const struct fingerprint *f)
{
	char hex[FINGERPRINT_HEX_MAX];
	size_t i, n;

	fingerprint_hex(f, hex);
	n = strlen(hex);
	page_raw(p, "<span class=\"fpr\">");
	for (i = 0; i < n; i += 4)
		page_rawf(p, "%s%.4s", i == 0 ? "" : " ", hex + i);
	page_raw(p, "</span>");
}

static void
put_algorithm(struct page *p, const struct public_key *k)
{
	char name[24];

	page_puts(p, public_key_algorithm_name(k->algorithm, name));
	if (k->curve != NULL) {
		page_raw(p, " ");
		page_puts(p, k->curve);
	} else if (k->bits > 0) {
		page_rawf(p, " %u bits", k->bits);
	}
}

static void
put_state(struct page *p, bool revoked, bool expired)
{
	const char *word = revoked ? "revoked" : expired ? "expired" : "valid";

	page_rawf(p, "<span class=\"%s\">%s</span>", word, word);
}

/* ---- signatures ------------------------------------------------------- */

static const char *
sig_word(const struct index_sig *s)
{
	static const char *const words[] = {
		[INDEX_SIG_SELF] = "self-signature",
		[INDEX_SIG_CERTIFICATION] = "certification",
		[INDEX_SIG_REVOCATION] = "revocation",
		[INDEX_SIG_BINDING] = "subkey binding",
		[INDEX_SIG_DIRECT] = "direct key",
		[INDEX_SIG_OTHER] = "other",
	};

	return words[s->kind];
}

/* Type 0x10 says nothing of how well it was checked; 0x13 says most. */
static void
put_kind(struct page *p, const struct index_sig *s)
{
	uint8_t type = s->sig->info.type;

	page_raw(p, sig_word(s));
	if (s->kind == INDEX_SIG_CERTIFICATION && type >= SIG_GENERIC_CERT &&
		type <= SIG_POSITIVE_CERT)
		page_rawf(p, ", level %u",
			(unsigned int)(type - SIG_GENERIC_CERT));
	if (!s->plausible)
		page_raw(p, " (not plausible)");
}

static void
put_signer(struct page *p, const struct index_sig *s)
{
	const struct signature_info *i = &s->sig->info;
	char hex[FINGERPRINT_HEX_MAX];

	if (s->self) {
		page_raw(p, "this key");
		return;
	}
	if (i->has_issuer_fpr)
		fingerprint_hex(&i->issuer_fpr, hex);
	else if (i->has_issuer)
		snprintf(hex, sizeof(hex), "%016llX",
			(unsigned long long)i->issuer);
	else {
		page_raw(p, "unknown");
		return;
	}
	page_rawf(p,
		"<a rel=\"nofollow\" class=\"fpr\" "
		"href=\"/pks/lookup?op=vindex&amp;search=0x%s\">%s</a>",
		hex, hex);
}

static void
put_sig_row(struct page *p, const struct index_sig *s)
{
	page_raw(p, "<tr><td>");
	put_kind(p, s);
	page_raw(p, "</td><td data-label=\"by\">");
	put_signer(p, s);
	page_raw(p, "</td><td data-label=\"created\">");
	put_date(p, s->created);
	page_raw(p, "</td><td data-label=\"expires\">");
	put_date(p, s->expires);
	page_raw(p, "</td></tr>\n");
}

static void
open_table(struct page *p)
{
	page_raw(p,
		"<div class=\"scroll\"><table class=\"sigs\">\n<thead><tr>"
		"<th scope=\"col\">Signature</th><th scope=\"col\">By</th>"
		"<th scope=\"col\">Created</th><th scope=\"col\">Expires</th>"
		"</tr></thead>\n<tbody>\n");
}

static void
close_table(struct page *p)
{
	page_raw(p, "</tbody></table></div>\n");
}

/* The key's own first; of others the first few, the rest folded. */
static void
put_signatures(struct page *p, const struct index_part *part)
{
	size_t i, others = 0, hidden = 0;

	if (part->sig_count == 0)
		return;
	open_table(p);
	for (i = 0; i < part->sig_count; i++)
		if (part->sigs[i].self)
			put_sig_row(p, &part->sigs[i]);
	for (i = 0; i < part->sig_count; i++) {
		if (part->sigs[i].self)
			continue;
		if (others++ < RESULTS_SIGS_SHOWN)
			put_sig_row(p, &part->sigs[i]);
		else
			hidden++;
	}
	close_table(p);
	if (hidden == 0)
		return;
	page_rawf(
		p, "<details><summary>%zu more signatures</summary>\n", hidden);
	open_table(p);
	for (i = 0, others = 0; i < part->sig_count; i++)
		if (!part->sigs[i].self && others++ >= RESULTS_SIGS_SHOWN)
			put_sig_row(p, &part->sigs[i]);
	close_table(p);
	page_raw(p, "</details>\n");
}

/* ---- one certificate -------------------------------------------------- */

static void
put_user_id(struct page *p, const struct index_part *u)
{
	page_user_id(p, u->text);
	if (!u->valid)
		page_raw(p, " <span class=\"expired\">(no valid "
			    "self-signature)</span>");
	else if (u->revoked || u->expired) {
		page_raw(p, " ");
		put_state(p, u->revoked, u->expired);
	}
}

static void
put_user_ids(struct page *p, const struct index_cert *c)
{
	size_t i;

	if (c->user_id_count == 0) {
		page_raw(p, "<p>It carries no User ID.</p>\n");
		return;
	}
	page_raw(p, "<ul class=\"uids\">\n");
	for (i = 0; i < c->user_id_count; i++) {
		page_raw(p, "<li>");
		put_user_id(p, &c->user_ids[i]);
		page_raw(p, "</li>\n");
	}
	page_raw(p, "</ul>\n");
}

static void
put_subkey(struct page *p, const struct index_part *s)
{
	page_raw(p, "<h3>Subkey ");
	put_fingerprint(p, &s->component->key.fpr);
	page_raw(p, "</h3>\n<p class=\"facts\">");
	put_algorithm(p, &s->component->key);
	page_raw(p, " · created ");
	put_date(p, s->created);
	page_raw(p, " · expires ");
	put_date(p, s->expires);
	page_raw(p, " · ");
	if (!s->valid)
		page_raw(p, "<span class=\"expired\">not bound</span>");
	else
		put_state(p, s->revoked, s->expired);
	page_raw(p, "</p>\n");
	put_signatures(p, s);
}

static void
put_details(struct page *p, const struct index_cert *c)
{
	size_t i;

	if (c->key.sig_count > 0) {
		page_raw(p, "<h3>On the key itself</h3>\n");
		put_signatures(p, &c->key);
	}
	for (i = 0; i < c->user_id_count; i++) {
		page_raw(p, "<h3>");
		put_user_id(p, &c->user_ids[i]);
		page_raw(p, "</h3>\n");
		put_signatures(p, &c->user_ids[i]);
	}
	for (i = 0; i < c->attribute_count; i++) {
		page_rawf(p, "<h3>User attribute, %zu octets</h3>\n",
			c->attributes[i].component->packet.body.len);
		put_signatures(p, &c->attributes[i]);
	}
	for (i = 0; i < c->subkey_count; i++)
		put_subkey(p, &c->subkeys[i]);
}

static void
put_links(struct page *p, const struct results *r, const struct index_cert *c)
{
	char fpr[FINGERPRINT_HEX_MAX], digest[33];

	fingerprint_hex(&c->row->id.fpr, fpr);
	page_rawf(p,
		"<p><a rel=\"nofollow\" "
		"href=\"/pks/lookup?op=get&amp;search=0x%s\">Download</a>",
		fpr);
	if (!r->signatures)
		page_rawf(p,
			" · <a rel=\"nofollow\" "
			"href=\"/pks/lookup?op=vindex&amp;search=0x%s\">"
			"Details</a>",
			fpr);
	page_raw(p, "</p>\n");
	if (!r->show_digest)
		return;
	hex_write_upper(bytes_make(c->row->sks_digest.octets, 16), digest);
	page_rawf(p,
		"<p>SKS digest <a rel=\"nofollow\" class=\"fpr\" "
		"href=\"/pks/lookup?op=hget&amp;search=%s\">%s</a></p>\n",
		digest, digest);
}

static void
put_cert(struct page *p, const struct results *r, const struct index_cert *c,
	size_t n)
{
	page_rawf(p, "<section aria-labelledby=\"k%zu\">\n<h2 id=\"k%zu\">", n,
		n);
	put_fingerprint(p, &c->row->id.fpr);
	page_raw(p, "</h2>\n<p class=\"facts\">");
	put_algorithm(p, &c->cert->primary.key);
	page_raw(p, " · created ");
	put_date(p, c->created);
	page_raw(p, " · expires ");
	put_date(p, c->expires);
	page_raw(p, " · ");
	put_state(p, c->revoked, c->expired);
	page_raw(p, "</p>\n");
	if (r->signatures)
		put_details(p, c);
	else
		put_user_ids(p, c);
	put_links(p, r, c);
	page_raw(p, "</section>\n");
}

/* ---- the whole -------------------------------------------------------- */

static enum status
write_html(struct request *req, struct reply *reply, const struct results *r)
{
	struct page title, p;
	size_t i;

	page_init(&title, RESULTS_TITLE_MAX);
	page_raw(&title, "Search results for ");
	page_visible(&title, r->term);
	page_init(&p, req->services->settings->max_reply);
	page_rawf(&p, "<p>%zu %s found", r->total,
		r->total == 1 ? "key" : "keys");
	if (r->count < r->total)
		page_rawf(&p, ", %zu shown", r->count);
	page_raw(&p, ".</p>\n");
	for (i = 0; i < r->count && !p.failed; i++)
		put_cert(&p, r, &r->certs[i], i + 1);
	page_raw(&p, "<section aria-labelledby=\"again\">\n"
		     "<h2 id=\"again\">Search again</h2>\n");
	site_search_form(&p, r->term);
	page_raw(&p, "</section>\n");
	reply->cache = REPLY_REVALIDATE;
	return site_frame_titled(req, reply, &title, &p);
}

enum status
results_write(struct request *req, struct reply *reply, const struct results *r)
{
	switch (request_wants(req)) {
	case FORM_HTML:
		return write_html(req, reply, r);
	case FORM_JSON:
		return index_json_write(req->arena, reply, r->certs, r->count,
			INDEX_JSON_V1, req->services->settings->max_reply);
	default:
		break;
	}
	if (!form_has_option(&req->query, "mr"))
		return write_html(req, reply, r);
	reply->type = REPLY_TEXT;
	reply->cache = REPLY_REVALIDATE;
	return index_write_mr(&reply->body, r->certs, r->count);
}
