#include "base/log.h"
#include "mail/repair_state.h"

/*
 * A peer that was replaced by a server of another kind, or switched repair
 * off, says nothing of it: it answers no summary. One that its mail system
 * keeps letters for while it is away answers late, so silence alone is
 * believed slowly, and soon only when its own letters name no store any more,
 * which strangers could write, too.
 */
enum { SUMMARIES_PLAIN = 3, SUMMARIES_MAX = 8, DAY_S = 24 * 3600 };

bool
repair_speaks(const struct repair_peer *p)
{
	return peer_mends(p->r->p.settings, p->set) &&
	       (p->set->repair == PEER_REPAIR_YES ||
		       (!p->mute && gaps_store(&p->gaps)[0] != '\0'));
}

void
repair_is_heard(struct repair_peer *p)
{
	p->unheard = 0;
	p->is_plain = false;
	if (!p->mute)
		return;
	p->mute = false;
	p->changed = true;
	log_line(LOG_INFO, "repair", "peer=%s state=speaks", p->set->name);
}

/* What was lost since both were the same goes out as to any old server. */
static void
fall_mute(struct repair_peer *p)
{
	bool again = p->is_plain && p->agreed > 0;

	p->mute = true;
	p->changed = true;
	if (again) {
		p->wants_walk = true;
		p->wants_since = p->agreed > DAY_S ? p->agreed - DAY_S : 1;
	}
	log_line(LOG_WARN, "repair",
		"peer=%s state=silent summaries=%u resync=%s", p->set->name,
		p->unheard, again ? "since-agreed" : "by-hand");
}

bool
repair_may_compare(struct repair_peer *p)
{
	bool may;

	pthread_mutex_lock(&p->r->lock);
	if (repair_speaks(p) && p->set->repair == PEER_REPAIR_AUTO &&
		p->unheard >= (p->is_plain ? SUMMARIES_PLAIN : SUMMARIES_MAX))
		fall_mute(p);
	may = repair_speaks(p);
	pthread_mutex_unlock(&p->r->lock);
	return may;
}

void
repair_compared(struct repair_peer *p)
{
	pthread_mutex_lock(&p->r->lock);
	p->unheard++;
	pthread_mutex_unlock(&p->r->lock);
}
