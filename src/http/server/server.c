#include "http/server/server.h"

#include <assert.h>
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
#include "http/server/slow.h"
#include "http/server/wait.h"
#include "http/state/metrics.h"

enum {
	CONNECTION_MEMORY = 32 * 1024,
	CONNECTION_STEP = 8 * 1024,
	STOP_WAIT_MS = 5000, /* for those still suspended: a few instructions */
	REPLY_WAIT_MS = 2000, /* for answers on their way out */
	POLL_MS = 5
};

struct server {
	struct http_settings settings;
	struct services services;
	struct vks_key vks_key;
	struct meters meters;
	struct dispatch dispatch;
	struct conn_table *conns;
	struct acceptor *acceptor;
	struct MHD_Daemon *daemon;
	struct counter *refused;
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

/* An admitted socket is libmicrohttpd's from here on, also when it fails. */
static void
take_socket(void *ctx, int fd, const struct sockaddr_storage *from)
{
	struct server *s = ctx;
	union {
		const struct sockaddr_storage *storage;
		const struct sockaddr *any;
	} at = {.storage = from};
	int64_t now = clock_mono_ms();
	struct conn *c;

	if (conn_admit(s->conns, fd, from, now, &c) != STATUS_OK) {
		counter_add(s->refused, 1);
		close(fd);
		return;
	}
	if (c->counted &&
		client_rate_shut_out(s->services.rates, &c->from, now)) {
		counter_add(s->refused, 1);
		conn_remove(s->conns, c);
		close(fd);
		return;
	}
	if (MHD_add_connection(s->daemon, fd, at.any, sizeof(*from)) != MHD_YES)
		conn_forget(s->conns, c);
}

static void
log_library(void *cls, const char *fmt, va_list ap)
{
	char text[200];
	int n;

	(void)cls;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	n = vsnprintf(text, sizeof(text), fmt, ap);
#pragma GCC diagnostic pop
	if (n > 0)
		log_line(LOG_DEBUG, "http", "library=%s",
			log_quote(bytes_trim(bytes_of(text))).text);
}

static const char *
or_empty(const char *s)
{
	return s == NULL ? "" : s;
}

enum status
server_new(const struct http_settings *settings, struct store *store,
	struct ingest *ingest, struct server **server, struct err *err)
{
	struct address_ranges exempt, trusted;
	struct server *s;
	enum status st;

	st = address_ranges_parse(settings->rate_exempt,
		settings->rate_exempt_count, &exempt, err);
	if (st != STATUS_OK) {
		err_prefix(err, "rate_exempt");
		return st;
	}
	st = address_ranges_parse(settings->trusted_proxies,
		settings->trusted_proxy_count, &trusted, err);
	if (st != STATUS_OK) {
		address_ranges_free(&exempt);
		err_prefix(err, "trusted_proxies");
		return st;
	}
	s = xcalloc(1, sizeof(*s));
	s->settings = *settings;
	s->settings.name = or_empty(settings->name);
	s->settings.contact = or_empty(settings->contact);
	s->settings.mail_address = or_empty(settings->mail_address);
	s->services.settings = &s->settings;
	s->services.store = store;
	s->services.ingest = ingest;
	s->services.software = PACKAGE_NAME "/" PACKAGE_VERSION;
	crypto_random(s->vks_key.octets, sizeof(s->vks_key.octets));
	s->services.vks_key = &s->vks_key;
	s->services.meters = &s->meters;
	s->services.slow = slow_new();
	s->services.waits = wait_list_new();
	s->services.rates = client_rates_new();
	s->conns = conn_table_new(
		settings->max_connections, settings->max_per_address, &exempt);
	conn_table_trust(s->conns, &trusted);
	s->services.metrics = metrics_new();
	s->acceptor = acceptor_new(take_socket, s);
	s->refused = counter_get("http_refused");
	s->cut = counter_get("http_cut");
	s->answered = counter_get("http_answers");
	s->answered_4xx = counter_get("http_answers_4xx");
	s->answered_5xx = counter_get("http_answers_5xx");
	dispatch_init(&s->dispatch, &s->services, s->conns);
	*server = s;
	return STATUS_OK;
}

enum status
server_listen(struct server *s, struct err *err)
{
	return acceptor_listen(
		s->acceptor, s->settings.listen, s->settings.listen_count, err);
}

uint16_t
server_port(const struct server *s, size_t listener)
{
	return acceptor_port(s->acceptor, listener);
}

static struct MHD_Daemon *
start_library(struct server *s)
{
	/*
	 * The limit is ours (conn.h); the library's is never met. Not strict:
	 * dirmngr sends raw '<', '>' and blanks in its targets.
	 */
	size_t threads = s->settings.threads > 0 ? s->settings.threads : 1;
	size_t limit = (s->settings.max_connections + 8) * threads;

	return MHD_start_daemon(
		MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_NO_LISTEN_SOCKET |
			MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ERROR_LOG,
		0, NULL, NULL, dispatch_access, &s->dispatch,
		MHD_OPTION_EXTERNAL_LOGGER, log_library, NULL,
		MHD_OPTION_THREAD_POOL_SIZE, (unsigned int)threads,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned int)limit,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, (size_t)CONNECTION_MEMORY,
		MHD_OPTION_CONNECTION_MEMORY_INCREMENT, (size_t)CONNECTION_STEP,
		MHD_OPTION_CONNECTION_TIMEOUT, 0u, MHD_OPTION_STRICT_FOR_CLIENT,
		-1, MHD_OPTION_URI_LOG_CALLBACK, dispatch_uri, &s->dispatch,
		MHD_OPTION_NOTIFY_COMPLETED, dispatch_completed, &s->dispatch,
		MHD_OPTION_NOTIFY_CONNECTION, dispatch_connection, &s->dispatch,
		MHD_OPTION_END);
}

enum status
server_start(struct server *s, struct err *err)
{
	enum status st;

	s->daemon = start_library(s);
	if (s->daemon == NULL) {
		err_set(err, "libmicrohttpd cannot be started");
		return STATUS_IO;
	}
	st = slow_start(s->services.slow, err);
	if (st == STATUS_OK)
		st = acceptor_start(s->acceptor, err);
	return st;
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

int64_t
server_sweep(struct server *s)
{
	int64_t now = clock_mono_ms();

	show_totals(s);
	counter_add(s->cut, (int64_t)conn_sweep(s->conns, now));
	wait_sweep(s->services.waits, now);
	return conn_longest_work(s->conns, now);
}

void
server_quiesce(struct server *s)
{
	atomic_store(&s->meters.stopping, true);
	acceptor_stop(s->acceptor);
}

/* Answers that are written may still leave; a client that reads none may not
 * hold up the stop. */
static void
wait_for_replies(struct server *s)
{
	struct timespec pause = {0, POLL_MS * 1000000};
	int left = REPLY_WAIT_MS / POLL_MS;

	while (atomic_load(&s->dispatch.replying) > 0 && left-- > 0)
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
	if (s->daemon != NULL)
		MHD_stop_daemon(s->daemon);
	s->daemon = NULL;
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
	acceptor_free(s->acceptor);
	dispatch_done(&s->dispatch);
	conn_table_free(s->conns);
	slow_free(s->services.slow);
	wait_list_free(s->services.waits);
	client_rates_free(s->services.rates);
	metrics_free(s->services.metrics);
	free(s);
}
