/* gossip_look: what other threads ask of gossip. */
#include <stdlib.h>
#include <string.h>

#include "recon/gossip_state.h"

void
gossip_look_at(struct gossip *g, struct gossip_look *look)
{
	pthread_mutex_lock(&g->lock);
	*look = g->look;
	pthread_mutex_unlock(&g->lock);
}

enum status
gossip_look_at_peer(struct gossip *g, size_t i, struct gossip_peer_look *look)
{
	enum status st = STATUS_NOT_FOUND;

	pthread_mutex_lock(&g->lock);
	if (i < g->member_count) {
		*look = g->members[i]->look;
		st = STATUS_OK;
	}
	pthread_mutex_unlock(&g->lock);
	return st;
}

/* Under the lock. */
static enum status
may_run(const struct gossip *g, const char *peer, struct err *err)
{
	const struct member *m = member_find(g, peer);

	if (m == NULL) {
		err_set(err,
			"no peer '%.64s' gossips: its section has no "
			"line gossip =",
			peer);
		return STATUS_NOT_FOUND;
	}
	if (*m->set.at == '\0') {
		err_set(err,
			"'%.64s' has no line gossip =: only it begins "
			"talks",
			peer);
		return STATUS_NOT_FOUND;
	}
	if (m->look.is_self) {
		err_set(err, "the address of '%.64s' is our own", peer);
		return STATUS_REJECTED;
	}
	if (g->run == NULL)
		return STATUS_OK;
	err_set(err, "a talk with '%.64s' is asked for already", g->run);
	return STATUS_BUSY;
}

enum status
gossip_run(
	struct gossip *g, const char *peer, uint64_t *number, struct err *err)
{
	enum status st;

	pthread_mutex_lock(&g->lock);
	st = may_run(g, peer, err);
	if (st == STATUS_OK) {
		g->run = xstrdup(peer);
		*number = ++g->run_number;
	}
	pthread_mutex_unlock(&g->lock);
	fetch_wake(g->fetcher);
	return st;
}

enum status
gossip_look_at_run(
	struct gossip *g, uint64_t number, struct gossip_run_end *out)
{
	enum status st = STATUS_NOT_FOUND;

	pthread_mutex_lock(&g->lock);
	if (g->ended.number >= number) {
		*out = g->ended;
		st = STATUS_OK;
	}
	pthread_mutex_unlock(&g->lock);
	return st;
}

enum status
gossip_rebuild(struct gossip *g, struct err *err)
{
	enum status st = STATUS_OK;

	pthread_mutex_lock(&g->lock);
	if (g->rebuild) {
		err_set(err, "that was asked for already");
		st = STATUS_BUSY;
	}
	g->rebuild = true;
	pthread_mutex_unlock(&g->lock);
	fetch_wake(g->fetcher);
	return st;
}

void
gossip_set_peers(struct gossip *g, const struct gossip_settings *next)
{
	struct gossip_settings *mine = xcalloc(1, sizeof(*mine));

	settings_copy(next, mine);
	pthread_mutex_lock(&g->lock);
	if (g->next != NULL)
		settings_done(g->next);
	free(g->next);
	g->next = mine;
	pthread_mutex_unlock(&g->lock);
	fetch_wake(g->fetcher);
}
