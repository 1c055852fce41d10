#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "mail/inbox_state.h"

enum { ROW_ARENA = 1024 * 1024 };

/* ---- changes that a letter's senders have too -------------------------- */

static bool
is_covering(const struct outcome *o)
{
	return o->has_fpr && o->came.len > 0 &&
	       (o->kind == OUTCOME_UNCHANGED || o->kind == OUTCOME_UPDATED);
}

static bool
has_covering(const struct post *post)
{
	for (size_t i = 0; i < post->sub_count; i++) {
		const struct submission *sub = post->subs[i];

		for (size_t j = 0; j < sub->outcome_count; j++) {
			if (is_covering(&sub->outcomes[j]))
				return true;
		}
	}
	return false;
}

static enum status
write_served(struct post *post, const struct submission *sub, int64_t after,
	struct store_session *w, struct err *err)
{
	for (size_t j = 0; j < sub->outcome_count; j++) {
		const struct outcome *o = &sub->outcomes[j];
		enum status st;

		if (!is_covering(o))
			continue;
		st = store_add_seen(w, &o->id, o->came, post->seen, after, err);
		if (st != STATUS_OK && st != STATUS_NOT_FOUND)
			return st;
	}
	return STATUS_OK;
}

static struct post *
post_of(struct write_job *job)
{
	return (struct post *)(void *)((char *)job -
				       offsetof(struct post, served));
}

static enum status
run_served(struct write_job *job, struct store_session *w, struct err *err)
{
	struct post *post = post_of(job);
	int64_t after = courier_low_cursor(post->b->p.courier);

	for (size_t i = 0; i < post->sub_count; i++) {
		enum status st =
			write_served(post, post->subs[i], after, w, err);

		if (st != STATUS_OK)
			return st;
	}
	return STATUS_OK;
}

static void
hand_back(struct inbox *b, struct write_job *job)
{
	if (workq_put_again(b->served, job, 1) == STATUS_OK)
		wake_signal(b->p.wake);
}

static void
served_done(struct write_job *job, enum status st, const struct err *err)
{
	if (st != STATUS_OK)
		log_line(LOG_DEBUG, "letter", "served=%s reason=%s",
			status_name(st), log_quote_str(err->text).text);
	hand_back(post_of(job)->b, job);
}

/*
 * Only spares letters, so it is left undone when nothing waits to be sent, or
 * when too many such notes wait themselves.
 */
void
served_note(struct post *post)
{
	struct inbox *b = post->b;

	if (post->seen == NULL || post->seen[0] == '\0' ||
		post->seen[0] == '*' || !has_covering(post) ||
		b->served_count >= SERVED_MAX ||
		!courier_has_pending(b->p.courier)) {
		post_free(post);
		return;
	}
	post->served.run = run_served;
	post->served.done = served_done;
	if (writer_put(ingest_writer(b->p.ingest), &post->served) !=
		STATUS_OK) {
		post_free(post);
		return;
	}
	b->served_count++;
}

/* ---- when a peer was last heard of ------------------------------------- */

static enum status
run_heard(struct write_job *job, struct store_session *w, struct err *err)
{
	struct heard *h = (struct heard *)job;
	struct arena *arena = arena_new(ROW_ARENA);
	struct peer row;
	enum status st;

	st = store_find_peer(w, h->name, arena, &row, err);
	if (st == STATUS_OK) {
		row.last_received = h->when;
		st = store_put_peer(w, &row, err);
	}
	arena_free(arena);
	return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

static void
heard_done(struct write_job *job, enum status st, const struct err *err)
{
	(void)st;
	(void)err;
	hand_back(((struct heard *)job)->b, job);
}

void
heard_note(struct inbox *b, int peer)
{
	struct heard *h = &b->heard[peer];
	int64_t now = clock_mono_ms();

	if (h->job_runs || (h->when != 0 && now - h->written_ms < RECEIVED_MS))
		return;
	h->b = b;
	h->name = b->p.settings->peers[peer].name;
	h->when = clock_wall_s();
	h->written_ms = now;
	h->job.run = run_heard;
	h->job.done = heard_done;
	if (writer_put(ingest_writer(b->p.ingest), &h->job) != STATUS_OK)
		return;
	h->job_runs = true;
	b->served_count++;
}

void
served_ended(struct inbox *b, struct write_job *job)
{
	b->served_count--;
	if (job->run == run_heard)
		((struct heard *)job)->job_runs = false;
	else
		post_free(post_of(job));
}
