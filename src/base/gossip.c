#include "base/gossip.h"

struct gossip_counters
gossip_counters_of(const char *peer)
{
	return (struct gossip_counters){
		.asked = counter_get_labelled("gossip_asked", "peer", peer),
		.asks = counter_get_labelled("gossip_asks", "peer", peer),
		.fetched = counter_get_labelled("gossip_fetched", "peer", peer),
		.failed = counter_get_labelled("gossip_failed", "peer", peer),
		.lacking = counter_get_labelled("gossip_lacking", "peer", peer),
	};
}

struct counter *
gossip_port(void)
{
	return counter_get("gossip_port");
}
