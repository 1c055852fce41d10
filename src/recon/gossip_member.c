/* gossip_member: the peers, and how it stands with each. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recon/gossip_state.h"

struct member *
member_new(const struct gossip_peer *set)
{
	struct member *m = xcalloc(1, sizeof(*m));

	settings_copy_peer(set, &m->set);
	m->counters = gossip_counters_of(set->name);
	snprintf(m->look.name, sizeof(m->look.name), "%s", set->name);
	return m;
}

void
member_free(struct member *m)
{
	if (m == NULL)
		return;
	settings_done_peer(&m->set);
	free(m);
}

struct member *
member_find(const struct gossip *g, const char *name)
{
	for (size_t i = 0; i < g->member_count; i++) {
		if (strcmp(g->members[i]->set.name, name) == 0)
			return g->members[i];
	}
	return NULL;
}

/* The one of that name, with other settings; it leaves the list. */
static struct member *
take_over(struct gossip *g, const struct gossip_peer *set)
{
	struct member *m;

	for (size_t i = 0; i < g->member_count; i++) {
		m = g->members[i];
		if (m == NULL || strcmp(m->set.name, set->name) != 0)
			continue;
		g->members[i] = NULL;
		settings_done_peer(&m->set);
		settings_copy_peer(set, &m->set);
		return m;
	}
	return member_new(set);
}

void
members_replace(struct gossip *g, const struct gossip_settings *next)
{
	struct member **list =
		xcalloc(next->peer_count + 1, sizeof(struct member *));
	struct member **old = g->members;
	size_t count = 0, old_count = g->member_count;

	for (size_t i = 0; i < next->peer_count; i++) {
		if (gossip_peer_is_used(&next->peers[i]))
			list[count++] = take_over(g, &next->peers[i]);
	}
	g->members = list;
	g->member_count = count;
	for (size_t i = 0; i < old_count; i++)
		member_free(old[i]);
	free(old);
}
