#include "mailagent/imap_client_state.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "mailagent/imap_guard.h"

enum {
	CONNECT_MS = 30 * 1000,
	/* A safety net: the watching process is stricter. */
	STREAM_SECONDS = 620,
	STRING_MAX = 64 * 1024 * 1024
};

static enum status
verify(struct imap_client *c, struct err *err)
{
	enum status st =
		tls_verify(c->session->imap_stream, &c->target->trust, err);

	if (st != STATUS_OK)
		c->broken = true;
	return st;
}

static enum status
open_stream(struct imap_client *c, int fd, struct err *err)
{
	const struct imap_url *url = &c->target->url;
	mailstream *stream;
	enum status st;

	if (url->is_tls)
		stream = mailstream_ssl_open_with_callback_timeout(fd,
			STREAM_SECONDS, tls_name_server,
			(void *)(uintptr_t)url->at.host);
	else
		stream = mailstream_socket_open_timeout(fd, STREAM_SECONDS);
	if (stream == NULL) {
		close(fd);
		err_set(err, "%s: no TLS with it", url->at.host);
		return STATUS_IO;
	}
	c->session->imap_stream = stream;
	st = url->is_tls ? verify(c, err) : STATUS_OK;
	c->session->imap_stream = NULL;
	if (st != STATUS_OK) {
		mailstream_close(stream);
		return st;
	}
	imap_guard_set(stream);
	imap_enter(c, IMAP_ANSWER, IMAP_LITERALS_MAX);
	/* On failure the stream is closed with the session. */
	return imap_result(
		c, mailimap_connect(c->session, stream), "greeting", err);
}

/*
 * As a command of our own: mailimap_capability copies the list of the answer,
 * and 1.9.4 follows a NULL when there was no answer, or none in it. The session
 * keeps what it read either way.
 */
static enum status
ask_capabilities(struct imap_client *c, struct err *err)
{
	imap_enter(c, IMAP_ANSWER, IMAP_LITERALS_MAX);
	return imap_result(c, mailimap_custom_command(c->session, "CAPABILITY"),
		"CAPABILITY", err);
}

/* mailimap_has_extension follows a NULL where no list could be read. */
static bool
offers(struct imap_client *c, const char *what)
{
	const struct mailimap_connection_info *info =
		c->session->imap_connection_info;

	return info != NULL && info->imap_capability != NULL &&
	       info->imap_capability->cap_list != NULL &&
	       mailimap_has_extension(c->session, what) != 0;
}

/* Clear text goes only where the operator wrote that it may. */
static enum status
start_tls(struct imap_client *c, struct err *err)
{
	enum relay_tls want = c->target->tls;
	enum status st;

	if (c->target->url.is_tls || want == RELAY_TLS_NONE)
		return STATUS_OK;
	if (c->session->imap_state != MAILIMAP_STATE_NON_AUTHENTICATED) {
		err_set(err, "a greeting that leaves no way to TLS");
		return STATUS_REJECTED;
	}
	st = ask_capabilities(c, err);
	if (st != STATUS_OK)
		return st;
	if (!offers(c, "STARTTLS")) {
		if (want == RELAY_TLS_OPPORTUNISTIC)
			return STATUS_OK;
		err_set(err, "TLS is required, and the server does not offer "
			     "it");
		return STATUS_REJECTED;
	}
	imap_enter(c, IMAP_ANSWER, IMAP_LITERALS_MAX);
	st = imap_result(c,
		mailimap_socket_starttls_with_callback(c->session,
			tls_name_server,
			(void *)(uintptr_t)c->target->url.at.host),
		"STARTTLS", err);
	if (st == STATUS_OK && want == RELAY_TLS_REQUIRED)
		st = verify(c, err);
	if (st == STATUS_OK)
		imap_guard_set(c->session->imap_stream);
	return st;
}

static enum status
log_in(struct imap_client *c, struct err *err)
{
	enum status st = STATUS_OK;

	if (c->session->imap_state == MAILIMAP_STATE_NON_AUTHENTICATED) {
		imap_enter(c, IMAP_ANSWER, IMAP_LITERALS_MAX);
		st = imap_result(c,
			mailimap_login(c->session, c->target->url.user,
				c->target->password),
			"LOGIN", err);
	}
	if (st == STATUS_OK)
		st = ask_capabilities(c, err);
	c->has_uidplus = offers(c, "UIDPLUS");
	c->has_idle = offers(c, "IDLE");
	return st;
}

enum status
imap_open_fd(const struct imap_target *target, int fd,
	struct imap_progress *progress, struct imap_client **out,
	struct err *err)
{
	struct imap_client *c = xcalloc(1, sizeof(*c));
	enum status st;

	/* The library's globals: what has no timeout of its own; and strings
	 * that stay in memory, for files may not grow here. */
	mailstream_network_delay.tv_sec = STREAM_SECONDS;
	mmap_string_set_ceil(STRING_MAX);
	c->target = target;
	c->progress = progress;
	c->fd = fd;
	c->session = mailimap_new(0, NULL);
	imap_enter(c, IMAP_CONNECT, IMAP_LITERALS_MAX);
	st = open_stream(c, fd, err);
	if (st == STATUS_OK)
		st = start_tls(c, err);
	if (st == STATUS_OK)
		st = log_in(c, err);
	if (st != STATUS_OK) {
		imap_close(c);
		return st;
	}
	*out = c;
	return STATUS_OK;
}

enum status
imap_open(const struct imap_target *target, struct imap_progress *progress,
	struct imap_client **out, struct err *err)
{
	int64_t now = clock_mono_ms();
	enum status st;
	int fd;

	atomic_store(&progress->step, (int)IMAP_CONNECT);
	atomic_store(&progress->since, now);
	st = net_connect(&target->url.at, now + CONNECT_MS, &fd, err);
	return st == STATUS_OK ? imap_open_fd(target, fd, progress, out, err)
			       : STATUS_IO;
}

void
imap_close(struct imap_client *c)
{
	if (c == NULL)
		return;
	imap_enter(c, IMAP_ANSWER, IMAP_LITERALS_MAX);
	/* mailimap_free says LOGOUT, and would wait for the answer. */
	if (c->broken && c->session->imap_stream != NULL)
		(void)shutdown(c->fd, SHUT_RDWR);
	mailimap_free(c->session);
	imap_leave(c);
	free(c);
}
