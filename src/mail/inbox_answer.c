#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/log.h"
#include "mail/classify.h"
#include "mail/inbox_state.h"

static bool
is_wanted(const struct post *post)
{
	enum mail_reply mode = post->b->p.settings->reply_to_users;

	if (post->command->answer == NULL || mode == MAIL_REPLY_NO)
		return false;
	return mode == MAIL_REPLY_ALL ||
	       !(post->command->flags & COMMAND_SEARCH);
}

static enum status
write_answer(struct post *post, const char *to, struct buf *letter)
{
	struct inbox *b = post->b;
	struct buf body = {.max = COMMAND_ANSWER_MAX};
	char token[64], subject[64];
	struct command_call call = {.in = &post->in,
		.args = post->args,
		.subs = post->subs,
		.sub_count = post->sub_count,
		.store = b->p.store,
		.site = b->p.settings->address,
		.peer_count = b->p.settings->peer_count,
		.answer = &body};
	enum status st = post->command->answer(&call);

	(void)snprintf(token, sizeof(token), "%" PRId64 ".%" PRIu64,
		clock_wall_s(), ++b->answer_serial);
	(void)snprintf(subject, sizeof(subject), "Re: %s", post->command->word);
	if (st == STATUS_OK) {
		const struct compose_reply reply = {.to = to,
			.subject = subject,
			.in_reply_to = post->in.message_id,
			.references = post->in.references,
			.token = token,
			.body = buf_view(&body),
			.date = clock_wall_s()};

		st = compose_reply(b->p.site, &reply, letter);
	}
	buf_done(&body);
	return st;
}

void
answer_post(struct post *post)
{
	struct inbox *b = post->b;
	struct buf letter = {0};
	const char *to = NULL, *why;
	enum status st;

	if (!is_wanted(post))
		return;
	why = classify_reply(&post->in, b->p.known, &to);
	if (why == NULL &&
		!rate_take(b->answers, bytes_of(to), 1, 1, clock_mono_ms()))
		why = "answered a moment ago";
	if (why != NULL) {
		log_line(LOG_DEBUG, "reply", "outcome=none reason=%s",
			log_quote_str(why).text);
		return;
	}
	st = write_answer(post, to, &letter);
	if (st == STATUS_OK)
		st = courier_reply(b->p.courier, to, &letter);
	buf_done(&letter);
	log_line(LOG_INFO, "reply", "command=%s outcome=%s",
		post->command->word, st == STATUS_OK ? "sent" : "dropped");
}
