
#include "../unit/unit.h"
#include "sim.h"

/* Spec pks-mail sections 2.3, 3.4 and 3.5: what they were seen to do. */
const struct sim_legacy sim_legacy_kinds[] = {
	{"pksd (floods)", true, false, 0},
	{"SKS (tells its own only)", false, true, 0},
	{"onak (floods)", true, false, 0},
	{"Hockeypuck (one day)", true, true, SIM_DAY},
};
const size_t sim_legacy_count =
	sizeof(sim_legacy_kinds) / sizeof(sim_legacy_kinds[0]);

/* When this letter arrives; -1: never. */
static int64_t
arrives(const struct sim_legacy *kind, const struct sim_scenario *s,
	struct sim_random *r, size_t from, size_t to, int64_t now)
{
	struct sim_letter_fate fate;

	sim_weather(&s->weather, r, from, to, now, &fate);
	if (fate.refused && kind->tries_again &&
		(kind->horizon == 0 ||
			s->weather.apart_to - now <= kind->horizon))
		sim_weather(
			&s->weather, r, from, to, s->weather.apart_to, &fate);
	if (fate.refused || fate.copies == 0)
		return -1;
	return fate.copies == 2 && fate.at[1] < fate.at[0] ? fate.at[1]
							   : fate.at[0];
}

/* Shortest paths: who hears of it first tells the others next. */
static size_t
reach(const struct sim_legacy *kind, const struct sim_scenario *s,
	struct sim_random *r, const struct sim_change *c)
{
	int64_t heard[SIM_HOSTS_MAX];
	bool told[SIM_HOSTS_MAX] = {false};
	size_t reached = 0;

	for (size_t i = 0; i < s->hosts; i++)
		heard[i] = i == c->host ? c->at : -1;
	for (;;) {
		size_t next = s->hosts;

		for (size_t i = 0; i < s->hosts; i++) {
			if (heard[i] >= 0 && !told[i] &&
				(next == s->hosts || heard[i] < heard[next]))
				next = i;
		}
		if (next == s->hosts)
			return reached;
		told[next] = true;
		reached++;
		for (size_t i = 0; i < s->hosts; i++) {
			int64_t at;

			if (!sim_are_peers(s->shape, s->hosts, next, i) ||
				(next != c->host && !kind->relays))
				continue;
			at = arrives(kind, s, r, next, i, heard[next]);
			if (at >= 0 && (heard[i] < 0 || at < heard[i]))
				heard[i] = at;
		}
	}
}

size_t
sim_legacy_lost(const struct sim_legacy *kind, const struct sim_scenario *s,
	const struct sim_change *changes)
{
	struct sim_random r = {s->seed};
	size_t lost = 0;

	for (size_t i = 0; i < s->changes; i++)
		lost += s->hosts - reach(kind, s, &r, &changes[i]);
	return lost;
}
