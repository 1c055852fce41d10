/* gossip_call: one connection, from its first address to its last octet. */
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "recon/gossip_state.h"

static void
reset(struct call *c)
{
	struct gossip *g = c->g;

	if (c->fd >= 0)
		(void)close(c->fd);
	talk_free(c->talk);
	memset(c, 0, sizeof(*c));
	c->g = g;
	c->fd = -1;
}

void
call_drop(struct call *c)
{
	if (c->state == CALL_NONE)
		return;
	if (c->run != 0) {
		pthread_mutex_lock(&c->g->lock);
		run_called_off(c->g, c->run,
			"it is a peer no more, or this server stops");
		pthread_mutex_unlock(&c->g->lock);
	}
	reset(c);
}

/* ---- talking ----------------------------------------------------------- */

static void
start_talk(struct call *c, const char *busy)
{
	struct gossip *g = c->g;
	const struct talk_settings set = {.filters = g->filters,
		.version = "1.1.6",
		.http_port = (uint32_t)g->set.http_port,
		.busy = busy,
		.limits = g->set.limits};
	int64_t now = clock_mono_ms();
	int one = 1;

	(void)setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	c->talk = talk_new(c->answers ? TALK_ANSWERER : TALK_ASKER, &set,
		g->has_tree ? sets_tree(g->sets, 0) : g->no_tree);
	c->state = CALL_TALKING;
	c->moved_ms = now;
	c->greeted_by = now + GREETING_MS;
}

void
call_accept(struct gossip *g, struct call *c, struct member *m, int fd,
	const struct sockaddr_storage *from, const char *busy)
{
	reset(c);
	c->g = g;
	c->member = m;
	c->fd = fd;
	c->at = *from;
	c->began_ms = clock_mono_ms();
	start_talk(c, busy);
}

static bool
is_over(const struct call *c)
{
	enum talk_state st = talk_state(c->talk);

	return st >= TALK_DONE &&
	       (c->lost || st == TALK_FAILED || talk_out(c->talk).len == 0);
}

static void
lose(struct call *c)
{
	c->lost = true;
	talk_lost(c->talk);
}

static void
hear(struct call *c)
{
	size_t room = talk_room(c->talk);
	ssize_t n;

	if (room == 0)
		return;
	n = recv(c->fd, c->g->input, room < READ_MAX ? room : READ_MAX, 0);
	if (n > 0)
		talk_take(c->talk, bytes_make(c->g->input, (size_t)n));
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		lose(c);
}

static void
say(struct call *c)
{
	struct bytes out = talk_out(c->talk);
	ssize_t n;

	if (out.len == 0)
		return;
	n = send(c->fd, out.data, out.len, MSG_NOSIGNAL);
	if (n > 0) {
		c->moved_ms = clock_mono_ms();
		talk_said(c->talk, (size_t)n);
	} else if (errno != EAGAIN && errno != EINTR) {
		lose(c);
	}
}

/* Closed with something unread, the kernel would take back what we said last.
 */
static void
leave(struct call *c)
{
	if (c->lost || talk_state(c->talk) == TALK_FAILED ||
		shutdown(c->fd, SHUT_WR) != 0) {
		reset(c);
		return;
	}
	talk_free(c->talk);
	c->talk = NULL;
	c->state = CALL_LEAVING;
	c->moved_ms = clock_mono_ms();
}

static void
leave_on(struct call *c)
{
	ssize_t n = recv(c->fd, c->g->input, READ_MAX, 0);

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		reset(c);
}

static void
talk_on(struct call *c, short revents)
{
	struct talk_facts facts;

	if (revents & (POLLIN | POLLHUP | POLLERR))
		hear(c);
	say(c);
	talk_get_facts(c->talk, &facts);
	if (facts.messages != c->messages) {
		c->messages = facts.messages;
		c->moved_ms = clock_mono_ms();
	}
	if (!is_over(c))
		return;
	call_ended(c, NULL);
	leave(c);
}

/* ---- connecting -------------------------------------------------------- */

/* What we begin goes out from where we listen: partners know us by it. */
static void
bind_own(const struct gossip *g, int fd, int family)
{
	for (size_t i = 0; i < g->door_count; i++) {
		struct sockaddr_storage own = g->own[i];

		if (own.ss_family != family)
			continue;
		if (address_is_any(&own))
			return;
		address_set_port(&own, 0);
		(void)!bind(
			fd, (const struct sockaddr *)&own, address_len(&own));
		return;
	}
}

