#include "mailagent/source_imap_state.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crash.h"
#include "base/file.h"
#include "base/log.h"
#include "mailagent/child.h"
#include "mailagent/decode.h"
#include "mailagent/imap_state.h"
#include "mailagent/password.h"
#include "mailagent/tries.h"

enum {
	STATE_MS = 1000 /* at most so often is the state written */
};

const struct imap_times imap_times_default = {.connect_ms = 30 * 1000,
	.answer_ms = 60 * 1000,
	.body_ms = 300 * 1000,
	.pass_ms = 600 * 1000,
	.soon_ms = 1000,
	.soon_most_ms = 60 * 1000,
	.refused_ms = 60 * 1000,
	.refused_most_ms = 3600 * 1000,
	.idle_ms = 25 * 60 * 1000,
	.poll_ms = 60 * 1000,
	.rest_ms = 5000};

static void
write_state(struct source_imap *s, int64_t now)
{
	struct imap_state state = {s->job.validity, s->job.next};

	s->next_state = now + STATE_MS;
	s->dirty = false;
	if (!imap_state_write(s->state_path, &s->job.target.url, &state))
		log_line(LOG_WARN, "imap", "state=not-kept reason=%s",
			log_quote_str(strerror(errno)).text);
}

/* ---- to the intake and back --------------------------------------------- */

static void
offer(struct source_imap *s, struct item *i)
{
	struct intake_offer o = {.source = &s->source, .token = i};

	o.octets = i->octets;
	o.letter = buf_view(&i->octets);
	i->octets = (struct buf){.len = 0};
	i->offered = true;
	(void)intake_offer(s->intake, &o);
}

static void
offer_all(struct source_imap *s)
{
	struct item *i, *last;

	/* The oldest stands last; offering may free others. */
	while (intake_has_room(s->intake)) {
		last = NULL;
		for (i = s->items; i != NULL; i = i->next) {
			if (!i->offered)
				last = i;
		}
		if (last == NULL)
			return;
		offer(s, last);
	}
}

static void
name_of(const struct item *i, char name[32])
{
	snprintf(name, 32, "%" PRIu32 ".%" PRIu32, i->validity, i->uid);
}

static unsigned
begin(void *source, void *token)
{
	struct source_imap *s = source;
	char name[32];

	name_of(token, name);
	return tries_add(s->tries_fd, name);
}

static void
decoded(void *source, void *token)
{
	struct source_imap *s = source;
	char name[32];

	name_of(token, name);
	tries_clear(s->tries_fd, name);
}

static void
drop_item(struct source_imap *s, struct item *item)
{
	struct item **at = &s->items;

	while (*at != item)
		at = &(*at)->next;
	*at = item->next;
	buf_done(&item->octets);
	free(item);
}

static void
finish(void *source, void *token, enum intake_fate fate, const char *reason)
{
	struct source_imap *s = source;
	struct item *i = token;
	enum imap_verdict v = IMAP_LATER;

	(void)reason;
	if (fate == INTAKE_FOREIGN && s->shared)
		v = IMAP_STAYS;
	else if (fate != INTAKE_LATER)
		v = IMAP_TAKEN;
	if (v != IMAP_LATER) {
		crash_point("letter-committed");
		decoded(s, i);
	}
	/* Should this session end, the next one need not fetch it. */
	if (v == IMAP_TAKEN && i->validity == s->job.validity)
		imap_remember(&s->job.taken, i->uid);
	imap_say_verdict(s, i, v);
	drop_item(s, i);
}

static void
on_tick(void *ctx, int64_t now)
{
	struct source_imap *s = ctx;

	if (s->channel != NULL && imap_session_is_overdue(s, now))
		imap_session_end(s, "no answer in time");
	if (s->channel == NULL && now >= s->next_start)
		imap_session_start(s, now);
	offer_all(s);
	if (s->dirty && now >= s->next_state)
		write_state(s, now);
}

/* ---- start and end ------------------------------------------------------ */

static enum status
read_files(struct source_imap *s, const struct source_imap_settings *set,
	struct err *err)
{
	enum status st = password_read(set->password_file,
		s->job.target.password, sizeof(s->job.target.password), err);

	if (st == STATUS_OK && set->authority_file[0] != '\0')
		st = file_read(
			set->authority_file, TLS_CA_MAX, &s->authority, err);
	if (st != STATUS_OK)
		return st;
	if (mkdir(set->tries, 0700) == 0 || errno == EEXIST)
		s->tries_fd =
			open(set->tries, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (s->tries_fd >= 0)
		return STATUS_OK;
	err_set(err, "%s: %s", set->tries, strerror(errno));
	return STATUS_IO;
}

enum status
source_imap_new(const struct source_imap_settings *settings,
	struct source_imap **out, struct err *err)
{
	struct source_imap *s = xcalloc(1, sizeof(*s));
	struct imap_target *t = &s->job.target;
	struct imap_state state;
	enum status st;

	s->tries_fd = -1;
	s->state_path = xstrdup(settings->state);
	s->progress = mmap(NULL, sizeof(*s->progress), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	st = imap_url_parse(settings->url, &t->url, err);
	if (st == STATUS_OK)
		st = read_files(s, settings, err);
	if (st == STATUS_OK && s->progress == MAP_FAILED)
		st = STATUS_IO;
	if (st != STATUS_OK) {
		source_imap_free(s);
		return st;
	}
	t->tls = settings->tls;
	t->trust = (struct tls_trust){.host = t->url.at.host,
		.pin = xstrdup(settings->pin),
		.authority = buf_view(&s->authority)};
	imap_state_read(s->state_path, &t->url, &state);
	s->job.validity = state.validity;
	s->job.next = state.next;
	s->job.letter_max = DECODE_LETTER_MAX;
	s->times = settings->times;
	s->job.idle_ms = s->times->idle_ms;
	s->job.poll_ms = s->times->poll_ms;
	s->job.rest_ms = s->times->rest_ms;
	s->shared = settings->shared;
	*out = s;
	return STATUS_OK;
}

void
source_imap_start(
	struct source_imap *s, struct loop *loop, struct intake *intake)
{
	s->loop = loop;
	s->intake = intake;
	s->source = (struct intake_source){.name = "imap",
		.trust_path = true,
		.keeps = s->shared,
		.begin = begin,
		.decoded = decoded,
		.finish = finish,
		.source = s};
	loop_tick(loop, on_tick, s);
}

void
source_imap_free(struct source_imap *s)
{
	if (s == NULL)
		return;
	if (s->channel != NULL) {
		channel_free(s->channel);
		child_end(s->pid);
	}
	if (s->dirty)
		write_state(s, 0);
	while (s->items != NULL)
		drop_item(s, s->items);
	if (s->progress != MAP_FAILED)
		munmap(s->progress, sizeof(*s->progress));
	if (s->tries_fd >= 0)
		close(s->tries_fd);
	explicit_bzero(s->job.target.password, sizeof(s->job.target.password));
	free((char *)(uintptr_t)s->job.target.trust.pin);
	imap_uids_done(&s->job.taken);
	imap_uids_done(&s->job.poison);
	imap_uids_done(&s->named);
	buf_done(&s->authority);
	free(s->state_path);
	free(s);
}
