#include "base/gossip.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/bytes.h"

static struct counter *
of(const char *peer, const char *name)
{
	return counter_get_labelled(name, "peer", peer);
}

struct gossip_counters
gossip_counters_of(const char *peer)
{
	return (struct gossip_counters){
		.asked = of(peer, "gossip_asked"),
		.asks = of(peer, "gossip_asks"),
		.fetched = of(peer, "gossip_fetched"),
		.ended = of(peer, "gossip_ended"),
		.ended_by = {[GOSSIP_BY_PEER] = of(peer, "gossip_asks_ended"),
			[GOSSIP_BY_US] = of(peer, "gossip_asked_ended")},
		.self = of(peer, "gossip_self"),
		.failed = of(peer, "gossip_failed"),
		.trouble = of(peer, "gossip_trouble"),
		.lacking = of(peer, "gossip_lacking"),
		.talks = of(peer, "gossip_talks"),
		.learned = of(peer, "gossip_learned"),
		.owed = of(peer, "gossip_owed"),
		.got = of(peer, "gossip_got"),
		.refused = of(peer, "gossip_refused"),
		.unexpected = of(peer, "gossip_unexpected"),
		.missing = of(peer, "gossip_missing"),
		.waiting = of(peer, "gossip_waiting"),
		.backed_off = of(peer, "gossip_backed_off"),
	};
}

struct counter *
gossip_port(void)
{
	return counter_get("gossip_port");
}

struct counter *
gossip_on(void)
{
	return counter_get("gossip_on");
}

/* ---- what differs ------------------------------------------------------ */

static struct {
	pthread_mutex_t lock;
	size_t count;
	struct {
		char *peer;
		char why[GOSSIP_WAYS][GOSSIP_WHY_MAX];
	} list[GOSSIP_WHYS_MAX];
} whys = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* Under the lock; its place, or that of a new one. */
static size_t
find_why(const char *peer)
{
	size_t i = 0;

	while (i < whys.count && strcmp(whys.list[i].peer, peer) != 0)
		i++;
	return i;
}

void
gossip_set_why(const char *peer, enum gossip_way way, const char *why)
{
	size_t i;

	pthread_mutex_lock(&whys.lock);
	i = find_why(peer);
	if (i == whys.count && i < GOSSIP_WHYS_MAX && *why != '\0') {
		whys.list[i].peer = xstrdup(peer);
		whys.count++;
	}
	if (i < whys.count)
		(void)snprintf(
			whys.list[i].why[way], GOSSIP_WHY_MAX, "%s", why);
	pthread_mutex_unlock(&whys.lock);
}

void
gossip_get_why(const char *peer, enum gossip_way way, char why[GOSSIP_WHY_MAX])
{
	size_t i;

	pthread_mutex_lock(&whys.lock);
	i = find_why(peer);
	(void)snprintf(why, GOSSIP_WHY_MAX, "%s",
		i < whys.count ? whys.list[i].why[way] : "");
	pthread_mutex_unlock(&whys.lock);
}
