/* gossip_member: the peers, and how it stands with each. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/clock.h"
#include "base/log.h"
#include "recon/gossip_state.h"

/* ---- making ------------------------------------------------------------ */

/* What follows from its settings. */
static void
take_settings(struct member *m, const struct gossip_peer *set)
{
	struct err err;

	settings_done_peer(&m->set);
	settings_copy_peer(set, &m->set);
	memset(&m->at, 0, sizeof(m->at));
	if (*set->at != '\0' &&
		endpoint_parse(set->at, &m->at, &err) != STATUS_OK)
		m->at.host[0] = '\0';
	free(m->networks);
	m->networks = xcalloc(set->network_count + 1, sizeof(*m->networks));
	for (size_t i = 0; i < set->network_count; i++) {
		/* Checked by who read it; all ones match nobody. */
		if (!network_parse(set->networks[i], &m->networks[i])) {
			memset(&m->networks[i].first, 0xFF,
				sizeof(m->networks[i].first));
			m->networks[i].bits = 128;
		}
	}
	m->look.is_called = *set->at != '\0';
	m->address_count = 0;
	m->resolved_ms = 0;
	m->next_ms = m->fault_ms = 0;
}

static struct member *
member_new(const struct gossip_peer *set)
{
	struct member *m = xcalloc(1, sizeof(*m));

	take_settings(m, set);
	snprintf(m->look.name, sizeof(m->look.name), "%s", set->name);
	return m;
}

void
member_free(struct member *m)
{
	if (m == NULL)
		return;
	settings_done_peer(&m->set);
	free(m->networks);
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

/* The one of that name leaves the list. */
static struct member *
take_over(struct gossip *g, const struct gossip_peer *set)
{
	struct member *m;

	for (size_t i = 0; i < g->member_count; i++) {
		m = g->members[i];
		if (m == NULL || strcmp(m->set.name, set->name) != 0)
			continue;
		g->members[i] = NULL;
		take_settings(m, set);
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

/* ---- addresses --------------------------------------------------------- */

static bool
has_address(const struct member *m, const struct host_address *a)
{
	struct host_address own;

	for (size_t i = 0; i < m->address_count; i++) {
		if (address_host(&m->addresses[i], &own) &&
			memcmp(&own, a, sizeof(own)) == 0)
			return true;
	}
	for (size_t i = 0; i < m->set.network_count; i++) {
		if (network_has(&m->networks[i], a))
			return true;
	}
	return false;
}

struct member *
member_of(const struct gossip *g, const struct sockaddr_storage *from)
{
	struct host_address a;

	if (!address_host(from, &a))
		return NULL;
	for (size_t i = 0; i < g->member_count; i++) {
		if (!g->members[i]->look.is_self &&
			has_address(g->members[i], &a))
			return g->members[i];
	}
	return NULL;
}

/* Do we listen there ourselves? */
static bool
is_our_own(const struct gossip *g, const struct sockaddr_storage *at)
{
	struct host_address a, own;

	if (!address_host(at, &a))
		return false;
	for (size_t i = 0; i < g->door_count; i++) {
		if (address_port(&g->own[i]) != address_port(at) ||
			g->own[i].ss_family != at->ss_family)
			continue;
		if (address_is_any(&g->own[i])) {
			if (address_is_local(at))
				return true;
		} else if (address_host(&g->own[i], &own) &&
			   memcmp(&own, &a, sizeof(a)) == 0) {
			return true;
		}
	}
	return false;
}

static void
look_for_self(struct gossip *g, struct member *m)
{
	bool is_self = false;

	for (size_t i = 0; i < m->address_count; i++)
		is_self |= is_our_own(g, &m->addresses[i]);
	if (is_self && !m->look.is_self)
		log_line(LOG_WARN, "gossip",
			"peer=%s outcome=self what=\"its address is our own: "
			"it is left out\"",
			m->set.name);
	pthread_mutex_lock(&g->lock);
	m->look.is_self = is_self;
	pthread_mutex_unlock(&g->lock);
}

void
member_resolve(struct gossip *g, struct member *m)
{
	if (m->resolving || m->at.host[0] == '\0')
		return;
	if (names_ask(g->names, m->set.name, &m->at) == STATUS_OK)
		m->resolving = true;
}

void
members_take_names(struct gossip *g)
{
	struct name_answer a;
	struct member *m;

	while (names_take(g->names, &a) == STATUS_OK) {
		m = member_find(g, a.name);
		free(a.name);
		if (m == NULL)
			continue;
		m->resolving = false;
		m->resolved_ms = clock_mono_ms();
		m->unknown = a.why;
		/* What a name server says no more may still be right. */
		if (a.count == 0)
			continue;
		memcpy(m->addresses, a.list, sizeof(m->addresses));
		m->address_count = a.count;
		look_for_self(g, m);
	}
}

void
members_refresh(struct gossip *g, int64_t age_ms)
{
	int64_t now = clock_mono_ms();

	for (size_t i = 0; i < g->member_count; i++) {
		struct member *m = g->members[i];

		if (m->resolved_ms == 0 || now - m->resolved_ms > age_ms)
			member_resolve(g, m);
	}
}

/* ---- choice ------------------------------------------------------------ */

static bool
is_in_call(const struct gossip *g, const struct member *m)
{
	for (size_t i = 0; i < CALLS; i++) {
		if (g->calls[i].state != CALL_NONE && g->calls[i].member == m)
			return true;
	}
	return false;
}

static bool
may_begin(const struct gossip *g, const struct member *m, int64_t now)
{
	if (m->at.host[0] == '\0' || m->look.is_self || now < m->next_ms ||
		now < m->fault_ms || is_in_call(g, m))
		return false;
	/* What it taught is not here yet: it would teach the same. */
	return recover_waiting(g->recover, m->set.name) == 0;
}

struct member *
member_with_more(const struct gossip *g, int64_t now)
{
	for (size_t i = 0; i < g->member_count; i++) {
		struct member *m = g->members[i];

		if (m->more_at > 0 && m->look.fetched >= m->more_at &&
			may_begin(g, m, now))
			return m;
	}
	return NULL;
}

struct member *
member_choose(struct gossip *g, int64_t now)
{
	struct member *chosen = NULL;
	uint32_t chance = 0;
	uint32_t n = 0;

	/* Of n so far each has the same chance. */
	for (size_t i = 0; i < g->member_count; i++) {
		if (!may_begin(g, g->members[i], now))
			continue;
		if (getrandom(&chance, sizeof(chance), 0) !=
			(ssize_t)sizeof(chance))
			chance = 0;
		if (chance % ++n == 0)
			chosen = g->members[i];
	}
	return chosen;
}

/* ---- figures ----------------------------------------------------------- */

void
members_count(struct gossip *g)
{
	struct recover_facts f;

	for (size_t i = 0; i < g->member_count; i++) {
		struct member *m = g->members[i];

		recover_get_facts(g->recover, m->set.name, &f);
		pthread_mutex_lock(&g->lock);
		m->look.fetched = f.got;
		m->look.refused = f.refused;
		m->look.unexpected = f.unexpected;
		m->look.missing = f.missing;
		m->look.waiting = f.waiting;
		m->look.backed_off = f.backed_off;
		m->look.trouble = f.trouble;
		(void)snprintf(m->look.trouble_why, sizeof(m->look.trouble_why),
			"%s", f.why);
		memcpy(m->look.backed_off_as, f.backed_off_as,
			sizeof(f.backed_off_as));
		pthread_mutex_unlock(&g->lock);
	}
}
