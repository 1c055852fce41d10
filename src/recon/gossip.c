#include "recon/gossip.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "recon/gossip_state.h"

enum { BACKLOG = 16, BEAT_MS = 5000, FETCHES = 2 };

static void
beat(struct gossip *g)
{
	if (g->set.beat != NULL)
		g->set.beat(g->set.beat_ctx, "gossip");
}

/* ---- what others want -------------------------------------------------- */

static void
take_orders(struct gossip *g)
{
	struct gossip_settings *next;

	pthread_mutex_lock(&g->lock);
	next = g->next;
	g->next = NULL;
	if (next != NULL) {
		g->set.interval_ms = next->interval_ms;
		members_replace(g, next);
	}
	free(g->run);
	g->run = NULL;
	g->rebuild = false;
	pthread_mutex_unlock(&g->lock);
	if (next != NULL)
		settings_done(next);
	free(next);
}

/* ---- the loop ---------------------------------------------------------- */

static void *
run(void *arg)
{
	struct gossip *g = arg;

	while (!g->stopping) {
		beat(g);
		take_orders(g);
		fetch_step(g->fetcher, NULL, 0, BEAT_MS);
	}
	return NULL;
}

/* ---- life -------------------------------------------------------------- */

enum status
gossip_new(const struct gossip_settings *settings, struct store *store,
	struct ingest *ingest, struct gossip **gossip, struct err *err)
{
	struct gossip *g;
	const char *key = "";
	enum status st = gossip_check(settings, &key, err);

	if (st != STATUS_OK) {
		err_prefix(err, "[gossip] %s", key);
		return st;
	}
	g = xcalloc(1, sizeof(*g));
	settings_copy(settings, &g->set);
	pthread_mutex_init(&g->lock, NULL);
	g->store = store;
	g->ingest = ingest;
	g->fetcher = fetcher_new(FETCHES, "keypost");
	g->look.profile = "";
	members_replace(g, settings);
	*gossip = g;
	return STATUS_OK;
}

enum status
gossip_listen(struct gossip *g, struct err *err)
{
	enum status st = STATUS_OK;
	int fd = -1;

	g->doors = xcalloc(g->set.listen_count + 1, sizeof(*g->doors));
	for (size_t i = 0; st == STATUS_OK && i < g->set.listen_count; i++) {
		st = net_listen(&g->set.listen[i], BACKLOG, &fd, err);
		if (st == STATUS_OK)
			g->doors[g->door_count++] =
				(struct pollfd){.fd = fd, .events = POLLIN};
	}
	if (st != STATUS_OK || g->door_count == 0)
		return st;
	g->look.port = (unsigned int)strtoul(g->set.listen[0].port, NULL, 10);
	counter_set(gossip_port(), g->look.port);
	return STATUS_OK;
}

enum status
gossip_start(struct gossip *g, struct err *err)
{
	if (pthread_create(&g->thread, NULL, run, g) != 0) {
		err_set(err, "gossip: no thread");
		return STATUS_IO;
	}
	g->started = true;
	return STATUS_OK;
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
	if (g->started)
		(void)pthread_join(g->thread, NULL);
	g->started = false;
}

void
gossip_free(struct gossip *g)
{
	if (g == NULL)
		return;
	for (size_t i = 0; i < g->door_count; i++)
		(void)close(g->doors[i].fd);
	free(g->doors);
	fetcher_free(g->fetcher);
	for (size_t i = 0; i < g->member_count; i++)
		member_free(g->members[i]);
	free(g->members);
	if (g->next != NULL)
		settings_done(g->next);
	free(g->next);
	free(g->run);
	settings_done(&g->set);
	pthread_mutex_destroy(&g->lock);
	free(g);
}
