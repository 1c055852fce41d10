/* gossip_door: who comes to us. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "recon/gossip_state.h"

enum {
	BACKLOG = 16,
	TAKEN_AT_ONCE = 32,
	TELL_AGAIN_MS = 3600000,
	REST_MS = 1000 /* when descriptors ran out */
};

enum status
doors_open(struct gossip *g, struct err *err)
{
	enum status st = STATUS_OK;
	socklen_t len;
	int fd = -1;

	for (size_t i = 0; st == STATUS_OK && i < g->set.listen_count; i++) {
		st = net_listen(&g->set.listen[i], BACKLOG, &fd, err);
		if (st != STATUS_OK)
			break;
		g->doors[g->door_count] = fd;
		len = sizeof(g->own[0]);
		(void)getsockname(
			fd, (struct sockaddr *)&g->own[g->door_count], &len);
		g->door_count++;
	}
	return st;
}

void
doors_close(struct gossip *g)
{
	for (size_t i = 0; i < g->door_count; i++)
		(void)close(g->doors[i]);
	g->door_count = 0;
}

/* Once for each address and hour; an IPv6 network of 64 bits is one. */
static void
tell_stranger(struct gossip *g, const struct sockaddr_storage *from)
{
	int64_t now = clock_mono_ms();
	struct host_address a;
	char name[64];

	if (!address_host(from, &a))
		return;
	if (from->ss_family == AF_INET6)
		memset(a.octets + 8, 0, 8);
	for (size_t i = 0; i < STRANGERS_MAX; i++) {
		const struct stranger *s = &g->strangers[i];

		if (s->told_ms != 0 && now - s->told_ms < TELL_AGAIN_MS &&
			memcmp(&s->host, &a, sizeof(a)) == 0)
			return;
	}
	g->strangers[g->stranger_next] = (struct stranger){a, now};
	g->stranger_next = (g->stranger_next + 1) % STRANGERS_MAX;
	net_name(from, name, sizeof(name));
	log_line(LOG_INFO, "gossip",
		"from=%s outcome=unknown what=\"no peer has this address: "
		"gossip or gossip_from of a peer would let it in\"",
		name);
}

static struct call *
free_call(struct gossip *g, size_t from, size_t end)
{
	for (size_t i = from; i < end; i++) {
		if (g->calls[i].state == CALL_NONE)
			return &g->calls[i];
	}
	return NULL;
}

static void
let_in(struct gossip *g, int fd, const struct sockaddr_storage *from)
{
	struct member *m = member_of(g, from);
	struct call *c = free_call(g, CALL_ACCEPTED, CALL_REFUSED);
	const char *busy = NULL;

	if (m == NULL) {
		tell_stranger(g, from);
		/* It may have moved: then it is known the next time. */
		members_refresh(g, NAMES_FRESH_MS);
		(void)close(fd);
		return;
	}
	if (!g->has_tree)
		busy = "the tree of digests is being built";
	else if (clock_mono_ms() < m->fault_ms)
		busy = "after a fault of protocol";
	else if (c == NULL)
		busy = "another talk is under way";
	else if (tree_follow(g, clock_mono_ms()) != STATUS_OK)
		busy = "the store cannot be read";
	if (busy != NULL)
		c = free_call(g, CALL_REFUSED, CALLS);
	if (c != NULL)
		call_accept(g, c, m, fd, from, busy);
	else
		(void)close(fd);
}

void
door_take(struct gossip *g, int fd)
{
	struct sockaddr_storage from;
	enum status st = STATUS_OK;
	int taken;

	for (int i = 0; i < TAKEN_AT_ONCE && st == STATUS_OK; i++) {
		memset(&from, 0, sizeof(from));
		st = net_accept(fd, &taken, &from);
		if (st == STATUS_OK)
			let_in(g, taken, &from);
	}
	if (st == STATUS_BUSY)
		g->doors_rest_ms = clock_mono_ms() + REST_MS;
}
