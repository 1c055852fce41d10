#include "mailagent/source_lmtp.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/net.h"
#include "mailagent/lmtp.h"

enum { BACKLOG_MAX = 64 * 1024, READ_SIZE = 64 * 1024 };

struct session {
	struct source_lmtp *source;
	struct session *next;
	int fd;
	struct watch *watch;
	struct lmtp lmtp;
	int64_t deadline;
	uint64_t letter; /* offered; 0: none */
	bool dead;
};

struct source_lmtp {
	struct lmtp_settings lmtp;
	struct source_lmtp_settings set;
	char *address, *host;
	struct intake_source source; /* its tokens are sessions */
	struct loop *loop;
	struct intake *intake;
	int listener;
	struct watch *watch;
	struct session *sessions;
	size_t count, held;
	uint8_t *room; /* READ_SIZE */
};

/* Its memory goes at the next tick: it may be in use further up. */
static void
close_session(struct session *s)
{
	if (s->dead)
		return;
	s->dead = true;
	s->source->count--;
	loop_remove(s->watch);
	close(s->fd);
	if (s->letter != 0)
		intake_forget(s->source->intake, s->letter);
	s->letter = 0;
}

static void
sweep(struct source_lmtp *l)
{
	struct session **at = &l->sessions;

	while (*at != NULL) {
		struct session *s = *at;

		if (!s->dead) {
			at = &s->next;
			continue;
		}
		*at = s->next;
		lmtp_done(&s->lmtp);
		free(s);
	}
}

static void
offer_letter(struct session *s)
{
	struct source_lmtp *l = s->source;
	struct intake_offer offer = {.source = &l->source,
		.token = s,
		.octets = s->lmtp.data,
		.letter = buf_view(&s->lmtp.data),
		.has_sender = s->lmtp.has_sender,
		.sender = bytes_of(s->lmtp.sender.text),
		.to_bounces = s->lmtp.to_bounces,
		.bounce_to = bytes_of(s->lmtp.bounce_to)};

	/* From here on the intake counts its octets. */
	l->held -= s->lmtp.data.len;
	s->lmtp.data = (struct buf){.len = 0};
	s->deadline = clock_mono_ms() + l->set.verdict_ms;
	s->letter = intake_offer(l->intake, &offer);
}

/* Replies out; false if the client is gone. */
static bool
write_out(struct session *s)
{
	struct buf *out = &s->lmtp.out;
	size_t sent = 0;

	while (sent < out->len) {
		ssize_t n = send(s->fd, out->data + sent, out->len - sent,
			MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			break;
		if (n < 0)
			return false;
		sent += (size_t)n;
	}
	out->len -= sent;
	if (out->len > 0 && sent > 0)
		memmove(out->data, out->data + sent, out->len);
	return true;
}

/* What the session's state asks for, after anything changed it. */
static void
settle(struct session *s)
{
	short events = 0;

	while (s->lmtp.state == LMTP_VERDICT && s->letter == 0) {
		if (intake_is_open(s->source->intake)) {
			offer_letter(s);
		} else {
			lmtp_answer(&s->lmtp, LMTP_LATER, "");
			lmtp_resume(&s->lmtp);
		}
	}
	if (!write_out(s) ||
		(s->lmtp.state == LMTP_QUIT && s->lmtp.out.len == 0)) {
		close_session(s);
		return;
	}
	if (s->lmtp.out.len > 0)
		events |= POLLOUT;
	if (s->lmtp.state != LMTP_QUIT && lmtp_backlog(&s->lmtp) < BACKLOG_MAX)
		events |= POLLIN;
	loop_want(s->watch, events);
}

static void
on_session(void *ctx, short events)
{
	struct session *s = ctx;
	ssize_t n;

	if (events & (POLLIN | POLLHUP | POLLERR)) {
		n = recv(s->fd, s->source->room, READ_SIZE, MSG_DONTWAIT);
		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
			close_session(s);
			return;
		}
		if (n > 0) {
			if (s->letter == 0)
				s->deadline = clock_mono_ms() +
					      s->source->set.idle_ms;
			lmtp_feed(&s->lmtp,
				bytes_make(s->source->room, (size_t)n));
		}
	}
	settle(s);
}

