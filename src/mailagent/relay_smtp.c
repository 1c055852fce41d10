#include "mailagent/relay_smtp.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/crash.h"
#include "base/net.h"
#include "config.h"
#include "mailagent/relay_guard.h"

#if defined(HAVE_MAILSMTP_SEND_COMMAND) &&                                     \
	defined(HAVE_MAILSMTP_READ_RESPONSE) &&                                \
	defined(HAVE_MAILESMTP_PARSE_EHLO)
#define WITH_OWN_NAME 1
/* Exported by the library, but in none of its headers. */
int mailsmtp_send_command(mailsmtp *session, char *command);
int mailsmtp_read_response(mailsmtp *session);
int mailesmtp_parse_ehlo(mailsmtp *session);
#endif

enum {
	CONNECT_MS = 30 * 1000,
	/* A safety net: the watching process is stricter. */
	STREAM_SECONDS = 620
};

struct smtp {
	mailsmtp *session;
	bool is_lmtp;
	struct smtp_stages stages;
};

static const struct {
	const char *scheme;
	bool is_lmtp;
	const char *before; /* of what base/net.h reads */
	const char *port;
} schemes[] = {
	{"lmtp+unix:", true, "unix:", NULL},
	{"lmtp://", true, "", ":24"},
	{"smtp://", false, "", ":25"},
};

static void
set_result(struct smtp_result *res, enum sent_stage stage, int code,
	const char *text)
{
	res->stage = stage;
	res->code = code;
	snprintf(res->text, sizeof(res->text), "%s", text);
}

/* The last reply, or the lack of one, as the result. */
static void
take_reply(struct smtp *s, enum sent_stage stage, struct smtp_result *res)
{
	int code = s->session->response_code;
	const char *text = s->session->response;

	if (relay_guard_tripped()) {
		set_result(res, stage, 0, "an answer without end");
		return;
	}
	if (code < 200 || code > 599) {
		set_result(res, stage, 0, "the connection was lost");
		return;
	}
	set_result(res, stage, code, text != NULL ? text : "");
}

static void
enter(struct smtp *s, enum sent_stage stage)
{
	/* A reply that does not come must not look like the last one. */
	if (s->session != NULL)
		s->session->response_code = 0;
	relay_guard_reset();
	s->stages.enter(s->stages.ctx, stage);
}

/* After this the server and we still understand each other. */
static bool
goes_on(const struct smtp_result *res)
{
	return res->code != 0 && res->code != 421;
}

static enum status
find_endpoint(
	const char *relay, struct endpoint *at, bool *is_lmtp, struct err *err)
{
	char text[400];
	const char *rest;
	size_t i;

	for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		size_t n = strlen(schemes[i].scheme);

		if (strncmp(relay, schemes[i].scheme, n) != 0)
			continue;
		*is_lmtp = schemes[i].is_lmtp;
		rest = relay + n;
		snprintf(text, sizeof(text), "%s%s%s", schemes[i].before, rest,
			schemes[i].port != NULL && strchr(rest, ':') == NULL
				? schemes[i].port
				: "");
		return endpoint_parse(text, at, err);
	}
	err_set(err, "this kind of relay is not supported: %.100s", relay);
	return STATUS_UNSUPPORTED;
}

static void
no_delay(int fd)
{
	int on = 1;

	/* Commands are small and wait for answers. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static bool
connect_stream(struct smtp *s, const char *relay, struct smtp_result *res)
{
	struct endpoint at;
	struct err err = {""};
	mailstream *stream;
	int fd;

	if (find_endpoint(relay, &at, &s->is_lmtp, &err) != STATUS_OK ||
		net_connect(&at, clock_mono_ms() + CONNECT_MS, &fd, &err) !=
			STATUS_OK) {
		set_result(res, STAGE_CONNECT, 0, err.text);
		return false;
	}
	if (!at.is_unix)
		no_delay(fd);
	stream = mailstream_socket_open_timeout(fd, STREAM_SECONDS);
	s->session = mailsmtp_new(0, NULL);
	if (stream == NULL || s->session == NULL) {
		close(fd);
		set_result(res, STAGE_CONNECT, 0, "no memory");
		return false;
	}
	relay_guard_set(stream);
	enter(s, STAGE_GREETING);
	/* On failure the library closes the stream. */
	if (mailsmtp_connect(s->session, stream) == MAILSMTP_NO_ERROR)
		return true;
	take_reply(s, STAGE_GREETING, res);
	return false;
}

#ifdef WITH_OWN_NAME
static bool
say(struct smtp *s, const char *word, const char *host)
{
	char line[300];

	snprintf(line, sizeof(line), "%s %s\r\n", word, host);
	enter(s, STAGE_GREETING);
	return mailsmtp_send_command(s->session, line) != -1 &&
	       mailsmtp_read_response(s->session) == 250;
}

static bool
say_ehlo(struct smtp *s, const char *host)
{
	if (!say(s, "EHLO", host))
		return false;
	(void)mailesmtp_parse_ehlo(s->session);
	return true;
}

static bool
say_helo(struct smtp *s, const char *host)
{
	return say(s, "HELO", host);
}

/* One recipient: LMTP and SMTP answer once. */
static bool
say_letter(struct smtp *s, struct bytes data)
{
	mailstream *stream = s->session->stream;

	/* Stuffs dots, makes CRLF, adds the last one with its dot. */
	if (mailstream_send_data(
		    stream, (const char *)data.data, data.len, 0, NULL) == -1 ||
		mailstream_flush(stream) == -1)
		return false;
	crash_point("dot-sent");
	(void)mailsmtp_read_response(s->session);
	return true;
}
#else
/* They greet with what gethostname says. */
static bool
say_ehlo(struct smtp *s, const char *host)
{
	(void)host;
	enter(s, STAGE_GREETING);
	return mailesmtp_ehlo(s->session) == MAILSMTP_NO_ERROR;
}

