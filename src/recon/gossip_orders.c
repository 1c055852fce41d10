/* gossip_orders: what other threads want, and what is due by itself. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "recon/gossip_state.h"

static bool
is_named(const struct gossip_settings *s, const char *name)
{
	for (size_t i = 0; i < s->peer_count; i++) {
		if (strcmp(s->peers[i].name, name) == 0)
			return true;
	}
	return false;
}

static void
take_peers(struct gossip *g, struct gossip_settings *next)
{
	for (size_t i = 0; i < CALLS; i++) {
		struct call *c = &g->calls[i];

		if (c->state != CALL_NONE &&
			!is_named(next, c->member->set.name))
			call_drop(c);
	}
	pthread_mutex_lock(&g->lock);
	g->set.interval_ms = next->interval_ms;
	members_replace(g, next);
	pthread_mutex_unlock(&g->lock);
	g->begin_ms = clock_mono_ms();
	members_refresh(g, 0);
}

void
orders_take(struct gossip *g)
{
	struct gossip_settings *next;
	bool rebuild;

	pthread_mutex_lock(&g->lock);
	next = g->next;
	g->next = NULL;
	rebuild = g->rebuild;
	pthread_mutex_unlock(&g->lock);
	if (next != NULL) {
		take_peers(g, next);
		settings_done(next);
		free(next);
	}
	if (!rebuild || tree_rebuild(g) == STATUS_BUSY)
		return;
	pthread_mutex_lock(&g->lock);
	g->rebuild = false;
	pthread_mutex_unlock(&g->lock);
}

/* Whom an operator wants a talk with; NULL: nobody. */
static struct member *
take_run(struct gossip *g, uint64_t *number)
{
	struct member *m = NULL;

	pthread_mutex_lock(&g->lock);
	*number = g->run_number;
	if (g->run != NULL)
		m = member_find(g, g->run);
	if (g->run != NULL && m == NULL)
		run_called_off(g, *number, "it is a peer no more");
	free(g->run);
	g->run = NULL;
	pthread_mutex_unlock(&g->lock);
	return m;
}

void
orders_begin(struct gossip *g, int64_t now)
{
	struct member *m;
	uint64_t run;

	if (g->quiet || g->calls[CALL_STARTED].state != CALL_NONE)
		return;
	m = take_run(g, &run);
	if (m != NULL) {
		call_begin(g, m, run);
		return;
	}
	m = g->has_tree ? member_with_more(g, now) : NULL;
	if (m != NULL) {
		call_begin(g, m, 0);
		return;
	}
	if (!g->has_tree || now < g->begin_ms)
		return;
	g->begin_ms = now + gossip_interval(g);
	tree_check(g);
	m = member_choose(g, now);
	if (m != NULL)
		call_begin(g, m, 0);
}
