#include "daemon/lifecycle.h"

#include "config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <sys/resource.h>

#include "base/agent_program.h"
#include "base/clock.h"
#include "conf/datadir.h"
#include "daemon/lifecycle_state.h"
#include "daemon/notify.h"
#include "daemon/sandbox.h"
#include "ingest/takedown.h"
#include "pgp/crypto.h"
#include "recon/gossip_count.h"
#include "store/care.h"

enum { SPARE_FDS = 64 };

/* L28: better refused now than short of descriptors under load. */
static enum status
raise_descriptors(const struct conf *conf, struct err *err)
{
	size_t need = conf->http.max_connections + SPARE_FDS;
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) == 0) {
		r.rlim_cur = r.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &r);
	}
	if (getrlimit(RLIMIT_NOFILE, &r) != 0 || r.rlim_cur < need) {
		err_set(err,
			"%zu descriptors are needed and %ju allowed: raise "
			"LimitNOFILE (ulimit -n) or lower [http] "
			"max_connections",
			need, (uintmax_t)r.rlim_cur);
		return STATUS_REJECTED;
	}
	return STATUS_OK;
}

static enum status
open_parts(struct lifecycle *l, struct err *err)
{
	const struct care_watch patience = {notify_step, &l->fed_ms};
	struct store_settings store = l->conf->store;
	enum status st;

	store.completes = &patience;
	l->conf->ingest.raise = true;
	l->conf->ingest.beat = heart_beat;
	l->conf->ingest.beat_ctx = l->heart;
	st = datadir_prepare(l->conf->data, &l->id, err);
	if (st == STATUS_OK)
		st = store_open(&store, &l->store, err);
	if (st == STATUS_OK)
		st = ingest_new(&l->conf->ingest, l->store, &l->ingest, err);
	if (st == STATUS_OK)
		st = server_new(
			&l->conf->http, l->store, l->ingest, &l->server, err);
	return st;
}

/* Files belong to the user, ports may need root: each at its time. */
static enum status
open_doors(struct lifecycle *l, struct err *err)
{
	enum status st, back;

	st = datadir_make(l->conf->data, &l->id, err);
	if (st == STATUS_OK)
		st = identity_try(&l->id, err);
	if (st != STATUS_OK)
		return st;
	st = open_parts(l, err);
	back = identity_back(&l->id, st == STATUS_OK ? err : NULL);
	if (st == STATUS_OK)
		st = back;
	if (st == STATUS_OK)
		st = server_listen(l->server, err);
	if (st == STATUS_OK)
		st = lifecycle_make_gossip(l, err);
	if (st == STATUS_OK)
		st = identity_become(&l->id, err);
	return st;
}

static enum status
enter_sandbox(struct lifecycle *l, struct err *err)
{
	static const char *const words[] = {
		"none", "landlock", "seccomp", "landlock+seccomp"};
	struct sandbox_done done = {false, false};
	enum status st = sandbox_enter(l->conf, &done, err);

	l->sandbox = words[(done.landlock ? 1 : 0) + (done.seccomp ? 2 : 0)];
	return st;
}

static enum status
make_control(struct lifecycle *l, struct err *err)
{
	struct control_parts parts = {.conf = l->conf,
		.http = &l->http_conf->http,
		.store = l->store,
		.ingest = l->ingest,
		.mail = l->mail,
		.gossip = l->gossip,
		.heart = l->heart,
		.sandbox = l->sandbox};

	return control_new(&parts, &l->control, err);
}

static enum status
start_threads(struct lifecycle *l, struct err *err)
{
	enum status st;

	st = ingest_start(l->ingest, err);
	if (st != STATUS_OK)
		return st;
	l->ingesting = true;
	/* What was blocked must not be served for a moment. */
	st = takedown_catch_up(l->ingest, notify_busy, &l->fed_ms, err);
	if (st != STATUS_OK)
		return st;
	st = server_start(l->server, err);
	if (st != STATUS_OK)
		return st;
	l->serving = true;
	if (l->mail != NULL)
		st = mail_start(l->mail, err);
	if (st == STATUS_OK && l->gossip != NULL)
		st = gossip_start(l->gossip, err);
	return st == STATUS_OK ? control_start(l->control, err) : st;
}

