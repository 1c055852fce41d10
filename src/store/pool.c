#include <assert.h>
#include <sched.h>

#include "store/ops.h"

/*
 * Where to look first: a session and what it has cached stay with one
 * processor, whatever thread runs there.
 */
static size_t
own_place(void)
{
	int cpu = sched_getcpu();

	return cpu < 0 ? 0 : (size_t)cpu % STORE_IDLE_MAX;
}

static struct store_session *
take(struct idle_place *p)
{
	if (atomic_load(&p->session) == NULL)
		return NULL;
	return atomic_exchange(&p->session, NULL);
}

static struct store_session *
take_any(struct store *s)
{
	struct store_session *found = NULL;
	size_t i, own = own_place();

	for (i = 0; i < STORE_IDLE_MAX && found == NULL; i++)
		found = take(&s->idle[(own + i) % STORE_IDLE_MAX]);
	return found;
}

static bool
put(struct idle_place *p, struct store_session *session)
{
	struct store_session *none = NULL;

	return atomic_compare_exchange_strong(&p->session, &none, session);
}

/* Those for which there is no place are closed: a burst pins no memory. */
static void
put_any(struct store *s, struct store_session *session)
{
	size_t i, own = own_place();

	for (i = 0; i < STORE_IDLE_MAX; i++)
		if (put(&s->idle[(own + i) % STORE_IDLE_MAX], session))
			return;
	session_close(session);
}

enum status
session_borrow(struct store *s, struct store_session **session, struct err *err)
{
	struct store_session *found = take_any(s);
	enum status st;

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
	if (session == NULL)
		return;
	assert(session->store == s && session->kind == SESSION_READ);
	session_end(session);
	if (s->ops->session_sound == NULL || s->ops->session_sound(session))
		put_any(s, session);
	else
		session_close(session);
}

void
store_rest_idle(struct store *s)
{
	struct store_session *session;
	size_t i;

	if (s->ops->session_rest == NULL)
		return;
	for (i = 0; i < STORE_IDLE_MAX; i++) {
		session = take(&s->idle[i]);
		if (session == NULL)
			continue;
		s->ops->session_rest(session);
		if (!put(&s->idle[i], session))
			put_any(s, session);
	}
}

void
store_close_idle(struct store *s)
{
	size_t i;

	for (i = 0; i < STORE_IDLE_MAX; i++)
		session_close(take(&s->idle[i]));
}
