#include "mailagent/source_imap_state.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "mailagent/child.h"
#include "mailagent/sandbox.h"

enum {
	DEATHS_MAX = 3,    /* sessions that a message may end */
	REMEMBERED = 65536 /* UIDs of a kind */
};

/* ---- what is remembered ------------------------------------------------- */

void
imap_remember(struct imap_uids *u, uint32_t uid)
{
	if (u->count < REMEMBERED)
		imap_uids_add(u, uid);
}

static void
forget_below(struct source_imap *s, uint32_t uid)
{
	imap_uids_drop_below(&s->job.taken, uid);
	imap_uids_drop_below(&s->job.poison, uid);
	imap_uids_drop_below(&s->named, uid);
}

static void
new_folder(struct source_imap *s, uint32_t validity)
{
	if (s->job.validity != 0)
		log_line(LOG_WARN, "imap",
			"state=new-uids before=%" PRIu32 " now=%" PRIu32,
			s->job.validity, validity);
	forget_below(s, UINT32_MAX);
	s->job.validity = validity;
	s->job.next = 1;
	s->dirty = true;
}

static void
settled_below(struct source_imap *s, uint32_t next)
{
	s->job.next = next;
	forget_below(s, next);
	s->dirty = true;
}

/* ---- the session's process ---------------------------------------------- */

void
imap_say_verdict(
	struct source_imap *s, const struct item *i, enum imap_verdict v)
{
	uint8_t octet = (uint8_t)v;

	if (s->channel != NULL && i->validity == s->job.validity)
		channel_put(s->channel, IMAP_VERDICT, i->uid,
			bytes_make(&octet, 1));
}

/* A message at which sessions end, whatever it is that ends them. */
static void
count_death(struct source_imap *s)
{
	uint32_t uid = atomic_load(&s->progress->fetching);

	if (uid == 0)
		return;
	s->deaths = uid == s->deadly ? s->deaths + 1 : 1;
	s->deadly = uid;
	if (s->deaths < DEATHS_MAX)
		return;
	imap_remember(&s->job.poison, uid);
	s->deaths = 0;
	log_line(LOG_ERROR, "letter",
		"source=imap uid=%" PRIu32 " outcome=left reason=%s", uid,
		"\"each session ended at it\"");
}

static int64_t
back_off(const struct source_imap *s)
{
	const struct imap_times *t = s->times;
	int64_t wait = s->refused ? t->refused_ms : t->soon_ms;
	int64_t most = s->refused ? t->refused_most_ms : t->soon_most_ms;

	for (unsigned i = 1; i < s->failures && wait < most; i++)
		wait *= 2;
	return wait < most ? wait : most;
}

void
imap_session_end(struct source_imap *s, const char *why)
{
	int64_t wait;

	if (s->channel == NULL)
		return;
	channel_free(s->channel);
	s->channel = NULL;
	child_end(s->pid);
	count_death(s);
	s->failures++;
	wait = back_off(s);
	s->next_start = clock_mono_ms() + wait;
	log_line(LOG_WARN, "imap",
		"state=down failures=%u retry_ms=%" PRId64 " reason=%s",
		s->failures, wait,
		log_quote_str(s->why[0] != '\0' ? s->why : why).text);
	s->why[0] = '\0';
}

static void
on_closed(void *ctx)
{
	imap_session_end(ctx, "its process ended");
}

static struct item *
find_item(struct source_imap *s, uint32_t uid)
{
	struct item *i = s->items;

	while (i != NULL && (i->uid != uid || i->validity != s->job.validity))
		i = i->next;
	return i;
}

static void
take_letter(struct source_imap *s, uint32_t uid, struct bytes octets)
{
	struct item *i;

	/* From a session before this one: its verdict is to come. */
	if (find_item(s, uid) != NULL)
		return;
	i = xcalloc(1, sizeof(*i));
	i->source = s;
	i->uid = uid;
	i->validity = s->job.validity;
	if (buf_put(&i->octets, octets) != STATUS_OK) {
		imap_say_verdict(s, i, IMAP_LATER);
		free(i);
		return;
	}
	i->next = s->items;
	s->items = i;
}

static void
name_large(struct source_imap *s, uint32_t uid, struct bytes payload)
{
	struct reader r = reader_of(payload);
	struct bytes size = {NULL, 0};
	uint8_t name;

	if (imap_uids_has(&s->named, uid))
		return;
	imap_remember(&s->named, uid);
	(void)frame_next_field(&r, &name, &size);
	log_line(LOG_WARN, "letter",
		"source=imap uid=%" PRIu32 " outcome=left octets=%" PRIu64
		" reason=\"over the limit of a letter\"",
		uid, frame_number(size));
}

static void
take_failure(struct source_imap *s, const struct frame *f)
{
	size_t n = f->payload.len;

	if (n >= sizeof(s->why))
		n = sizeof(s->why) - 1;
	if (n > 0)
		memcpy(s->why, f->payload.data, n);
	s->why[n] = '\0';
	/* Another kind of failure begins its own row. */
	if (s->refused != (f->id != 0))
		s->failures = 0;
	s->refused = f->id != 0;
}

static void
quiet(struct source_imap *s)
{
	if (s->failures > 0)
		log_line(LOG_INFO, "imap", "state=up after=%u", s->failures);
	s->failures = 0;
	s->deaths = 0;
}

static void
on_frame(void *ctx, const struct frame *f)
{
	struct source_imap *s = ctx;
	uint32_t id = (uint32_t)f->id;

	if (f->type == IMAP_FOLDER)
		new_folder(s, id);
	else if (f->type == IMAP_LETTER)
		take_letter(s, id, f->payload);
	else if (f->type == IMAP_GONE)
		imap_uids_remove(&s->job.taken, id);
	else if (f->type == IMAP_LARGE)
		name_large(s, id, f->payload);
	else if (f->type == IMAP_SETTLED)
		settled_below(s, id);
	else if (f->type == IMAP_QUIET)
		quiet(s);
	else if (f->type == IMAP_FAILED)
		take_failure(s, f);
}

static void
run(int fd, void *ctx)
{
	struct source_imap *s = ctx;

	imap_pass_run(fd, &s->job, s->progress);
}

void
imap_session_start(struct source_imap *s, int64_t now)
{
	struct channel_calls calls = {on_frame, on_closed, s};
	int fd;

	memset(s->progress, 0, sizeof(*s->progress));
	s->next_start = now + s->times->soon_ms;
	if (child_start(run, s, sandbox_enter_relay, &s->pid, &fd) == STATUS_OK)
		s->channel = channel_new(s->loop, fd, &calls);
}

bool
imap_session_is_overdue(const struct source_imap *s, int64_t now)
{
	const int64_t limits[] = {[IMAP_CONNECT] = s->times->connect_ms,
		[IMAP_ANSWER] = s->times->answer_ms,
		[IMAP_BODY] = s->times->body_ms};
	int step = atomic_load(&s->progress->step);
	int64_t since = atomic_load(&s->progress->since);
	int64_t pass = atomic_load(&s->progress->pass_since);

	/* While the daemon is awaited, no server is. */
	if (step == IMAP_NOTHING || since == 0)
		return false;
	return now - since > limits[step] ||
	       (pass != 0 && now - pass > s->times->pass_ms);
}
