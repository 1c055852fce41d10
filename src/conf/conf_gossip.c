#include "conf/conf_gossip.h"

#include <stdlib.h>
#include <string.h>

/* HOST:PORT, [HOST]:PORT, or HOST alone. */
static enum status
check_http(const char *text, struct err *err)
{
	const char *end = strrchr(text, ']');
	struct endpoint ep;

	if (*text == '\0')
		return STATUS_OK;
	if (strchr(end != NULL ? end : text, ':') != NULL &&
		strncmp(text, "unix:", 5) != 0)
		return endpoint_parse(text, &ep, err);
	if (text[strspn(text, "abcdefghijklmnopqrstuvwxyz"
			      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-[]")] ==
			'\0' &&
		strlen(text) < sizeof(ep.host))
		return STATUS_OK;
	err_set(err, "'%.80s' is neither HOST:PORT nor HOST", text);
	return STATUS_MALFORMED;
}

static enum status
check_peer(const struct gossip_peer *p, const char **key, struct err *err)
{
	*key = "gossip";
	if (strncmp(p->at, "unix:", 5) == 0) {
		err_set(err, "gossip has no Unix sockets: HOST:PORT");
		return STATUS_MALFORMED;
	}
	*key = "gossip_http";
	if (*p->http != '\0' && !gossip_peer_is_used(p)) {
		err_set(err, "the peer has neither gossip nor gossip_from");
		return STATUS_MALFORMED;
	}
	return check_http(p->http, err);
}

void
conf_finish_gossip(struct conf *c)
{
	struct gossip_settings *g = &c->gossip;
	const struct http_settings *h = &c->http;

	g->data = c->data;
	g->level = c->ingest.policy.level;
	for (size_t i = 0; g->http_port == 0 && i < h->listen_count; i++) {
		if (!h->listen[i].is_unix)
			g->http_port =
				(size_t)strtoul(h->listen[i].port, NULL, 10);
	}
	for (size_t i = 0; i < g->peer_count; i++)
		g->peers[i].is_private = c->mail.peers[i].is_private;
}

enum status
conf_check_gossip(
	const struct conf *c, size_t *peer, const char **key, struct err *err)
{
	const struct gossip_settings *g = &c->gossip;
	enum status st = STATUS_OK;

	for (size_t i = 0; st == STATUS_OK && i < g->peer_count; i++) {
		*peer = i;
		st = check_peer(&g->peers[i], key, err);
	}
	if (st != STATUS_OK)
		return STATUS_MALFORMED;
	*peer = SIZE_MAX;
	*key = "listen";
	for (size_t i = 0; i < g->listen_count; i++) {
		if (!g->listen[i].is_unix)
			continue;
		err_set(err, "gossip has no Unix sockets: ADDRESS:PORT");
		return STATUS_MALFORMED;
	}
	if (!gossip_is_used(g))
		return STATUS_OK;
	return gossip_check(g, key, err) == STATUS_OK ? STATUS_OK
						      : STATUS_MALFORMED;
}
