#include "mail/canary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "ingest/ingest.h"
#include "mail/canary_state.h"
#include "mail/carrier.h"
#include "pgp/cert.h"

enum {
	PARALLEL = 4,
	BEAT_MS = 10 * 1000,
	AGAIN_MS = 60 * 1000, /* when it could not be submitted */
	CERT_MAX = 4096,
	ARENA_MAX = 1024 * 1024
};

/* ---- life -------------------------------------------------------------- */

/* A server of the VKS kind shows no user ID that nobody has confirmed. */
const char *
canary_place(const struct peer_settings *p)
{
	const char *place = p->lookup != NULL && p->lookup[0] != '\0'
				    ? p->lookup
			    : p->hkp != NULL ? p->hkp
					     : "";

	return strncmp(place, "hkp", 3) == 0 ? place : "";
}

enum status
canary_new(const struct mail_settings *settings, struct ingest *ingest,
	struct canary **canary, struct err *err)
{
	struct canary *c = xcalloc(1, sizeof(*c));
	enum status st;

	c->settings = settings;
	c->ingest = ingest;
	c->wake.fd = -1;
	c->peers = xcalloc(settings->peer_count + 1, sizeof(*c->peers));
	for (size_t i = 0; i < settings->peer_count; i++) {
		struct canary_peer *p = &c->peers[c->count];

		if (canary_place(&settings->peers[i])[0] == '\0')
			continue;
		p->c = c;
		p->set = &settings->peers[i];
		p->count = canary_counters_of(p->set->name);
		c->count++;
	}
	c->fetcher = fetcher_new(PARALLEL, "keypost");
	st = wake_init(&c->wake, err);
	if (st == STATUS_OK)
		*canary = c;
	else
		canary_free(c);
	return st;
}

void
canary_free(struct canary *c)
{
	if (c == NULL)
		return;
	fetcher_free(c->fetcher);
	wake_done(&c->wake);
	canary_key_wipe(&c->key);
	free(c->peers);
	free(c);
}

static enum status
find_fingerprint(struct canary *c, struct err *err)
{
	struct arena *arena = arena_new(ARENA_MAX);
	struct cert_list list = {0};
	struct buf out;
	enum status st;

	buf_init(&out, CERT_MAX);
	st = sign_certificate(&c->key.key, c->key.user_id, SIGN_MAY_CERTIFY,
		c->key.key.created, &out, err);
	if (st == STATUS_OK)
		st = cert_read(arena, buf_view(&out), &cert_limits_default,
			&list, err);
	if (st == STATUS_OK && list.count == 1)
		c->fpr = list.list[0]->id.fpr;
	else if (st == STATUS_OK)
		st = STATUS_MALFORMED;
	buf_done(&out);
	arena_free(arena);
	return st;
}

enum status
canary_open(struct canary *c, struct err *err)
{
	char hex[FINGERPRINT_HEX_MAX], path[sizeof(hex) + 64];
	enum status st;

	c->began_s = clock_wall_s();
	st = canary_key_read(c->settings->data, c->settings->host,
		(uint32_t)c->began_s, &c->key, err);
	if (st == STATUS_OK)
		st = find_fingerprint(c, err);
	if (st != STATUS_OK)
		return st;
	fingerprint_hex(&c->fpr, hex);
	(void)snprintf(path, sizeof(path),
		"/pks/lookup?op=get&options=mr&search=0x%s", hex);
	for (size_t i = 0; i < c->count; i++)
		carrier_write_url(canary_place(c->peers[i].set), path,
			c->peers[i].url, sizeof(c->peers[i].url));
	counter_set(canary_signed(), c->key.signed_at);
	return st;
}

/* ---- signing ----------------------------------------------------------- */

