#include "http/server/arrive.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "http/server/client_rate.h"
#include "http/server/loop_state.h"
#include "http/server/send.h"

/* NULL: it is not to come in, was counted, and told why unless shut out. */
static struct conn *
admit(struct loop *l, int fd, const struct sockaddr_storage *from)
{
	const struct pool_settings *s = &l->pool->settings;
	int64_t now = clock_mono_ms();
	struct conn *c;

	if (conn_admit(s->conns, from, now, &c) == STATUS_OK) {
		if (!c->counted ||
			!client_rate_shut_out(s->rates, &c->from, now))
			return c;
		conn_remove(s->conns, c);
	} else {
		send_full(s->dispatch->services->software, fd);
	}
	counter_add(l->pool->refused, 1);
	return NULL;
}

/* The socket is the library's from here on, also when this fails. */
static void
enter(struct loop *l, struct conn *c, int fd,
	const struct sockaddr_storage *from)
{
	union {
		struct sockaddr_storage storage;
		struct sockaddr any;
	} at = {.storage = *from};

	c->loop = l;
	c->handed = fd;
	c->coming_next = l->coming;
	l->coming = c;
	(void)MHD_add_connection(l->library, fd, &at.any, sizeof(at.storage));
}

struct conn *
arrive_begun(struct loop *l, int fd)
{
	struct conn **at = &l->coming, *c;

	/* The newest first: of those that failed others have the number. */
	while ((*at)->handed != fd)
		at = &(*at)->coming_next;
	c = *at;
	*at = c->coming_next;
	conn_bind(l->pool->settings.conns, c, fd);
	return c;
}

void
arrive_failed(struct loop *l)
{
	struct conn *c;

	while ((c = l->coming) != NULL) {
		l->coming = c->coming_next;
		conn_remove(l->pool->settings.conns, c);
		share_add(l->share, -1);
	}
}

/* It is this thread's, or that of another one which has fewer. */
static void
place(struct loop *l, struct conn *c, int fd,
	const struct sockaddr_storage *from)
{
	struct pool *p = l->pool;
	size_t own = (size_t)(l - p->loops);
	size_t to = share_choose(p->shares, p->settings.threads, own);

	share_add(p->shares[to], 1);
	if (to == own) {
		enter(l, c, fd, from);
		return;
	}
	share_give(p->shares[to], c, fd, from);
	loop_wake(&p->loops[to]);
}

void
arrive_given(struct loop *l)
{
	struct arrival *a = share_take(l->share), *next;

	for (; a != NULL; a = next) {
		next = a->next;
		enter(l, a->conn, a->fd, &a->from);
		free(a);
	}
}

void
arrive_burst(struct loop *l, size_t listener)
{
	struct sockaddr_storage from;
	struct conn *c;
	int i, fd;

	for (i = 0; i < SHARE_BURST; i++) {
		fd = acceptor_take(l->pool->settings.acceptor, listener, &from);
		if (fd < 0)
			return;
		c = admit(l, fd, &from);
		if (c != NULL)
			place(l, c, fd, &from);
		else
			close(fd);
	}
}
