#include "recon/recover.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "recon/recover_state.h"

struct recover *
recover_new(const struct recover_settings *settings, struct fetcher *fetcher,
	struct ingest *ingest)
{
	struct recover *r = xcalloc(1, sizeof(*r));

	r->set = *settings;
	r->fetcher = fetcher;
	r->ingest = ingest;
	r->arena = arena_new(DIGEST_ARENA);
	r->waiting = digest_map_new(RECOVER_QUEUE_MAX);
	r->backoff = digest_map_new(RECOVER_BACKOFF_MAX);
	pthread_mutex_init(&r->lock, NULL);
	return r;
}

void
recover_free(struct recover *r)
{
	if (r == NULL)
		return;
	submit_settle(r, clock_mono_ms());
	for (size_t i = 0; i < r->source_count; i++) {
		struct source *s = r->sources[i];

		batch_free(s->batch);
		free(s->list);
		free(s->peer);
		free(s->host);
		free(s);
	}
	free(r->sources);
	digest_map_free(r->waiting);
	digest_map_free(r->backoff);
	arena_free(r->arena);
	pthread_mutex_destroy(&r->lock);
	free(r);
}

static struct source *
find_source(const struct recover *r, const char *peer)
{
	for (size_t i = 0; i < r->source_count; i++) {
		if (strcmp(r->sources[i]->peer, peer) == 0)
			return r->sources[i];
	}
	return NULL;
}

static struct source *
make_source(struct recover *r, const char *peer)
{
	struct source *s = find_source(r, peer);

	if (s != NULL)
		return s;
	s = xcalloc(1, sizeof(*s));
	s->r = r;
	s->peer = xstrdup(peer);
	s->size = 1;
	r->sources = xrealloc(
		r->sources, (r->source_count + 1) * sizeof(struct source *));
	r->sources[r->source_count++] = s;
	s->number = (uint32_t)r->source_count;
	return s;
}

/* Room for that many behind those that wait. */
static void
make_room(struct source *s, size_t more)
{
	size_t left = s->count - s->head;

	if (left > 0)
		memmove(s->list, s->list + s->head, left * sizeof(*s->list));
	s->head = 0;
	s->count = left;
	if (left + more <= s->cap)
		return;
	s->cap = left + more;
	s->list = xrealloc(s->list, s->cap * sizeof(*s->list));
}

static bool
is_idle(const struct source *s)
{
	return s->head == s->count && s->batch == NULL;
}

size_t
recover_offer(struct recover *r, const struct recover_source *from,
	const struct sks_digest *list, size_t count)
{
	struct source *s = make_source(r, from->peer);
	int64_t now = clock_mono_ms();
	size_t taken = 0;

	free(s->host);
	s->host = xstrdup(from->host);
	s->port = from->port;
	if (is_idle(s)) {
		s->not_before = now + from->wait_ms;
		s->started = now;
	}
	/* A batch under way may come back to the front. */
	if (s->batch == NULL)
		make_room(s,
			count < RECOVER_OFFER_MAX ? count : RECOVER_OFFER_MAX);
	for (size_t i = 0; i < count && taken < RECOVER_OFFER_MAX; i++) {
		if (s->count == s->cap ||
			digest_map_count(r->waiting) == RECOVER_QUEUE_MAX)
			break;
		if (digest_map_find(r->waiting, &list[i], 0) != NULL ||
			known_backed_off(s, &list[i]))
			continue;
		(void)digest_map_put(r->waiting, &list[i], 0);
		s->list[s->count++] = list[i];
		taken++;
	}
	return taken;
}

/* ---- going on ---------------------------------------------------------- */

