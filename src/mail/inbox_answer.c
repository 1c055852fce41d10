#include "base/clock.h"
#include "base/log.h"
#include "mail/classify.h"
#include "mail/inbox_state.h"

void
answer_post(struct post *post)
{
	struct inbox *b = post->b;
	struct question q = {.command = post->command,
		.args = post->args,
		.message_id = post->in.message_id,
		.references = post->in.references};
	const char *why;

	if (!command_is_answered(post->command, b->p.settings))
		return;
	why = classify_reply(&post->in, b->p.known, &q.to);
	if (why == NULL && !person_take(b->answers, q.to, 1, clock_mono_ms()))
		why = "answered a moment ago";
	if (why != NULL) {
		log_line(LOG_DEBUG, "reply", "outcome=none reason=%s",
			log_quote_str(why).text);
		return;
	}
	answers_ask(b->p.answers, &q, post->subs, post->sub_count);
}
