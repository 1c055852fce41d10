#include "mail/inbox.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/log.h"
#include "mail/inbox_state.h"

enum {
	TURN_MAX_MS = 1000,
	USERS_MAX = 8192,
	MINUTE_MS = 60 * 1000,
	HOUR_MS = 3600 * 1000,
	DAY_MS = 24 * HOUR_MS
};

/* L17 and spec pks-mail 8.7, 8.9. */
static const struct rate_limit stranger_letters = {60, MINUTE_MS};
static const struct rate_limit stranger_octets = {20 * 1000 * 1000, HOUR_MS};
static const struct rate_limit user_letters = {20, HOUR_MS};
static const struct rate_limit answers_now = {1, 10 * MINUTE_MS};
static const struct rate_limit answers_daily = {20, DAY_MS};

struct inbox *
inbox_new(const struct inbox_parts *parts)
{
	struct inbox *b = xcalloc(1, sizeof(*b));

	b->p = *parts;
	frame_reader_init(&b->reader, FRAME_MAX);
	b->done = workq_new((size_t)AGENT_LETTERS_MAX * INCOMING_BLOCKS_MAX, 0);
	b->served = workq_new(SERVED_MAX, 0);
	b->strangers = rate_new(stranger_letters, stranger_octets, 65536);
	b->users = rate_new(user_letters, user_letters, USERS_MAX);
	b->answers = rate_new(answers_now, answers_daily, USERS_MAX);
	b->dedupe = dedupe_new();
	b->proofs = proofs_open(parts->settings->data, clock_wall_s());
	b->heard = xcalloc(parts->settings->peer_count + 1, sizeof(*b->heard));
	b->letters = counter_get("mail_in");
	b->taken = counter_get("mail_in_taken");
	b->later = counter_get("mail_in_later");
	b->set_aside = counter_get("mail_in_set_aside");
	b->machine = counter_get("mail_in_machines");
	machine_init(b);
	b->twins = counter_get("mail_in_duplicate");
	b->unknown = counter_get("mail_in_no_command");
	b->unproven = counter_get("mail_repair_unproven");
	return b;
}

void
inbox_free(struct inbox *b)
{
	if (b == NULL)
		return;
	frame_reader_done(&b->reader);
	buf_done(&b->out);
	workq_free(b->done);
	workq_free(b->served);
	rate_free(b->strangers);
	rate_free(b->users);
	rate_free(b->answers);
	dedupe_free(b->dedupe);
	proofs_close(b->proofs);
	free(b->heard);
	free(b);
}

/* The program that offered a letter may be gone: the next offers it again. */
void
inbox_done(struct inbox *b, unsigned int child, uint64_t id,
	enum letter_fate fate, const char *reason)
{
	struct buf payload = {0};
	enum status st;

	if (child != b->child || agent_in(b->p.agent) < 0)
		return;
	st = frame_put_number(&payload, DONE_FATE, (uint64_t)fate);
	if (st == STATUS_OK && reason != NULL)
		st = frame_put_field(&payload, DONE_REASON, bytes_of(reason));
	if (st == STATUS_OK)
		st = frame_put(&b->out, FRAME_DONE, id, buf_view(&payload));
	buf_done(&payload);
	if (st != STATUS_OK)
		log_line(LOG_ERROR, "letter", "state=no-room-for-answer");
}

static void
lost(struct inbox *b, const char *why)
{
	agent_lost(b->p.agent, why, clock_mono_ms());
}

static void
write_out(struct inbox *b)
{
	int fd = agent_in(b->p.agent);

	while (fd >= 0 && b->out_sent < b->out.len) {
		ssize_t n = send(fd, b->out.data + b->out_sent,
			b->out.len - b->out_sent, MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK))
			return;
		if (n <= 0) {
			lost(b, "its socket for letters in broke");
			return;
		}
		b->out_sent += (size_t)n;
	}
	buf_clear(&b->out);
	b->out_sent = 0;
}

static bool
has_room(const struct inbox *b)
{
	return b->count < AGENT_LETTERS_MAX && b->octets < LETTERS_OCTETS_MAX &&
	       !atomic_load(&b->closing);
}

