#include "mailagent/agent.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/spool.h"
#include "mailagent/intake.h"
#include "mailagent/job.h"
#include "mailagent/relay.h"
#include "mailagent/sandbox.h"
#include "mailagent/source_imap.h"
#include "mailagent/source_lmtp.h"
#include "mailagent/source_maildir.h"
#include "mailagent/source_spool.h"

enum {
	CONFIG_WAIT_MS = 30 * 1000,
	BEAT_MS = 10 * 1000,
	DECODERS_READY = 8,
	DECODERS_MAX = 16,
	DECODER_WALL_MS = 20 * 1000,
	LMTP_IDLE_MS = 300 * 1000,
	RENEW_MS = 60 * 1000,        /* with a source that cannot be opened */
	RENEW_LATEST_MS = 300 * 1000 /* also with letters in hand */
};

struct agent_config {
	char data[2048], maildir[2048], lmtp[300], address[300], host[256];
	char imap[800], imap_password[2048], imap_pin[TLS_PIN_LEN + 1];
	char tls_ca[2048];
	enum relay_tls imap_tls;
	bool imap_shared;
	int64_t renew_ms;
	char **readable; /* ends with NULL */
	size_t readable_count;
};

struct agent {
	struct agent_config config;
	struct loop *loop;
	struct channel *in, *out;
	struct nursery *nursery;
	struct quarantine quarantine;
	struct intake *intake;
	struct source_spool *spool;
	struct source_maildir *maildir;
	struct source_lmtp *lmtp;
	struct source_imap *imap;
	struct relay *relay;
	int64_t next_beat;
	int64_t renew_at;  /* 0: all sources could be opened */
	struct buf broken; /* those that could not, as the beat says it */
	bool closed;
};

static void
copy_text(char *text, size_t size, struct bytes value)
{
	if (value.len == 0 || value.len >= size)
		return;
	memcpy(text, value.data, value.len);
	text[value.len] = '\0';
}

/* The fields that are text, and where they go. */
static const struct config_text {
	enum config_field field;
	size_t at, size;
} config_texts[] = {
#define TEXT(field, member)                                                    \
	{                                                                      \
		field, offsetof(struct agent_config, member),                  \
			sizeof(((struct agent_config *)0)->member)             \
	}
	TEXT(CONFIG_DATA, data), TEXT(CONFIG_MAILDIR, maildir),
	TEXT(CONFIG_LMTP, lmtp), TEXT(CONFIG_ADDRESS, address),
	TEXT(CONFIG_HOST, host), TEXT(CONFIG_IMAP, imap),
	TEXT(CONFIG_IMAP_PASSWORD, imap_password),
	TEXT(CONFIG_IMAP_PIN, imap_pin), TEXT(CONFIG_TLS_CA, tls_ca)
#undef TEXT
};

static void
take_text(struct agent_config *c, uint8_t name, struct bytes value)
{
	for (size_t i = 0; i < sizeof(config_texts) / sizeof(config_texts[0]);
		i++) {
		if (config_texts[i].field == name)
			copy_text((char *)c + config_texts[i].at,
				config_texts[i].size, value);
	}
}

static void
add_readable(struct agent_config *c, struct bytes value)
{
	size_t n = c->readable_count++;

	c->readable = xrealloc(c->readable, (n + 2) * sizeof(*c->readable));
	c->readable[n] = xcalloc(1, value.len + 1);
	memcpy(c->readable[n], value.data, value.len);
	c->readable[n + 1] = NULL;
}

static void
free_readable(struct agent_config *c)
{
	for (size_t i = 0; i < c->readable_count; i++)
		free(c->readable[i]);
	free(c->readable);
}

static void
take_config(struct agent_config *c, struct bytes payload)
{
	struct reader r = reader_of(payload);
	struct bytes value;
	uint8_t name;

	while (frame_next_field(&r, &name, &value)) {
		if (name == CONFIG_READABLE)
			add_readable(c, value);
		else if (name == CONFIG_LOG_LEVEL)
			log_set_level((enum log_level)frame_number(value));
		else if (name == CONFIG_IMAP_TLS)
			c->imap_tls = (enum relay_tls)frame_number(value);
		else if (name == CONFIG_RENEW_MS)
			c->renew_ms = (int64_t)frame_number(value);
		else if (name == CONFIG_IMAP_SHARED)
			c->imap_shared = frame_number(value) != 0;
		else
			take_text(c, name, value);
	}
	if (c->host[0] == '\0')
		copy_text(c->host, sizeof(c->host), bytes_of("localhost"));
}

