#include "mail/agent.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/counter.h"
#include "base/frame.h"
#include "base/imapurl.h"
#include "base/log.h"
#include "mail/relay_tls.h"

enum { WAIT_MAX_MS = 60 * 1000, SOURCES = 3 };

static const char *const sources[SOURCES] = {"maildir", "lmtp", "imap"};

struct agent {
	const struct mail_settings *settings;
	const struct mail_spawn *spawn;
	struct wake *inbox, *courier;
	int in;
	int pid;
	unsigned int failures; /* in a row */
	int64_t started;
	int64_t beat;
	int64_t next_start;
	struct counter *starts;
	struct counter *down[SOURCES]; /* 1: it cannot be opened */
	pthread_mutex_t lock; /* for what follows */
	int out;              /* offered to courier, or -1 */
	bool out_new;         /* courier has not heard of it */
	bool out_lost;        /* courier's socket broke */
};

struct agent *
agent_new(const struct mail_settings *settings, const struct mail_spawn *spawn,
	struct wake *inbox, struct wake *courier)
{
	struct agent *a = xcalloc(1, sizeof(*a));

	a->settings = settings;
	a->spawn = spawn;
	a->inbox = inbox;
	a->courier = courier;
	a->in = -1;
	a->out = -1;
	a->starts = counter_get("mail_agent_starts");
	for (size_t i = 0; i < SOURCES; i++)
		a->down[i] = counter_get_labelled(
			"mail_source_down", "source", sources[i]);
	(void)pthread_mutex_init(&a->lock, NULL);
	return a;
}

void
agent_free(struct agent *a)
{
	if (a == NULL)
		return;
	agent_stop(a);
	(void)pthread_mutex_destroy(&a->lock);
	free(a);
}

int
agent_in(const struct agent *a)
{
	return a->in;
}

/* Hands courier another `out`; -1: it has none now. */
static void
offer_out(struct agent *a, int fd)
{
	(void)pthread_mutex_lock(&a->lock);
	if (a->out >= 0)
		(void)close(a->out);
	a->out = fd;
	a->out_new = true;
	a->out_lost = false;
	(void)pthread_mutex_unlock(&a->lock);
	wake_signal(a->courier);
}

static void
drop(struct agent *a)
{
	if (a->in < 0)
		return;
	(void)close(a->in);
	a->in = -1;
	offer_out(a, -1);
}

static int64_t
wait_after(unsigned int failures)
{
	int64_t ms = failures > 6 ? WAIT_MAX_MS : 1000LL << (failures - 1);

	return ms > WAIT_MAX_MS ? WAIT_MAX_MS : ms;
}

static void
failed(struct agent *a, const char *why, int64_t now)
{
	if (a->failures < 100)
		a->failures++;
	a->next_start = now + wait_after(a->failures);
	log_line(LOG_ERROR, "agent",
		"state=down pid=%d reason=%s retry_ms=%lld", a->pid,
		log_quote_str(why).text, (long long)(a->next_start - now));
}

void
agent_lost(struct agent *a, const char *why, int64_t now)
{
	if (a->in < 0)
		return;
	drop(a);
	if (now - a->started >= AGENT_STEADY_MS)
		a->failures = 0;
	failed(a, why, now);
}

struct config_text {
	enum config_field field;
	const char *text;
};

struct config_number {
	enum config_field field;
	uint64_t value;
};

/* As for a relay on that host. */
static uint64_t
imap_tls(const struct mail_settings *s)
{
	char relay[300];
	struct imap_url url;
	struct err err;

	if (s->imap == NULL || imap_url_parse(s->imap, &url, &err) != STATUS_OK)
		return RELAY_TLS_REQUIRED;
	(void)snprintf(relay, sizeof(relay), "imap://%s:%s", url.at.host,
		url.at.port);
	return (uint64_t)relay_tls_for(s, relay);
}

/* What sessions with relays read: keypost-mail may read nothing else. */
static enum status
put_readable(const char *password, const char *ca, struct buf *payload)
{
	const char *files[] = {password, ca};
	enum status st = STATUS_OK;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		if (st == STATUS_OK && files[i] != NULL && *files[i] != '\0')
			st = frame_put_field(
				payload, CONFIG_READABLE, bytes_of(files[i]));
	}
	return st;
}

