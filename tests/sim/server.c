#include "server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "pgp/crypto.h"

/* A step of the clock ends no reading. */
enum { LOOKUP_MS = SIM_DAY };

/* Time begins here: somewhere in the past, so that nothing expires. */
static const int64_t wall_start = 1700000000;
static const int64_t mono_start = 1000 * 1000;

static char nothing[] = "";
static char none[] = "none";
static char relay[] = "smtp://127.0.0.1:25";

void
node_address(size_t index, char out[NODE_ADDRESS_MAX])
{
	(void)snprintf(out, NODE_ADDRESS_MAX, "pks@s%zu.example", index);
}

void
server_must(enum status st, const struct err *err)
{
	if (st == STATUS_OK)
		return;
	(void)fprintf(stderr, "node: %s: %s\n", status_name(st), err->text);
	abort();
}

static void
on_beat(void *ctx, const char *thread)
{
	struct node *n = ctx;

	if (strcmp(thread, "inbox") == 0)
		(void)sem_post(&n->inbox_turns);
	else if (strcmp(thread, "courier") == 0)
		(void)sem_post(&n->courier_turns);
	else if (strcmp(thread, "repair") == 0)
		(void)sem_post(&n->repair_turns);
}

static void
set_peers(struct node *n)
{
	struct mail_settings *m = &n->mail_settings;

	for (size_t i = 0; i < n->set->hosts; i++) {
		struct peer_settings *p = &n->peers[m->peer_count];

		if (!sim_are_peers(
			    n->set->shape, n->set->hosts, n->set->index, i))
			continue;
		(void)snprintf(n->names[i], sizeof(n->names[i]), "s%zu", i);
		node_address(i, n->mails[i]);
		p->name = n->names[i];
		p->mail = n->mails[i];
		p->relay = nothing;
		p->tls_ca = nothing;
		p->auth_tag = nothing;
		p->auth_key = nothing;
		p->auth = PEER_AUTH_LIST;
		m->peer_count++;
	}
	m->peers = n->peers;
}

static void
set_mail(struct node *n)
{
	struct mail_settings *m = &n->mail_settings;

	node_address(n->set->index, n->address);
	(void)snprintf(n->host, sizeof(n->host), "s%zu.example", n->set->index);
	m->address = n->address;
	m->maintainer = n->address;
	m->host = n->host;
	m->bounce = nothing;
	m->relay = relay;
	m->tls = RELAY_TLS_NONE;
	m->data = n->store_settings.where;
	m->maildir = none;
	m->lmtp_listen = nothing;
	m->letter_log = nothing;
	m->batch_delay_ms = 30 * SIM_SECOND;
	m->batch_octets = 100000;
	m->batch_keys = 100;
	m->reply_to_users = MAIL_REPLY_NO;
	m->max_sent_list = 64;
	m->change_keep_s = 30 * 24 * 3600;
	m->change_keep_count = 1000000;
	m->max_forwards = 20;
	m->repair = true;
	m->repair_after_ms = SIM_HOUR;
	m->summary_every_ms = SIM_DAY;
	m->repair_keep_s = 7 * 24 * 3600;
	m->repair_octets = 64 * 1024 * 1024;
	m->authserv_id = nothing;
	m->tls_ca = nothing;
	m->imap = nothing;
	m->beat = on_beat;
	m->beat_ctx = n;
	set_peers(n);
}

/* Called on the inbox thread; we read what comes later. */
static enum status
spawn(void *ctx, int *in_fd, int *out_fd, int *pid, struct err *err)
{
	struct node *n = ctx;
	int in[2], out[2];

	if (n->in >= 0) {
		err_set(err, "a simulated agent does not die");
		abort();
	}
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) != 0 ||
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, out) != 0)
		abort();
	*in_fd = in[0];
	*out_fd = out[0];
	*pid = 1;
	n->out = out[1];
	__atomic_store_n(&n->in, in[1], __ATOMIC_SEQ_CST);
	return STATUS_OK;
}

void
server_set_clock(struct node *n, int64_t now)
{
	n->now = now;
	clock_set_for_test(mono_start + now, wall_start + now / 1000);
}

void
server_start(struct node *n)
{
	struct err err = {{0}};

	server_set_clock(n, n->set->now);
	server_must(crypto_init(&err), &err);
	log_set_level(LOG_ERROR);
	n->in = n->out = -1;
	n->store_settings.where = (char *)(uintptr_t)n->set->folder;
	n->store_settings.allow_network_fs = true;
	n->store_settings.lookup_time_ms = LOOKUP_MS;
	policy_init(&n->ingest_settings.policy);
	n->ingest_settings.policy.level = LEVEL_SKS;
	n->ingest_settings.policy.workers = 1;
	set_mail(n);
	n->spawn.spawn = spawn;
	n->spawn.ctx = n;
	(void)sem_init(&n->inbox_turns, 0, 0);
	(void)sem_init(&n->courier_turns, 0, 0);
	(void)sem_init(&n->repair_turns, 0, 0);
	frame_reader_init(&n->reader, FRAME_MAX);
	frame_reader_init(&n->in_reader, FRAME_MAX);
	frame_reader_init(&n->out_reader, FRAME_MAX);
	server_must(store_open(&n->store_settings, &n->store, &err), &err);
	server_must(ingest_new(&n->ingest_settings, n->store, &n->ingest, &err),
		&err);
	server_must(mail_new(&n->mail_settings, &n->spawn, n->store, n->ingest,
			    &n->mail, &err),
		&err);
	server_must(ingest_start(n->ingest, &err), &err);
	server_must(mail_start(n->mail, &err), &err);
	server_must(
		session_open(n->store, SESSION_READ, &n->session, &err), &err);
	while (__atomic_load_n(&n->in, __ATOMIC_SEQ_CST) < 0)
		(void)sem_wait(&n->inbox_turns);
}

void
server_stop(struct node *n)
{
	mail_close_inbox(n->mail);
	ingest_drain(n->ingest);
	mail_stop(n->mail);
	(void)close(n->in);
	(void)close(n->out);
	ingest_stop(n->ingest);
	mail_free(n->mail);
	ingest_free(n->ingest);
	session_close(n->session);
	store_close(n->store);
}
