#include "http/state/gather.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "config.h"
#include "http/state/counts.h"
#include "http/state/format.h"
#include "http/state/peers.h"
#include "ingest/writer.h"

/* Of our counts in the store. */
#define NOTE "changes"

_Static_assert((int)GATHER_PAUSE_MS < (int)CHANGE_YOUNG_MS,
	"a change could leave the log before it was counted");

struct snapshot {
	struct site_state state; /* first: it stands for the whole */
	struct arena *arena;
	int64_t made_ms;
	size_t users;
};

struct gather {
	const struct http_settings *settings;
	/* What may change while we run. */
	struct arena *told;
	const struct http_peer *peers;
	size_t peer_count;
	const char *mail;
	/* Held while the store is read: by one at a time. */
	pthread_mutex_t work;
	struct counts counts;
	bool begun;
	int64_t kept;              /* the cursor of what is in the store */
	int64_t keep_ms;           /* when to put it there again */
	struct change_mark *marks; /* GATHER_STEP of them */
	/* Held for a few instructions. */
	pthread_mutex_t lock;
	struct snapshot *current;
};

struct gather *
gather_new(const struct http_settings *settings)
{
	struct gather *g = xcalloc(1, sizeof(*g));

	g->settings = settings;
	counts_init(&g->counts);
	g->keep_ms = clock_mono_ms() + GATHER_KEEP_MS;
	g->marks = xcalloc(GATHER_STEP, sizeof(*g->marks));
	pthread_mutex_init(&g->work, NULL);
	pthread_mutex_init(&g->lock, NULL);
	gather_tell(g, settings);
	return g;
}

/* The caller holds `lock`. */
static void
put_back(struct snapshot *s)
{
	if (s == NULL || --s->users > 0)
		return;
	arena_free(s->arena);
	free(s);
}

static void
set_current(struct gather *g, struct snapshot *s)
{
	pthread_mutex_lock(&g->lock);
	put_back(g->current);
	g->current = s;
	pthread_mutex_unlock(&g->lock);
}

void
gather_free(struct gather *g)
{
	if (g == NULL)
		return;
	set_current(g, NULL);
	arena_free(g->told);
	pthread_mutex_destroy(&g->work);
	pthread_mutex_destroy(&g->lock);
	free(g->marks);
	free(g);
}

static const char *
copy(struct arena *a, const char *text)
{
	const char *s = arena_str(a, bytes_of(text == NULL ? "" : text));

	assert(s != NULL); /* a configuration has 256 peers at most */
	return s;
}

void
gather_tell(struct gather *g, const struct http_settings *settings)
{
	struct arena *a = arena_new(GATHER_ARENA_MAX);
	struct http_peer *list =
		arena_array(a, settings->peer_count + 1, sizeof(*list));

	assert(list != NULL);
	for (size_t i = 0; i < settings->peer_count; i++) {
		const struct http_peer *p = &settings->peers[i];

		list[i].name = copy(a, p->name);
		list[i].mail = copy(a, p->mail);
		list[i].gossip = copy(a, p->gossip);
		list[i].push = copy(a, p->push);
		list[i].is_private = p->is_private;
		list[i].gossips = p->gossips;
	}
	pthread_mutex_lock(&g->work);
	arena_free(g->told);
	g->told = a;
	g->peers = list;
	g->peer_count = settings->peer_count;
	g->mail = copy(a, settings->mail_address);
	set_current(g, NULL);
	pthread_mutex_unlock(&g->work);
}

/* ---- counting --------------------------------------------------------- */

/* What an earlier process counted; false if there is none. */
static bool
recall(struct gather *g, struct store_session *s, int64_t last_seq)
{
	struct arena *a = arena_new(GATHER_ARENA_MAX);
	struct counts found;
	struct bytes note;
	struct err err;
	bool ok;

	ok = store_get_note(s, NOTE, a, &note, &err) == STATUS_OK &&
	     counts_read(note, &found) == STATUS_OK && found.cursor >= 0 &&
	     found.cursor <= last_seq;
	if (ok) {
		g->counts = found;
		g->kept = found.cursor;
	}
	arena_free(a);
	return ok;
}

