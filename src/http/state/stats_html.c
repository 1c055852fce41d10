#include <stdio.h>
#include <string.h>

#include "base/words.h"
#include "http/state/format.h"
#include "http/state/render.h"

/*
 * Four scrapers fix this markup: line starts, the next line, the next
 * sibling, the number of cells. Nothing here may be prettier than that; what
 * is for people stands around it.
 */

static void
setting(struct page *p, const char *name, const char *value)
{
	page_rawf(p, "<tr><td>%s:</td><td>", name);
	page_visible(p, bytes_of(value));
	page_raw(p, "</td></tr>\n");
}

/* For people, beside what is for scrapers. */
static void
put_remark(struct page *p, const char *text)
{
	page_rawf(p, "<p class=\"facts\" lang=\"%s\">",
		words_spoken()->tag);
	page_puts(p, text);
	page_raw(p, "</p>\n");
}

static void
put_settings(struct page *p, const struct site_state *s)
{
	char http[16], recon[16];

	snprintf(http, sizeof(http), "%u", s->http_port);
	snprintf(recon, sizeof(recon), "%u", s->recon_port);
	page_raw(p, "<section id=\"settings\" lang=\"en\">\n"
		    "<h2>Settings</h2>\n<table>\n");
	setting(p, "Hostname", s->host);
	setting(p, "Nodename", s->host);
	setting(p, "Software", "keypost");
	setting(p, "Version", s->version);
	setting(p, "Server contact", s->contact);
	setting(p, "HTTP port", http);
	setting(p, "Recon port", recon);
	setting(p, "Debug level", "0");
	page_raw(p, "</table>\n");
	if (s->recon_port == 0)
		put_remark(p,
			s->gossips ? _("Recon port 0: this server begins "
				       "gossip, and nobody can begin it here.")
				   : _("Recon port 0: this server does not "
				       "gossip."));
	page_raw(p, "</section>\n");
}

static void
put_gossip_peers(struct page *p, const struct site_state *s)
{
	bool any = false;

	page_raw(p,
		"<section id=\"gossip\" lang=\"en\">\n<h2>Gossip Peers</h2>\n"
		"<table summary=\"Gossip Peers\">\n");
	for (size_t i = 0; i < s->peer_count; i++) {
		const struct state_peer *peer = &s->peers[i];

		/* Both forms of the statistics name the same peers. */
		if (peer->gossip[0] == '\0' ||
			strchr(peer->gossip, ':') != NULL)
			continue;
		page_raw(p, "<tr><td>");
		page_visible(p, bytes_of(peer->gossip));
		page_rawf(p, " %u</td></tr>\n", peer->recon_port);
		any = true;
	}
	page_raw(p, "</table>\n");
	if (!any)
		put_remark(p, _("None."));
	put_remark(p, _("Servers that gossip compare what they hold and fetch "
			"from each other what is missing."));
	page_raw(p, "</section>\n");
}

static void
put_mail_peers(struct page *p, const struct site_state *s)
{
	bool any = false;

	page_raw(p, "<section id=\"mailsync\" lang=\"en\">\n<h2>Outgoing "
		    "Mailsync Peers</h2>\n"
		    "<table summary=\"Mailsync Peers\">\n");
	for (size_t i = 0; i < s->peer_count; i++) {
		if (!state_peer_is_mailed(&s->peers[i]))
			continue;
		page_raw(p, "<tr><td>");
		page_visible(p, bytes_of(s->peers[i].mail));
		page_raw(p, "</td></tr>\n");
		any = true;
	}
	page_raw(p, "</table>\n");
	if (!any)
		put_remark(p, _("None."));
	put_remark(p, _("Servers that sync by mail send each other every "
			"change in letters."));
	if (any && !s->mail_shown)
		put_remark(p, _("Addresses are shown in part."));
	page_raw(p, "</section>\n");
}

/* ---- statistics ------------------------------------------------------- */

/* Of a chart: `query` is what tells the two apart. */
static void
put_picture(struct page *p, const char *query, const char *alt)
{
	page_rawf(p,
		"<picture><source media=\"(max-width: 34rem)\" "
		"srcset=\"/pks/stats/changes.svg?%s&amp;size=narrow\" "
		"width=\"288\" height=\"250\">"
		"<img class=\"chart\" src=\"/pks/stats/changes.svg?%s\" "
		"width=\"760\" height=\"260\" alt=\"",
		query, query);
	page_puts(p, alt);
	page_raw(p, "\"></picture>\n");
}

static void
put_sum_row(struct page *p, const char *name, const struct tally *t)
{
	page_rawf(p,
		"<tr><th scope=\"row\">%s</th><td class=\"n\">%s</td>"
		"<td class=\"n\">%s</td><td class=\"n\">%s</td></tr>\n",
		name, format_number(t->inserted).text,
		format_number(t->updated).text, format_number(t->removed).text);
}

