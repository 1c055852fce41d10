#include "recon/gossip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "recon/gossip_count.h"
#include "recon/gossip_state.h"
#include "recon/poly.h"

enum {
	BEAT_MS = 5000,
	COUNT_MS = 500,
	NAMES_WAIT_MS = 5000,
	FETCH_PARALLEL = 4,
	FETCH_MS = 60000,
	FETCH_PAUSE_MS = 5000,
	BACKOFF_MS = 3600 * 1000,
	BACKOFF_MAX_MS = 7 * 24 * 3600 * 1000,
	SPREAD_PERCENT = 5 /* or all of a network talk at once */
};

static void
beat(struct gossip *g)
{
	if (g->set.beat != NULL)
		g->set.beat(g->set.beat_ctx, "gossip");
}

static int64_t
earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

int64_t
gossip_interval(const struct gossip *g)
{
	int64_t ms = g->set.interval_ms;
	int64_t spread = ms * SPREAD_PERCENT / 100;
	uint32_t chance = 0;

	if (getrandom(&chance, sizeof(chance), 0) != (ssize_t)sizeof(chance))
		return ms;
	return ms - spread + (int64_t)(chance % (uint64_t)(2 * spread + 1));
}

/* ---- the loop ---------------------------------------------------------- */

/* Where we wait, and who waits there; a listener has no call. */
struct watched {
	struct pollfd fds[GOSSIP_LISTEN_MAX + CALLS];
	struct call *calls[GOSSIP_LISTEN_MAX + CALLS];
	size_t count;
};

/* Until all names were asked for once, nobody would be known; but one that
 * has no answer holds up nobody for long. */
static bool
knows_names(const struct gossip *g)
{
	if (clock_mono_ms() > g->started_ms + NAMES_WAIT_MS)
		return true;
	for (size_t i = 0; i < g->member_count; i++) {
		if (g->members[i]->resolving && g->members[i]->resolved_ms == 0)
			return false;
	}
	return true;
}

static void
watch(struct watched *w, int fd, short events, struct call *c)
{
	w->fds[w->count] = (struct pollfd){.fd = fd, .events = events};
	w->calls[w->count++] = c;
}

static void
watch_all(struct gossip *g, struct watched *w, int64_t now)
{
	bool open = !g->quiet && now >= g->doors_rest_ms && knows_names(g);

	w->count = 0;
	for (size_t i = 0; open && i < g->door_count; i++)
		watch(w, g->doors[i], POLLIN, NULL);
	for (size_t i = 0; i < CALLS; i++) {
		short events = call_events(&g->calls[i]);

		if (events != 0)
			watch(w, g->calls[i].fd, events, &g->calls[i]);
	}
}

static void
go_on(struct gossip *g, const struct watched *w)
{
	for (size_t i = 0; i < w->count; i++) {
		if (w->calls[i] != NULL)
			call_step(w->calls[i], w->fds[i].revents);
		else if (w->fds[i].revents != 0)
			door_take(g, w->fds[i].fd);
	}
}

/* What is due; when the next is. */
static int64_t
keep_time(struct gossip *g, int64_t now)
{
	int64_t next = now + BEAT_MS;

	for (size_t i = 0; i < CALLS; i++) {
		if (g->calls[i].state == CALL_RESOLVING)
			call_step(&g->calls[i], 0);
		next = earlier(next, call_watch(&g->calls[i], now));
	}
	if (g->quiet)
		return next;
	orders_begin(g, now);
	if (g->has_tree && g->calls[CALL_STARTED].state == CALL_NONE)
		next = earlier(next, g->begin_ms);
	if (now >= g->followed_ms + FOLLOW_MS)
		(void)(g->has_tree ? tree_follow(g, now) : tree_open(g));
	if (now >= g->saved_ms + SAVE_MS)
		tree_save(g, now);
	members_refresh(g, NAMES_OLD_MS);
	return next;
}

/* For who looks: not at each octet that comes. When next. */
static int64_t
count(struct gossip *g, int64_t now)
{
	if (now < g->counted_ms + COUNT_MS)
		return g->counted_ms + COUNT_MS;
	g->counted_ms = now;
	members_count(g);
	gossip_count(g);
	return INT64_MAX;
}

static void
end_calls(struct gossip *g)
{
	for (size_t i = 0; i < CALLS; i++)
		call_drop(&g->calls[i]);
	recover_quiesce(g->recover);
}

