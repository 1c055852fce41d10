#include "daemon/lifecycle.h"

#include "config.h"

#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/agent_program.h"
#include "base/clock.h"
#include "daemon/control.h"
#include "daemon/datadir.h"
#include "daemon/heart.h"
#include "daemon/identity.h"
#include "daemon/notify.h"
#include "daemon/sandbox.h"
#include "daemon/starter.h"
#include "ingest/takedown.h"
#include "pgp/crypto.h"
#include "store/care.h"

enum { SPARE_FDS = 64 };

struct lifecycle {
	char *path;
	struct conf *conf;
	/* HTTP goes on borrowing from the one it was started with. */
	struct conf *http_conf;
	struct identity id;
	struct starter *starter;
	struct heart *heart;
	struct store *store;
	struct ingest *ingest;
	struct server *server;
	struct mail *mail;
	struct control *control;
	const char *sandbox;
	int64_t fed_ms;
	bool reload_later; /* somebody was at the control socket */
	bool ingesting;
	bool serving;
	pthread_mutex_t commit_lock;
	bool committed; /* the last commit is done */
};

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
		st = identity_become(&l->id, err);
	return st;
}

static enum status
make_mail(struct lifecycle *l, struct err *err)
{
	const struct mail_spawn spawn = {starter_spawn, l->starter};

	if (!mail_is_used(&l->conf->mail))
		return STATUS_OK;
	l->conf->mail.beat = heart_beat;
	l->conf->mail.beat_ctx = l->heart;
	return mail_new(
		&l->conf->mail, &spawn, l->store, l->ingest, &l->mail, err);
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
		st = make_mail(l, err);
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
	if (!heart_check(l->heart, thread_is_late, NULL))
		return;
	if (watchdog > 0 && now - l->fed_ms >= watchdog / 4) {
		notify_send("WATCHDOG=1");
		l->fed_ms = now;
	}
}

static void
stop_mail(struct lifecycle *l)
{
	static const char *const threads[] = {
		"inbox", "courier", "repair", "answers", "canary"};

	if (l->mail == NULL)
		return;
	mail_stop(l->mail);
	mail_free(l->mail);
	l->mail = NULL;
	for (size_t i = 0; i < sizeof(threads) / sizeof(threads[0]); i++)
		heart_forget(l->heart, threads[i]);
}

/* With `next` in place of the old configuration; nobody uses mail. */
static void
restart_mail(struct lifecycle *l, struct conf *next)
{
	struct conf *old = l->conf;
	struct err err = {""};
	enum status st;

	stop_mail(l);
	l->conf = next;
	st = make_mail(l, &err);
	if (st == STATUS_OK && l->mail != NULL)
		st = mail_start(l->mail, &err);
	if (st != STATUS_OK) {
		log_line(LOG_ERROR, "reload", "mail=stopped why=%s",
			log_quote_str(err.text).text);
		mail_free(l->mail);
		l->mail = NULL;
	}
	if (old != l->http_conf)
		conf_free(old);
}

/* NULL, having said why, when the old configuration has to stay. */
static struct conf *
read_again(const struct lifecycle *l)
{
	struct conf *next = NULL;
	struct err err = {""};

	if (conf_load(l->path, &next, &err) != STATUS_OK) {
		log_line(LOG_ERROR, "reload",
			"outcome=refused why=%s what=\"the old configuration "
			"stays\"",
			log_quote_str(err.text).text);
		return NULL;
	}
	if (strcmp(next->data, l->conf->data) == 0)
		return next;
	log_line(LOG_ERROR, "reload",
		"outcome=refused why=\"another data folder needs a restart\"");
	conf_free(next);
	return NULL;
}

void
lifecycle_reload(struct lifecycle *l)
{
	struct control_parts *parts = control_try_lock(l->control);
	struct conf *next;

	l->reload_later = parts == NULL;
	if (parts == NULL)
		return;
	next = read_again(l);
	if (next != NULL) {
		log_set_level(next->log_level);
		restart_mail(l, next);
		server_tell_peers(l->server, &l->conf->http);
		parts->conf = l->conf;
		parts->mail = l->mail;
		log_line(LOG_INFO, "reload", "outcome=done peers=%zu",
			l->conf->mail.peer_count);
	}
	control_unlock(l->control);
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