/*
 * What was pruned before our time is unknown; numbers have no gaps, so a
 * first record that is not number 1 says that there was more.
 */
static void
begin(struct gather *g, const struct change_mark *first, int64_t last_seq,
	int64_t now)
{
	if (first != NULL && first->seq > 1)
		g->counts.since = first->time;
	else if (first == NULL && last_seq > 0)
		g->counts.since = now;
	g->counts.cursor = first != NULL ? first->seq - 1 : last_seq;
}

static void
count(struct gather *g, const struct change_mark *m, int64_t now)
{
	counts_advance(&g->counts, m->seq, m->seq - g->counts.cursor - 1, now);
	histogram_add(&g->counts.hours, m->kind, m->time, now);
	histogram_add(&g->counts.days, m->kind, m->time, now);
}

static enum status
step(struct gather *g, struct store_session *s, int64_t *last_seq,
	struct err *err)
{
	int64_t now = clock_wall_s();
	size_t n = 0;
	enum status st;

	/* First the end: what is pruned behind it meanwhile is not counted. */
	st = store_last_seq(s, last_seq, err);
	if (st == STATUS_OK && !g->begun)
		g->begun = recall(g, s, *last_seq);
	if (st == STATUS_OK)
		st = store_read_marks(
			s, g->counts.cursor, g->marks, GATHER_STEP, &n, err);
	if (st != STATUS_OK)
		return st;
	if (!g->begun)
		begin(g, n > 0 ? &g->marks[0] : NULL, *last_seq, now);
	g->begun = true;
	for (size_t i = 0; i < n; i++)
		count(g, &g->marks[i], now);
	if (n == 0 && *last_seq > g->counts.cursor)
		counts_advance(&g->counts, *last_seq,
			*last_seq - g->counts.cursor, now);
	return STATUS_OK;
}

enum status
gather_step(struct gather *g, struct store *store, int64_t *again_ms,
	struct err *err)
{
	struct store_session *s;
	int64_t last_seq = 0;
	enum status st = session_borrow(store, &s, err);

	if (st != STATUS_OK)
		return st;
	pthread_mutex_lock(&g->work);
	st = step(g, s, &last_seq, err);
	*again_ms =
		g->counts.cursor < last_seq ? GATHER_HURRY_MS : GATHER_PAUSE_MS;
	pthread_mutex_unlock(&g->work);
	session_return(store, s);
	return st;
}

/* ---- keeping ---------------------------------------------------------- */

struct keep_job {
	struct write_job job; /* first: the writer hands it back */
	struct buf note;
};

static enum status
keep_run(struct write_job *job, struct store_session *s, struct err *err)
{
	struct keep_job *k = (struct keep_job *)job;

	return store_put_note(s, NOTE, buf_view(&k->note), err);
}

/* If it failed, the next one will do: the log holds what is not kept. */
static void
keep_done(struct write_job *job, enum status st, const struct err *err)
{
	struct keep_job *k = (struct keep_job *)job;

	(void)st;
	(void)err;
	buf_done(&k->note);
	free(k);
}

/* The caller holds `work`. */
static void
put_note(const struct gather *g, struct writer *writer)
{
	struct keep_job *k = xcalloc(1, sizeof(*k));

	k->job.run = keep_run;
	k->job.done = keep_done;
	buf_init(&k->note, 0);
	if (counts_write(&g->counts, &k->note) == STATUS_OK &&
		writer_put(writer, &k->job) == STATUS_OK)
		return;
	keep_done(&k->job, STATUS_OK, NULL);
}

