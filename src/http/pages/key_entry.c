#include "http/pages/key_entry.h"

#include <string.h>

#include "base/hex.h"
#include "base/words.h"
#include "http/pages/show.h"

/* Named by the User ID that it confirms itself; by none if there is none. */
static bool
has_name(const struct index_cert *c)
{
	return c->user_id_count > 0 && c->user_ids[0].valid;
}

void
key_entry_put_head(struct page *p, const struct index_cert *c, size_t n)
{
	/* Without a label: hundreds of landmarks, some alike, lead nowhere. */
	page_rawf(p, "<section class=\"key\">\n<h2 id=\"k%zu\">", n);
	if (has_name(c))
		page_user_id(p, c->user_ids[0].text);
	else
		page_puts(p, _("A key without a name of its own"));
	page_raw(p, "</h2>\n<p class=\"print\"><span class=\"label\">");
	page_puts(p, _("Fingerprint:"));
	page_raw(p, " </span>");
	show_fingerprint(p, &c->row->id.fpr);
	page_raw(p, "</p>\n");
}

void
key_entry_put_digest(struct page *p, const struct index_cert *c)
{
	/* Look-ups by it give nothing newer: show_download. */
	bool is_link = c->row->id.fpr.version <= 4;
	char digest[33];

	hex_write_upper(bytes_make(c->row->sks_digest.octets, 16), digest);
	if (is_link)
		show_link(p, "hget", digest);
	else
		page_raw(p, "<span");
	page_rawf(p, " class=\"fpr\">%.16s<wbr>%s</%s>", digest, digest + 16,
		is_link ? "a" : "span");
}

static void
put_facts(struct page *p, const struct index_cert *c)
{
	page_raw(p, "<p class=\"facts\">");
	show_state(p, c->revoked, c->expired);
	page_raw(p, " · ");
	show_algorithm(p, &c->cert->primary.key);
	page_raw(p, " · ");
	show_when(p, _("created %s"), c->created);
	page_raw(p, " · ");
	show_expiry(p, c->expires, c->expired);
	page_raw(p, "</p>\n");
	if (c->key.revocation == NULL)
		return;
	page_raw(p, "<p class=\"why\">");
	show_revocation(p, &c->key);
	page_raw(p, "</p>\n");
}

static size_t
fold(struct bytes in, uint8_t out[PAGE_USER_ID_MAX])
{
	size_t i;

	for (i = 0; i < in.len && i < PAGE_USER_ID_MAX; i++)
		out[i] = in.data[i] >= 'A' && in.data[i] <= 'Z'
				 ? (uint8_t)(in.data[i] + 32)
				 : in.data[i];
	return i;
}

/* Those from `i` on that say why the key was found; how many there were. */
static size_t
put_matches(
	struct page *p, const struct index_cert *c, size_t i, struct bytes term)
{
	uint8_t want[PAGE_USER_ID_MAX], text[PAGE_USER_ID_MAX];
	size_t len = fold(bytes_trim(term), want), n = 0;

	for (; len > 1 && i < c->user_id_count; i++) {
		if (memmem(text, fold(c->user_ids[i].text, text), want, len) ==
			NULL)
			continue;
		page_raw(p, "<li>");
		show_user_id(p, &c->user_ids[i]);
		page_raw(p, "</li>\n");
		if (++n == KEY_ENTRY_MATCHES_MAX)
			break;
	}
	return n;
}

/* The others: the first stands above. */
static void
put_user_ids(struct page *p, const struct index_cert *c, struct bytes term)
{
	size_t i = has_name(c) && !c->user_ids[0].revoked &&
				   !c->user_ids[0].expired
			   ? 1
			   : 0;
	size_t end = c->user_id_count, more = 0;

	if (i == end)
		return;
	if (end - i > KEY_ENTRY_USER_IDS) {
		more = end - i - KEY_ENTRY_USER_IDS;
		end = i + KEY_ENTRY_USER_IDS;
	}
	page_raw(p, "<ul class=\"uids\">\n");
	for (; i < end; i++) {
		page_raw(p, "<li>");
		show_user_id(p, &c->user_ids[i]);
		page_raw(p, "</li>\n");
	}
	if (more > 0)
		more -= put_matches(p, c, end, term);
	if (more > 0) {
		page_raw(p, "<li>");
		show_count(p,
			words_count("and %s more User ID: see the details",
				"and %s more User IDs: see the details", more),
			more);
		page_raw(p, "</li>\n");
	}
	page_raw(p, "</ul>\n");
}

static void
end_link(struct page *p, size_t n, const char *words)
{
	page_rawf(p, " aria-describedby=\"k%zu\">", n);
	page_puts(p, words);
	page_raw(p, "</a>");
}

void
key_entry_put(struct page *p, const struct index_cert *c, size_t n,
	bool show_digest, struct bytes term)
{
	char fpr[FINGERPRINT_HEX_MAX];

	fingerprint_hex(&c->row->id.fpr, fpr);
	key_entry_put_head(p, c, n);
	put_facts(p, c);
	put_user_ids(p, c, term);
	if (show_digest) {
		page_raw(p, "<p class=\"facts\">");
		page_puts(p, _("SKS digest"));
		page_raw(p, " ");
		key_entry_put_digest(p, c);
		page_raw(p, "</p>\n");
	}
	page_raw(p, "<p class=\"do\">");
	show_link(p, "vindex", fpr);
	end_link(p, n, _("Details and signatures"));
	page_raw(p, " ");
	show_download(p, &c->row->id.fpr);
	end_link(p, n, _("Download"));
	page_raw(p, "</p>\n</section>\n");
}
