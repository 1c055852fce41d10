#include "http/pages/add_page.h"

#include <stdio.h>

#include "base/words.h"
#include "http/pages/frame.h"
#include "http/pages/show.h"
#include "http/pages/speak.h"

enum {
	ADD_PAGE_MAX = 4 * 1024 * 1024,
	ADD_PAGE_OPEN = 5 /* packets told without unfolding */
};

struct kind_row {
	const char *class;
	const char *words;
	const char *sentence;
};

static const struct kind_row kinds[] = {
	[OUTCOME_NEW] = {"valid", N_("published"),
		N_("This key is new here. From now on it can be found, and "
		   "goes on to the servers that this one syncs with.")},
	[OUTCOME_UPDATED] = {"valid", N_("updated"),
		N_("What was new has been added to the key, and goes on to "
		   "the servers that this one syncs with.")},
	[OUTCOME_UNCHANGED] = {"expired", N_("unchanged"),
		N_("What can be kept of it was here already.")},
	[OUTCOME_REFUSED] = {"revoked", N_("refused"),
		N_("Nothing of this was stored.")},
};

/* ---- why -------------------------------------------------------------- */

/* A sentence of the part that decided: those in the table are translated. */
static void
put_reason(struct page *p, const struct outcome *o)
{
	if (o->detail != NULL) {
		page_raw(p, "<p class=\"why\" lang=\"en\">");
		page_puts(p, o->detail);
	} else if (o->kind == OUTCOME_REFUSED) {
		page_raw(p, "<p class=\"why\">");
		page_putf(p, _("Why: %s."), _(verdict_sentence(o->verdict)));
	} else {
		return;
	}
	page_raw(p, "</p>\n");
}

struct packet_row {
	uint8_t tag;
	uint8_t sig_type; /* of signatures; 0: any */
	const char *words;
};

/* The first row that fits. */
static const struct packet_row packet_rows[] = {
	{PACKET_SIGNATURE, SIG_GENERIC_CERT, N_("certification")},
	{PACKET_SIGNATURE, SIG_PERSONA_CERT, N_("certification")},
	{PACKET_SIGNATURE, SIG_CASUAL_CERT, N_("certification")},
	{PACKET_SIGNATURE, SIG_POSITIVE_CERT, N_("certification")},
	{PACKET_SIGNATURE, SIG_SUBKEY_BINDING, N_("subkey binding")},
	{PACKET_SIGNATURE, SIG_DIRECT_KEY, N_("direct key signature")},
	{PACKET_SIGNATURE, SIG_KEY_REVOCATION, N_("revocation")},
	{PACKET_SIGNATURE, SIG_SUBKEY_REVOCATION, N_("revocation")},
	{PACKET_SIGNATURE, SIG_CERT_REVOCATION, N_("revocation")},
	{PACKET_SIGNATURE, 0, N_("signature")},
	{PACKET_PUBLIC_KEY, 0, N_("key")},
	{PACKET_PUBLIC_SUBKEY, 0, N_("subkey")},
	{PACKET_USER_ID, 0, N_("User ID")},
	{PACKET_USER_ATTRIBUTE, 0, N_("user attribute")},
	{0, 0, N_("what followed")},
};

static void
put_packet_name(struct page *p, const struct dropped_packet *d)
{
	size_t i;

	for (i = 0; i < sizeof(packet_rows) / sizeof(packet_rows[0]); i++)
		if (packet_rows[i].tag == d->tag &&
			(packet_rows[i].sig_type == 0 ||
				(d->is_sig && packet_rows[i].sig_type ==
						      d->sig_type))) {
			page_puts(p, _(packet_rows[i].words));
			return;
		}
	page_putf(p, _("packet of kind %u"), (unsigned int)d->tag);
}

static void
put_packet(struct page *p, const struct dropped_packet *d)
{
	char hex[FINGERPRINT_HEX_MAX];

	page_raw(p, "<li>");
	put_packet_name(p, d);
	if (d->has_issuer) {
		snprintf(hex, sizeof(hex), "%016llX",
			(unsigned long long)d->issuer);
		page_raw(p, " ");
		page_puts(p, _("by"));
		page_raw(p, " ");
		show_link(p, "vindex", hex);
		page_raw(p, ">");
		show_hex(p, hex);
		page_raw(p, "</a>");
	}
	page_raw(p, ": ");
	page_puts(p, _(verdict_sentence(d->verdict)));
	page_raw(p, "</li>\n");
}

