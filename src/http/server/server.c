#include "http/server/server.h"

#include <assert.h>
#include <malloc.h>
#include <microhttpd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/counter.h"
#include "base/log.h"
#include "config.h"
#include "http/keys/vks_token.h"
#include "http/server/accept.h"
#include "http/server/client_rate.h"
#include "http/server/dispatch.h"
#include "http/server/loop.h"
#include "http/server/slow.h"
#include "http/server/wait.h"
#include "http/state/gather.h"
#include "http/state/health.h"
#include "http/state/metrics.h"
#include "http/state/metrics_server.h"

enum {
	STOP_WAIT_MS = 5000, /* for those still suspended: a few instructions */
	REPLY_WAIT_MS = 2000, /* for answers on their way out */
	POLL_MS = 5,
	COMPLAIN_MS = 60 * 1000,
	THREADS_LEAST = 2, /* one may wait for the disk */
	THREADS_MOST = 8
};

struct server {
	struct http_settings settings;
	struct services services;
	struct vks_key vks_key;
	struct meters meters;
	struct dispatch dispatch;
	struct conn_table *conns;
	struct acceptor *acceptor;
	struct pool *pool;
	struct metrics_server *metrics;
	struct counter *cut;
	struct counter *answered, *answered_4xx, *answered_5xx;
	bool stopped;
};

bool
services_hold(const struct services *s, size_t n)
{
	size_t have = atomic_load(&s->meters->bodies);

	do {
		if (n > s->settings->max_bodies ||
			have > s->settings->max_bodies - n)
			return false;
	} while (!atomic_compare_exchange_weak(
		&s->meters->bodies, &have, have + n));
	return true;
}

void
services_release(const struct services *s, size_t n)
{
	atomic_fetch_sub(&s->meters->bodies, n);
}

void
services_overloaded(const struct services *s, const char *why)
{
	int64_t now = clock_mono_ms();
	int64_t due = atomic_load(&s->meters->complain_at);

	if (now >= due &&
		atomic_compare_exchange_strong(
			&s->meters->complain_at, &due, now + COMPLAIN_MS))
		log_line(LOG_ERROR, "http", "outcome=overloaded reason=%s",
			log_quote_str(why).text);
}

static const char *
or_empty(const char *s)
{
	return s == NULL ? "" : s;
}

/* What the search thread does beside searches. */
static int64_t
count_changes(void *ctx)
{
	const struct server *s = ctx;
	int64_t again_ms = GATHER_PAUSE_MS;
	struct err err = {""};

	if (gather_step(s->services.gather, s->services.store, &again_ms,
		    &err) != STATUS_OK)
		log_line(LOG_WARN, "statistics", "outcome=failed reason=%s",
			log_quote_str(err.text).text);
	gather_keep(
		s->services.gather, ingest_writer(s->services.ingest), false);
	return again_ms;
}

void
server_tell_peers(struct server *s, const struct http_settings *settings)
{
	gather_tell(s->services.gather, settings);
}

/* More only take each other's turns: doc/decisions/as-many-as-processors. */
static size_t
as_many_as_processors(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	if (n < THREADS_LEAST)
		return THREADS_LEAST;
	return n > THREADS_MOST ? THREADS_MOST : (size_t)n;
}

/* Whom the limits know by name. */
struct known {
	struct address_ranges exempt, trusted;
};

static enum status
read_known(const struct http_settings *set, struct known *k, struct err *err)
{
	enum status st;

	st = address_ranges_parse(
		set->rate_exempt, set->rate_exempt_count, &k->exempt, err);
	if (st != STATUS_OK) {
		err_prefix(err, "rate_exempt");
		return st;
	}
	st = address_ranges_parse(set->trusted_proxies,
		set->trusted_proxy_count, &k->trusted, err);
	if (st != STATUS_OK) {
		address_ranges_free(&k->exempt);
		err_prefix(err, "trusted_proxies");
	}
	return st;
}

static void
make_services(struct server *s, struct store *store, struct ingest *ingest)
{
	struct services *v = &s->services;
	const char *header = or_empty(s->settings.server_header);

	v->settings = &s->settings;
	v->store = store;
	v->ingest = ingest;
	v->software =
		*header != '\0' ? header : PACKAGE_NAME "/" PACKAGE_VERSION;
	crypto_random(s->vks_key.octets, sizeof(s->vks_key.octets));
	v->vks_key = &s->vks_key;
	v->meters = &s->meters;
	v->slow = slow_new();
	v->waits = wait_list_new();
	v->rates = client_rates_new();
	v->gather = gather_new(&s->settings);
	v->metrics = metrics_new();
	v->health = health_new(health_ask_store, store);
	slow_idle(v->slow, count_changes, s);
}

