#include "sim.h"

/* splitmix64: S. Vigna, public domain, as a recurrence. */
uint64_t
sim_random(struct sim_random *r)
{
	uint64_t z;

	r->state += 0x9e3779b97f4a7c15ULL;
	z = r->state;
	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
	return z ^ z >> 31;
}

uint64_t
sim_below(struct sim_random *r, uint64_t n)
{
	return sim_random(r) % n;
}

bool
sim_chance(struct sim_random *r, unsigned int percent)
{
	return sim_below(r, 100) < percent;
}

/* Most letters take seconds, some are deferred by a relay for up to an hour. */
static int64_t
delay(const struct sim_weather *w, struct sim_random *r)
{
	if (sim_chance(r, w->days_late))
		return (int64_t)sim_below(r, 3 * (uint64_t)SIM_DAY);
	if (sim_chance(r, 10))
		return (int64_t)sim_below(r, SIM_HOUR);
	return 1 + (int64_t)sim_below(r, 30 * SIM_SECOND);
}

static bool
is_apart(const struct sim_weather *w, size_t from, size_t to, int64_t now)
{
	return now >= w->apart_from && now < w->apart_to &&
	       (from < w->apart) != (to < w->apart);
}

void
sim_weather(const struct sim_weather *w, struct sim_random *r, size_t from,
	size_t to, int64_t now, struct sim_letter_fate *fate)
{
	bool apart = is_apart(w, from, to, now);

	*fate = (struct sim_letter_fate){.refused = apart && w->apart_refused};
	if (fate->refused || sim_chance(r, w->loss))
		return;
	/* RFC 5321 section 4.5.4.1: a relay tries for some five days. */
	if (apart && w->apart_to - now > SIM_KEPT)
		return;
	fate->copies = sim_chance(r, w->doubled) ? 2 : 1;
	for (size_t i = 0; i < fate->copies; i++)
		fate->at[i] = (apart ? w->apart_to : now) + delay(w, r);
}

/* Three hubs know each other; each leaf knows one, every third leaf two. */
enum { HUBS = 3 };

static bool
is_leaf_of(size_t leaf, size_t hub)
{
	if (leaf < HUBS || hub >= HUBS)
		return false;
	return leaf % HUBS == hub ||
	       (leaf % 3 == 0 && (leaf + 1) % HUBS == hub);
}

bool
sim_are_peers(enum sim_shape shape, size_t hosts, size_t a, size_t b)
{
	if (a == b)
		return false;
	if (shape == SHAPE_MESH)
		return true;
	if (shape == SHAPE_RING)
		return (a + 1) % hosts == b || (b + 1) % hosts == a;
	return (a < HUBS && b < HUBS) || is_leaf_of(a, b) || is_leaf_of(b, a);
}
