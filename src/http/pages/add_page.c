#include "http/pages/add_page.h"

#include "base/words.h"
#include "http/keys/add_packets.h"
#include "http/pages/frame.h"
#include "http/pages/show.h"

enum { ADD_PAGE_MAX = 4 * 1024 * 1024 };

struct kind_row {
	const char *class;
	const char *words;
	const char *sentence;
};

static const struct kind_row kinds[] = {
	[OUTCOME_NEW] = {"valid", N_("published"),
		N_("This key is new here. From now on it can be found, and "
		   "other servers are told.")},
	[OUTCOME_UPDATED] = {"valid", N_("updated"),
		N_("What was new has been added to the key, and other servers "
		   "are told.")},
	[OUTCOME_UNCHANGED] = {"expired", N_("unchanged"),
		N_("All of it was here already.")},
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

/* What each of them was, for whoever knows OpenPGP. */
static void
put_packets(struct page *p, const struct outcome *o)
{
	char line[ADD_PACKET_MAX];
	size_t i;

	if (o->packet_count == 0)
		return;
	page_raw(p, "<ul class=\"packets\" lang=\"en\">\n");
	for (i = 0; i < o->packet_count; i++) {
		add_packet_line(&o->packets[i], line);
		page_raw(p, "<li>");
		page_puts(p, line);
		page_raw(p, "</li>\n");
	}
	add_packet_rest(o, line);
	if (line[0] != '\0') {
		page_raw(p, "<li>");
		page_puts(p, line);
		page_raw(p, "</li>\n");
	}
	page_raw(p, "</ul>\n");
}

static void
put_dropped(struct page *p, const struct outcome *o)
{
	if (o->dropped == 0)
		return;
	page_raw(p, "<p class=\"why\">");
	page_putf(p,
		words_count("%zu packet was not kept:",
			"%zu packets were not kept:", o->dropped),
		o->dropped);
	page_putf(p, " %s.", _(verdict_sentence(o->verdict)));
	page_raw(p, "</p>\n");
	put_packets(p, o);
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
	page_putf(p,
		words_count("%zu key was read.", "%zu keys were read.",
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
