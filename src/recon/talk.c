#include "recon/talk.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recon/talk_state.h"

enum {
	LENGTH = 4,
	ARENA_MAX = 8 * 1024 * 1024,
	KEPT_MAX = 256 * 1024, /* of an empty buffer */
	SENT_MAX = 64 * 1024   /* kept in front of what is to be sent */
};

const struct talk_limits talk_limits_default = {
	.learned = 100000,
	.requests = 10000,
	.elements = 1000000,
	.replies = 8 * 1024 * 1024,
	.outstanding = 100,
	.bad_elements = 100,
	.full_reply = 10000,
	.solve_ms = 60000,
};

/* ---- the end ----------------------------------------------------------- */

static bool
has_ended(const struct talk *t)
{
	return t->state >= TALK_DONE;
}

static void talk_close(struct talk *t, enum talk_state state, const char *fmt,
	va_list args) PRINTF_LIKE(3, 0);

static void
talk_close(struct talk *t, enum talk_state state, const char *fmt, va_list args)
{
	char why[sizeof(t->why.text)];

	if (has_ended(t))
		return;
	(void)vsnprintf(why, sizeof(why), fmt, args);
	err_set(&t->why, "%s", why);
	t->state = state;
	talk_flush(t);
}

void
talk_end(struct talk *t, enum talk_state state, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	talk_close(t, state, fmt, args);
	va_end(args);
}

void
talk_lie(struct talk *t, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	talk_close(t, TALK_FAILED, fmt, args);
	va_end(args);
	t->learned_count = 0;
}

void
talk_printable(struct bytes text, char *out, size_t size)
{
	size_t i, n = text.len < size - 1 ? text.len : size - 1;

	for (i = 0; i < n; i++) {
		uint8_t c = text.data[i];
		bool blank = c == '\n' || c == '\t' || c == '\r';

		out[i] = blank ? ' ' : c < 0x20 || c > 0x7e ? '?' : (char)c;
	}
	out[n] = '\0';
}

void
talk_wrong_message(struct talk *t, const struct message *m)
{
	static const char *const name[MESSAGE_TYPES] = {"Poly", "Full",
		"Elements", "FullElements", "SyncFail", "Done", "Flush",
		"Error", "DbRqst", "DbRepl", "Config"};
	char text[128];

	if (m->type != MESSAGE_ERROR) {
		talk_end(t, TALK_FAILED, "it said %s where that means nothing",
			name[m->type]);
		return;
	}
	talk_printable(m->text, text, sizeof(text));
	talk_end(t, TALK_FAILED, "it reports an error: %s", text);
}

/* ---- what is to be sent ------------------------------------------------ */

void
talk_put(struct talk *t, enum status st)
{
	if (st != STATUS_OK)
		talk_end(t, TALK_FAILED, "there is too much to say");
}

void
talk_flush(struct talk *t)
{
	t->ready = t->out.len;
}

size_t
talk_backlog(const struct talk *t)
{
	return t->out.len - t->said;
}

/* Of a buffer, which may have nothing yet. */
static struct bytes
part(const struct buf *b, size_t from, size_t to)
{
	return from < to ? bytes_make(b->data + from, to - from)
			 : bytes_make("", 0);
}

struct bytes
talk_out(const struct talk *t)
{
	return part(&t->out, t->said, t->ready);
}

static void
buf_drop(struct buf *b, size_t n)
{
	b->len -= n;
	if (b->len) {
		memmove(b->data, b->data + n, b->len);
		return;
	}
	if (b->cap > KEPT_MAX) {
		size_t max = b->max;

		buf_done(b);
		buf_init(b, max);
	}
}

/* What came is looked at no more. */
static void
talk_rest(struct talk *t)
{
	if (!has_ended(t))
		return;
	buf_done(&t->in);
	arena_release(t->arena);
}

/* ---- what came --------------------------------------------------------- */

static enum status
talk_frame(struct talk *t, struct bytes in, size_t *used)
{
	struct bytes frame;
	struct message m;
	enum status st = message_cut(in, MESSAGE_MAX, &frame, used);

	if (st == STATUS_OK)
		st = message_read(frame, &m);
	if (st != STATUS_OK)
		return st;
	t->frames++;
	if (t->role == TALK_ASKER)
		ask_reply(t, &m);
	else
		answer_message(t, &m);
	arena_reset(t->arena);
	return STATUS_OK;
}

static enum status (*const take[TALK_STEPS])(
	struct talk *t, struct bytes in, size_t *used) = {
	[STEP_CONFIG] = greet_take_config,
	[STEP_VERDICT] = greet_take_verdict,
	[STEP_TALK] = talk_frame,
};

/*
 * An answerer hears no more while its partner takes nothing. An asker always
 * hears, or both would wait; what it may owe is bounded in talk_ask.c.
 */
