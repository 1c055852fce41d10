#include "base/words.h"
#include "http/state/format.h"
#include "http/state/peer_table.h"
#include "http/state/render.h"

static void
put_waiting(struct page *p, const struct state_peer *peer, int64_t now)
{
	if (peer->waiting == 0) {
		page_puts(p, _("nothing"));
		return;
	}
	page_puts(p, format_count(words_count("%s change", "%s changes",
					  (size_t)peer->waiting),
			     peer->waiting)
			     .text);
	if (peer->oldest > 0) {
		page_raw(p, ", ");
		page_putf(p, _("the oldest %s old"),
			format_span(now - peer->oldest).text);
	}
}

static void
put_relay_error(struct page *p, int code)
{
	if (code == FORMAT_NO_CODE)
		page_puts(p, _("Its mail relay does not answer."));
	else if (code < 500)
		page_putf(p,
			_("Its mail relay puts our letters off for now (SMTP "
			  "code %d)."),
			code);
	else
		page_putf(p,
			_("Its mail relay refuses our letters (SMTP code %d)."),
			code);
}

/* What the last error means. */
static void
put_error(struct page *p, const struct state_peer *peer)
{
	if (peer->error_code == 0)
		return;
	if (!state_peer_is_fed(peer))
		put_relay_error(p, peer->error_code);
	else if (peer->error_code == FORMAT_NO_CODE)
		page_puts(p, _("It is not reached."));
	else
		page_putf(p, _("It answers with HTTP status %d."),
			peer->error_code);
	page_raw(p, " ");
}

static void
put_retrying(struct page *p, const struct state_peer *peer, int64_t now)
{
	put_error(p, peer);
	page_puts(p, format_count(words_count("%s attempt failed.",
					  "%s attempts in a row failed.",
					  peer->attempts),
			     peer->attempts)
			     .text);
	page_raw(p, " ");
	if (peer->next_try > now) {
		page_putf(p, _("The next is in %s."),
			format_span(peer->next_try - now).text);
		page_raw(p, " ");
	}
	page_puts(p, _("Nothing is lost: what waits is sent then."));
}

static void
put_state(struct page *p, const struct state_peer *peer, int64_t now)
{
	switch (peer->word) {
	case PEER_WORD_STOPPED:
		put_error(p, peer);
		page_puts(p, _("Stopped: the operator has to look at it."));
		break;
	case PEER_WORD_PAUSED:
		page_puts(p, _("Paused by the operator; what waits is kept."));
		break;
	case PEER_WORD_RETRYING:
		put_retrying(p, peer, now);
		break;
	case PEER_WORD_RESYNC:
		page_puts(p, _("It was away for longer than changes are kept "
			       "and has to be brought up to date another "
			       "way."));
		break;
	case PEER_WORD_NEW:
		page_puts(p, _("New: nothing has been exchanged yet."));
		break;
	case PEER_WORD_FINE:
		if (peer->waiting == 0)
			page_puts(p, _("Up to date."));
		else
			page_puts(
				p, state_peer_is_fed(peer)
					   ? _("Well; what waits goes next.")
					   : _("Well; what waits goes with the "
					       "next letter."));
		break;
	}
}

static const char *
state_class(const struct state_peer *peer)
{
	switch (peer->word) {
	case PEER_WORD_STOPPED:
		return "halted";
	case PEER_WORD_PAUSED:
	case PEER_WORD_RETRYING:
	case PEER_WORD_RESYNC:
		return "trouble";
	default:
		return "fine";
	}
}

static const char *const mail_heads[] = {N_("Server"), N_("Waiting for it"),
	N_("Last letter sent"), N_("Last received"), N_("State")};
static const char *const feed_heads[] = {N_("Server"), N_("Waiting for it"),
	N_("Last sent to it"), N_("Last received"), N_("State")};
static const char *const mend_heads[] = {N_("Server"), N_("Missing from it"),
	N_("Last compared"), N_("Sent to it again")};
static const char *const gossip_heads[] = {N_("Server"), N_("We asked it"),
	N_("It asked us"), N_("We fetched from it"), N_("State")};