static enum status
submit(struct canary *c, struct err *err)
{
	struct submission *sub =
		submission_new(ingest_policy(c->ingest)->max_arena);
	struct buf out;
	enum status st;

	buf_init(&out, CERT_MAX);
	st = sign_certificate(&c->key.key, c->key.user_id, SIGN_MAY_CERTIFY,
		c->key.signed_at, &out, err);
	sub->origin = "http";
	sub->seen = "";
	sub->armor = ARMOR_LENIENT;
	sub->body = buf_view(&out);
	if (st == STATUS_OK)
		st = ingest_submit_wait(c->ingest, sub);
	if (st == STATUS_OK && sub->status != STATUS_OK) {
		st = sub->status;
		*err = sub->err;
	}
	if (st == STATUS_OK && sub->counts[OUTCOME_REFUSED] > 0) {
		err_set(err, "it is refused here");
		st = STATUS_REJECTED;
	}
	submission_free(sub);
	buf_done(&out);
	return st;
}

static bool
is_due(const struct canary *c, int64_t wall)
{
	return c->key.signed_at == 0 ||
	       wall >= (int64_t)c->key.signed_at + c->settings->canary_every_s;
}

/* The time is on disk first: after a crash the very same is submitted. */
static enum status
sign(struct canary *c, int64_t wall, struct err *err)
{
	struct canary_key next = c->key;
	enum status st;

	next.signed_at = (uint32_t)wall;
	st = canary_key_write(c->settings->data, &next, err);
	if (st == STATUS_OK) {
		c->key = next;
		c->submitted = false;
	}
	canary_key_wipe(&next);
	return st;
}

static void
sign_or_submit(struct canary *c, int64_t now)
{
	int64_t wall = clock_wall_s();
	struct err err = {{0}};
	enum status st = STATUS_OK;

	if (now < c->next_submit || (c->submitted && !is_due(c, wall)))
		return;
	if (is_due(c, wall))
		st = sign(c, wall, &err);
	if (st == STATUS_OK)
		st = submit(c, &err);
	if (st != STATUS_OK) {
		c->next_submit = now + AGAIN_MS;
		log_line(LOG_WARN, "canary", "outcome=not-submitted why=%s",
			log_quote_str(err.text[0] != '\0' ? err.text
							  : status_name(st))
				.text);
		return;
	}
	c->submitted = true;
	counter_set(canary_signed(), c->key.signed_at);
	for (size_t i = 0; i < c->count; i++)
		c->peers[i].next = now;
}

/* ---- the thread -------------------------------------------------------- */

int64_t
canary_step(struct canary *c, int64_t now)
{
	int64_t next, due;

	sign_or_submit(c, now);
	due = c->key.signed_at + c->settings->canary_every_s - clock_wall_s();
	next = c->submitted ? now + (due > 0 ? due : 0) * 1000 : c->next_submit;
	for (size_t i = 0; i < c->count; i++) {
		struct canary_peer *p = &c->peers[i];

		if (p->busy || !c->submitted)
			continue;
		if (p->next <= now)
			canary_look(p);
		else if (p->next < next)
			next = p->next;
	}
	return next;
}

bool
canary_wait(struct canary *c, int64_t wait_ms)
{
	struct pollfd fd = {.fd = c->wake.fd, .events = POLLIN};

	fetch_step(c->fetcher, &fd, 1, wait_ms);
	return fetch_pending(c->fetcher) > 0;
}

static void *
run(void *arg)
{
	struct canary *c = arg;
	const struct mail_settings *s = c->settings;

	while (!atomic_load(&c->stopping)) {
		int64_t now = clock_mono_ms(), wait;

		if (s->beat != NULL)
			s->beat(s->beat_ctx, "canary");
		wake_clear(&c->wake);
		wait = canary_step(c, now) - clock_mono_ms();
		wait = wait < 1 ? 1 : wait > BEAT_MS ? BEAT_MS : wait;
		(void)canary_wait(c, wait);
	}
	return NULL;
}

enum status
canary_start(struct canary *c, struct err *err)
{
	enum status st = canary_open(c, err);

	if (st != STATUS_OK)
		return st;
	return thread_start(&c->thread, "canary", run, c, err);
}

void
canary_wake(struct canary *c)
{
	wake_signal(&c->wake);
}

void
canary_stop(struct canary *c)
{
	atomic_store(&c->stopping, true);
	wake_signal(&c->wake);
	thread_join(&c->thread);
}