static void
finish(void *source, void *token, enum intake_fate fate, const char *reason)
{
	static const enum lmtp_answer answers[] = {
		[INTAKE_TAKEN] = LMTP_ACCEPTED,
		[INTAKE_LATER] = LMTP_LATER,
		[INTAKE_REFUSED] = LMTP_REFUSED,
		[INTAKE_FOREIGN] = LMTP_ACCEPTED};
	struct session *s = token;

	(void)source;
	s->letter = 0;
	s->deadline = clock_mono_ms() + s->source->set.idle_ms;
	lmtp_answer(&s->lmtp, answers[fate], reason);
	lmtp_resume(&s->lmtp);
	settle(s);
}

static void
on_listener(void *ctx, short events)
{
	struct source_lmtp *l = ctx;
	struct sockaddr_storage from;
	struct session *s;
	int fd;

	(void)events;
	if (net_accept(l->listener, &fd, &from) != STATUS_OK)
		return;
	s = xcalloc(1, sizeof(*s));
	s->source = l;
	s->fd = fd;
	s->next = l->sessions;
	l->sessions = s;
	s->deadline = clock_mono_ms() + l->set.idle_ms;
	s->watch = loop_add(l->loop, fd, POLLIN, on_session, s);
	lmtp_init(&s->lmtp, &l->lmtp, &l->held);
	if (++l->count > LMTP_SESSIONS_MAX) {
		buf_clear(&s->lmtp.out);
		lmtp_close(&s->lmtp, "too many sessions");
	}
	settle(s);
}

static void
on_deadline(struct session *s)
{
	if (s->letter != 0) {
		intake_forget(s->source->intake, s->letter);
		s->letter = 0;
		s->deadline = clock_mono_ms() + s->source->set.idle_ms;
		lmtp_answer(&s->lmtp, LMTP_LATER, "");
		lmtp_resume(&s->lmtp);
		settle(s);
		return;
	}
	if (s->lmtp.state == LMTP_QUIT) {
		close_session(s);
		return;
	}
	lmtp_close(&s->lmtp, "you said nothing for too long");
	s->deadline = clock_mono_ms() + 1000;
	settle(s);
}

static void
on_tick(void *ctx, int64_t now)
{
	struct source_lmtp *l = ctx;
	struct session *s;

	sweep(l);
	for (s = l->sessions; s != NULL; s = s->next) {
		if (!s->dead && now >= s->deadline)
			on_deadline(s);
	}
}

enum status
source_lmtp_new(const struct source_lmtp_settings *settings,
	struct source_lmtp **out, struct err *err)
{
	struct source_lmtp *l;
	struct endpoint at;
	int fd;
	enum status st = endpoint_parse(settings->listen, &at, err);

	if (st == STATUS_OK)
		st = net_listen(&at, 128, &fd, err);
	if (st != STATUS_OK)
		return st;
	st = net_let_all_connect(&at, err);
	if (st != STATUS_OK) {
		close(fd);
		return st;
	}
	l = xcalloc(1, sizeof(*l));
	l->listener = fd;
	l->set = *settings;
	l->address = xstrdup(settings->address);
	l->host = xstrdup(settings->host);
	l->lmtp = (struct lmtp_settings){l->host, l->address, LMTP_HELD_MAX};
	l->room = xmalloc(READ_SIZE);
	*out = l;
	return STATUS_OK;
}

void
source_lmtp_start(
	struct source_lmtp *s, struct loop *loop, struct intake *intake)
{
	s->loop = loop;
	s->intake = intake;
	s->source = (struct intake_source){
		.name = "lmtp", .refuses = true, .finish = finish, .source = s};
	s->watch = loop_add(loop, s->listener, POLLIN, on_listener, s);
	loop_tick(loop, on_tick, s);
}

void
source_lmtp_free(struct source_lmtp *s)
{
	struct session *i;

	if (s == NULL)
		return;
	for (i = s->sessions; i != NULL; i = i->next)
		close_session(i);
	sweep(s);
	close(s->listener);
	free(s->address);
	free(s->host);
	free(s->room);
	free(s);
}