static void
put_sent_row(struct page *p, const struct state_peer *peer,
	const char *const *heads, int64_t now)
{
	page_raw(p, "<tr>");
	peer_table_name(p, peer);
	peer_table_cell(p, _(heads[1]));
	put_waiting(p, peer, now);
	page_raw(p, "</td>");
	peer_table_cell(p, _(heads[2]));
	peer_table_ago(p, peer->last_sent, now);
	page_raw(p, "</td>");
	peer_table_cell(p, _(heads[3]));
	peer_table_ago(p, peer->last_received, now);
	page_raw(p, "</td>");
	peer_table_cell(p, _(heads[4]));
	page_rawf(p, "<span class=\"%s\">", state_class(peer));
	put_state(p, peer, now);
	page_raw(p, "</span></td></tr>\n");
}

/* Those that something is sent to: by letters, or fed. */
static void
put_sent_table(struct page *p, const struct site_state *s, bool fed)
{
	const char *const *heads = fed ? feed_heads : mail_heads;

	peer_table_open(p,
		fed ? _("Servers that we feed over HTTP")
		    : _("Servers we exchange letters with"),
		heads, 5);
	for (size_t i = 0; i < s->peer_count; i++)
		if (state_peer_has_cursor(&s->peers[i]) &&
			state_peer_is_fed(&s->peers[i]) == fed)
			put_sent_row(p, &s->peers[i], heads, s->now);
	peer_table_close(p);
}

/* ---- what letters lost --------------------------------------------------- */

static void
put_gaps(struct page *p, const struct state_mend *m)
{
	if (!m->speaks) {
		page_puts(p, _("not known: its letters do not tell"));
		return;
	}
	if (m->gaps == 0) {
		page_puts(p, _("nothing"));
		return;
	}
	page_puts(p,
		format_count(words_count("%s gap", "%s gaps", (size_t)m->gaps),
			m->gaps)
			.text);
	if (m->asked > 0) {
		page_raw(p, ", ");
		page_puts(p,
			format_count(words_count("%s asked for", "%s asked for",
					     (size_t)m->asked),
				m->asked)
				.text);
	}
}

/* The later of the two says how it stands. */
static void
put_compared(struct page *p, const struct state_mend *m, int64_t now)
{
	bool same = m->agreed >= m->differed;
	int64_t when = same ? m->agreed : m->differed;

	peer_table_ago(p, when, now);
	if (when <= 0)
		return;
	page_raw(p, ": ");
	page_puts(p, same ? _("the same")
			  : _("not the same; what is missing is sent"));
}

static void
put_resync(struct page *p, const struct state_mend *m)
{
	if (m->upto <= 0)
		page_puts(p, _("nothing"));
	else
		page_putf(p, _("everything; %d %% is done"),
			(int)((m->upto - m->left) * 100 / m->upto));
}

static void
put_mend_row(struct page *p, const struct state_peer *peer, int64_t now)
{
	page_raw(p, "<tr>");
	peer_table_name(p, peer);
	peer_table_cell(p, _(mend_heads[1]));
	put_gaps(p, &peer->mend);
	page_raw(p, "</td>");
	peer_table_cell(p, _(mend_heads[2]));
	put_compared(p, &peer->mend, now);
	page_raw(p, "</td>");
	peer_table_cell(p, _(mend_heads[3]));
	put_resync(p, &peer->mend);
	page_raw(p, "</td></tr>\n");
}

static void
put_mend_table(struct page *p, const struct site_state *s)
{
	page_rawf(p, "<p>%s</p>\n",
		_("Mail loses letters now and then. What a server's letters "
		  "leave out is asked for, where it understands that, and from "
		  "time to time both compare all that they hold and send each "
		  "other what is missing. A server that was away for too long "
		  "is sent everything again."));
	peer_table_open(p, _("What letters lost, and how it is found again"),
		mend_heads, 4);
	for (size_t i = 0; i < s->peer_count; i++)
		if (state_peer_is_mailed(&s->peers[i]))
			put_mend_row(p, &s->peers[i], s->now);
	peer_table_close(p);
}

/* ---- gossip -------------------------------------------------------------- */

const char *
render_gossip_word(enum gossip_word w)
{
	static const char *const words[] = {
		[GOSSIP_WORD_OFF] = N_("gossip is off here"),
		[GOSSIP_WORD_SELF] =
			N_("this server itself: its address is our own"),
		[GOSSIP_WORD_NONE] = N_("no gossip yet"),
		[GOSSIP_WORD_FAILING] = N_("not reached"),
		[GOSSIP_WORD_BROKE] = N_("broke off"),
		[GOSSIP_WORD_ILL] = N_("does not answer well"),
		[GOSSIP_WORD_DIFFERS] = N_("its configuration differs"),
		[GOSSIP_WORD_UNFETCHED] = N_("fetching fails"),
		[GOSSIP_WORD_BEHIND] = N_("has what we lack"),
		[GOSSIP_WORD_FINE] = N_("up to date"),
	};

	return words[w];
}