static bool
try_address(struct call *c, const struct sockaddr_storage *at)
{
	c->fd = socket(
		at->ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->fd < 0)
		return false;
	bind_own(c->g, c->fd, at->ss_family);
	if (connect(c->fd, (const struct sockaddr *)at, address_len(at)) == 0 ||
		errno == EINPROGRESS) {
		c->at = *at;
		c->state = CALL_CONNECTING;
		c->moved_ms = clock_mono_ms();
		return true;
	}
	(void)close(c->fd);
	c->fd = -1;
	return false;
}

/* The next address, or the end. */
static void
connect_on(struct call *c, const char *why)
{
	struct member *m = c->member;

	if (c->fd >= 0)
		(void)close(c->fd);
	c->fd = -1;
	while (c->next_address < m->address_count) {
		if (try_address(c, &m->addresses[c->next_address++]))
			return;
		why = strerror(errno);
	}
	call_unreached(c, why);
	reset(c);
}

static void
resolved(struct call *c)
{
	struct member *m = c->member;

	if (m->look.is_self) {
		if (c->run != 0)
			call_unreached(c, "its address is our own");
		reset(c);
		return;
	}
	connect_on(c, m->unknown.text[0] != '\0' ? m->unknown.text
						 : "it has no address");
}

static void
connected(struct call *c)
{
	socklen_t len = sizeof(int);
	int e = 0;

	if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &e, &len) != 0)
		e = errno;
	if (e != 0) {
		connect_on(c, strerror(e));
		return;
	}
	if (tree_follow(c->g, clock_mono_ms()) != STATUS_OK) {
		call_unreached(c, "our own tree of digests is not there");
		reset(c);
		return;
	}
	start_talk(c, NULL);
	say(c);
}

void
call_begin(struct gossip *g, struct member *m, uint64_t run)
{
	struct call *c = &g->calls[CALL_STARTED];

	reset(c);
	c->g = g;
	c->member = m;
	c->answers = true;
	c->run = run;
	c->state = CALL_RESOLVING;
	c->began_ms = c->moved_ms = clock_mono_ms();
	if (m->resolved_ms == 0 ||
		c->began_ms - m->resolved_ms > NAMES_FRESH_MS)
		member_resolve(g, m);
	call_step(c, 0);
}

/* ---- for the loop ------------------------------------------------------ */

short
call_events(const struct call *c)
{
	short events = 0;

	if (c->state == CALL_CONNECTING)
		return POLLOUT;
	if (c->state == CALL_LEAVING)
		return POLLIN;
	if (c->state != CALL_TALKING)
		return 0;
	if (talk_room(c->talk) > 0)
		events |= POLLIN;
	if (talk_out(c->talk).len > 0)
		events |= POLLOUT;
	return events;
}

void
call_step(struct call *c, short revents)
{
	if (c->state == CALL_RESOLVING && !c->member->resolving)
		resolved(c);
	else if (c->state == CALL_CONNECTING && revents != 0)
		connected(c);
	else if (c->state == CALL_TALKING && revents != 0)
		talk_on(c, revents);
	else if (c->state == CALL_LEAVING && revents != 0)
		leave_on(c);
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static const char *
overdue(const struct call *c, int64_t now)
{
	if (now >= c->began_ms + c->g->set.talk_ms)
		return "it took too long";
	if (now >= c->moved_ms + c->g->set.idle_ms)
		return "it was silent";
	if (talk_state(c->talk) == TALK_GREETING && now >= c->greeted_by)
		return "its greeting took too long";
	return NULL;
}

int64_t
call_watch(struct call *c, int64_t now)
{
	const char *why;

	if (c->state == CALL_NONE)
		return INT64_MAX;
	if (c->state == CALL_LEAVING) {
		if (now < c->moved_ms + LEAVE_MS)
			return c->moved_ms + LEAVE_MS;
		reset(c);
		return now;
	}
	if (c->state != CALL_TALKING) {
		if (now < c->moved_ms + CONNECT_MS)
			return c->moved_ms + CONNECT_MS;
		connect_on(c, "no answer in time");
		return c->state == CALL_NONE ? now : c->moved_ms + CONNECT_MS;
	}
	why = overdue(c, now);
	if (why == NULL)
		return earlier(earlier(c->began_ms + c->g->set.talk_ms,
				       c->moved_ms + c->g->set.idle_ms),
			talk_state(c->talk) == TALK_GREETING ? c->greeted_by
							     : INT64_MAX);
	call_ended(c, why);
	reset(c);
	return now;
}
