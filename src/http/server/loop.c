#include "http/server/loop_state.h"

#include <assert.h>
#include <errno.h>
#include <microhttpd.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/counter.h"
#include "base/log.h"
#include "http/server/arrive.h"
#include "http/server/exchange.h"
#include "http/server/library.h"

enum {
	EVENTS = 16,
	EMPTY_ROUNDS = 200, /* one after the other */
	PAUSE_MS = 5
};

/* Beside the numbers of the listeners. */
#define EVENT_LIBRARY UINT64_MAX
#define EVENT_WAKE (UINT64_MAX - 1)

struct pool *
pool_new(const struct pool_settings *settings)
{
	struct pool *p = xcalloc(1, sizeof(*p));
	size_t i;

	p->settings = *settings;
	if (p->settings.threads == 0)
		p->settings.threads = 1;
	p->refused = counter_get("http_refused");
	p->paused = counter_get("http_paused");
	p->loops = xcalloc(p->settings.threads, sizeof(*p->loops));
	p->shares = xcalloc(p->settings.threads, sizeof(struct share *));
	for (i = 0; i < p->settings.threads; i++) {
		struct loop *l = &p->loops[i];

		p->shares[i] = share_new();
		l->pool = p;
		l->share = p->shares[i];
		l->epoll = -1;
		l->wake.fd = -1;
		l->exchanges = exchange_pool_new();
	}
	return p;
}

struct conn *
loop_conn(struct MHD_Connection *c)
{
	const union MHD_ConnectionInfo *info =
		MHD_get_connection_info(c, MHD_CONNECTION_INFO_SOCKET_CONTEXT);

	assert(info != NULL && info->socket_context != NULL);
	return info->socket_context;
}

void
loop_worked(struct loop *l)
{
	l->worked = true;
}

struct exchange_pool *
loop_exchanges(struct loop *l)
{
	return l->exchanges;
}

void
loop_wake(struct loop *l)
{
	wake_signal(&l->wake);
}

static void
connection_changed(void *cls, struct MHD_Connection *c, void **state,
	enum MHD_ConnectionNotificationCode why)
{
	struct loop *l = cls;

	if (why == MHD_CONNECTION_NOTIFY_STARTED) {
		const union MHD_ConnectionInfo *info = MHD_get_connection_info(
			c, MHD_CONNECTION_INFO_CONNECTION_FD);

		*state = arrive_begun(l, info->connect_fd);
	} else if (*state != NULL) {
		conn_remove(l->pool->settings.conns, *state);
		share_add(l->share, -1);
		*state = NULL;
	}
}

/* Watches the listeners, or leaves them alone: for so many ms; -1: for good. */
static int
choose_watch(struct loop *l)
{
	struct acceptor *a = l->pool->settings.acceptor;
	bool quiet = atomic_load(&l->pool->quiet);
	int64_t rest = quiet ? 0 : acceptor_rest(a, clock_mono_ms());
	bool watch = !quiet && rest == 0;
	struct err err;

	if (watch != l->watching) {
		if (!watch)
			acceptor_unwatch(a, l->epoll);
		else if (acceptor_watch(a, l->epoll, &err) != STATUS_OK)
			log_line(LOG_ERROR, "http", "outcome=deaf reason=%s",
				log_quote_str(err.text).text);
		l->watching = watch;
	}
	return rest > 0 ? (int)rest : -1;
}

static int
wait_ms(struct loop *l)
{
	MHD_UNSIGNED_LONG_LONG most;
	int ms = choose_watch(l);

	if (MHD_get_timeout(l->library, &most) != MHD_YES)
		return ms;
	if (ms < 0 || most < (MHD_UNSIGNED_LONG_LONG)ms)
		ms = most > 1000 ? 1000 : (int)most;
	return ms;
}

/*
 * Like epoll_wait. libmicrohttpd 0.9.75 asks for another round at once, and
 * again, over a connection whose chunk begins with a line that fills all its
 * memory: after many in a row that brought nothing there is a pause.
 */
static int
wait_events(struct loop *l, struct epoll_event *events)
{
	int ms = wait_ms(l);
	int n = epoll_wait(l->epoll, events, EVENTS, ms);

	l->empty = n != 0 || ms != 0 || l->worked ? 0 : l->empty + 1;
	l->worked = false;
	if (l->empty <= EMPTY_ROUNDS)
		return n;
	counter_add(l->pool->paused, 1);
	return epoll_wait(l->epoll, events, EVENTS, PAUSE_MS);
}

