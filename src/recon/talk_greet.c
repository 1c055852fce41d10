/* Configurations and verdicts, before a talk. */

#include <string.h>

#include "recon/talk_state.h"

static struct message_config
our_config(const struct talk *t)
{
	struct message_config c = {
		.has = CONFIG_ALL,
		.bitquantum = PREFIX_STEP,
		.http_port = t->http_port,
		.mbar = RECON_MBAR,
		.filters = bytes_of(t->filters),
		.version = bytes_of(t->version),
	};

	return c;
}

void
greet_start(struct talk *t)
{
	struct message_config our = our_config(t);

	talk_put(t, message_put_config(&t->out, &our));
	talk_flush(t);
}

/* ---- our verdict ------------------------------------------------------- */

/* The state comes when its verdict is read, too: it may be on its way. */
static void
greet_refuse(struct talk *t, enum talk_state state, struct bytes why,
	const char *words)
{
	t->refusing = true;
	t->refusal = state;
	talk_printable(bytes_of(words), t->why.text, sizeof(t->why.text));
	talk_put(t, message_put_failed(&t->out, why));
}

static void
greet_compare(struct talk *t, const struct message_config *their)
{
	struct message_config our = our_config(t);
	struct err words;
	struct buf why;
	enum status st;

	buf_init(&why, 0);
	st = message_config_judge(&our, their, &why, &words);
	if (st == STATUS_REJECTED)
		greet_refuse(t, TALK_REFUSED, buf_view(&why), words.text);
	else
		talk_put(t, message_put_passed(&t->out));
	buf_done(&why);
}

static void
greet_judge(struct talk *t, const struct message_config *their)
{
	struct err busy;

	t->facts.http_port = their->http_port;
	talk_printable(
		their->filters, t->facts.filters, sizeof(t->facts.filters));
	talk_printable(
		their->version, t->facts.version, sizeof(t->facts.version));
	if (!t->busy) {
		greet_compare(t, their);
		return;
	}
	err_set(&busy, "busy: %s", t->busy);
	greet_refuse(t, TALK_BUSY, bytes_of(busy.text), busy.text);
}

enum status
greet_take_config(struct talk *t, struct bytes in, size_t *used)
{
	struct bytes frame;
	struct message m;
	enum status st = message_cut(in, MESSAGE_MAX_EARLY, &frame, used);

	if (st != STATUS_OK)
		return st;
	st = message_read(frame, &m);
	if (st == STATUS_OK && m.type != MESSAGE_CONFIG) {
		talk_wrong_message(t, &m);
		return STATUS_OK;
	}
	if (st == STATUS_OK)
		greet_judge(t, &m.config);
	else if (st == STATUS_MALFORMED && frame.data[0] == MESSAGE_CONFIG) {
		greet_refuse(t, TALK_REFUSED,
			bytes_of("Error parsing configdata: malformed"),
			"its configuration cannot be read");
	} else
		return st;
	t->step = STEP_VERDICT;
	talk_flush(t);
	return STATUS_OK;
}

/* ---- its verdict ------------------------------------------------------- */

/* Hockeypuck's words for it, and ours. */
static bool
means_busy(const char *reason)
{
	return !strncmp(reason, "sync not available", 18) ||
	       !strncmp(reason, "busy: ", 6);
}

static void
greet_end(struct talk *t, bool passed, struct bytes text)
{
	char reason[200];

	if (t->refusing) {
		talk_end(t, t->refusal, "%s", t->why.text);
		return;
	}
	if (!passed) {
		talk_printable(text, reason, sizeof(reason));
		talk_end(t, means_busy(reason) ? TALK_BUSY : TALK_REFUSED,
			"it refuses: %s", reason);
		return;
	}
	t->state = TALK_TALKING;
	t->step = STEP_TALK;
	if (t->role == TALK_ASKER)
		ask_start(t);
}

enum status
greet_take_verdict(struct talk *t, struct bytes in, size_t *used)
{
	struct bytes reason;
	bool passed;
	enum status st = message_read_verdict(in, &passed, &reason, used);

	if (st == STATUS_OK)
		greet_end(t, passed, reason);
	return st;
}
