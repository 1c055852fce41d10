#include "base/gossip.h"

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
		.failed = of(peer, "gossip_failed"),
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