static void
be_woken(struct loop *l)
{
	wake_clear(&l->wake);
	arrive_given(l);
}

static void *
loop_main(void *arg)
{
	struct loop *l = arg;
	struct epoll_event events[EVENTS];
	sigset_t set;
	int i, n;

	sigemptyset(&set);
	sigaddset(&set, SIGPIPE);
	(void)pthread_sigmask(SIG_BLOCK, &set, NULL);
	while (!atomic_load(&l->pool->stop)) {
		n = wait_events(l, events);
		for (i = 0; i < n; i++) {
			uint64_t what = events[i].data.u64;

			if (what == EVENT_WAKE)
				be_woken(l);
			else if (what != EVENT_LIBRARY &&
				 !atomic_load(&l->pool->quiet))
				arrive_burst(l, (size_t)what);
		}
		MHD_run(l->library);
		arrive_failed(l);
	}
	return NULL;
}

static enum status
watch(struct loop *l, int fd, uint64_t what, struct err *err)
{
	struct epoll_event ev = {.events = EPOLLIN, .data.u64 = what};

	if (fd >= 0 && epoll_ctl(l->epoll, EPOLL_CTL_ADD, fd, &ev) == 0)
		return STATUS_OK;
	err_set(err, "epoll: %s", strerror(errno));
	return STATUS_IO;
}

static enum status
loop_open(struct loop *l, struct err *err)
{
	const union MHD_DaemonInfo *info;
	enum status st;

	/* The limit is ours (conn.h); the library's is never met. */
	l->library = library_start(l->pool->settings.max_connections + 8,
		l->pool->settings.dispatch, connection_changed, l);
	if (l->library == NULL) {
		err_set(err, "libmicrohttpd cannot be started");
		return STATUS_IO;
	}
	info = MHD_get_daemon_info(l->library, MHD_DAEMON_INFO_EPOLL_FD);
	l->epoll = epoll_create1(EPOLL_CLOEXEC);
	st = watch(l, info->epoll_fd, EVENT_LIBRARY, err);
	if (st == STATUS_OK)
		st = wake_init(&l->wake, err);
	return st == STATUS_OK ? watch(l, l->wake.fd, EVENT_WAKE, err) : st;
}

enum status
pool_start(struct pool *p, struct err *err)
{
	enum status st = STATUS_OK;
	size_t i;

	/* All are open before one runs: it gives connections to the others. */
	for (i = 0; st == STATUS_OK && i < p->settings.threads; i++)
		st = loop_open(&p->loops[i], err);
	for (i = 0; st == STATUS_OK && i < p->settings.threads; i++)
		st = thread_start(&p->loops[i].thread, "http", loop_main,
			&p->loops[i], err);
	return st;
}

static void
wake_all(struct pool *p)
{
	size_t i;

	for (i = 0; i < p->settings.threads; i++)
		if (p->loops[i].thread.started)
			loop_wake(&p->loops[i]);
}

void
pool_quiesce(struct pool *p)
{
	atomic_store(&p->quiet, true);
	wake_all(p);
}

static void
loop_stop(struct loop *l)
{
	if (l->library != NULL) {
		arrive_given(l); /* to be closed with the others */
		MHD_stop_daemon(l->library);
	}
	l->library = NULL;
	if (l->epoll >= 0)
		close(l->epoll);
	l->epoll = -1;
	wake_done(&l->wake);
}

void
pool_stop(struct pool *p)
{
	size_t i;

	atomic_store(&p->stop, true);
	wake_all(p);
	/* All of them, before one is without a library: they give each other
	 * connections. */
	for (i = 0; i < p->settings.threads; i++)
		thread_join(&p->loops[i].thread);
	for (i = 0; i < p->settings.threads; i++)
		loop_stop(&p->loops[i]);
}

void
pool_free(struct pool *p)
{
	size_t i;

	if (p == NULL)
		return;
	pool_stop(p);
	for (i = 0; i < p->settings.threads; i++) {
		exchange_pool_free(p->loops[i].exchanges);
		share_free(p->shares[i]);
	}
	free(p->shares);
	free(p->loops);
	free(p);
}