static enum status
start(struct lifecycle *l, struct err *err)
{
	char program[4096];
	enum status st;

	st = crypto_init(err);
	if (st == STATUS_OK)
		st = identity_find(l->conf->user, &l->id, err);
	if (st == STATUS_OK)
		st = raise_descriptors(l->conf, err);
	agent_find_program(program, sizeof(program));
	if (st == STATUS_OK)
		st = starter_new(program, &l->id, &l->starter, err);
	if (st == STATUS_OK)
		st = open_doors(l, err);
	if (st == STATUS_OK)
		st = enter_sandbox(l, err);
	if (st == STATUS_OK)
		st = lifecycle_make_mail(l, err);
	if (st == STATUS_OK)
		st = make_control(l, err);
	return st == STATUS_OK ? start_threads(l, err) : st;
}

enum status
lifecycle_start(struct conf *conf, const char *path, struct lifecycle **life,
	struct err *err)
{
	struct lifecycle *l = xcalloc(1, sizeof(*l));
	enum status st;

	l->path = path != NULL ? xstrdup(path) : NULL;
	l->conf = conf;
	l->http_conf = conf;
	l->heart = heart_new();
	pthread_mutex_init(&l->commit_lock, NULL);
	log_set_level(conf->log_level);
	st = start(l, err);
	if (st != STATUS_OK) {
		lifecycle_stop(l);
		lifecycle_free(l);
		return st;
	}
	if (l->id.stays_root)
		log_line(LOG_WARN, "start",
			"runs as root, as [server] user says");
	log_line(LOG_INFO, "start", "version=%s store=%s user=%s sandbox=%s",
		PACKAGE_VERSION, log_quote_str(store_describe(l->store)).text,
		log_quote_str(l->id.name).text, l->sandbox);
	*life = l;
	return STATUS_OK;
}

static void
thread_is_late(void *ctx, const char *thread, int64_t silent_ms)
{
	(void)ctx;
	log_line(LOG_ERROR, "heartbeat",
		"thread=%s silent_s=%" PRId64
		" what=\"it hangs; a watchdog restarts the daemon\"",
		thread, silent_ms / 1000);
}

void
lifecycle_tick(struct lifecycle *l)
{
	int64_t watchdog = notify_watchdog_ms(), now = clock_mono_ms();

	/* Idle pool threads have nothing to beat for; one at work may hang. */
	if (server_sweep(l->server) < HEART_LIMIT_MS)
		heart_beat(l->heart, "http");
	if (l->reload_later)
		lifecycle_reload(l);
	if (l->gossip != NULL)
		gossip_count(l->gossip);
	if (!heart_check(l->heart, thread_is_late, NULL))
		return;
	if (watchdog > 0 && now - l->fed_ms >= watchdog / 4) {
		notify_send("WATCHDOG=1");
		l->fed_ms = now;
	}
}

static void
commit_last(struct lifecycle *l)
{
	pthread_mutex_lock(&l->commit_lock);
	if (!l->committed && l->ingesting)
		ingest_stop(l->ingest);
	l->committed = true;
	pthread_mutex_unlock(&l->commit_lock);
}

void
lifecycle_stop(struct lifecycle *l)
{
	if (l->serving)
		server_quiesce(l->server);
	if (l->mail != NULL)
		mail_close_inbox(l->mail);
	if (l->gossip != NULL)
		gossip_quiesce(l->gossip);
	/* Its client is told that it goes on another time. */
	if (l->ingesting)
		ingest_end_loads(l->ingest);
	if (l->control != NULL)
		control_stop(l->control);
	pthread_mutex_lock(&l->commit_lock);
	if (l->ingesting && !l->committed)
		ingest_drain(l->ingest);
	pthread_mutex_unlock(&l->commit_lock);
	if (l->mail != NULL)
		mail_stop(l->mail);
	if (l->gossip != NULL)
		gossip_stop(l->gossip);
	commit_last(l);
	if (l->serving)
		server_stop(l->server);
}

void
lifecycle_hurry(struct lifecycle *l)
{
	if (l->ingesting)
		ingest_hurry(l->ingest);
	commit_last(l);
}

void
lifecycle_free(struct lifecycle *l)
{
	if (l == NULL)
		return;
	control_free(l->control);
	mail_free(l->mail);
	gossip_free(l->gossip);
	server_free(l->server);
	ingest_free(l->ingest);
	if (l->store != NULL)
		store_close(l->store);
	starter_free(l->starter);
	heart_free(l->heart);
	if (l->conf != l->http_conf)
		conf_free(l->conf);
	conf_free(l->http_conf);
	pthread_mutex_destroy(&l->commit_lock);
	free(l->path);
	free(l);
}
