#include "mailagent/relay_session.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/frame.h"
#include "base/mailaddr.h"
#include "mailagent/relay_auth.h"
#include "mailagent/relay_sent.h"
#include "mailagent/relay_smtp.h"
#include "mailagent/tls_session.h"

enum { IDLE_MS = 3600 * 1000 };

/* The fields of one FRAME_SEND, as C strings where libetpan wants them. */
struct order {
	struct smtp_target target;
	struct smtp_letter letter;
	char relay[300], sender[MAILADDR_MAX + 1];
	char recipient[MAILADDR_MAX + 1], envid[101];
	char user[RELAY_USER_MAX + 1], password_file[2048], ca[2048];
	char pin[TLS_PIN_LEN + 1];
	bool probe, too_long;
};

struct session {
	int fd;
	const char *host;
	struct relay_progress *progress;
	struct smtp *smtp;    /* NULL: not connected */
	struct order *target; /* of what smtp borrows from */
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
take_texts(struct order *o, uint8_t name, struct bytes value)
{
	const struct {
		enum send_field name;
		char *text;
		size_t size;
	} texts[] = {
		{SEND_RELAY, o->relay, sizeof(o->relay)},
		{SEND_SENDER, o->sender, sizeof(o->sender)},
		{SEND_RECIPIENT, o->recipient, sizeof(o->recipient)},
		{SEND_ENVID, o->envid, sizeof(o->envid)},
		{SEND_USER, o->user, sizeof(o->user)},
		{SEND_PASSWORD_FILE, o->password_file,
			sizeof(o->password_file)},
		{SEND_CA, o->ca, sizeof(o->ca)},
		{SEND_PIN, o->pin, sizeof(o->pin)},
	};

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		if (name == texts[i].name && value.len > 0)
			copy_text(o, texts[i].text, texts[i].size, value);
	}
}

/* Borrows from the payload, and points into itself. */
static void
take_order(struct bytes payload, struct order *o)
{
	struct reader r = reader_of(payload);
	struct bytes value;
	uint8_t name;

	memset(o, 0, sizeof(*o));
	o->target = (struct smtp_target){.relay = o->relay,
		.tls = RELAY_TLS_REQUIRED,
		.ca = o->ca,
		.pin = o->pin,
		.user = o->user,
		.password_file = o->password_file};
	o->letter = (struct smtp_letter){.sender = o->sender,
		.recipient = o->recipient,
		.envid = o->envid};
	while (frame_next_field(&r, &name, &value)) {
		if (name == SEND_DATA)
			o->letter.data = value;
		else if (name == SEND_TLS)
			o->target.tls = (enum relay_tls)frame_number(value);
		else if (name == SEND_PROBE)
			o->probe = frame_number(value) != 0;
		else
			take_texts(o, name, value);
	}
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
	free(s->target);
	s->smtp = NULL;
	s->target = NULL;
	atomic_store(&s->progress->connected_since, 0);
}

static bool
connect_to(struct session *s, struct bytes payload, struct smtp_result *res)
{
	struct smtp_stages stages = {on_stage, s};

	s->letters = 0;
	s->connected = clock_mono_ms();
	atomic_store(&s->progress->connected_since, s->connected);
	/* Letters to one relay differ in nothing but themselves. */
	s->target = xcalloc(1, sizeof(*s->target));
	take_order(payload, s->target);
	s->smtp = smtp_open(&s->target->target, s->host, &stages, res);
	if (s->smtp == NULL)
		disconnect(s);
	return s->smtp != NULL;
}

static bool
send_one(struct session *s, const struct order *o, struct smtp_result *res)
{
	s->letters++;
	if (!o->probe)
		return smtp_send(s->smtp, &o->letter, res);
	smtp_describe(s->smtp, res);
	return true;
}

/* False when the connection is of no more use. */
static bool
deliver(struct session *s, const struct order *o, struct bytes payload,
	struct smtp_result *res)
{
	bool fresh = s->smtp == NULL;

	if (!fresh &&
		(s->letters >= RELAY_LETTERS_MAX ||
			clock_mono_ms() - s->connected > RELAY_SESSION_MS)) {
		disconnect(s);
		fresh = true;
	}
	if (fresh && !connect_to(s, payload, res))
		return false;
	if (send_one(s, o, res))
		return true;
	disconnect(s);
	/* A server may end a session that had nothing to do: not a fault. */
	if (fresh || res->stage > STAGE_MAIL)
		return false;
	return connect_to(s, payload, res) && send_one(s, o, res);
}

static bool
has_safe_addresses(const struct order *o)
{
	return o->probe ||
	       (mailaddr_is_safe(o->recipient) &&
		       (o->sender[0] == '\0' || mailaddr_is_safe(o->sender)));
}

static bool
serve(struct session *s, const struct frame *f)
{
	struct buf payload = {.len = 0};
	struct smtp_result res = {.stage = STAGE_CONNECT};
	struct order o;
	bool good = true;

	take_order(f->payload, &o);
	if (o.too_long || !has_safe_addresses(&o)) {
		res.stage = STAGE_RCPT;
		res.code = 553;
		snprintf(res.text, sizeof(res.text),
			"5.1.3 an address that may not go into a command");
	} else {
		good = deliver(s, &o, f->payload, &res);
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
