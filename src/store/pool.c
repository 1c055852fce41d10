#include <assert.h>

#include "store/ops.h"

/*
 * Sessions kept open for borrowers. More may be out at once; those beyond
 * are closed when they come back, so that a burst does not pin memory.
 */
enum { POOL_IDLE_MAX = 8 };

enum status
session_borrow(struct store *s, struct store_session **session, struct err *err)
{
	struct store_session *found;
	enum status st;

	pthread_mutex_lock(&s->pool_lock);
	found = s->idle;
	if (found != NULL) {
		s->idle = found->next_idle;
		s->idle_count--;
		found->next_idle = NULL;
	}
	pthread_mutex_unlock(&s->pool_lock);
	if (found == NULL) {
		st = session_open(s, SESSION_READ, &found, err);
		if (st != STATUS_OK)
			return st;
		found->pooled = true;
	}
	*session = found;
	return STATUS_OK;
}

void
session_return(struct store *s, struct store_session *session)
{
	bool keep;

	if (session == NULL)
		return;
	assert(session->store == s && session->kind == SESSION_READ);
	session_end(session);
	keep = s->ops->session_sound == NULL || s->ops->session_sound(session);
	pthread_mutex_lock(&s->pool_lock);
	keep = keep && s->idle_count < POOL_IDLE_MAX;
	if (keep) {
		/* Last in, first out: the warmest cache serves next. */
		session->next_idle = s->idle;
		s->idle = session;
		s->idle_count++;
	}
	pthread_mutex_unlock(&s->pool_lock);
	if (!keep)
		session_close(session);
}

void
store_rest_idle(struct store *s)
{
	struct store_session *i;

	if (s->ops->session_rest == NULL)
		return;
	pthread_mutex_lock(&s->pool_lock);
	for (i = s->idle; i != NULL; i = i->next_idle)
		s->ops->session_rest(i);
	pthread_mutex_unlock(&s->pool_lock);
}
