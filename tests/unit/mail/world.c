#include "world.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../scratch.h"
#include "../unit.h"
#include "base/clock.h"
#include "base/hex.h"
#include "base/log.h"
#include "pgp/crypto.h"

static char empty[] = "";
static char none[] = "none";

void
world_nap(void)
{
	(void)poll(NULL, 0, 5);
}

static char *
text_of(const char *s)
{
	char *copy = strdup(s);

	assert_non_null(copy);
	return copy;
}

static void
set_peer(struct peer_settings *p, const char *name)
{
	char mail[64];

	(void)snprintf(mail, sizeof(mail), "pks@%s.example", name);
	memset(p, 0, sizeof(*p));
	p->name = text_of(name);
	p->mail = text_of(mail);
	p->relay = empty;
	p->auth = PEER_AUTH_LIST;
}

void
world_init(struct world *w)
{
	struct mail_settings *m = &w->settings;
	struct err err = {{0}};

	memset(w, 0, sizeof(*w));
	assert_ok(crypto_init(&err));
	log_set_level(LOG_ERROR);
	scratch_make(w->dir, sizeof(w->dir));
	w->store_settings.where = w->dir;
	w->store_settings.allow_network_fs = true;
	w->store_settings.lookup_time_ms = 2000;
	policy_init(&w->ingest_settings.policy);
	/* Mail is about what travels; its little keys are not all signed. */
	w->ingest_settings.policy.level = LEVEL_SKS;
	w->ingest_settings.policy.workers = 2;
	set_peer(&w->peers[0], "ann");
	set_peer(&w->peers[1], "bob");
	set_peer(&w->peers[2], "cy");
	m->address = text_of("ours@here.example");
	m->maintainer = text_of("boss@here.example");
	m->bounce = empty;
	m->relay = text_of("smtp://127.0.0.1:25");
	m->tls = RELAY_TLS_NONE;
	m->data = w->dir;
	m->maildir = none;
	m->lmtp_listen = empty;
	m->host = text_of("mail.here.example");
	m->letter_log = empty;
	m->batch_octets = 100000;
	m->batch_keys = 100;
	m->reply_to_users = MAIL_REPLY_YES;
	m->search.rules.word_search = true;
	m->search.rules.short_ids = true;
	m->search.max_keys = 100;
	m->search.max_octets = 1024 * 1024;
	m->search.last_max_s = 7 * 24 * 3600;
	m->max_sent_list = 64;
	m->peers = w->peers;
	m->peer_count = 3;
	m->change_keep_s = 30 * 24 * 3600;
	m->change_keep_count = 1000000;
	w->in = w->out = w->offered_in = w->offered_out = -1;
	w->arena = arena_new(64 * 1024 * 1024);
}

void
world_only_bob(struct world *w)
{
	struct peer_settings first = w->peers[0];

	w->peers[0] = w->peers[1];
	w->peers[1] = first;
	w->settings.peer_count = 1;
}

/* ---- start and stop -------------------------------------------------------
 */

/* Runs on the inbox thread; the test takes the ends up when it likes. */
static enum status
spawn(void *ctx, int *in_fd, int *out_fd, int *pid, struct err *err)
{
	struct world *w = ctx;
	int in[2], out[2];

	(void)err;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) != 0 ||
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, out) != 0)
		return STATUS_IO;
	*in_fd = in[0];
	*out_fd = out[0];
	*pid = 1;
	__atomic_store_n(&w->offered_out, out[1], __ATOMIC_SEQ_CST);
	__atomic_store_n(&w->offered_in, in[1], __ATOMIC_SEQ_CST);
	return STATUS_OK;
}

void
world_start(struct world *w)
{
	struct err err = {{0}};

	assert_ok(store_open(&w->store_settings, &w->store, &err));
	assert_ok(ingest_new(&w->ingest_settings, w->store, &w->ingest, &err));
	w->spawn.spawn = spawn;
	w->spawn.ctx = w;
	assert_ok(mail_new(
		&w->settings, &w->spawn, w->store, w->ingest, &w->mail, &err));
	assert_ok(ingest_start(w->ingest, &err));
	assert_ok(mail_start(w->mail, &err));
	assert_ok(session_open(w->store, SESSION_READ, &w->session, &err));
	agent_accept(w);
	w->runs = true;
}

