#include "mailagent/relay_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/frame.h"
#include "base/mailaddr.h"
#include "mailagent/relay_sent.h"
#include "mailagent/relay_smtp.h"

enum { IDLE_MS = 3600 * 1000 };

/* The fields of one FRAME_SEND, as C strings where libetpan wants them. */
struct order {
	struct smtp_target target;
	struct smtp_letter letter;
	char relay[300], sender[MAILADDR_MAX + 1];
	char recipient[MAILADDR_MAX + 1], envid[101];
	bool too_long;
};

struct session {
	int fd;
	const char *host;
	struct relay_progress *progress;
	struct smtp *smtp; /* NULL: not connected */
	size_t letters;
	int64_t connected;
};

static void
copy_text(struct order *o, char *text, size_t size, struct bytes value)
{
	if (value.len >= size || memchr(value.data, '\0', value.len) != NULL) {
		o->too_long = true;
		return;
	}
	memcpy(text, value.data, value.len);
	text[value.len] = '\0';
}

static void
take_order(struct bytes payload, struct order *o)
{
	struct reader r = reader_of(payload);
	struct bytes value;
	uint8_t name;

	memset(o, 0, sizeof(*o));
	while (frame_next_field(&r, &name, &value)) {
		if (name == SEND_DATA)
			o->letter.data = value;
		else if (name == SEND_TLS)
			o->target.tls = (enum relay_tls)frame_number(value);
		else if (value.len == 0)
			continue;
		else if (name == SEND_RELAY)
			copy_text(o, o->relay, sizeof(o->relay), value);
		else if (name == SEND_SENDER)
			copy_text(o, o->sender, sizeof(o->sender), value);
		else if (name == SEND_RECIPIENT)
			copy_text(o, o->recipient, sizeof(o->recipient), value);
		else if (name == SEND_ENVID)
			copy_text(o, o->envid, sizeof(o->envid), value);
	}
	o->target.relay = o->relay;
	o->letter.sender = o->sender;
	o->letter.recipient = o->recipient;
	o->letter.envid = o->envid;
}

static void
on_stage(void *ctx, enum sent_stage stage)
{
	struct session *s = ctx;

	atomic_store(&s->progress->since, clock_mono_ms());
	atomic_store(&s->progress->stage, (int)stage);
}

static void
disconnect(struct session *s)
{
	smtp_close(s->smtp);
	s->smtp = NULL;
	atomic_store(&s->progress->connected_since, 0);
}

static bool
connect_to(struct session *s, const struct order *o, struct smtp_result *res)
{
	struct smtp_stages stages = {on_stage, s};

	s->letters = 0;
	s->connected = clock_mono_ms();
	atomic_store(&s->progress->connected_since, s->connected);
	s->smtp = smtp_open(&o->target, s->host, &stages, res);
	return s->smtp != NULL;
}

/* False when the connection is of no more use. */
static bool
deliver(struct session *s, const struct order *o, struct smtp_result *res)
{
	bool fresh = s->smtp == NULL;

	if (!fresh &&
		(s->letters >= RELAY_LETTERS_MAX ||
			clock_mono_ms() - s->connected > RELAY_SESSION_MS)) {
		disconnect(s);
		fresh = true;
	}
	if (fresh && !connect_to(s, o, res))
		return false;
	s->letters++;
	if (smtp_send(s->smtp, &o->letter, res))
		return true;
	disconnect(s);
	/* A server may end a session that had nothing to do: not a fault. */
	if (fresh || res->stage > STAGE_MAIL)
		return false;
	if (!connect_to(s, o, res))
		return false;
	s->letters++;
	return smtp_send(s->smtp, &o->letter, res);
}

static bool
serve(struct session *s, const struct frame *f)
{
	struct buf payload = {.len = 0};
	struct smtp_result res = {.stage = STAGE_CONNECT};
	struct order o;
	bool good;

	take_order(f->payload, &o);
	if (o.too_long || !mailaddr_is_safe(o.recipient) ||
		(o.sender[0] != '\0' && !mailaddr_is_safe(o.sender))) {
		res.stage = STAGE_RCPT;
		res.code = 553;
		snprintf(res.text, sizeof(res.text),
			"5.1.3 an address that may not go into a command");
		good = true;
	} else {
		good = deliver(s, &o, &res);
	}
	relay_put_sent(&payload, res.stage, res.code, res.text, res.size_max);
	/* Nothing is awaited from the server any more. */
	atomic_store(&s->progress->since, 0);
	if (frame_send(s->fd, FRAME_SENT, f->id, buf_view(&payload),
		    clock_mono_ms() + IDLE_MS) != STATUS_OK)
		good = false;
	buf_done(&payload);
	return good;
}

noreturn void
relay_session_run(int fd, const char *host, struct relay_progress *progress)
{
	struct session s = {.fd = fd, .host = host, .progress = progress};
	struct frame_reader in;
	struct frame f;
	bool good = true;

	frame_reader_init(&in, FRAME_MAX);
	while (good &&
		frame_read(&in, fd, clock_mono_ms() + IDLE_MS, &f) == STATUS_OK)
		good = serve(&s, &f);
	if (s.smtp != NULL)
		disconnect(&s);
	_exit(0);
}
