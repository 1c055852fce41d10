#include "http/state/format.h"
#include "http/state/render.h"

/* A moment: how long ago, and when for who needs it exactly. */
static void
put_ago(struct page *p, int64_t t, int64_t now)
{
	if (t <= 0) {
		page_raw(p, "never");
		return;
	}
	page_rawf(p, "<time datetime=\"%s\" title=\"%s UTC\">%s ago</time>",
		format_time(t).text, format_date(t, "%Y-%m-%d %H:%M").text,
		format_span(now - t).text);
}

static void
put_waiting(struct page *p, const struct state_peer *peer, int64_t now)
{
	if (peer->waiting == 0) {
		page_raw(p, "nothing");
		return;
	}
	page_puts(p, format_count(peer->waiting, "change", "changes").text);
	if (peer->oldest > 0)
		page_rawf(p, ", the oldest %s old",
			format_span(now - peer->oldest).text);
}

static void
put_retrying(struct page *p, const struct state_peer *peer, int64_t now)
{
	if (peer->error[0] != '\0') {
		page_puts(p, peer->error);
		page_raw(p, ". ");
	}
	page_rawf(p, "%s in a row failed",
		format_count(peer->attempts, "attempt", "attempts").text);
	if (peer->next_try > now)
		page_rawf(p, "; the next is in %s",
			format_span(peer->next_try - now).text);
	page_raw(p, ". Nothing is lost: what waits is sent then.");
}

static void
put_stopped(struct page *p, const struct state_peer *peer)
{
	page_raw(p, "Stopped. ");
	if (peer->error[0] != '\0') {
		page_puts(p, peer->error);
		page_raw(p, ". ");
	}
	page_raw(p, "The operator has to look at it.");
}

static void
put_state(struct page *p, const struct state_peer *peer, int64_t now)
{
	switch (peer->word) {
	case PEER_WORD_STOPPED:
		put_stopped(p, peer);
		break;
	case PEER_WORD_PAUSED:
		page_raw(p, "Paused by the operator; what waits is kept.");
		break;
	case PEER_WORD_RETRYING:
		put_retrying(p, peer, now);
		break;
	case PEER_WORD_RESYNC:
		page_raw(p, "It was away for longer than changes are kept and "
			    "has to be brought up to date another way.");
		break;
	case PEER_WORD_NEW:
		page_raw(p, "New: nothing has been exchanged yet.");
		break;
	case PEER_WORD_FINE:
		page_raw(p, peer->waiting == 0
				    ? "Up to date."
				    : "Well; what waits goes with the next "
				      "letter.");
		break;
	}
}

static const char *
state_class(const struct state_peer *peer)
{
	switch (peer->word) {
	case PEER_WORD_STOPPED:
		return "revoked";
	case PEER_WORD_PAUSED:
	case PEER_WORD_RETRYING:
	case PEER_WORD_RESYNC:
		return "expired";
	default:
		return "fine";
	}
}

static void
put_name(struct page *p, const struct state_peer *peer)
{
	page_raw(p, "<th scope=\"row\">");
	page_visible(p, bytes_of(peer->name));
	page_raw(p, "<br><span class=\"facts\">");
	page_visible(p, bytes_of(peer->host));
	page_raw(p, "</span></th>");
}

static void
put_mail_row(struct page *p, const struct state_peer *peer, int64_t now)
{
	page_raw(p, "<tr>");
	put_name(p, peer);
	page_raw(p, "<td data-label=\"Waiting:\">");
	put_waiting(p, peer, now);
	page_raw(p, "</td><td data-label=\"Last letter sent:\">");
	put_ago(p, peer->last_sent, now);
	page_raw(p, "</td><td data-label=\"Last received:\">");
	put_ago(p, peer->last_received, now);
	page_rawf(p, "</td><td data-label=\"State:\"><span class=\"%s\">",
		state_class(peer));
	put_state(p, peer, now);
	page_raw(p, "</span></td></tr>\n");
}

static void
put_mail_table(struct page *p, const struct site_state *s)
{
	page_raw(p, "<div class=\"scroll\"><table class=\"stack\">\n"
		    "<caption>Servers we exchange letters with</caption>\n"
		    "<thead><tr><th scope=\"col\">Server</th>"
		    "<th scope=\"col\">Waiting for it</th>"
		    "<th scope=\"col\">Last letter sent</th>"
		    "<th scope=\"col\">Last received</th>"
		    "<th scope=\"col\">State</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < s->peer_count; i++)
		if (state_peer_has_mail(&s->peers[i]))
			put_mail_row(p, &s->peers[i], s->now);
	page_raw(p, "</tbody>\n</table></div>\n");
}

static void
put_talk(struct page *p, const char *label, const struct recon_talk *t,
	int64_t now)
{
	page_rawf(p, "<td data-label=\"%s\">", label);
	put_ago(p, t->time, now);
	if (t->error[0] != '\0') {
		page_raw(p, " <span class=\"expired\">");
		page_puts(p, t->error);
		page_raw(p, "</span>");
	}
	page_raw(p, "</td>");
}

static void
put_gossip_table(struct page *p, const struct site_state *s)
{
	page_raw(p,
		"<div class=\"scroll\"><table class=\"stack\">\n"
		"<caption>Servers we gossip with: each compares what it has "
		"with the other</caption>\n"
		"<thead><tr><th scope=\"col\">Server</th>"
		"<th scope=\"col\">We asked it</th>"
		"<th scope=\"col\">It asked us</th>"
		"<th scope=\"col\">We fetched from it</th></tr></thead>\n"
		"<tbody>\n");
	for (size_t i = 0; i < s->peer_count; i++) {
		const struct state_peer *peer = &s->peers[i];

		if (!state_peer_has_gossip(peer))
			continue;
		page_raw(p, "<tr>");
		put_name(p, peer);
		put_talk(p, "We asked it:", &peer->out, s->now);
		put_talk(p, "It asked us:", &peer->in, s->now);
		put_talk(p, "Fetched from it:", &peer->recovery, s->now);
		page_raw(p, "</tr>\n");
	}
	page_raw(p, "</tbody>\n</table></div>\n");
}

static void
put_graph(struct page *p)
{
	page_raw(p,
		"<picture><source media=\"(max-width: 34rem)\" "
		"srcset=\"/pks/stats/graph.svg?size=narrow\">"
		"<img class=\"chart\" src=\"/pks/stats/graph.svg\" alt=\"This "
		"server and its peers, joined by lines; the table below says "
		"the same in words.\"></picture>\n");
}

void
render_peer_status(const struct site_state *s, struct page *p)
{
	bool mail = false, gossip = false;

	for (size_t i = 0; i < s->peer_count; i++) {
		mail = mail || state_peer_has_mail(&s->peers[i]);
		gossip = gossip || state_peer_has_gossip(&s->peers[i]);
	}
	page_raw(p, "<section id=\"peers\">\n<h2>Peer status</h2>\n");
	if (s->peer_count == 0) {
		page_raw(p, "<p>This server has no peers: what it is given "
			    "stays here.</p>\n</section>\n");
		return;
	}
	page_raw(p, "<p>What this server learns it passes on to these, and "
		    "takes from them what they learn.</p>\n");
	put_graph(p);
	if (mail)
		put_mail_table(p, s);
	if (gossip)
		put_gossip_table(p, s);
	page_raw(p, "</section>\n");
}