void
world_stop(struct world *w)
{
	agent_die(w);
	mail_close_inbox(w->mail);
	ingest_drain(w->ingest);
	mail_stop(w->mail);
	ingest_stop(w->ingest);
	mail_free(w->mail);
	ingest_free(w->ingest);
	session_close(w->session);
	store_close(w->store);
	if (w->offered_in >= 0)
		(void)close(w->offered_in);
	if (w->offered_out >= 0)
		(void)close(w->offered_out);
	w->offered_in = w->offered_out = -1;
	w->runs = false;
}

void
world_done(struct world *w)
{
	for (size_t i = 0; i < 3; i++) {
		free(w->peers[i].name);
		free(w->peers[i].mail);
	}
	free(w->settings.address);
	free(w->settings.maintainer);
	free(w->settings.relay);
	free(w->settings.host);
	arena_free(w->arena);
	scratch_remove(w->dir);
}

int
world_setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	if (w == NULL)
		return -1;
	(void)alarm(WORLD_ALARM_S);
	world_init(w);
	*state = w;
	return 0;
}

int
world_setup_started(void **state)
{
	if (world_setup(state) != 0)
		return -1;
	world_start(*state);
	return 0;
}

int
world_teardown(void **state)
{
	struct world *w = *state;

	if (w->runs)
		world_stop(w);
	world_done(w);
	free(w);
	(void)alarm(0);
	return 0;
}

/* ---- looking --------------------------------------------------------------
 */

bool
world_stored(struct world *w, unsigned int seed)
{
	struct store_query q = {.kind = QUERY_FINGERPRINT};
	struct cert_rows rows;
	struct err err = {{0}};
	uint8_t fpr[20];
	char hex[41];
	size_t n;

	key_fpr(seed, hex);
	assert_ok(hex_read(bytes_of(hex), fpr, sizeof(fpr), &n));
	q.octets = bytes_make(fpr, n);
	arena_reset(w->arena);
	return store_find(w->session, &q, 1, w->arena, &rows, &err) ==
	       STATUS_OK;
}

void
world_peer(struct world *w, const char *name, struct peer *row)
{
	struct err err = {{0}};

	arena_reset(w->arena);
	assert_ok(store_find_peer(w->session, name, w->arena, row, &err));
}

void
world_settled(struct world *w, const char *name)
{
	struct peer row = {0};
	struct err err = {{0}};
	int64_t last = 0;

	assert_ok(store_last_seq(w->session, &last, &err));
	world_until((world_peer(w, name, &row), row.cursor >= last));
}

static void
pause_all(struct world *w, bool pause)
{
	struct err err = {{0}};

	for (size_t i = 0; i < w->settings.peer_count; i++)
		assert_ok(mail_pause_peer(
			w->mail, w->peers[i].name, pause, &err));
}

void
world_hold(struct world *w)
{
	pause_all(w, true);
	agent_expect_silence(w);
}

void
world_let_go(struct world *w)
{
	pause_all(w, false);
}

static enum status
run_nothing(
	struct write_job *job, struct store_session *session, struct err *err)
{
	(void)job;
	(void)session;
	(void)err;
	return STATUS_OK;
}

void
world_written(struct world *w)
{
	struct write_job job = {.run = run_nothing};
	struct err err = {{0}};

	assert_ok(writer_do(ingest_writer(w->ingest), &job, &err));
}

size_t
world_letters(struct world *w, const char *name)
{
	struct letter *list;
	struct err err = {{0}};
	size_t n;

	arena_reset(w->arena);
	assert_ok(store_list_letters(
		w->session, name, w->arena, &list, &n, &err));
	return n;
}

size_t
world_owed(struct world *w, const char *name)
{
	struct owed *list;
	struct err err = {{0}};
	size_t n;

	arena_reset(w->arena);
	assert_ok(store_list_owed(
		w->session, name, 100, w->arena, &list, &n, &err));
	return n;
}

void
world_submit(struct world *w, unsigned int seed, unsigned int parts,
	const char *origin, const char *seen)
{
	struct submission *sub = submission_new(16 * 1024 * 1024);
	struct buf text = {0};

	key_armor(&text, seed, parts);
	sub->origin = origin;
	sub->seen = seen;
	sub->armor = ARMOR_LENIENT;
	sub->body = buf_view(&text);
	assert_ok(ingest_submit_wait(w->ingest, sub));
	assert_ok(sub->status);
	assert_int_equal(sub->counts[OUTCOME_REFUSED], 0);
	submission_free(sub);
	buf_done(&text);
}
