#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "conf/conf_load.h"

static bool
is_this_host(const struct endpoint *ep)
{
	struct in6_addr six;
	struct in_addr four;

	if (ep->is_unix || strcmp(ep->host, "localhost") == 0)
		return true;
	if (inet_pton(AF_INET, ep->host, &four) == 1)
		return ntohl(four.s_addr) >> 24 == IN_LOOPBACKNET;
	return inet_pton(AF_INET6, ep->host, &six) == 1 &&
	       IN6_IS_ADDR_LOOPBACK(&six);
}

/* Be it that they come to us, or we to them: both sides learn. */
static bool
gossips_with_others(const struct gossip_settings *g)
{
	struct endpoint ep;
	struct err err;

	for (size_t i = 0; i < g->listen_count; i++) {
		if (!is_this_host(&g->listen[i]))
			return true;
	}
	for (size_t i = 0; i < g->peer_count; i++) {
		if (*g->peers[i].at != '\0' &&
			endpoint_parse(g->peers[i].at, &ep, &err) ==
				STATUS_OK &&
			!is_this_host(&ep))
			return true;
	}
	return false;
}

static bool
serves_others_at(const struct http_settings *h, size_t port)
{
	for (size_t i = 0; i < h->listen_count; i++) {
		if (!is_this_host(&h->listen[i]) &&
			strtoul(h->listen[i].port, NULL, 10) == port)
			return true;
	}
	return false;
}

/* Who says either of them has thought of a proxy. */
static bool
says_proxy(const struct conf *c)
{
	const struct conf_option *port = NULL;
	struct err err;

	if (conf_find_option("gossip", "http_port", &port, &err) != STATUS_OK)
		abort(); /* it is spelt out here */
	return c->http.trusted_proxy_count > 0 ||
	       conf_find_origin(c, port, 0) != NULL;
}

static bool
doubt_fetching(const struct conf *c, struct err *err)
{
	size_t port = c->gossip.http_port;

	if (!gossips_with_others(&c->gossip) ||
		serves_others_at(&c->http, port) || says_proxy(c))
		return false;
	err_set(err,
		"partners of gossip are told to fetch our keys at port %zu, "
		"which [http] listen has for this host alone: add an address "
		"there or, where a proxy passes them on, say its port as "
		"[gossip] http_port",
		port);
	return true;
}

/* As far as it is written: what names mean is known while it runs. */
static bool
is_own_door(const struct conf *c, const struct endpoint *at)
{
	const struct gossip_settings *g = &c->gossip;

	for (size_t i = 0; i < g->listen_count; i++) {
		if (strcmp(g->listen[i].port, at->port) == 0 &&
			(strcasecmp(c->http.name, at->host) == 0 ||
				strcmp(g->listen[i].host, at->host) == 0))
			return true;
	}
	return false;
}

static bool
doubt_self(const struct conf *c, struct err *err)
{
	const struct gossip_settings *g = &c->gossip;
	struct endpoint at;

	for (size_t i = 0; i < g->peer_count; i++) {
		if (*g->peers[i].at == '\0' ||
			endpoint_parse(g->peers[i].at, &at, err) != STATUS_OK ||
			!is_own_door(c, &at))
			continue;
		err_set(err,
			"peer %.64s: its gossip, %.300s, is that of this "
			"server: it is left out",
			g->peers[i].name, g->peers[i].at);
		return true;
	}
	return false;
}

bool
conf_doubt(const struct conf *c, struct err *err)
{
	return doubt_fetching(c, err) || doubt_self(c, err);
}
