#include "mailagent/relay_places.h"

static bool
is_crowded(const struct relay *r)
{
	return r->waiting.first != NULL && r->count >= AGENT_RELAYS_MAX;
}

/* How long one answer may take while others wait. */
static int64_t
patience(const struct relay_limits *l, int stage)
{
	if (stage <= STAGE_GREETING)
		return l->crowded_greeting_ms;
	/* After the dot it would be sent a second time. */
	return stage == STAGE_DOT ? l->crowded_turn_ms : l->crowded_answer_ms;
}

/* By how much it is over that, or over its turn; 0: it is not. */
static int64_t
overtime(const struct relay_place *s, int64_t now)
{
	const struct relay_limits *l = &s->relay->limits;
	int64_t since = atomic_load(&s->progress->since);
	int64_t step = 0, turn = 0;

	if (s->sent.first == NULL)
		return 0;
	if (since != 0)
		step = now - since -
		       patience(l, atomic_load(&s->progress->stage));
	/* Many answers, each of them just in time. */
	if (s->yields_since != 0)
		turn = now - s->yields_since - l->crowded_turn_ms;
	if (turn > step)
		step = turn;
	return step > 0 ? step : 0;
}

/*
 * Letters of another peer wait for a place: whoever kept its place the longest
 * without getting on is tried again later. Who gets on has had its turn after
 * a while, and goes when its letters are through.
 */
void
relay_make_room(struct relay *r, int64_t now)
{
	struct relay_place *s, *worst = NULL;
	int64_t most = 0;

	if (!is_crowded(r))
		return;
	for (s = r->sessions; s != NULL; s = s->next) {
		if (s->yields_since == 0 &&
			now - s->since > r->limits.crowded_turn_ms)
			s->yields_since = now;
		if (overtime(s, now) > most) {
			worst = s;
			most = overtime(s, now);
		}
	}
	if (worst != NULL)
		relay_end(worst, "too slow, and other peers wait for a place");
}

void
relay_drop_idle(struct relay *r)
{
	struct relay_place *s, *oldest = NULL;

	for (s = r->sessions; s != NULL; s = s->next) {
		if (s->sent.first == NULL &&
			(oldest == NULL || s->idle_since < oldest->idle_since))
			oldest = s;
	}
	if (oldest != NULL)
		relay_end(oldest, "");
}
