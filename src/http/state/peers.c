#include "http/state/peers.h"

#include <stdlib.h>
#include <string.h>

#include "base/canary.h"
#include "base/gossip.h"
#include "base/mend.h"
#include "http/state/format.h"

static bool
given(const char *text)
{
	return text != NULL && text[0] != '\0';
}

/* HOST:PORT or [HOST]:PORT, taken apart; false if it is neither. */
static bool
split_host(struct arena *a, const char *text, const char **host,
	unsigned int *port)
{
	const char *colon = strrchr(text, ':');
	size_t len;

	if (colon == NULL || colon == text)
		return false;
	len = (size_t)(colon - text);
	if (text[0] == '[' && text[len - 1] == ']') {
		text++;
		len -= 2;
	}
	*host = arena_str(a, bytes_make(text, len));
	*port = (unsigned int)strtoul(colon + 1, NULL, 10);
	return *host != NULL && *port > 0 && *port < 65535;
}

/* The host of a URL scheme://host[:port]/... */
static const char *
url_host(struct arena *a, const char *url)
{
	const char *start = strstr(url, "://");

	start = start == NULL ? url : start + 3;
	return arena_str(a, bytes_make(start, strcspn(start, ":/")));
}

/* The same URL with its host masked. */
static const char *
mask_url(struct arena *a, const char *url)
{
	const char *start = strstr(url, "://"), *host, *text;
	struct buf b;
	size_t before, len;

	start = start == NULL ? url : start + 3;
	before = (size_t)(start - url);
	len = strcspn(start, ":/");
	host = format_mask_host(a, arena_str(a, bytes_make(start, len)));
	buf_init(&b, 4096);
	if (host == NULL || buf_printf(&b, "%.*s%s%s", (int)before, url, host,
				    start + len) != STATUS_OK)
		text = NULL;
	else
		text = arena_str(a, buf_view(&b));
	buf_done(&b);
	return text;
}

/* Who is busy now and then does not fail. */
static const char *
error_of(int64_t ended, int64_t failed)
{
	static const char *const errors[] = {
		[GOSSIP_ENDED_MISMATCH] = "its configuration differs",
		[GOSSIP_ENDED_UNREACHED] = "not reached",
		[GOSSIP_ENDED_BROKEN] = "broke off",
	};

	if (ended > 0 && ended <= GOSSIP_ENDED_BROKEN && errors[ended] != NULL)
		return errors[ended];
	return failed > 0 ? "not reached" : "";
}

/* Which filters only one side has: both operators can do something about it. */
static enum status
take_difference(const char *name, struct arena *a, struct state_peer *out)
{
	char why[GOSSIP_WHY_MAX];
	struct buf b;
	enum status st;

	gossip_get_why(name, why);
	if (why[0] == '\0')
		return STATUS_OK;
	buf_init(&b, 2 * GOSSIP_WHY_MAX);
	out->gossip_why = arena_str(a, bytes_of(why));
	st = buf_printf(&b, "%s: %s", out->out.error, why);
	if (st == STATUS_OK)
		out->out.error = arena_str(a, buf_view(&b));
	buf_done(&b);
	return out->gossip_why == NULL || out->out.error == NULL ? STATUS_LIMIT
								 : st;
}

/* What whoever gossips has counted; `off`: nobody does. */
static enum status
take_gossip(const char *name, bool off, struct arena *a, struct state_peer *out)
{
	struct gossip_counters c = gossip_counters_of(name);
	int64_t ended;

	out->out.time = counter_value(c.asked);
	out->in.time = counter_value(c.asks);
	out->recovery.time = counter_value(c.fetched);
	out->lacking = counter_value(c.lacking);
	ended = counter_value(c.ended);
	out->out.error = error_of(ended, counter_value(c.failed));
	if (off)
		out->gossip_word = GOSSIP_WORD_OFF;
	else if (ended == GOSSIP_ENDED_MISMATCH)
		out->gossip_word = GOSSIP_WORD_DIFFERS;
	else if (ended == GOSSIP_ENDED_BROKEN)
		out->gossip_word = GOSSIP_WORD_BROKE;
	else if (out->out.error[0] != '\0')
		out->gossip_word = GOSSIP_WORD_FAILING;
	else if (!state_peer_takes_by_gossip(out) &&
		 !state_peer_gives_by_gossip(out))
		out->gossip_word = GOSSIP_WORD_NONE;
	else
		out->gossip_word = out->lacking > 0 ? GOSSIP_WORD_BEHIND
						    : GOSSIP_WORD_FINE;
	return ended == GOSSIP_ENDED_MISMATCH ? take_difference(name, a, out)
					      : STATUS_OK;
}

static void
take_canary(const char *name, struct state_peer *out)
{
	struct canary_counters c = canary_counters_of(name);

	out->canary = counter_value(c.looks) > 0;
	out->canary_seen = counter_value(c.seen);
	out->canary_took = counter_value(c.seconds);
}

