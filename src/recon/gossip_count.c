#include "recon/gossip_count.h"

#include "base/clock.h"

static enum gossip_ended
ended_of(enum gossip_talk_end end)
{
	static const enum gossip_ended ended[] = {
		[GOSSIP_NEVER] = GOSSIP_ENDED_WELL,
		[GOSSIP_AGREED] = GOSSIP_ENDED_WELL,
		[GOSSIP_LEARNED] = GOSSIP_ENDED_WELL,
		[GOSSIP_WAS_BUSY] = GOSSIP_ENDED_BUSY,
		[GOSSIP_MISMATCH] = GOSSIP_ENDED_MISMATCH,
		[GOSSIP_UNREACHED] = GOSSIP_ENDED_UNREACHED,
		[GOSSIP_BROKE] = GOSSIP_ENDED_BROKEN,
	};

	return ended[end];
}

/* What is refused here, or kept in another form, is not lacking. */
static size_t
lacking(const struct gossip_peer_look *look)
{
	return look->waiting + look->backed_off_as[RECOVER_MISSING] +
	       look->backed_off_as[RECOVER_UNREADABLE];
}

static enum gossip_fetch
fetch_of(enum recover_trouble trouble)
{
	static const enum gossip_fetch words[] = {
		[RECOVER_WELL] = GOSSIP_FETCH_WELL,
		[RECOVER_UNREACHED] = GOSSIP_FETCH_UNREACHED,
		[RECOVER_ILL] = GOSSIP_FETCH_ILL,
	};

	return words[trouble];
}

static void
count_way(const struct gossip_peer_look *look, enum gossip_way way,
	struct counter *ended)
{
	const struct gossip_way_look *w = &look->ways[way];

	counter_set(ended, ended_of(w->end));
	gossip_set_why(
		look->name, way, w->end == GOSSIP_MISMATCH ? w->why : "");
}

static void
count_peer(const struct gossip_peer_look *look)
{
	struct gossip_counters c = gossip_counters_of(look->name);

	counter_set(c.self, look->is_self);
	if (look->is_self)
		return;
	if ((int64_t)look->fetched > counter_value(c.got))
		counter_set(c.fetched, clock_wall_s());
	counter_set(c.asked, look->ways[GOSSIP_BY_US].well);
	counter_set(c.asks, look->ways[GOSSIP_BY_PEER].well);
	for (int way = 0; way < GOSSIP_WAYS; way++)
		count_way(look, (enum gossip_way)way, c.ended_by[way]);
	counter_set(c.ended, ended_of(look->end));
	counter_set(c.failed, (int64_t)look->failures);
	counter_set(c.trouble, fetch_of(look->trouble));
	counter_set(c.lacking, (int64_t)lacking(look));
	counter_set(c.talks, (int64_t)look->talks);
	counter_set(c.learned, (int64_t)look->learned);
	counter_set(c.owed, (int64_t)look->owed);
	counter_set(c.got, (int64_t)look->fetched);
	counter_set(c.refused, (int64_t)look->refused);
	counter_set(c.unexpected, (int64_t)look->unexpected);
	counter_set(c.missing, (int64_t)look->missing);
	counter_set(c.waiting, (int64_t)look->waiting);
	counter_set(c.backed_off, (int64_t)look->backed_off);
}

void
gossip_count(struct gossip *g)
{
	struct gossip_look look;
	struct gossip_peer_look peer;

	gossip_look_at(g, &look);
	counter_set(gossip_on(), 1);
	counter_set(gossip_port(), look.port);
	counter_set(counter_get("gossip_digests"), (int64_t)look.digests);
	counter_set(counter_get("gossip_octets"), (int64_t)look.octets);
	counter_set(counter_get("gossip_behind"),
		look.last_seq > look.seq ? look.last_seq - look.seq : 0);
	counter_set(counter_get("gossip_rebuilds"), (int64_t)look.rebuilds);
	for (size_t i = 0; gossip_look_at_peer(g, i, &peer) == STATUS_OK; i++)
		count_peer(&peer);
}
