#include "http/state/peers.h"

#include <stdlib.h>
#include <string.h>

#include "base/canary.h"
#include "base/gossip.h"
#include "base/mend.h"
#include "http/state/format.h"
#include "http/state/render.h"

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
static enum gossip_word
word_of_end(int64_t ended)
{
	static const enum gossip_word words[] = {
		[GOSSIP_ENDED_WELL] = GOSSIP_WORD_FINE,
		[GOSSIP_ENDED_BUSY] = GOSSIP_WORD_FINE,
		[GOSSIP_ENDED_MISMATCH] = GOSSIP_WORD_DIFFERS,
		[GOSSIP_ENDED_UNREACHED] = GOSSIP_WORD_FAILING,
		[GOSSIP_ENDED_BROKEN] = GOSSIP_WORD_BROKE,
	};

	return ended >= 0 && ended <= GOSSIP_ENDED_BROKEN ? words[ended]
							  : GOSSIP_WORD_FINE;
}

/* Talks that one of both begins. */
static enum status
take_way(const char *name, enum gossip_way way, int64_t ended, struct arena *a,
	struct state_peer *out, struct recon_talk *t)
{
	char why[GOSSIP_WHY_MAX];
	struct buf b;
	enum status st;

	t->word = word_of_end(ended);
	if (!gossip_word_fails(t->word))
		return STATUS_OK;
	t->error = render_gossip_word(t->word);
	gossip_get_why(name, way, why);
	if (t->word != GOSSIP_WORD_DIFFERS || why[0] == '\0')
		return STATUS_OK;
	/* Which filters only one side has: both operators can do something. */
	buf_init(&b, 2 * GOSSIP_WHY_MAX);
	out->gossip_why = arena_str(a, bytes_of(why));
	st = buf_printf(&b, "%s: %s", t->error, why);
	if (st == STATUS_OK)
		t->error = arena_str(a, buf_view(&b));
	buf_done(&b);
	return out->gossip_why == NULL || t->error == NULL ? STATUS_LIMIT : st;
}

static void
take_fetch(int64_t trouble, struct recon_talk *t)
{
	if (trouble == GOSSIP_FETCH_UNREACHED)
		t->word = GOSSIP_WORD_FAILING;
	else if (trouble == GOSSIP_FETCH_ILL)
		t->word = GOSSIP_WORD_ILL;
	else
		return;
	t->error = render_gossip_word(t->word);
}

/* Of the last talk; one that is busy since a failure has not made it good. */
static enum gossip_word
failure_of(const struct state_peer *p, int64_t ended, int64_t failed)
{
	enum gossip_word word = word_of_end(ended);

	if (gossip_word_fails(word) || failed == 0)
		return word;
	if (gossip_word_fails(p->out.word))
		return p->out.word;
	return gossip_word_fails(p->in.word) ? p->in.word : GOSSIP_WORD_FAILING;
}

static enum gossip_word
gossip_word_of(const struct state_peer *p, int64_t ended, int64_t failed)
{
	enum gossip_word word = failure_of(p, ended, failed);

	if (gossip_word_fails(word))
		return word;
	if (gossip_word_fails(p->recovery.word))
		return GOSSIP_WORD_UNFETCHED;
	if (!state_peer_takes_by_gossip(p) && !state_peer_gives_by_gossip(p))
		return GOSSIP_WORD_NONE;
	return p->lacking > 0 ? GOSSIP_WORD_BEHIND : GOSSIP_WORD_FINE;
}

/* What whoever gossips has counted; `off`: nobody does. */
static enum status
take_gossip(const char *name, bool off, struct arena *a, struct state_peer *out)
{
	struct gossip_counters c = gossip_counters_of(name);
	enum status st;

	if (!off && counter_value(c.self) != 0) {
		/* Nobody for the graph, nor for those who walk it. */
		out->gossip_word = GOSSIP_WORD_SELF;
		out->gossips = false;
		out->gossip = "";
		return STATUS_OK;
	}
	out->out.time = counter_value(c.asked);
	out->in.time = counter_value(c.asks);
	out->recovery.time = counter_value(c.fetched);
	take_fetch(counter_value(c.trouble), &out->recovery);
	out->lacking = counter_value(c.lacking);
	st = take_way(name, GOSSIP_BY_PEER,
		counter_value(c.ended_by[GOSSIP_BY_PEER]), a, out, &out->in);
	if (st == STATUS_OK)
		st = take_way(name, GOSSIP_BY_US,
			counter_value(c.ended_by[GOSSIP_BY_US]), a, out,
			&out->out);
	out->gossip_word = off ? GOSSIP_WORD_OFF
			       : gossip_word_of(out, counter_value(c.ended),
					 counter_value(c.failed));
	return st;
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
	out->in.word = out->out.word = out->recovery.word = GOSSIP_WORD_FINE;
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

/* One that is this server itself and nothing else comes behind the others. */
static void
part_self(struct state_peer *list, size_t count, struct site_state *out)
{
	struct state_peer self;
	size_t others = 0;

	for (size_t i = 0; i < count; i++) {
		if (list[i].gossip_word == GOSSIP_WORD_SELF &&
			!state_peer_has_cursor(&list[i]))
			continue;
		self = list[i];
		memmove(&list[others + 1], &list[others],
			(i - others) * sizeof(*list));
		list[others++] = self;
	}
	out->peers = list;
	out->peer_count = others;
	out->self_count = count - others;
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
	part_self(peers, count, out);
	return STATUS_OK;
}
