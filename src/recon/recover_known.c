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

/* Another partner has it as well, and no better. */
static bool
is_of_all(enum recover_reason reason)
{
	return reason != RECOVER_MISSING && reason != RECOVER_UNREADABLE;
}

bool
known_back_off(struct source *s, const struct sks_digest *d,
	enum recover_reason reason)
{
	const struct recover_settings *set = &s->r->set;
	struct digest_entry *e = digest_map_put(s->r->backoff, d, s->number);
	int64_t ms = set->backoff_ms, until;
	bool is_first;

	for (uint16_t i = 0; i < e->count && ms < set->backoff_max_ms; i++)
		ms *= 2;
	if (ms > set->backoff_max_ms)
		ms = set->backoff_max_ms;
	s->r->recount = true;
	e->until = until = clock_mono_ms() + ms;
	e->reason = (uint16_t)reason;
	if (e->count < DOUBLINGS_MAX)
		e->count++;
	is_first = e->count == 1;
	if (is_of_all(reason))
		digest_map_put(s->r->backoff, d, OF_ALL)->until = until;
	/* Of two that both have news one has less for a moment. */
	return is_first && reason != RECOVER_LESS && s->named++ < NAMED_MAX;
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
