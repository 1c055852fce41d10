#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "mailagent/relay_state.h"

enum {
	CONNECT_MS = 30 * 1000,
	/* A safety net: the watching process is stricter. */
	STREAM_SECONDS = 620,
	LINE_MAX_OCTETS = 4096, /* L19 */
	ANSWER_LINES_MAX = 100
};

static void
fail(struct smtp_result *res, enum sent_stage stage, const char *text)
{
	res->stage = stage;
	res->code = 0;
	snprintf(res->text, sizeof(res->text), "%s", text);
}

void
smtp_take_reply(struct smtp *s, enum sent_stage stage, struct smtp_result *res)
{
	int code = s->session->response_code;
	const char *text = s->session->response;

	if (wire_fault(s->wire) != NULL) {
		fail(res, stage, wire_fault(s->wire));
	} else if (code < 200 || code > 599) {
		fail(res, stage, "the connection was lost");
	} else {
		fail(res, stage, text != NULL ? text : "");
		res->code = code;
	}
}

void
smtp_enter(struct smtp *s, enum sent_stage stage)
{
	/* A reply that does not come must not look like the last one. */
	if (s->session != NULL)
		s->session->response_code = 0;
	if (s->wire != NULL)
		wire_reset(s->wire);
	/* What it says now would be taken for the answer to what we say next:
	 * a letter for accepted before it was sent, say. */
	if (s->greeted)
		wire_expect_silence(s->wire);
	s->stages.enter(s->stages.ctx, stage);
}