/* Letters that were read but not looked at yet wait in the reader. */
static void
take_frames(struct inbox *b)
{
	struct frame f;
	enum status st = STATUS_OK;

	while (agent_in(b->p.agent) >= 0 && has_room(b)) {
		st = frame_take(&b->reader, &f);
		if (st != STATUS_OK)
			break;
		agent_beat(b->p.agent, clock_mono_ms());
		if (f.type == FRAME_LETTER)
			post_take(b, &f);
		else if (f.type == FRAME_BEAT)
			agent_hear_beat(b->p.agent, f.payload);
	}
	if (st != STATUS_OK && st != STATUS_NOT_FOUND)
		lost(b, "it does not speak the protocol");
}

static void
take_done(struct inbox *b)
{
	void *item;

	while (workq_take(b->done, 0, &item) == STATUS_OK)
		post_submission_done(((struct submission *)item)->ctx);
	while (workq_take(b->served, 0, &item) == STATUS_OK)
		served_ended(b, item);
}

static void
tend_agent(struct inbox *b, int64_t now)
{
	if (b->p.settings->address[0] == '\0')
		return;
	if (atomic_load(&b->closing) && agent_in(b->p.agent) < 0)
		return;
	/* While we take nothing we do not hear it either. */
	if (!has_room(b))
		agent_beat(b->p.agent, now);
	if (!agent_tend(b->p.agent, now))
		return;
	b->child++;
	frame_reader_done(&b->reader);
	frame_reader_init(&b->reader, FRAME_MAX);
	buf_clear(&b->out);
	b->out_sent = 0;
}

static bool
is_finished(struct inbox *b, int64_t now)
{
	if (!atomic_load(&b->stopping))
		return false;
	if (b->stop_at == 0)
		b->stop_at = now + INBOX_STOP_MS;
	if (b->count > 0 || b->served_count > 0)
		return false;
	return b->out_sent >= b->out.len || agent_in(b->p.agent) < 0 ||
	       now >= b->stop_at;
}

static void
wait_turn(struct inbox *b, int64_t now)
{
	struct pollfd fds[2] = {{.fd = b->p.wake->fd, .events = POLLIN},
		{.fd = agent_in(b->p.agent)}};
	int64_t until = now + TURN_MAX_MS;
	enum status st;

	if (agent_next(b->p.agent) < until)
		until = agent_next(b->p.agent);
	if (has_room(b))
		fds[1].events |= POLLIN;
	if (b->out_sent < b->out.len)
		fds[1].events |= POLLOUT;
	if (poll(fds, 2, until > now ? (int)(until - now) : 1) <= 0)
		return;
	if (fds[0].revents != 0)
		wake_clear(b->p.wake);
	if (!(fds[1].revents & (POLLIN | POLLHUP | POLLERR)))
		return;
	st = frame_fill(&b->reader, agent_in(b->p.agent));
	if (st == STATUS_CLOSED)
		lost(b, "it ended");
	else if (st != STATUS_OK)
		lost(b, "its socket for letters in broke");
}

static void *
run(void *arg)
{
	struct inbox *b = arg;
	const struct mail_settings *s = b->p.settings;

	for (;;) {
		int64_t now = clock_mono_ms();

		if (s->beat != NULL)
			s->beat(s->beat_ctx, "inbox");
		tend_agent(b, now);
		take_done(b);
		take_frames(b);
		write_out(b);
		if (is_finished(b, now))
			break;
		wait_turn(b, now);
	}
	agent_stop(b->p.agent);
	return NULL;
}

enum status
inbox_start(struct inbox *b, struct err *err)
{
	return thread_start(&b->thread, "inbox", run, b, err);
}

void
inbox_close(struct inbox *b)
{
	atomic_store(&b->closing, true);
	wake_signal(b->p.wake);
}

void
inbox_stop(struct inbox *b)
{
	inbox_close(b);
	atomic_store(&b->stopping, true);
	wake_signal(b->p.wake);
	thread_join(&b->thread);
}
