#include "http/server/pace.h"

#define RELAXED memory_order_relaxed

void
pace_init(struct pace *p, int64_t now)
{
	atomic_init(&p->phase, PACE_HEAD);
	atomic_init(&p->since, now);
	atomic_init(&p->begun, now);
	atomic_init(&p->octets, 0);
	p->reply_since = -1;
	p->reply_base = 0;
}

void
pace_enter(struct pace *p, enum pace_phase phase, int64_t now)
{
	if (phase == PACE_HEAD) {
		atomic_store_explicit(&p->begun, now, RELAXED);
		atomic_store_explicit(&p->octets, 0, RELAXED);
	}
	/* In this order a sweep can only see a phase as younger than it is. */
	atomic_store_explicit(&p->since, now, RELAXED);
	atomic_store_explicit(&p->phase, phase, memory_order_release);
}

void
pace_add_octets(struct pace *p, uint64_t n)
{
	atomic_fetch_add_explicit(&p->octets, n, RELAXED);
}

/* Fewer octets than the rate asks for once the grace is over. */
static bool
too_slow(uint64_t octets, int64_t elapsed)
{
	if (elapsed <= PACE_GRACE_MS)
		return false;
	return octets < (uint64_t)(elapsed - PACE_GRACE_MS) * PACE_RATE / 1000;
}

static const char *
reply_broken(struct pace *p, int64_t since, int64_t now, uint64_t taken)
{
	if (p->reply_since != since) {
		p->reply_since = since;
		p->reply_base = taken;
	}
	if (now - since > PACE_REPLY_MS)
		return "reply";
	return too_slow(taken - p->reply_base, now - since) ? "reply" : NULL;
}

const char *
pace_broken(struct pace *p, int64_t now, uint64_t taken)
{
	int phase = atomic_load_explicit(&p->phase, memory_order_acquire);
	int64_t since = atomic_load_explicit(&p->since, RELAXED);
	int64_t begun = atomic_load_explicit(&p->begun, RELAXED);
	uint64_t octets = atomic_load_explicit(&p->octets, RELAXED);

	switch (phase) {
	case PACE_IDLE:
		return now - since > PACE_IDLE_MS ? "idle" : NULL;
	case PACE_HEAD:
		return now - since > PACE_HEAD_MS ? "head" : NULL;
	case PACE_BODY:
		if (now - begun > PACE_REQUEST_MS)
			return "request";
		return too_slow(octets, now - since) ? "body" : NULL;
	case PACE_REPLY:
		return reply_broken(p, since, now, taken);
	default:
		return NULL;
	}
}