static bool
say_helo(struct smtp *s, const char *host)
{
	(void)host;
	enter(s, STAGE_GREETING);
	return mailsmtp_helo(s->session) == MAILSMTP_NO_ERROR;
}

static bool
say_letter(struct smtp *s, struct bytes data)
{
	return mailsmtp_data_message(s->session, (const char *)data.data,
		       data.len) != MAILSMTP_ERROR_STREAM;
}
#endif

static bool
greet(struct smtp *s, const char *host, struct smtp_result *res)
{
	if (s->is_lmtp) {
		enter(s, STAGE_GREETING);
		if (mailesmtp_lhlo(s->session, host) == MAILSMTP_NO_ERROR)
			return true;
		take_reply(s, STAGE_GREETING, res);
		return false;
	}
	if (say_ehlo(s, host))
		return true;
	take_reply(s, STAGE_GREETING, res);
	if (res->code < 500 || !say_helo(s, host)) {
		take_reply(s, STAGE_GREETING, res);
		return false;
	}
	s->session->esmtp = 0;
	return true;
}

/* Clear text goes only where the operator wrote that it may. */
static bool
check_tls(struct smtp *s, enum relay_tls tls, struct smtp_result *res)
{
	if (tls == RELAY_TLS_NONE || tls == RELAY_TLS_OPPORTUNISTIC)
		return true;
	if (s->session->esmtp & MAILSMTP_ESMTP_STARTTLS)
		set_result(res, STAGE_TLS, 0,
			"TLS is required, and this version cannot verify "
			"certificates yet: set tls = none for this relay");
	else
		set_result(res, STAGE_TLS, 0,
			"TLS is required, and the relay does not offer it");
	return false;
}

struct smtp *
smtp_open(const struct smtp_target *target, const char *host,
	const struct smtp_stages *stages, struct smtp_result *res)
{
	struct smtp *s = xcalloc(1, sizeof(*s));

	/* The library's global for what has no timeout of its own. */
	mailstream_network_delay.tv_sec = STREAM_SECONDS;
	s->stages = *stages;
	enter(s, STAGE_CONNECT);
	if (!connect_stream(s, target->relay, res) || !greet(s, host, res))
		goto close;
	enter(s, STAGE_TLS);
	if (check_tls(s, target->tls, res))
		return s;
close:
	smtp_close(s);
	return NULL;
}

/* Octets on the wire: LF becomes CRLF. */
static size_t
wire_size(struct bytes data)
{
	size_t n = data.len;
	const uint8_t *p = data.data, *end = data.data + data.len;

	while (p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		n++;
		p++;
	}
	return n;
}

/* MAIL and RCPT; false after a refusal. */
static bool
send_envelope(struct smtp *s, const struct smtp_letter *l, size_t size,
	struct smtp_result *res)
{
	int esmtp = s->session->esmtp;
	int r;

	enter(s, STAGE_MAIL);
	r = mailesmtp_mail_size(s->session, l->sender, 0,
		(esmtp & MAILSMTP_ESMTP_DSN) && l->envid[0] != '\0' ? l->envid
								    : NULL,
		size);
	if (r != MAILSMTP_NO_ERROR) {
		take_reply(s, STAGE_MAIL, res);
		return false;
	}
	enter(s, STAGE_RCPT);
	r = mailesmtp_rcpt(s->session, l->recipient,
		esmtp & MAILSMTP_ESMTP_DSN ? MAILSMTP_DSN_NOTIFY_FAILURE : 0,
		NULL);
	if (r == MAILSMTP_NO_ERROR)
		return true;
	take_reply(s, STAGE_RCPT, res);
	return false;
}

static bool
send_data(struct smtp *s, const struct smtp_letter *l, struct smtp_result *res)
{
	enter(s, STAGE_DATA);
	if (mailsmtp_data(s->session) != MAILSMTP_NO_ERROR) {
		take_reply(s, STAGE_DATA, res);
		return false;
	}
	enter(s, STAGE_DOT);
	if (!say_letter(s, l->data)) {
		set_result(res, STAGE_DATA, 0, "the connection was lost");
		return false;
	}
	take_reply(s, STAGE_DOT, res);
	if (res->code < 200 || res->code > 299)
		return false;
	res->stage = STAGE_DONE;
	return true;
}

bool
smtp_send(struct smtp *s, const struct smtp_letter *letter,
	struct smtp_result *res)
{
	size_t size = wire_size(letter->data);

	res->size_max = s->session->smtp_max_msg_size;
	if (res->size_max > 0 && size > res->size_max) {
		set_result(res, STAGE_MAIL, 552,
			"5.3.4 longer than the relay announced to take");
		return true;
	}
	if (send_envelope(s, letter, size, res) && send_data(s, letter, res))
		return true;
	if (!goes_on(res))
		return false;
	enter(s, res->stage);
	if (mailsmtp_reset(s->session) != MAILSMTP_NO_ERROR)
		/* This letter's answer stands; the next finds out. */
		return false;
	return true;
}

void
smtp_close(struct smtp *s)
{
	if (s == NULL)
		return;
	/* mailsmtp_free says QUIT and closes the stream. */
	if (s->session != NULL)
		mailsmtp_free(s->session);
	free(s);
}