static void
put_sums(struct page *p, const struct site_state *s)
{
	struct tally day = histogram_sum(&s->hours, 24, s->now);
	struct tally week = histogram_sum(&s->days, 7, s->now);
	struct tally month = histogram_sum(&s->days, 30, s->now);

	page_rawf(p,
		"<table class=\"sums\">\n<caption>%s</caption>\n"
		"<thead><tr><td></td><th scope=\"col\" class=\"n\">%s</th>"
		"<th scope=\"col\" class=\"n\">%s</th>"
		"<th scope=\"col\" class=\"n\">%s</th></tr></thead>\n"
		"<tbody>\n",
		_("Changes of certificates"), _("New"), _("Updated"),
		_("Removed"));
	put_sum_row(p, _("24 hours"), &day);
	put_sum_row(p, _("7 days"), &week);
	put_sum_row(p, _("30 days"), &month);
	page_raw(p, "</tbody>\n</table>\n");
}

static void
put_histogram(struct page *p, const char *heading, const char *format,
	const struct histogram *h, const struct site_state *s)
{
	size_t i = histogram_known(h, s->counted_since, s->now);

	page_rawf(p,
		"<h3>%s</h3>\n<table class=\"histogram\">\n"
		"<thead><tr><th scope=\"col\">Time</th><th scope=\"col\">"
		"New Keys</th><th scope=\"col\">Updated Keys</th></tr>"
		"</thead>\n<tbody>\n",
		heading);
	/* The newest first, as SKS has it. */
	for (size_t back = 0; back < i; back++) {
		struct tally t = histogram_get(h, back, s->now);

		page_rawf(p, "<tr><td>%s</td><td>%lld</td><td>%lld</td></tr>\n",
			format_date(histogram_start(h, back, s->now), format)
				.text,
			(long long)t.inserted,
			(long long)(t.updated + t.removed));
	}
	page_raw(p, "</tbody>\n</table>\n");
}

static void
put_honesty(struct page *p, const struct site_state *s)
{
	char text[400];

	if (s->counted_since > 0) {
		snprintf(text, sizeof(text),
			_("Counted since %s UTC; how much changed before then "
			  "is not known."),
			format_minute(s->counted_since).text);
		put_remark(p, text);
	}
	if (s->uncounted > 0) {
		snprintf(text, sizeof(text),
			_("Still being counted: %s; the newest changes are "
			  "missing here."),
			format_number(s->uncounted).text);
		put_remark(p, text);
	}
	if (s->missed > 0) {
		snprintf(text, sizeof(text),
			_("Changes that could not be counted: %s."),
			format_number(s->missed).text);
		put_remark(p, text);
	}
}

static void
put_statistics(struct page *p, const struct site_state *s)
{
	page_rawf(p,
		"<section id=\"changes\">\n"
		"<h2>Statistics</h2><p>Total number of keys: %lld</p>\n",
		(long long)s->certs);
	put_picture(p, "by=day",
		_("Column chart of the changes on each of the last 30 days. "
		  "The Daily Histogram below has its numbers."));
	put_picture(p, "by=hour",
		_("Column chart of the changes in each of the last 48 hours. "
		  "The Hourly Histogram below has its numbers."));
	put_sums(p, s);
	put_honesty(p, s);
	page_rawf(p, "<details>\n<summary>%s</summary>\n<div lang=\"en\">\n",
		_("The numbers of the charts"));
	put_histogram(p, "Daily Histogram", "%Y-%m-%d", &s->days, s);
	put_histogram(p, "Hourly Histogram", "%Y-%m-%d %H", &s->hours, s);
	page_raw(p, "</div>\n");
	put_remark(p, _("Times are UTC. A take-down counts as an update "
			"here."));
	page_raw(p, "</details>\n</section>\n");
}

/* ---- the whole -------------------------------------------------------- */

static void
put_summary(struct page *p, const struct site_state *s)
{
	struct tally day = histogram_sum(&s->hours, 24, s->now);
	size_t certs = (size_t)s->certs;

	page_raw(p, "<p><b>");
	page_puts(p, format_count(words_count("%s certificate",
					  "%s certificates", certs),
			     s->certs)
			     .text);
	page_raw(p, "</b>. ");
	page_putf(p,
		_("In the last 24 hours: %s new, %s updated. It syncs with: "),
		format_number(day.inserted).text,
		format_number(day.updated).text);
	page_raw(p, "<b>");
	page_puts(p, format_count(words_count("%s server", "%s servers",
					  s->peer_count),
			     (int64_t)s->peer_count)
			     .text);
	page_raw(p, "</b>.</p>\n<p class=\"facts\">");
	page_putf(p, _("As of %s UTC."), format_minute(s->now).text);
	page_raw(p, " ");
	page_puts(p, _("A certificate is what others call a key: one person's "
		       "OpenPGP key with its names and signatures."));
	page_raw(p, "</p>\n");
}

void
render_html(const struct site_state *s, struct page *p)
{
	put_summary(p, s);
	page_raw(p, "<div class=\"beside\">\n");
	put_settings(p, s);
	put_gossip_peers(p, s);
	put_mail_peers(p, s);
	page_raw(p, "</div>\n");
	put_statistics(p, s);
	render_peer_status(s, p);
	page_rawf(p,
		"<p class=\"facts\">%s <a rel=\"nofollow\" "
		"href=\"/pks/lookup?op=stats&amp;options=mr\">JSON</a>, "
		"<a href=\"/pks/stats/graph.svg\">SVG</a>, "
		"<a href=\"/pks/stats/graph.dot\">Graphviz</a>.</p>\n",
		_("For programs: this page, and the graph, as"));
}
