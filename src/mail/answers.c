#include "mail/answers.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/thread.h"
#include "base/words.h"
#include "base/workq.h"
#include "mail/rate.h"
#include "mail/reply.h"
#include "mail/text_wrap.h"

enum {
	TURN_MAX_MS = 1000,
	SEARCH_ARENA = 64 * 1024 * 1024,
	QUESTION_ARENA = 16 * 1024,
	HOUR_MS = 3600 * 1000
};

/* Over all addresses: what we can be made to send. */
static const struct rate_limit all_letters = {1000, HOUR_MS};
static const struct rate_limit all_octets = {100 * 1000 * 1000, HOUR_MS};

/* A question that waits; it stands in its own arena. */
struct waiting {
	struct arena *arena;
	struct question q;
};

struct answers {
	struct answers_parts p;
	struct workq *waiting;
	pthread_mutex_t lock; /* for what follows */
	struct rate *all;
	uint64_t serial;
	struct thread thread;
};

struct answers *
answers_new(const struct answers_parts *parts)
{
	struct answers *a = xcalloc(1, sizeof(*a));

	a->p = *parts;
	a->waiting = workq_new(ANSWERS_WAITING_MAX, 0);
	a->all = rate_new(all_letters, all_octets, 1);
	(void)pthread_mutex_init(&a->lock, NULL);
	return a;
}

void
answers_free(struct answers *a)
{
	if (a == NULL)
		return;
	answers_stop(a);
	workq_free(a->waiting);
	rate_free(a->all);
	(void)pthread_mutex_destroy(&a->lock);
	free(a);
}

/* ---- one answer -------------------------------------------------------- */

/* Its number; 0: all of us have answered enough for now. */
static uint64_t
admit(struct answers *a, size_t octets)
{
	uint64_t serial = 0;

	(void)pthread_mutex_lock(&a->lock);
	if (rate_take(
		    a->all, bytes_of(""), (int64_t)octets, 1, clock_mono_ms()))
		serial = ++a->serial;
	(void)pthread_mutex_unlock(&a->lock);
	return serial;
}

static enum status
write_letter(struct answers *a, const struct question *q, struct bytes text,
	struct bytes keys, struct buf *letter)
{
	uint64_t serial = admit(a, text.len + keys.len);
	char token[64];
	struct reply_letter r = {.to = q->to,
		.command = q->command->word,
		.args = q->args,
		.in_reply_to = q->message_id,
		.references = q->references,
		.token = token,
		.text = text,
		.keys = keys,
		.date = clock_wall_s()};

	if (serial == 0)
		return STATUS_BUSY;
	(void)snprintf(token, sizeof(token), "%" PRId64 ".%" PRIu64,
		clock_wall_s(), serial);
	return reply_write(a->p.site, &r, letter);
}

/* What was found is more than a letter holds: that is the answer. */
static enum status
put_too_large(struct command_call *call)
{
	buf_clear(call->text);
	buf_clear(call->keys);
	return text_paragraph(call->text,
		_("The answer is too large for a letter. Ask for less, or "
		  "look on the server's web page."));
}

static void
answer(struct answers *a, const struct question *q,
	struct submission *const *subs, size_t sub_count, struct arena *arena)
{
	struct buf text = {.max = a->p.settings->search.max_octets};
	struct buf keys = {.max = a->p.settings->search.max_octets};
	struct buf letter = {0};
	struct command_call call = {.args = q->args,
		.subs = subs,
		.sub_count = sub_count,
		.store = a->p.store,
		.settings = a->p.settings,
		.arena = arena,
		.text = &text,
		.keys = &keys};
	enum status st = q->command->answer(&call);

	if (st == STATUS_LIMIT)
		st = put_too_large(&call);
	if (st == STATUS_OK)
		st = write_letter(
			a, q, buf_view(&text), buf_view(&keys), &letter);
	if (st == STATUS_OK)
		st = courier_reply(a->p.courier, q->to, &letter);
	buf_done(&text);
	buf_done(&keys);
	buf_done(&letter);
	log_line(LOG_INFO, "reply", "command=%s outcome=%s status=%s",
		log_quote_str(q->command->word).text,
		st == STATUS_OK ? "sent" : "dropped", status_name(st));
}

/* ---- those that wait --------------------------------------------------- */

static const char *
copy_text(struct arena *arena, const char *text)
{
	return text == NULL ? NULL : arena_str(arena, bytes_of(text));
}

static void
wait_in_line(struct answers *a, const struct question *q)
{
	struct arena *arena = arena_new(QUESTION_ARENA);
	struct waiting *w = arena_alloc(arena, sizeof(*w));
	enum status st = STATUS_LIMIT;

	if (w != NULL) {
		w->arena = arena;
		w->q = *q;
		w->q.to = copy_text(arena, q->to);
		w->q.message_id = copy_text(arena, q->message_id);
		w->q.references = copy_text(arena, q->references);
		st = arena_copy(arena, q->args, &w->q.args);
	}
	if (st == STATUS_OK && w->q.to != NULL)
		st = workq_put(a->waiting, w, 1);
	if (st == STATUS_OK)
		return;
	arena_free(arena);
	log_line(LOG_INFO, "reply", "command=%s outcome=dropped reason=%s",
		log_quote_str(q->command->word).text,
		"\"too many questions wait\"");
}

static void *
run(void *arg)
{
	struct answers *a = arg;
	const struct mail_settings *s = a->p.settings;
	enum status st = STATUS_OK;
	void *item;

	while (st != STATUS_CLOSED) {
		struct waiting *w;
		struct arena *arena;

		if (s->beat != NULL)
			s->beat(s->beat_ctx, "answers");
		st = workq_take(a->waiting, TURN_MAX_MS, &item);
		if (st != STATUS_OK)
			continue;
		w = item;
		arena = arena_new(SEARCH_ARENA);
		answer(a, &w->q, NULL, 0, arena);
		arena_free(arena);
		arena_free(w->arena);
	}
	return NULL;
}

void
answers_ask(struct answers *a, const struct question *q,
	struct submission *const *subs, size_t sub_count)
{
	if (q->command->flags & COMMAND_SEARCH)
		wait_in_line(a, q);
	else
		answer(a, q, subs, sub_count, NULL);
}

enum status
answers_start(struct answers *a, struct err *err)
{
	return thread_start(&a->thread, "answers", run, a, err);
}

void
answers_stop(struct answers *a)
{
	void *item;

	workq_close(a->waiting);
	/* Taken here too: the thread finishes the one it is at. */
	while (workq_take(a->waiting, 0, &item) == STATUS_OK)
		arena_free(((struct waiting *)item)->arena);
	thread_join(&a->thread);
}
