#include "http/pages/key_details.h"

#include <string.h>

#include "base/words.h"
#include "http/pages/key_entry.h"
#include "http/pages/show.h"
#include "pgp/level.h"

static void
open_fact(struct page *p, const char *words)
{
	page_raw(p, "<div><dt>");
	page_puts(p, words);
	page_raw(p, "</dt><dd>");
}

static void
close_fact(struct page *p)
{
	page_raw(p, "</dd></div>\n");
}

/* ---- the key as a whole ----------------------------------------------- */

static void
put_unverified(struct page *p, const char *why)
{
	open_fact(p, _("Not verified"));
	page_puts(p, why);
	close_fact(p);
}

static void
put_state(struct page *p, const struct index_cert *c, bool verifies)
{
	open_fact(p, _("State"));
	show_state(p, c->revoked, c->expired);
	if (c->key.revocation != NULL) {
		page_raw(p, " <span class=\"why\">");
		show_revocation(p, &c->key);
		page_raw(p, "</span>");
	}
	close_fact(p);
	if (!public_key_verifies(&c->cert->primary.key))
		put_unverified(p, _("This server cannot verify signatures of "
				    "its algorithm; it keeps those that look "
				    "right."));
	else if (verifies && c->row->level == (uint8_t)LEVEL_SKS)
		put_unverified(p, _("It came before this server verified "
				    "signatures, and is yet to be verified."));
}

/* Where a change came from. Peers have names of their own in the log, which
 * the statistics tell as well. */
static void
put_origin(struct page *p, const char *origin)
{
	static const struct {
		const char *origin;
		const char *words;
	} rows[] = {
		{"http", N_("over HTTP")},
		{"mail", N_("by a letter")},
		{"gossip", N_("from another server")},
		{"load", N_("loaded from a file")},
		{"admin", N_("by the operator")},
	};
	size_t i;

	page_raw(p, ", ");
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strcmp(rows[i].origin, origin) == 0) {
			page_puts(p, _(rows[i].words));
			return;
		}
	page_putf(p, _("from the peer %s"), origin);
}

static void
put_learned(struct page *p, const struct index_cert *c,
	const struct cert_history *history)
{
	if (history->first_origin != NULL) {
		show_when(p, _("first learned %s"), history->first);
		put_origin(p, history->first_origin);
		page_raw(p, "<br>");
	}
	show_when(p, _("last changed %s"), c->row->updated);
	if (history->last_origin != NULL)
		put_origin(p, history->last_origin);
}

static void
put_facts(struct page *p, const struct index_cert *c, bool verifies,
	const struct cert_history *history)
{
	page_raw(p, "<dl class=\"facts\">\n");
	put_state(p, c, verifies);
	open_fact(p, _("Algorithm"));
	show_algorithm(p, &c->cert->primary.key);
	close_fact(p);
	open_fact(p, _("Created"));
	show_date(p, c->created);
	close_fact(p);
	open_fact(p, c->expired ? _("Expired") : _("Expires"));
	show_date(p, c->expires);
	close_fact(p);
	if (c->key.has_flags) {
		open_fact(p, _("Use"));
		show_uses(p, &c->key);
		close_fact(p);
	}
	open_fact(p, _("Stored here"));
	put_learned(p, c, history);
	close_fact(p);
	open_fact(p, _("SKS digest"));
	key_entry_put_digest(p, c);
	page_raw(p, "<br><span class=\"remark\">");
	page_puts(p, _("names exactly what is stored; servers compare it"));
	page_raw(p, "</span>");
	close_fact(p);
	page_raw(p, "</dl>\n");
}

/* ---- its parts -------------------------------------------------------- */

typedef void part_put(struct page *p, const struct index_cert *c,
	const struct index_part *part);

static void
put_user_id(
	struct page *p, const struct index_cert *c, const struct index_part *u)
{
	(void)c;
	page_raw(p, "<h4>");
	show_user_id(p, u);
	page_raw(p, "</h4>\n");
	if (u->revocation == NULL)
		return;
	page_raw(p, "<p class=\"why\">");
	show_revocation(p, u);
	page_raw(p, "</p>\n");
}