static void *
run(void *arg)
{
	struct gossip *g = arg;
	struct watched w;
	int64_t now, next;

	members_refresh(g, 0);
	(void)tree_open(g);
	g->started_ms = clock_mono_ms();
	while (!g->stopping) {
		beat(g);
		members_take_names(g);
		if (g->quiet)
			end_calls(g);
		else
			orders_take(g);
		now = clock_mono_ms();
		next = keep_time(g, now);
		next = earlier(next, recover_step(g->recover));
		next = earlier(next, count(g, now));
		watch_all(g, &w, now);
		now = clock_mono_ms();
		fetch_step(g->fetcher, w.fds, w.count,
			next > now ? next - now : 0);
		go_on(g, &w);
	}
	end_calls(g);
	tree_save(g, clock_mono_ms());
	poly_thread_done();
	return NULL;
}

/* ---- life -------------------------------------------------------------- */

static void
wake(void *fetcher)
{
	fetch_wake(fetcher);
}

/* A tree that takes long to build is given up when we are to stop. */
static bool
beat_of_sets(void *ctx)
{
	struct gossip *g = ctx;

	beat(g);
	return (g->quiet || g->stopping) && !g->saving;
}

static struct sets *
make_sets(struct gossip *g)
{
	char path[4096];
	const struct sets_settings set = {.file = path,
		.profiles = &g->profile,
		.profile_count = 1,
		.beat = beat_of_sets,
		.beat_ctx = g};

	(void)snprintf(path, sizeof(path), "%s/tree", g->set.data);
	return sets_new(&set, g->store);
}

static void
choose_filters(struct gossip *g)
{
	g->profile = settings_profile(&g->set);
	profile_filters(g->profile, ingest_policy(g->ingest), g->filters);
	/* There is room for what replaces them: gossip_check saw to it. */
	(void)!settings_filters(&g->set, g->filters);
	g->look.profile = g->profile->name;
	(void)snprintf(
		g->look.filters, sizeof(g->look.filters), "%s", g->filters);
}

enum status
gossip_new(const struct gossip_settings *settings, struct store *store,
	struct ingest *ingest, struct gossip **gossip, struct err *err)
{
	const struct recover_settings fetch = {.deadline_ms = FETCH_MS,
		.backoff_ms = BACKOFF_MS,
		.backoff_max_ms = BACKOFF_MAX_MS,
		.pause_ms = FETCH_PAUSE_MS};
	struct gossip *g;
	const char *key = "";
	enum status st = gossip_check(settings, &key, err);

	if (st != STATUS_OK) {
		err_prefix(err, "[gossip] %s", key);
		return st;
	}
	g = xcalloc(1, sizeof(*g));
	settings_copy(settings, &g->set);
	if (g->set.idle_ms == 0)
		g->set.idle_ms = MESSAGE_MS;
	if (g->set.talk_ms == 0)
		g->set.talk_ms = TALK_MS;
	if (g->set.limits.outstanding == 0)
		g->set.limits = talk_limits_default;
	pthread_mutex_init(&g->lock, NULL);
	g->store = store;
	g->ingest = ingest;
	g->input = xmalloc(READ_MAX);
	g->fetcher = fetcher_new(FETCH_PARALLEL, "keypost");
	g->recover = recover_new(&fetch, g->fetcher, ingest);
	g->names = names_new(wake, g->fetcher);
	for (size_t i = 0; i < CALLS; i++) {
		g->calls[i].g = g;
		g->calls[i].fd = -1;
	}
	choose_filters(g);
	g->look.building = true;
	g->sets = make_sets(g);
	g->no_tree = prefix_tree_new();
	members_replace(g, settings);
	*gossip = g;
	return STATUS_OK;
}

enum status
gossip_listen(struct gossip *g, struct err *err)
{
	enum status st = doors_open(g, err);

	if (st != STATUS_OK || g->door_count == 0)
		return st;
	g->look.port = address_port(&g->own[0]);
	return STATUS_OK;
}

enum status
gossip_start(struct gossip *g, struct err *err)
{
	return thread_start(&g->thread, "gossip", run, g, err);
}

void
gossip_quiesce(struct gossip *g)
{
	g->quiet = true;
	fetch_wake(g->fetcher);
}

void
gossip_stop(struct gossip *g)
{
	g->stopping = true;
	fetch_wake(g->fetcher);
	thread_join(&g->thread);
}

void
gossip_free(struct gossip *g)
{
	if (g == NULL)
		return;
	names_free(g->names);
	for (size_t i = 0; i < CALLS; i++)
		call_drop(&g->calls[i]);
	doors_close(g);
	fetcher_free(g->fetcher);
	recover_free(g->recover);
	sets_free(g->sets);
	prefix_tree_free(g->no_tree);
	for (size_t i = 0; i < g->member_count; i++)
		member_free(g->members[i]);
	free(g->members);
	if (g->next != NULL)
		settings_done(g->next);
	free(g->next);
	free(g->run);
	free(g->input);
	settings_done(&g->set);
	pthread_mutex_destroy(&g->lock);
	free(g);
}
