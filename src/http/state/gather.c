#include "http/state/gather.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "config.h"
#include "http/state/format.h"
#include "http/state/log_count.h"
#include "http/state/peers.h"

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
	struct log_count log;
	/* Held for a few instructions. */
	pthread_mutex_t lock;
	struct snapshot *current;
};

struct gather *
gather_new(const struct http_settings *settings)
{
	struct gather *g = xcalloc(1, sizeof(*g));

	g->settings = settings;
	log_count_init(&g->log);
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
	log_count_done(&g->log);
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
	st = log_count_step(&g->log, s, &last_seq, err);
	*again_ms = g->log.counts.cursor < last_seq ? GATHER_HURRY_MS
						    : GATHER_PAUSE_MS;
	pthread_mutex_unlock(&g->work);
	session_return(store, s);
	return st;
}

void
gather_keep(struct gather *g, struct writer *writer, bool now)
{
	pthread_mutex_lock(&g->work);
	log_count_keep(&g->log, writer, now);
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

	st = log_count_step(&g->log, s, &out->last_seq, err);
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
	out->hours = g->log.counts.hours;
	out->days = g->log.counts.days;
	out->counted_since = g->log.counts.since;
	out->uncounted = facts.last_seq - g->log.counts.cursor;
	out->missed = counts_missed(&g->log.counts, out->now);
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