/* The ranges of `k` are the table's afterwards. */
static void
make_connections(struct server *s, const struct known *k)
{
	const struct http_settings *set = &s->settings;
	struct pool_settings pool = {.max_connections = set->max_connections,
		.rates = s->services.rates,
		.dispatch = &s->dispatch};

	s->conns = conn_table_new(
		set->max_connections, set->max_per_address, &k->exempt);
	conn_table_trust(s->conns, &k->trusted);
	conn_table_limit_replies(s->conns, set->max_replies);
	s->acceptor = acceptor_new();
	dispatch_init(&s->dispatch, &s->services, s->conns);
	pool.threads =
		set->threads != 0 ? set->threads : as_many_as_processors();
	pool.acceptor = s->acceptor;
	pool.conns = s->conns;
	s->pool = pool_new(&pool);
}

enum status
server_new(const struct http_settings *settings, struct store *store,
	struct ingest *ingest, struct server **server, struct err *err)
{
	struct known known;
	struct server *s;
	enum status st = read_known(settings, &known, err);

	if (st != STATUS_OK)
		return st;
	s = xcalloc(1, sizeof(*s));
	s->settings = *settings;
	s->settings.name = or_empty(settings->name);
	s->settings.contact = or_empty(settings->contact);
	s->settings.mail_address = or_empty(settings->mail_address);
	make_services(s, store, ingest);
	make_connections(s, &known);
	s->metrics = metrics_server_new(&s->services, s->conns);
	s->cut = counter_get("http_cut");
	s->answered = counter_get("http_answers");
	s->answered_4xx = counter_get("http_answers_4xx");
	s->answered_5xx = counter_get("http_answers_5xx");
	*server = s;
	return STATUS_OK;
}

enum status
server_listen(struct server *s, struct err *err)
{
	enum status st = acceptor_listen(
		s->acceptor, s->settings.listen, s->settings.listen_count, err);

	return st == STATUS_OK ? metrics_server_listen(s->metrics, err) : st;
}

uint16_t
server_port(const struct server *s, size_t listener)
{
	return acceptor_port(s->acceptor, listener);
}

enum status
server_start(struct server *s, struct err *err)
{
	enum status st = slow_start(s->services.slow, err);

	if (st == STATUS_OK)
		st = health_start(s->services.health, err);
	if (st == STATUS_OK)
		st = metrics_server_start(s->metrics, err);
	return st == STATUS_OK ? pool_start(s->pool, err) : st;
}

/* For the status: not worth an addition in every request. */
static void
show_totals(struct server *s)
{
	struct metrics_totals t = metrics_sum(s->services.metrics);

	counter_set(s->answered, (int64_t)t.all);
	counter_set(s->answered_4xx, (int64_t)t.refused);
	counter_set(s->answered_5xx, (int64_t)t.failed);
}

/*
 * The allocator keeps what a crowd of connections took, in pieces between
 * what lives on: it goes back to the system when most of them have left.
 */
static void
give_back(struct server *s)
{
	if (conn_crowd_has_left(s->conns))
		(void)malloc_trim(0);
}

int64_t
server_sweep(struct server *s)
{
	int64_t now = clock_mono_ms();

	show_totals(s);
	give_back(s);
	counter_add(s->cut, (int64_t)conn_sweep(s->conns, now));
	wait_sweep(s->services.waits, now);
	return conn_longest_work(s->conns, now);
}

void
server_quiesce(struct server *s)
{
	atomic_store(&s->meters.stopping, true);
	pool_quiesce(s->pool);
	acceptor_stop(s->acceptor);
	/* Now, while there is a writer; the log holds what is counted later. */
	gather_keep(
		s->services.gather, ingest_writer(s->services.ingest), true);
}

/* Answers that are written may still leave; a client that reads none may not
 * hold up the stop. */
static void
wait_for_replies(struct server *s)
{
	struct timespec pause = {0, POLL_MS * 1000000};
	int left = REPLY_WAIT_MS / POLL_MS;

	while (conn_count_replying(s->conns) > 0 && left-- > 0)
		nanosleep(&pause, NULL);
}

void
server_stop(struct server *s)
{
	bool empty;

	if (s->stopped)
		return;
	s->stopped = true;
	server_quiesce(s);
	slow_stop(s->services.slow);
	empty = wait_until_empty(s->services.waits, STOP_WAIT_MS);
	assert(empty); /* libmicrohttpd would end the process */
	wait_for_replies(s);
	pool_stop(s->pool);
	/* To the end of the stop: they show how it goes. */
	metrics_server_stop(s->metrics);
	health_stop(s->services.health);
}

const char *
server_library(void)
{
	return MHD_get_version();
}

void
server_free(struct server *s)
{
	if (s == NULL)
		return;
	server_stop(s);
	metrics_server_free(s->metrics);
	pool_free(s->pool);
	acceptor_free(s->acceptor);
	conn_table_free(s->conns);
	slow_free(s->services.slow);
	wait_list_free(s->services.waits);
	client_rates_free(s->services.rates);
	metrics_free(s->services.metrics);
	health_free(s->services.health);
	gather_free(s->services.gather);
	free(s);
}