void
gather_keep(struct gather *g, struct writer *writer, bool now)
{
	int64_t time = clock_mono_ms();

	pthread_mutex_lock(&g->work);
	if (g->begun && g->counts.cursor != g->kept &&
		(now || time >= g->keep_ms)) {
		g->kept = g->counts.cursor;
		g->keep_ms = time + GATHER_KEEP_MS;
		put_note(g, writer);
	}
	pthread_mutex_unlock(&g->work);
}

/* ---- snapshots -------------------------------------------------------- */

/* The first that is no socket file: its port is what others connect to. */
static unsigned int
own_port(const struct http_settings *set)
{
	for (size_t i = 0; i < set->listen_count; i++)
		if (!set->listen[i].is_unix)
			return (unsigned int)strtoul(
				set->listen[i].port, NULL, 10);
	return 0;
}

static enum status
fill(struct gather *g, struct store_session *s, struct arena *a,
	struct site_state *out, struct err *err)
{
	const struct http_settings *set = g->settings;
	struct store_facts facts;
	enum status st;

	st = step(g, s, &out->last_seq, err);
	if (st == STATUS_OK)
		st = store_get_facts(s, &facts, err);
	if (st != STATUS_OK)
		return st;
	out->now = clock_wall_s();
	out->host = set->name;
	out->version = PACKAGE_VERSION;
	out->contact = format_contact(a, set->contact);
	out->http_port = own_port(set);
	out->mail = g->mail[0] == '\0' ? ""
				       : format_mask_mail(a, g->mail,
						 set->stats_show_mail, false);
	out->word_search = set->search.word_search;
	out->mail_shown = set->stats_show_mail;
	out->certs = facts.certs;
	out->last_seq = facts.last_seq;
	out->hours = g->counts.hours;
	out->days = g->counts.days;
	out->counted_since = g->counts.since;
	out->uncounted = facts.last_seq - g->counts.cursor;
	out->missed = counts_missed(&g->counts, out->now);
	if (out->contact == NULL || out->mail == NULL)
		return STATUS_LIMIT;
	return peers_read(
		s, g->peers, g->peer_count, set->stats_show_mail, a, out, err);
}

const struct site_state *
gather_take(struct gather *g)
{
	struct snapshot *s;

	pthread_mutex_lock(&g->lock);
	s = g->current;
	if (s != NULL && clock_mono_ms() - s->made_ms < GATHER_AGE_MS)
		s->users++;
	else
		s = NULL;
	pthread_mutex_unlock(&g->lock);
	return s == NULL ? NULL : &s->state;
}

/* The caller holds `work`. */
static enum status
make(struct gather *g, struct store *store, struct err *err)
{
	struct snapshot *s = xcalloc(1, sizeof(*s));
	struct store_session *session;
	enum status st = session_borrow(store, &session, err);

	s->arena = arena_new(GATHER_ARENA_MAX);
	s->made_ms = clock_mono_ms();
	s->users = 1;
	if (st == STATUS_OK) {
		st = fill(g, session, s->arena, &s->state, err);
		session_return(store, session);
	}
	if (st == STATUS_OK) {
		set_current(g, s);
		return STATUS_OK;
	}
	arena_free(s->arena);
	free(s);
	return st;
}

enum status
gather_make(struct gather *g, struct store *store,
	const struct site_state **state, struct err *err)
{
	enum status st = STATUS_OK;

	pthread_mutex_lock(&g->work);
	/* Whoever waited for the same finds it made. */
	*state = gather_take(g);
	if (*state == NULL) {
		st = make(g, store, err);
		if (st == STATUS_OK)
			*state = gather_take(g);
		if (st == STATUS_OK && *state == NULL)
			st = STATUS_TIMEOUT;
	}
	pthread_mutex_unlock(&g->work);
	return st;
}

void
gather_give(struct gather *g, const struct site_state *state)
{
	union {
		const struct site_state *in;
		struct snapshot *whole;
	} s = {.in = state};

	pthread_mutex_lock(&g->lock);
	put_back(s.whole);
	pthread_mutex_unlock(&g->lock);
}