/* What the state of the peer does not say: one way may fail, and not the
 * other. */
static void
put_talk(struct page *p, const char *label, const struct recon_talk *t,
	const struct state_peer *peer, int64_t now)
{
	peer_table_cell(p, label);
	peer_table_ago(p, t->time, now);
	if (gossip_word_fails(t->word) && t->word != peer->gossip_word) {
		page_raw(p, "<br><span class=\"trouble\">");
		page_puts(p, _(render_gossip_word(t->word)));
		page_raw(p, "</span>");
	}
	page_raw(p, "</td>");
}

static void
put_gossip_state(struct page *p, const struct state_peer *peer)
{
	peer_table_cell(p, _(gossip_heads[4]));
	page_rawf(p, "<span class=\"%s\">",
		state_peer_gossip_ails(peer) ? "trouble" : "fine");
	page_puts(p, _(render_gossip_word(peer->gossip_word)));
	if (peer->gossip_word == GOSSIP_WORD_BEHIND)
		page_puts(p, format_count(": %s", peer->lacking).text);
	if (peer->gossip_word == GOSSIP_WORD_DIFFERS &&
		peer->gossip_why[0] != '\0') {
		page_raw(p, ": <span lang=\"en\">");
		page_visible(p, bytes_of(peer->gossip_why));
		page_raw(p, "</span>");
	}
	page_raw(p, "</span></td>");
}

static bool
has_gossip_row(const struct state_peer *peer)
{
	return state_peer_has_gossip(peer) ||
	       peer->gossip_word == GOSSIP_WORD_SELF;
}

static void
put_gossip_table(struct page *p, const struct site_state *s)
{
	peer_table_open(p,
		_("Servers we gossip with: each compares what it has with "
		  "the other"),
		gossip_heads, 5);
	for (size_t i = 0; i < s->peer_count + s->self_count; i++) {
		const struct state_peer *peer = &s->peers[i];

		if (!has_gossip_row(peer))
			continue;
		page_raw(p, "<tr>");
		peer_table_name(p, peer);
		put_talk(p, _(gossip_heads[1]), &peer->out, peer, s->now);
		put_talk(p, _(gossip_heads[2]), &peer->in, peer, s->now);
		put_talk(p, _(gossip_heads[3]), &peer->recovery, peer, s->now);
		put_gossip_state(p, peer);
		page_raw(p, "</tr>\n");
	}
	peer_table_close(p);
}

static void
put_graph(struct page *p)
{
	page_raw(p, "<picture><source media=\"(max-width: 34rem)\" "
		    "srcset=\"/pks/stats/graph.svg?size=narrow\">"
		    "<img class=\"chart\" src=\"/pks/stats/graph.svg\" "
		    "alt=\"");
	page_puts(p, _("This server and its peers, joined by lines; the table "
		       "below says the same in words."));
	page_raw(p, "\"></picture>\n");
}

void
render_peer_status(const struct site_state *s, struct page *p)
{
	bool mail = false, fed = false, gossip = false, canary = false;

	for (size_t i = 0; i < s->peer_count + s->self_count; i++) {
		mail = mail || state_peer_is_mailed(&s->peers[i]);
		fed = fed || state_peer_is_fed(&s->peers[i]);
		gossip = gossip || has_gossip_row(&s->peers[i]);
		canary = canary || s->peers[i].canary;
	}
	page_rawf(p, "<section id=\"peers\">\n<h2>%s</h2>\n<p>",
		_("Peer status"));
	page_puts(p, s->peer_count == 0
			     ? _("This server has no peers: what it is given "
				 "stays here.")
			     : _("What this server learns it passes on to "
				 "these, and takes from them what they "
				 "learn."));
	page_raw(p, "</p>\n");
	if (s->peer_count > 0)
		put_graph(p);
	if (mail) {
		put_sent_table(p, s, false);
		put_mend_table(p, s);
	}
	if (fed)
		put_sent_table(p, s, true);
	if (gossip)
		put_gossip_table(p, s);
	if (canary)
		render_canaries(s, p);
	page_raw(p, "</section>\n");
}