static void
put_attribute(
	struct page *p, const struct index_cert *c, const struct index_part *a)
{
	size_t n = a->component->packet.body.len;

	(void)c;
	page_raw(p, "<h4>");
	page_puts(p, _("User attribute"));
	page_raw(p, "</h4>\n<p class=\"facts\">");
	show_count(p,
		words_count("%s octet, usually a photo; not shown here",
			"%s octets, usually a photo; not shown here", n),
		n);
	if (!a->valid || a->revoked || a->expired) {
		page_raw(p, " · ");
		show_part_state(p, a);
	}
	page_raw(p, "</p>\n");
}

/* What is well in itself is so as long as the key is. */
static void
put_subkey(
	struct page *p, const struct index_cert *c, const struct index_part *s)
{
	page_raw(p, "<h4>");
	show_fingerprint(p, &s->component->key.fpr);
	page_raw(p, "</h4>\n<p class=\"facts\">");
	if (!s->valid || s->revoked || s->expired ||
		(!c->revoked && !c->expired)) {
		show_part_state(p, s);
		page_raw(p, " · ");
	}
	show_algorithm(p, &s->component->key);
	page_raw(p, " · ");
	show_when(p, _("created %s"), s->created);
	page_raw(p, " · ");
	show_expiry(p, s->expires, s->expired);
	if (s->has_flags) {
		page_raw(p, " · ");
		show_uses(p, s);
	}
	page_raw(p, "</p>\n");
	if (s->revocation == NULL)
		return;
	page_raw(p, "<p class=\"why\">");
	show_revocation(p, s);
	page_raw(p, "</p>\n");
}

static void
put_parts(struct page *p, struct signatures *list, const char *heading,
	const struct index_part *parts, size_t count, part_put *put)
{
	size_t i, shown = count;

	if (count == 0)
		return;
	if (shown > KEY_DETAILS_PARTS)
		shown = KEY_DETAILS_PARTS;
	page_raw(p, "<h3>");
	page_puts(p, heading);
	page_rawf(p, " <span class=\"count\">(%zu)</span></h3>\n", count);
	for (i = 0; i < shown && !p->failed; i++) {
		page_raw(p, "<div class=\"part\">\n");
		put(p, list->cert, &parts[i]);
		signatures_put(p, list, &parts[i]);
		page_raw(p, "</div>\n");
	}
	if (shown == count)
		return;
	page_raw(p, "<p class=\"note\">");
	show_count(p,
		words_count("And %s more: download the key to see it.",
			"And %s more: download the key to see them.",
			count - shown),
		count - shown);
	page_raw(p, "</p>\n");
}

void
key_details_put(struct page *p, struct signatures *s,
	const struct index_cert *c, const struct cert_history *history,
	size_t n)
{
	key_entry_put_head(p, c, n);
	s->cert = c;
	put_facts(p, c, s->verifies, history);
	page_raw(p, "<p class=\"do\">");
	show_download(p, &c->row->id.fpr);
	page_rawf(p, " class=\"button\" aria-describedby=\"k%zu\">", n);
	page_puts(p, _("Download this key"));
	page_raw(p, "</a></p>\n");
	put_parts(p, s, _("User IDs"), c->user_ids, c->user_id_count,
		put_user_id);
	put_parts(p, s, _("Subkeys"), c->subkeys, c->subkey_count, put_subkey);
	put_parts(p, s, _("User attributes"), c->attributes, c->attribute_count,
		put_attribute);
	if (c->key.sig_count > 0) {
		page_raw(p, "<h3>");
		page_puts(p, _("Signatures on the key itself"));
		page_raw(p, "</h3>\n<div class=\"part\">\n");
		signatures_put(p, s, &c->key);
		page_raw(p, "</div>\n");
	}
	page_raw(p, "</section>\n");
}