static enum status
read_config(struct agent *a, int fd, struct err *err)
{
	struct frame_reader r;
	struct frame f;
	enum status st;

	frame_reader_init(&r, 64 * 1024);
	st = frame_read(&r, fd, clock_mono_ms() + CONFIG_WAIT_MS, &f);
	if (st == STATUS_OK && f.type != FRAME_CONFIG)
		st = STATUS_MALFORMED;
	if (st == STATUS_OK)
		take_config(&a->config, f.payload);
	frame_reader_done(&r);
	if (st == STATUS_OK && a->config.data[0] == '\0')
		st = STATUS_MALFORMED;
	if (st != STATUS_OK)
		err_set(err, "no configuration from keypostd: %s",
			status_name(st));
	return st;
}

static void
on_closed(void *ctx)
{
	((struct agent *)ctx)->closed = true;
}

static void
on_in(void *ctx, const struct frame *f)
{
	struct agent *a = ctx;

	if (f->type == FRAME_DONE)
		intake_done(a->intake, f->id, f->payload);
}

static void
on_out(void *ctx, const struct frame *f)
{
	if (f->type == FRAME_SEND)
		relay_send(((struct agent *)ctx)->relay, f->id, f->payload);
}

static void
on_sent(void *ctx, uint64_t id, struct bytes payload)
{
	struct agent *a = ctx;

	channel_put(a->out, FRAME_SENT, id, payload);
}

/* The others go on. This process is confined to what was there: what is
 * mended is for the next one. */
static void
source_broke(struct agent *a, const char *name, const struct err *err)
{
	int64_t wait = a->config.renew_ms > 0 ? a->config.renew_ms : RENEW_MS;

	a->renew_at = clock_mono_ms() + wait;
	if (frame_put_field(&a->broken, BEAT_BROKEN, bytes_of(name)) !=
		STATUS_OK)
		buf_clear(&a->broken);
	log_line(LOG_ERROR, "source",
		"name=%s state=down retry_ms=%lld reason=%s", name,
		(long long)wait, log_quote_str(err->text).text);
}

static bool
is_to_be_renewed(const struct agent *a, int64_t now)
{
	bool idle = relay_is_idle(a->relay) && intake_is_empty(a->intake);

	return a->renew_at != 0 &&
	       now >= a->renew_at + (idle ? 0 : RENEW_LATEST_MS);
}

static void
on_tick(void *ctx, int64_t now)
{
	struct agent *a = ctx;

	if (is_to_be_renewed(a, now))
		a->closed = true;
	if (now < a->next_beat)
		return;
	a->next_beat = now + BEAT_MS;
	/* A daemon that does not read needs no pile of them. */
	if (channel_waiting(a->in) == 0)
		channel_put(a->in, FRAME_BEAT, 0, buf_view(&a->broken));
}

static enum status
confine(const struct agent *a, struct err *err)
{
	char spool[4096], quarantine[4096];
	const char *writable[] = {spool, quarantine,
		a->config.maildir[0] != '\0' ? a->config.maildir : NULL, NULL};

	snprintf(spool, sizeof(spool), "%s/spool", a->config.data);
	snprintf(quarantine, sizeof(quarantine), "%s/quarantine",
		a->config.data);
	return sandbox_enter_agent(
		writable, (const char *const *)a->config.readable, err);
}

static enum status
open_folders(struct agent *a, struct err *err)
{
	char path[4096];
	enum status st;

	snprintf(path, sizeof(path), "%s/quarantine", a->config.data);
	st = quarantine_open(&a->quarantine, path, err);
	snprintf(path, sizeof(path), "%s/spool", a->config.data);
	if (st == STATUS_OK)
		st = spool_open(path, err);
	return st;
}

static enum status
open_lmtp(struct agent *a, struct err *err)
{
	struct source_lmtp_settings set = {.listen = a->config.lmtp,
		.address = a->config.address,
		.host = a->config.host,
		.idle_ms = LMTP_IDLE_MS,
		.verdict_ms = AGENT_DONE_SECONDS * 1000};

	if (a->config.lmtp[0] == '\0')
		return STATUS_OK;
	return source_lmtp_new(&set, &a->lmtp, err);
}

