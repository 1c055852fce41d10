#include "mail/courier_state.h"

enum { RATE_BURST = 16 };

static int64_t
tokens_most(const struct courier_peer *p)
{
	int64_t most = (int64_t)p->set->letters_per_minute / 6;

	return (most < RATE_BURST ? RATE_BURST : most) * 1000;
}

bool
peer_take_token(struct courier_peer *p, int64_t now)
{
	int64_t rate = (int64_t)p->set->letters_per_minute, past;

	if (rate == 0)
		return true;
	past = now - p->tokens_at;
	if (past > 60000)
		past = 60000;
	p->tokens += past * rate / 60;
	p->tokens_at = now;
	if (p->tokens > tokens_most(p))
		p->tokens = tokens_most(p);
	if (p->tokens < 1000)
		return false;
	p->tokens -= 1000;
	return true;
}