static void
no_delay(int fd)
{
	int on = 1;

	/* Commands are small and wait for answers. Unix sockets have none. */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

static bool
attach(struct smtp *s, int fd, struct smtp_result *res)
{
	static const struct wire_limits limits = {
		.wait_ms = STREAM_SECONDS * 1000,
		.line_max = LINE_MAX_OCTETS,
		.lines_max = ANSWER_LINES_MAX};

	no_delay(fd);
	s->wire = wire_new(fd, &limits);
	s->session = s->wire != NULL ? mailsmtp_new(0, NULL) : NULL;
	if (s->session != NULL) {
		s->session->stream = wire_stream(s->wire);
		return true;
	}
	if (s->wire != NULL)
		(void)mailstream_close(wire_stream(s->wire));
	s->wire = NULL;
	fail(res, STAGE_CONNECT, "no memory");
	return false;
}

static enum status
verify(struct smtp *s, struct err *err)
{
	struct buf pem = {.len = 0};
	enum status st = STATUS_OK;

	if (s->target->ca[0] != '\0')
		st = file_read(s->target->ca, TLS_CA_MAX, &pem, err);
	if (st == STATUS_OK && s->target->ca[0] != '\0' && pem.len == 0) {
		err_set(err, "%.200s is empty", s->target->ca);
		st = STATUS_REJECTED;
	}
	s->trust.authority = buf_view(&pem);
	if (st == STATUS_OK)
		st = tls_session_verify(wire_tls(s->wire), err);
	s->trust.authority = bytes_make(NULL, 0);
	buf_done(&pem);
	return st;
}

/* The certificate is judged here, and before that no word is said. */
static bool
start_tls(struct smtp *s, struct smtp_result *res)
{
	struct err err = {""};

	smtp_enter(s, STAGE_TLS);
	if (wire_start_tls(s->wire, &s->trust, &err) == STATUS_OK) {
		s->verified = verify(s, &err) == STATUS_OK;
		if (s->verified || s->target->tls == RELAY_TLS_OPPORTUNISTIC)
			return true;
	}
	fail(res, STAGE_TLS, err.text);
	return false;
}

static bool
say(struct smtp *s, enum sent_stage stage, const char *word, const char *host,
	int code)
{
	char line[300];

	snprintf(line, sizeof(line), "%s%s%.260s\r\n", word,
		*host != '\0' ? " " : "", host);
	smtp_enter(s, stage);
	return mailsmtp_send_command(s->session, line) != -1 &&
	       mailsmtp_read_response(s->session) == code;
}

static bool
greet(struct smtp *s, const char *host, struct smtp_result *res)
{
	const char *word = s->url.is_lmtp ? "LHLO" : "EHLO";

	memset(&s->hello, 0, sizeof(s->hello));
	if (say(s, STAGE_GREETING, word, host, 250)) {
		relay_hello_read(s->session->response, &s->hello);
		goto greeted;
	}
	smtp_take_reply(s, STAGE_GREETING, res);
	if (s->url.is_lmtp || res->code < 500)
		return false;
	/* It knows no extensions, or says so. */
	if (!say(s, STAGE_GREETING, "HELO", host, 250)) {
		smtp_take_reply(s, STAGE_GREETING, res);
		return false;
	}
greeted:
	/* What the library asks before it adds words to MAIL and RCPT. */
	s->session->esmtp = (s->hello.size ? MAILSMTP_ESMTP_SIZE : 0) |
			    (s->hello.dsn ? MAILSMTP_ESMTP_DSN : 0);
	return true;
}

/* False: we must not go on with this relay. */
static bool
secure(struct smtp *s, const char *host, struct smtp_result *res)
{
	enum relay_tls tls = s->target->tls;

	if (wire_tls(s->wire) != NULL || tls == RELAY_TLS_NONE || s->no_tls)
		return true;
	if (!s->hello.starttls) {
		if (tls == RELAY_TLS_OPPORTUNISTIC)
			return true;
		fail(res, STAGE_TLS,
			"TLS is required, and the relay does not offer it");
		return false;
	}
	if (!say(s, STAGE_TLS, "STARTTLS", "", 220)) {
		smtp_take_reply(s, STAGE_TLS, res);
		/* It stays a session in clear, for whom that is enough. */
		return tls == RELAY_TLS_OPPORTUNISTIC && res->code != 0 &&
		       res->code != 421;
	}
	/* What it said in clear is forgotten: anybody could have said it. */
	return start_tls(s, res) && greet(s, host, res);
}

static bool
log_in(struct smtp *s, struct smtp_result *res)
{
	const struct relay_login login = {.user = s->target->user,
		.password_file = s->target->password_file,
		.host = s->url.at.host,
		.offered = s->hello.auth,
		.verified = s->verified};
	struct err err = {""};
	enum status st;

	if (login.user[0] == '\0')
		return true;
	smtp_enter(s, STAGE_AUTH);
	st = relay_auth(s->session, &login, &err);
	if (st == STATUS_REJECTED || st == STATUS_CLOSED)
		smtp_take_reply(s, STAGE_AUTH, res);
	else if (st != STATUS_OK)
		fail(res, STAGE_AUTH, err.text);
	return st == STATUS_OK;
}

static bool
hear_greeting(struct smtp *s, struct smtp_result *res)
{
	smtp_enter(s, STAGE_GREETING);
	s->greeted = mailsmtp_read_response(s->session) == 220;
	if (s->greeted)
		return true;
	smtp_take_reply(s, STAGE_GREETING, res);
	return false;
}

static struct smtp *
new_session(const struct smtp_target *target, const struct smtp_stages *stages,
	struct smtp_result *res)
{
	struct smtp *s = xcalloc(1, sizeof(*s));
	struct err err = {""};

	/* The library's global for what has no timeout of its own. */
	mailstream_network_delay.tv_sec = STREAM_SECONDS;
	s->target = target;
	s->stages = *stages;
	smtp_enter(s, STAGE_CONNECT);
	if (relay_url_read(target->relay, &s->url, &err) == STATUS_OK) {
		s->trust = (struct tls_trust){
			.host = s->url.at.host, .pin = target->pin};
		return s;
	}
	fail(res, STAGE_CONNECT, err.text);
	free(s);
	return NULL;
}

static bool
set_up(struct smtp *s, int fd, const char *host, struct smtp_result *res)
{
	s->ready = attach(s, fd, res) &&
		   (!s->url.is_tls || start_tls(s, res)) &&
		   hear_greeting(s, res) && greet(s, host, res) &&
		   secure(s, host, res) && log_in(s, res);
	return s->ready;
}

struct smtp *
smtp_open_fd(int fd, const struct smtp_target *target, const char *host,
	const struct smtp_stages *stages, struct smtp_result *res)
{
	struct smtp *s = new_session(target, stages, res);

	if (s == NULL) {
		close(fd);
		return NULL;
	}
	if (set_up(s, fd, host, res))
		return s;
	smtp_close(s);
	return NULL;
}

static struct smtp *
open_once(const struct smtp_target *target, const char *host, bool no_tls,
	const struct smtp_stages *stages, struct smtp_result *res)
{
	struct smtp *s = new_session(target, stages, res);
	struct err err = {""};
	int fd;

	if (s == NULL)
		return NULL;
	s->no_tls = no_tls;
	if (net_connect(&s->url.at, clock_mono_ms() + CONNECT_MS, &fd, &err) !=
		STATUS_OK)
		fail(res, STAGE_CONNECT, err.text);
	else if (set_up(s, fd, host, res))
		return s;
	smtp_close(s);
	return NULL;
}

struct smtp *
smtp_open(const struct smtp_target *target, const char *host,
	const struct smtp_stages *stages, struct smtp_result *res)
{
	struct smtp *s = open_once(target, host, false, stages, res);

	/* A handshake that failed, where it need not succeed. */
	if (s == NULL && res->stage == STAGE_TLS && res->code == 0 &&
		target->tls == RELAY_TLS_OPPORTUNISTIC)
		s = open_once(target, host, true, stages, res);
	return s;
}
