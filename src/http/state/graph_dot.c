#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistr.h>

#include "base/arena.h"
#include "http/state/format.h"
#include "http/state/render.h"

/*
 * The part of the network that this server knows: itself and its peers.
 * Lines are sorted, so that equal graphs are equal files.
 */

enum { DOT_STRING_MAX = 200, DOT_LINE_MAX = 4096, DOT_ARENA_MAX = 4 << 20 };

struct dot {
	struct arena *arena;
	char **lines;
	size_t count, room;
	bool failed;
};

static void
add_line(struct dot *d, const struct buf *b, bool failed)
{
	if (d->failed || failed ||
		arena_grow(d->arena, (void **)&d->lines, &d->room, d->count + 1,
			sizeof(*d->lines)) != STATUS_OK) {
		d->failed = true;
		return;
	}
	d->lines[d->count] = arena_str(d->arena, buf_view(b));
	if (d->lines[d->count] == NULL)
		d->failed = true;
	else
		d->count++;
}

/* In quotes; "\n" of ours stays a line break. 200 characters at most. */
static enum status
put_string(struct buf *b, const char *text)
{
	const uint8_t *s = (const uint8_t *)text;
	size_t len = strlen(text), used = 0, n = 0;
	enum status st = buf_puts(b, "\"");

	for (; st == STATUS_OK && used < len && n < DOT_STRING_MAX; n++) {
		int step = u8_mblen(s + used, len - used);

		if (s[used] == '"' || s[used] == '\\')
			st = buf_printf(b, "\\%c", s[used]);
		else if (s[used] == '\n')
			st = buf_puts(b, "\\n");
		else if (s[used] < 0x20 || s[used] == 0x7F || step <= 0)
			st = buf_puts(b, "?");
		else
			st = buf_put(b, bytes_make(s + used, (size_t)step));
		used += step > 0 ? (size_t)step : 1;
	}
	return st == STATUS_OK ? buf_puts(b, "\"") : st;
}

/* Parts up to NULL: a string, then what stands between, and so on. */
static void
put_line(struct dot *d, const char *const parts[])
{
	enum status st = STATUS_OK;
	struct buf b;
	size_t i;

	buf_init(&b, DOT_LINE_MAX);
	for (i = 0; st == STATUS_OK && parts[i] != NULL; i++)
		st = i % 2 == 0 ? put_string(&b, parts[i])
				: buf_puts(&b, parts[i]);
	add_line(d, &b, st != STATUS_OK);
	buf_done(&b);
}

static void
put_node(struct dot *d, const char *id, const char *label)
{
	const char *const parts[] = {id, " [label=", label, "]", NULL};

	put_line(d, parts);
}

static void
put_edge(struct dot *d, const char *from, const char *to, const char *look,
	const char *label)
{
	const char *end = label[0] == '\0' ? "]" : ", label=";
	char tail[160];
	const char *const parts[] = {from, " -> ", to, tail,
		label[0] == '\0' ? NULL : label, "]", NULL};

	(void)snprintf(tail, sizeof(tail), " [%s%s", look, end);
	put_line(d, parts);
}

/* Host names in lower case: two spellings are one node. */
static void
node_of(const char *host, unsigned int port, char *out, size_t size)
{
	snprintf(out, size, "%s:%u", host, port);
	for (char *c = out; *c != '\0'; c++)
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
}

static const char *
lag_of(const struct state_peer *p, struct format_text *w)
{
	if (p->waiting == 0)
		return "up to date";
	(void)snprintf(w->text, sizeof(w->text), "%.40s waiting",
		format_number_as(p->waiting, "1,000").text);
	return w->text;
}

/* Without arrows where both take from each other, as on a map of servers. */
static const char *
gossip_look(const struct state_peer *p)
{
	bool takes = state_peer_takes_by_gossip(p);
	bool gives = state_peer_gives_by_gossip(p);

	if (takes != gives)
		return takes ? "dir=forward" : "dir=back";
	return takes ? "dir=none" : "dir=none, color=gray";
}

static const char *
gossip_lag_of(const struct state_peer *p, struct format_text *w)
{
	static const char *const words[] = {
		[GOSSIP_WORD_OFF] = "gossip is off",
		[GOSSIP_WORD_SELF] = "",
		[GOSSIP_WORD_NONE] = "no gossip yet",
		[GOSSIP_WORD_FAILING] = "not reached",
		[GOSSIP_WORD_ILL] = "",
		[GOSSIP_WORD_BROKE] = "broke off",
		[GOSSIP_WORD_DIFFERS] = "configuration differs",
		[GOSSIP_WORD_UNFETCHED] = "fetching fails",
		[GOSSIP_WORD_FINE] = "",
	};

	if (p->gossip_word != GOSSIP_WORD_BEHIND)
		return words[p->gossip_word];
	(void)snprintf(w->text, sizeof(w->text), "%.40s to fetch",
		format_number_as(p->lacking, "1,000").text);
	return w->text;
}

/* One server is one node, whatever it does; crawlers find the same one. */
static void
peer_node_of(const struct state_peer *p, char *out, size_t size)
{
	if (p->gossip[0] != '\0')
		node_of(p->gossip, p->recon_port, out, size);
	else if (state_peer_has_mail(p))
		snprintf(out, size, "mailto:%s", p->mail);
	else
		snprintf(out, size, "%s",
			state_peer_is_fed(p) ? p->push : p->name);
}

static void
put_peer(struct dot *d, const char *self, const struct state_peer *p)
{
	char id[600];
	struct format_text w;

	peer_node_of(p, id, sizeof(id));
	put_node(d, id, p->name);
	if (state_peer_has_gossip(p))
		put_edge(d, self, id, gossip_look(p), gossip_lag_of(p, &w));
	if (state_peer_has_mail(p))
		put_edge(d, self, id,
			state_peer_is_sent_to(p) && state_peer_is_mailed(p)
				? "dir=both, style=dashed"
				: "dir=back, style=dashed",
			state_peer_is_fed(p) ? "" : lag_of(p, &w));
	if (!state_peer_is_fed(p))
		return;
	if (strcmp(id, p->push) != 0)
		put_node(d, p->push, p->name);
	put_edge(d, self, p->push, "style=dotted", lag_of(p, &w));
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

enum status
render_dot(const struct site_state *s, struct buf *out, struct err *err)
{
	struct dot d = {.arena = arena_new(DOT_ARENA_MAX)};
	char self[600], label[700];
	enum status st;

	node_of(s->host, s->recon_port, self, sizeof(self));
	snprintf(label, sizeof(label), "%s\nkeypost %s\n%lld keys", s->host,
		s->version, (long long)s->certs);
	put_node(&d, self, label);
	for (size_t i = 0; i < s->peer_count; i++)
		put_peer(&d, self, &s->peers[i]);
	if (d.count > 0)
		qsort(d.lines, d.count, sizeof(*d.lines), by_text);
	st = d.failed ? STATUS_LIMIT : buf_puts(out, "digraph keypost {\n");
	for (size_t i = 0; st == STATUS_OK && i < d.count; i++)
		st = buf_printf(out, "  %s;\n", d.lines[i]);
	if (st == STATUS_OK)
		st = buf_puts(out, "}\n");
	if (st != STATUS_OK)
		err_set(err, "the graph is too large");
	arena_free(d.arena);
	return st;
}