static bool
talk_hears(const struct talk *t)
{
	return !has_ended(t) &&
	       (t->role == TALK_ASKER || talk_backlog(t) < t->limits.replies);
}

static void
talk_go_on(struct talk *t)
{
	size_t pos = 0;
	enum status st = STATUS_OK;

	while (talk_hears(t) && st == STATUS_OK) {
		struct bytes in = part(&t->in, pos, t->in.len);
		size_t used = 0;

		st = take[t->step](t, in, &used);
		t->facts.messages += st == STATUS_OK;
		pos += used;
	}
	if (st == STATUS_LIMIT)
		talk_end(t, TALK_FAILED, "a message is too long");
	if (st != STATUS_OK && st != STATUS_NOT_FOUND)
		talk_end(t, TALK_FAILED, "a message is malformed");
	if (!has_ended(t) && pos)
		buf_drop(&t->in, pos);
	if (t->role == TALK_ASKER && t->state == TALK_TALKING)
		ask_on(t);
	talk_rest(t);
}

size_t
talk_room(const struct talk *t)
{
	size_t max = LENGTH +
		     (t->step == STEP_TALK ? MESSAGE_MAX : MESSAGE_MAX_EARLY);

	if (!talk_hears(t) || t->in.len >= max)
		return 0;
	return max - t->in.len;
}

void
talk_take(struct talk *t, struct bytes in)
{
	t->facts.in += in.len;
	if (has_ended(t))
		return;
	if (buf_put(&t->in, in) != STATUS_OK)
		talk_end(t, TALK_FAILED, "there is too much to hear");
	talk_go_on(t);
}

void
talk_said(struct talk *t, size_t n)
{
	bool heard = talk_hears(t);

	t->said += n;
	t->facts.out += n;
	if (t->said == t->out.len || t->said > SENT_MAX) {
		t->ready -= t->said;
		buf_drop(&t->out, t->said);
		t->said = 0;
	}
	if (!heard || t->role == TALK_ASKER)
		talk_go_on(t);
}

void
talk_lost(struct talk *t)
{
	if (t->state == TALK_GREETING && !t->facts.in)
		talk_end(t, TALK_BUSY, "it closed without a word");
	else if (t->refusing)
		talk_end(t, t->refusal, "%s", t->why.text);
	else
		talk_end(t, TALK_FAILED, "the connection was lost");
	talk_rest(t);
}

/* ---- life -------------------------------------------------------------- */

/* What depends on our own set is counted in once. */
static void
talk_bound(struct talk *t)
{
	struct prefix root = prefix_root();
	struct prefix_tree_stats stats;
	struct node_view view;

	prefix_tree_measure(t->tree, &stats);
	prefix_tree_view(t->tree, &root, &view);
	t->limits.requests += 4 * (stats.inner + stats.leaves);
	t->limits.elements += 2 * (size_t)view.size;
}

struct talk *
talk_new(enum talk_role role, const struct talk_settings *settings,
	const struct prefix_tree *tree)
{
	struct talk *t = xcalloc(1, sizeof(*t));

	t->role = role;
	t->tree = tree;
	t->limits = settings->limits;
	t->filters = xstrdup(settings->filters);
	t->version = xstrdup(settings->version);
	t->busy = settings->busy ? xstrdup(settings->busy) : NULL;
	t->http_port = settings->http_port;
	t->arena = arena_new(ARENA_MAX);
	t->asked = xcalloc(t->limits.outstanding, sizeof(*t->asked));
	t->settle_at = t->limits.learned;
	buf_init(&t->in, LENGTH + MESSAGE_MAX);
	buf_init(&t->out, 0);
	talk_bound(t);
	greet_start(t);
	return t;
}

void
talk_free(struct talk *t)
{
	if (!t)
		return;
	buf_done(&t->in);
	buf_done(&t->out);
	arena_free(t->arena);
	free(t->filters);
	free(t->version);
	free(t->busy);
	free(t->learned);
	free(t->queue);
	free(t->asked);
	free(t);
}

enum talk_state
talk_state(const struct talk *t)
{
	return t->state;
}

const char *
talk_why(const struct talk *t)
{
	return t->why.text;
}

void
talk_get_facts(const struct talk *t, struct talk_facts *out)
{
	*out = t->facts;
	out->solve_ms = t->solve_us / 1000;
	out->memory = sizeof(*t) + t->in.cap + t->out.cap +
		      arena_held(t->arena) +
		      t->learned_room * sizeof(*t->learned) +
		      t->queue_room * sizeof(*t->queue) +
		      t->limits.outstanding * sizeof(*t->asked);
}

const struct sks_digest *
talk_learned(struct talk *t, size_t *count)
{
	heard_settle(t);
	*count = t->learned_count;
	return t->learned;
}
