/* recover_known: what is not asked for, or not yet. */
#include "base/clock.h"
#include "recon/recover_state.h"
#include "store/ids.h"

enum { DOUBLINGS_MAX = 30 };

static bool
waits(struct digest_map *m, const struct sks_digest *d, uint32_t number)
{
	const struct digest_entry *e = digest_map_find(m, d, number);

	return e != NULL && e->until > clock_mono_ms();
}

bool
known_backed_off(struct source *s, const struct sks_digest *d)
{
	return waits(s->r->backoff, d, OF_ALL) ||
	       waits(s->r->backoff, d, s->number);
}

bool
known_back_off(
	struct source *s, const struct sks_digest *d, bool whoever_has_it)
{
	const struct recover_settings *set = &s->r->set;
	struct digest_entry *e = digest_map_put(s->r->backoff, d, s->number);
	int64_t ms = set->backoff_ms;
	bool is_first;

	for (uint32_t i = 0; i < e->count && ms < set->backoff_max_ms; i++)
		ms *= 2;
	if (ms > set->backoff_max_ms)
		ms = set->backoff_max_ms;
	s->r->recount = true;
	e->until = clock_mono_ms() + ms;
	if (e->count < DOUBLINGS_MAX)
		e->count++;
	is_first = e->count == 1;
	ms = e->until;
	if (whoever_has_it)
		digest_map_put(s->r->backoff, d, OF_ALL)->until = ms;
	return is_first;
}

bool
known_is_settled(struct store_session *session, const struct sks_digest *d)
{
	bool has = false, rejected = false;
	struct err err;

	if (store_has_digest(session, d, 0, &has, &err) == STATUS_OK && has)
		return true;
	return store_is_rejected(session, d, clock_wall_s(), &rejected, &err) ==
		       STATUS_OK &&
	       rejected;
}