/* What mail has counted. */
static void
take_mend(const char *name, struct state_mend *out)
{
	struct mend_counters c = mend_counters_of(name);

	out->letters = counter_value(c.letters);
	out->octets = counter_value(c.octets);
	out->speaks = counter_value(c.speaks) != 0;
	out->gaps = counter_value(c.gaps);
	out->asked = counter_value(c.asked);
	out->agreed = counter_value(c.agreed);
	out->differed = counter_value(c.differed);
	out->upto = counter_value(c.upto);
	out->left = out->upto == 0 ? 0 : counter_value(c.left);
}

/* Who it is: the names, masked where they have to be. */
static enum status
describe(const struct http_peer *p, bool show_mail, struct arena *a,
	struct state_peer *out)
{
	const char *host = "", *at;

	out->name = arena_str(a, bytes_of(p->name));
	out->masked = p->is_private;
	out->gossips = p->gossips;
	out->mail = out->gossip = out->push = out->error = "";
	out->gossip_why = "";
	out->in.error = out->out.error = out->recovery.error = "";
	out->word = PEER_WORD_NEW;
	if (given(p->push)) {
		host = url_host(a, p->push);
		out->push = p->is_private ? mask_url(a, p->push)
					  : arena_str(a, bytes_of(p->push));
	}
	if (given(p->mail)) {
		at = strrchr(p->mail, '@');
		host = at == NULL ? p->mail : at + 1;
		out->mail =
			format_mask_mail(a, p->mail, show_mail, p->is_private);
	}
	if (given(p->gossip) &&
		split_host(a, p->gossip, &out->gossip, &out->recon_port)) {
		host = out->gossip;
		out->http_port = out->recon_port + 1;
		if (p->is_private)
			out->gossip = format_mask_host(a, host);
	}
	if (host != NULL && host[0] == '\0')
		out->host = out->name; /* it comes from somewhere */
	else if (host != NULL)
		out->host = p->is_private ? format_mask_host(a, host)
					  : arena_str(a, bytes_of(host));
	return out->name == NULL || out->host == NULL || out->mail == NULL ||
			       out->gossip == NULL || out->push == NULL
		       ? STATUS_LIMIT
		       : STATUS_OK;
}

static enum peer_word
word_of(const struct peer *row)
{
	if (row->flags & PEER_STOPPED)
		return PEER_WORD_STOPPED;
	if (row->flags & PEER_PAUSED)
		return PEER_WORD_PAUSED;
	if (row->attempts > 0)
		return PEER_WORD_RETRYING;
	return row->flags & PEER_RESYNC ? PEER_WORD_RESYNC : PEER_WORD_FINE;
}

/* How it stands: what the courier keeps of it. */
static enum status
take_row(struct store_session *s, const struct peer *row, int64_t last_seq,
	struct arena *a, struct state_peer *out, struct err *err)
{
	struct change_mark first;
	size_t n = 0;
	enum status st = STATUS_OK;

	out->word = word_of(row);
	out->waiting = last_seq > row->cursor ? last_seq - row->cursor : 0;
	out->last_sent = row->last_sent;
	out->last_received = row->last_received;
	out->next_try = row->next_try;
	out->attempts = row->attempts;
	out->error = (state_peer_is_fed(out) ? format_feed_error
					     : format_mail_error)(
		a, row->last_error, &out->error_code);
	if (out->error == NULL)
		return STATUS_LIMIT;
	if (out->waiting > 0)
		st = store_read_marks(s, row->cursor, &first, 1, &n, err);
	if (st == STATUS_OK && n == 1)
		out->oldest = first.time;
	return st;
}

enum status
peers_read(struct store_session *s, const struct http_peer *list, size_t count,
	bool show_mail, struct arena *a, struct site_state *out,
	struct err *err)
{
	struct state_peer *peers = arena_array(a, count + 1, sizeof(*peers));
	struct peer *rows = NULL;
	size_t row_count = 0, i, j;
	enum status st;
	bool off;

	out->recon_port = (unsigned int)counter_value(gossip_port());
	off = out->recon_port == 0 && counter_value(gossip_on()) == 0;
	out->gossips = !off;
	st = peers == NULL ? STATUS_LIMIT
			   : store_list_peers(s, a, &rows, &row_count, err);
	for (i = 0; st == STATUS_OK && i < count; i++) {
		st = describe(&list[i], show_mail, a, &peers[i]);
		if (st == STATUS_OK)
			take_canary(list[i].name, &peers[i]);
		if (st == STATUS_OK && state_peer_has_gossip(&peers[i]))
			st = take_gossip(list[i].name, off, a, &peers[i]);
		if (st == STATUS_OK && state_peer_has_mail(&peers[i]))
			take_mend(list[i].name, &peers[i].mend);
		for (j = 0; st == STATUS_OK && j < row_count; j++)
			if (strcmp(rows[j].name, list[i].name) == 0)
				st = take_row(s, &rows[j], out->last_seq, a,
					&peers[i], err);
	}
	if (st != STATUS_OK)
		return st;
	out->peers = peers;
	out->peer_count = count;
	return STATUS_OK;
}