/* One by one, as far as they are told. */
static void
put_packets(struct page *p, const struct outcome *o)
{
	size_t i, more = 0;

	if (o->packet_count == 0)
		return;
	if (o->dropped > o->packet_count)
		more = o->dropped - o->packet_count;
	page_raw(p, "<ul class=\"uids\">\n");
	for (i = 0; i < o->packet_count; i++)
		put_packet(p, &o->packets[i]);
	if (more > 0) {
		page_raw(p, "<li>");
		show_count(p, words_count("and %s more packet",
				      "and %s more packets", more),
			more);
		page_raw(p, "</li>\n");
	}
	page_raw(p, "</ul>\n");
}

/* A long list is folded. */
static void
put_dropped(struct page *p, const struct outcome *o)
{
	bool fold = o->packet_count > ADD_PAGE_OPEN;

	if (o->dropped == 0)
		return;
	page_raw(p, fold ? "<details><summary>" : "<p>");
	show_count(p,
		words_count("%s packet was not kept:",
			"%s packets were not kept:", o->dropped),
		o->dropped);
	if (o->packet_count == 0)
		page_putf(p, " %s.", _(verdict_sentence(o->verdict)));
	page_raw(p, fold ? "</summary>\n" : "</p>\n");
	page_raw(p, "<p class=\"facts\">");
	page_puts(p, _("Packets are what a key consists of: names, subkeys and "
		       "signatures, one packet each. The others were kept."));
	page_raw(p, "</p>\n");
	put_packets(p, o);
	page_raw(p, fold ? "</details>\n" : "");
}

/* ---- the list --------------------------------------------------------- */

static void
put_outcome(struct page *p, const struct outcome *o)
{
	const struct kind_row *k = &kinds[o->kind];
	char hex[FINGERPRINT_HEX_MAX];

	page_rawf(p, "<li>\n<p><strong class=\"%s\">", k->class);
	page_puts(p, _(k->words));
	page_raw(p, "</strong> ");
	page_puts(p, _(k->sentence));
	page_raw(p, "</p>\n<p class=\"print\">");
	if (o->has_fpr && o->kind != OUTCOME_REFUSED) {
		fingerprint_hex(&o->fpr, hex);
		show_link(p, "vindex", hex);
		page_raw(p, ">");
		show_hex(p, hex);
		page_raw(p, "</a>");
	} else if (o->has_fpr) {
		show_fingerprint(p, &o->fpr);
	} else {
		page_puts(p, _("What came is not whole enough to be named."));
	}
	page_raw(p, "</p>\n");
	put_reason(p, o);
	if (o->kind == OUTCOME_REFUSED)
		put_packets(p, o);
	else if (o->detail == NULL)
		put_dropped(p, o);
	page_raw(p, "</li>\n");
}

static void
put_lead(struct page *p, const struct submission *sub)
{
	size_t good = sub->outcome_count - sub->counts[OUTCOME_REFUSED];

	page_raw(p, "<p class=\"lead\">");
	show_count(p,
		words_count("%s key was read.", "%s keys were read.",
			sub->outcome_count),
		sub->outcome_count);
	page_raw(p, " ");
	if (good == 0)
		page_puts(p, _("None of it was stored."));
	else if (sub->counts[OUTCOME_REFUSED] > 0)
		page_puts(p, _("Not everything was stored: see below."));
	page_raw(p, "</p>\n");
}

enum status
add_page_write(
	struct request *req, struct reply *reply, const struct submission *sub)
{
	struct page p;
	size_t i;

	site_speak(req, reply);
	page_init(&p, ADD_PAGE_MAX);
	put_lead(&p, sub);
	page_raw(&p, "<section>\n<h2>");
	page_puts(&p, words_count("The key", "The keys", sub->outcome_count));
	page_raw(&p, "</h2>\n<ul class=\"outcomes\">\n");
	for (i = 0; i < sub->outcome_count && !p.failed; i++)
		put_outcome(&p, &sub->outcomes[i]);
	page_raw(&p, "</ul>\n</section>\n<p><a href=\"/#submit\">");
	page_puts(&p, _("Submit another key"));
	page_raw(&p, "</a></p>\n");
	return site_frame(req, reply, _("What became of your submission"), &p);
}