static enum status
send_config(const struct agent *a, int fd)
{
	const struct mail_settings *s = a->settings;
	const struct config_text texts[] = {
		{CONFIG_DATA, s->data},
		{CONFIG_MAILDIR, s->maildir},
		{CONFIG_LMTP, s->lmtp_listen},
		{CONFIG_ADDRESS, s->address},
		{CONFIG_HOST, s->host},
		{CONFIG_IMAP, s->imap},
		{CONFIG_IMAP_PASSWORD, s->imap_password_file},
		{CONFIG_IMAP_PIN, s->imap_pin},
		{CONFIG_TLS_CA, s->tls_ca},
	};
	const struct config_number numbers[] = {
		{CONFIG_LOG_LEVEL, (uint64_t)log_get_level()},
		{CONFIG_IMAP_TLS, imap_tls(s)},
		{CONFIG_IMAP_SHARED, s->imap_shared},
	};
	size_t count = sizeof(numbers) / sizeof(numbers[0]);
	struct buf payload = {0};
	enum status st = STATUS_OK;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (texts[i].text == NULL || texts[i].text[0] == '\0')
			continue;
		st = frame_put_field(&payload, (uint8_t)texts[i].field,
			bytes_of(texts[i].text));
		if (st != STATUS_OK)
			break;
	}
	if (st == STATUS_OK)
		st = put_readable(s->access.password_file, s->tls_ca, &payload);
	for (size_t i = 0; st == STATUS_OK && i < s->peer_count; i++)
		st = put_readable(s->peers[i].access.password_file,
			s->peers[i].tls_ca, &payload);
	for (size_t i = 0; st == STATUS_OK && i < count; i++)
		st = frame_put_number(
			&payload, (uint8_t)numbers[i].field, numbers[i].value);
	if (st == STATUS_OK)
		st = frame_send(fd, FRAME_CONFIG, 0, buf_view(&payload),
			clock_mono_ms() + AGENT_WRITE_MS);
	buf_done(&payload);
	return st;
}

static bool
set_nonblock(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0;
}

static bool
start(struct agent *a, int64_t now)
{
	struct err err = {{0}};
	int in = -1, out = -1;
	enum status st;

	a->pid = 0;
	st = a->spawn->spawn(a->spawn->ctx, &in, &out, &a->pid, &err);
	if (st != STATUS_OK) {
		failed(a, err.text, now);
		return false;
	}
	if (!set_nonblock(in) || !set_nonblock(out))
		st = STATUS_IO;
	else
		st = send_config(a, in);
	if (st != STATUS_OK) {
		(void)close(in);
		(void)close(out);
		failed(a, "it does not take its configuration", now);
		return false;
	}
	counter_add(a->starts, 1);
	a->in = in;
	a->started = now;
	a->beat = now;
	offer_out(a, out);
	log_line(LOG_INFO, "agent", "state=up pid=%d", a->pid);
	return true;
}

static bool
is_out_lost(struct agent *a)
{
	bool lost;

	(void)pthread_mutex_lock(&a->lock);
	lost = a->out_lost;
	(void)pthread_mutex_unlock(&a->lock);
	return lost;
}

bool
agent_tend(struct agent *a, int64_t now)
{
	if (a->in >= 0 && is_out_lost(a))
		agent_lost(a, "its socket for letters out broke", now);
	if (a->in >= 0 && now - a->beat > AGENT_BEAT_MS)
		agent_lost(a, "no sign of life", now);
	if (a->in >= 0 || now < a->next_start)
		return false;
	return start(a, now);
}

int64_t
agent_next(const struct agent *a)
{
	return a->in < 0 ? a->next_start : a->beat + AGENT_BEAT_MS + 1;
}

void
agent_beat(struct agent *a, int64_t now)
{
	a->beat = now;
}

void
agent_hear_beat(struct agent *a, struct bytes payload)
{
	struct reader r = reader_of(payload);
	bool down[SOURCES] = {false};
	struct bytes value;
	uint8_t name;

	while (frame_next_field(&r, &name, &value)) {
		for (size_t i = 0; name == BEAT_BROKEN && i < SOURCES; i++)
			down[i] |= bytes_eq(value, bytes_of(sources[i]));
	}
	for (size_t i = 0; i < SOURCES; i++)
		counter_set(a->down[i], down[i]);
}

void
agent_stop(struct agent *a)
{
	drop(a);
	(void)pthread_mutex_lock(&a->lock);
	if (a->out >= 0)
		(void)close(a->out);
	a->out = -1;
	(void)pthread_mutex_unlock(&a->lock);
	a->next_start = INT64_MAX;
}

bool
agent_out_changed(struct agent *a, int *fd)
{
	bool changed;

	(void)pthread_mutex_lock(&a->lock);
	changed = a->out_new;
	if (changed) {
		*fd = a->out;
		a->out = -1;
		a->out_new = false;
	}
	(void)pthread_mutex_unlock(&a->lock);
	return changed;
}

void
agent_out_broken(struct agent *a)
{
	(void)pthread_mutex_lock(&a->lock);
	if (!a->out_new)
		a->out_lost = true;
	(void)pthread_mutex_unlock(&a->lock);
	wake_signal(a->inbox);
}