static void
log_source(struct source *s, int64_t now)
{
	const struct recover_facts *f = &s->facts, *t = &s->told;

	if (f->asked != t->asked)
		log_line(LOG_INFO, "recover",
			"peer=%s outcome=done asked=%" PRIu64 " got=%" PRIu64
			" missing=%" PRIu64 " unexpected=%" PRIu64
			" refused=%" PRIu64 " changed=%" PRIu64 " ms=%" PRId64,
			s->peer, f->asked - t->asked, f->got - t->got,
			f->missing - t->missing, f->unexpected - t->unexpected,
			f->refused - t->refused, f->changed - t->changed,
			now - s->started);
	s->told = s->facts;
	s->named = 0;
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* When it wants to go on. */
static int64_t
step_source(struct source *s, int64_t now)
{
	struct recover *r = s->r;
	struct batch *b = s->batch;

	if (b != NULL && b->taken && submit_step(b, now)) {
		fetch_ended(b);
		if (is_idle(s))
			log_source(s, now);
		b = s->batch;
	}
	if (b != NULL)
		return b->taken && b->next < b->part_count && b->again > now
			       ? b->again
			       : INT64_MAX;
	if (!r->quiet && s->head < s->count && now >= s->not_before &&
		r->batches < FETCHES_MAX)
		fetch_batch(s);
	if (is_idle(s))
		log_source(s, now);
	if (s->batch != NULL || s->head == s->count || r->quiet)
		return INT64_MAX;
	/* Whoever is done with a request lets the next one begin. */
	return s->not_before > now        ? s->not_before
	       : r->batches < FETCHES_MAX ? now
					  : INT64_MAX;
}

int64_t
recover_step(struct recover *r)
{
	int64_t now = clock_mono_ms(), next = INT64_MAX;
	size_t first = r->turn, before;

	submit_settle(r, now);
	if (r->source_count == 0)
		return next;
	/* Not always the same one takes the last place. */
	r->turn = (first + 1) % r->source_count;
	for (size_t i = 0; i < r->source_count; i++) {
		struct source *s = r->sources[(first + i) % r->source_count];

		before = r->batches;
		next = earlier(next, step_source(s, now));
		if (r->batches < before)
			next = now;
	}
	return next;
}

void
recover_quiesce(struct recover *r)
{
	r->quiet = true;
}

static void
count_one(void *ctx, const struct digest_entry *e)
{
	const struct recover *r = ctx;
	struct recover_facts *f;

	if (e->number == OF_ALL)
		return;
	f = &r->sources[e->number - 1]->facts;
	f->backed_off++;
	f->backed_off_as[e->reason]++;
}

/* One walk for all, and not each time: the table may be large. */
static void
count_backed_off(struct recover *r)
{
	int64_t now = clock_mono_ms();

	if (!r->recount && now < r->counted_ms + RECOUNT_MS)
		return;
	r->recount = false;
	r->counted_ms = now;
	for (size_t i = 0; i < r->source_count; i++) {
		struct recover_facts *f = &r->sources[i]->facts;

		f->backed_off = 0;
		memset(f->backed_off_as, 0, sizeof(f->backed_off_as));
	}
	digest_map_later(r->backoff, now, count_one, r);
}

const char *
recover_reason_word(enum recover_reason reason)
{
	static const char *const words[] = {
		[RECOVER_MISSING] = "missing",
		[RECOVER_UNREADABLE] = "unreadable",
		[RECOVER_REFUSED] = "refused",
		[RECOVER_CHANGED] = "changed",
		[RECOVER_LESS] = "less",
	};

	return words[reason];
}

void
recover_get_facts(
	struct recover *r, const char *peer, struct recover_facts *out)
{
	const struct source *s = find_source(r, peer);

	memset(out, 0, sizeof(*out));
	if (s == NULL)
		return;
	count_backed_off(r);
	*out = s->facts;
	out->waiting = recover_waiting(r, peer);
}

void
recover_agreed(struct recover *r, const char *peer)
{
	struct source *s = find_source(r, peer);

	if (s == NULL)
		return;
	s->facts.trouble = RECOVER_WELL;
	s->facts.why[0] = '\0';
}

size_t
recover_waiting(const struct recover *r, const char *peer)
{
	const struct source *s = find_source(r, peer);

	if (s == NULL)
		return 0;
	return s->count - s->head + (s->batch != NULL ? s->batch->count : 0);
}
