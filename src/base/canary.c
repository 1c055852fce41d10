#include "base/canary.h"

struct canary_counters
canary_counters_of(const char *peer)
{
	return (struct canary_counters){
		.looks = counter_get_labelled("canary_looks", "peer", peer),
		.seen = counter_get_labelled("canary_seen", "peer", peer),
		.seconds = counter_get_labelled("canary_seconds", "peer", peer),
	};
}

struct counter *
canary_signed(void)
{
	return counter_get("canary_signed");
}