static enum status
open_imap(struct agent *a, struct err *err)
{
	char state[4096], tries[4096];
	struct source_imap_settings set = {.url = a->config.imap,
		.password_file = a->config.imap_password,
		.authority_file = a->config.tls_ca,
		.pin = a->config.imap_pin,
		.tls = a->config.imap_tls,
		.shared = a->config.imap_shared,
		.state = state,
		.tries = tries,
		.times = &imap_times_default};

	if (a->config.imap[0] == '\0')
		return STATUS_OK;
	snprintf(state, sizeof(state), "%s/spool/imap", a->config.data);
	snprintf(tries, sizeof(tries), "%s/spool/imap-tries", a->config.data);
	return source_imap_new(&set, &a->imap, err);
}

static enum status
start_sources(struct agent *a, struct err *err)
{
	char path[4096], tries[4096];
	enum status st;

	snprintf(path, sizeof(path), "%s/spool", a->config.data);
	st = source_spool_new(a->loop, a->intake, path, &a->spool, err);
	snprintf(
		tries, sizeof(tries), "%s/spool/maildir-tries", a->config.data);
	if (st == STATUS_OK && a->config.maildir[0] != '\0' &&
		source_maildir_new(a->loop, a->intake, a->config.maildir, tries,
			&a->maildir, err) != STATUS_OK)
		source_broke(a, "maildir", err);
	if (st == STATUS_OK && a->lmtp != NULL)
		source_lmtp_start(a->lmtp, a->loop, a->intake);
	if (st == STATUS_OK && a->imap != NULL)
		source_imap_start(a->imap, a->loop, a->intake);
	return st;
}

/* What needs the file system whole comes before `confine`. */
static enum status
start(struct agent *a, int in_fd, int out_fd, struct err *err)
{
	struct nursery_settings decoders = {.ready = DECODERS_READY,
		.max = DECODERS_MAX,
		.wall_ms = DECODER_WALL_MS,
		.work = job_work};
	struct channel_calls in = {on_in, on_closed, a};
	struct channel_calls out = {on_out, on_closed, a};
	enum status st = open_folders(a, err);

	if (st == STATUS_OK && open_lmtp(a, err) != STATUS_OK)
		source_broke(a, "lmtp", err);
	if (st == STATUS_OK && open_imap(a, err) != STATUS_OK)
		source_broke(a, "imap", err);
	if (st == STATUS_OK)
		st = confine(a, err);
	if (st == STATUS_OK)
		st = nursery_new(a->loop, &decoders, &a->nursery, err);
	a->in = channel_new(a->loop, in_fd, &in);
	a->out = channel_new(a->loop, out_fd, &out);
	if (st != STATUS_OK)
		return st;
	a->intake = intake_new(a->loop, a->nursery, a->in, &a->quarantine);
	a->relay = relay_new(
		a->loop, a->config.host, &relay_limits_default, on_sent, a);
	loop_tick(a->loop, on_tick, a);
	return start_sources(a, err);
}

static void
stop_all(struct agent *a)
{
	relay_free(a->relay);
	/* What was decided already should be heard of. */
	if (a->out != NULL)
		channel_flush(a->out, clock_mono_ms() + 1000);
	intake_free(a->intake);
	source_lmtp_free(a->lmtp);
	source_imap_free(a->imap);
	source_maildir_free(a->maildir);
	source_spool_free(a->spool);
	nursery_free(a->nursery);
	channel_free(a->in);
	channel_free(a->out);
	quarantine_done(&a->quarantine);
	buf_done(&a->broken);
	loop_free(a->loop);
}

enum status
agent_run(int in_fd, int out_fd, const volatile sig_atomic_t *stop,
	struct err *err)
{
	struct agent *a = xcalloc(1, sizeof(*a));
	enum status st;

	signal(SIGPIPE, SIG_IGN);
	a->loop = loop_new();
	st = read_config(a, in_fd, err);
	if (st != STATUS_OK) {
		close(in_fd);
		close(out_fd);
	} else if ((st = start(a, in_fd, out_fd, err)) == STATUS_OK) {
		log_line(LOG_INFO, "agent",
			"state=ready lmtp=%s maildir=%s imap=%s",
			log_quote_str(a->config.lmtp).text,
			log_quote_str(a->config.maildir).text,
			log_quote_str(a->config.imap).text);
		while (!a->closed && !*stop)
			loop_turn(a->loop);
		st = STATUS_CLOSED;
	}
	stop_all(a);
	free_readable(&a->config);
	free(a);
	return st;
}
