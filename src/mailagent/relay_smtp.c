#include "mailagent/relay_smtp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/crash.h"
#include "mailagent/relay_state.h"

static void
set_result(struct smtp_result *res, enum sent_stage stage, int code,
	const char *text)
{
	res->stage = stage;
	res->code = code;
	snprintf(res->text, sizeof(res->text), "%s", text);
}

/* After this the server and we still understand each other. */
static bool
goes_on(const struct smtp_result *res)
{
	return res->code != 0 && res->code != 421;
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
	int r;

	smtp_enter(s, STAGE_MAIL);
	r = mailesmtp_mail_size(s->session, l->sender, 0,
		s->hello.dsn && l->envid[0] != '\0' ? l->envid : NULL, size);
	if (r != MAILSMTP_NO_ERROR) {
		smtp_take_reply(s, STAGE_MAIL, res);
		return false;
	}
	smtp_enter(s, STAGE_RCPT);
	r = mailesmtp_rcpt(s->session, l->recipient,
		s->hello.dsn ? MAILSMTP_DSN_NOTIFY_FAILURE : 0, NULL);
	if (r == MAILSMTP_NO_ERROR)
		return true;
	smtp_take_reply(s, STAGE_RCPT, res);
	return false;
}

static bool
send_data(struct smtp *s, const struct smtp_letter *l, struct smtp_result *res)
{
	smtp_enter(s, STAGE_DATA);
	if (mailsmtp_data(s->session) != MAILSMTP_NO_ERROR) {
		smtp_take_reply(s, STAGE_DATA, res);
		return false;
	}
	smtp_enter(s, STAGE_DOT);
	if (!say_letter(s, l->data)) {
		smtp_take_reply(s, STAGE_DATA, res);
		return false;
	}
	smtp_take_reply(s, STAGE_DOT, res);
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

	res->size_max = s->hello.size_max;
	if (res->size_max > 0 && size > res->size_max) {
		set_result(res, STAGE_MAIL, 552,
			"5.3.4 longer than the relay announced to take");
		return true;
	}
	if (send_envelope(s, letter, size, res) && send_data(s, letter, res))
		return true;
	s->ready = goes_on(res);
	if (!s->ready)
		return false;
	smtp_enter(s, res->stage);
	if (mailsmtp_reset(s->session) != MAILSMTP_NO_ERROR)
		/* This letter's answer stands; the next finds out. */
		return false;
	return true;
}

void
smtp_describe(const struct smtp *s, struct smtp_result *res)
{
	struct tls_session *tls = wire_tls(s->wire);
	char size[60] = "", user[RELAY_USER_MAX + 20] = "";

	if (s->hello.size_max > 0)
		snprintf(size, sizeof(size), ", letters up to %zu octets",
			s->hello.size_max);
	if (s->target->user[0] != '\0')
		snprintf(user, sizeof(user), ", logged in as %.*s",
			RELAY_USER_MAX, s->target->user);
	res->stage = STAGE_DONE;
	res->code = 250;
	res->size_max = s->hello.size_max;
	snprintf(res->text, sizeof(res->text), "%s%s%s%s",
		tls == NULL ? "in clear" : tls_session_version(tls),
		tls == NULL   ? ""
		: s->verified ? ", the certificate is good"
			      : ", the certificate is not verified",
		user, size);
}

void
smtp_close(struct smtp *s)
{
	char quit[] = "QUIT\r\n";

	if (s == NULL)
		return;
	if (s->session != NULL) {
		/* The library would wait for the answer to QUIT. */
		if (s->ready)
			(void)mailsmtp_send_command(s->session, quit);
		(void)mailstream_close(s->session->stream);
		s->session->stream = NULL;
		mailsmtp_free(s->session);
	}
	free(s);
}
