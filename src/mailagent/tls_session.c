#include "mailagent/tls_session.h"

#include <gnutls/gnutls.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/net.h"

static const char priority[] = "NORMAL:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2";

struct tls_session {
	gnutls_session_t session;
	gnutls_certificate_credentials_t credentials;
	const struct tls_trust *trust;
	int fd;
	int64_t wait_ms;
};

/* After AGAIN or INTERRUPTED: until the library can go on. */
static enum status
wait_more(const struct tls_session *t, int64_t deadline)
{
	short events =
		gnutls_record_get_direction(t->session) != 0 ? POLLOUT : POLLIN;

	return net_wait(t->fd, events, deadline);
}

static bool
is_passing(ssize_t r)
{
	return r == GNUTLS_E_AGAIN || r == GNUTLS_E_INTERRUPTED ||
	       r == GNUTLS_E_WARNING_ALERT_RECEIVED ||
	       r == GNUTLS_E_REHANDSHAKE;
}

/* What the server gave as its reason, or what went wrong here. */
static const char *
why(const struct tls_session *t, int r)
{
	const char *text = NULL;

	if (r == GNUTLS_E_FATAL_ALERT_RECEIVED)
		text = gnutls_alert_get_name(gnutls_alert_get(t->session));
	return text != NULL ? text : gnutls_strerror(r);
}

static enum status
shake_hands(struct tls_session *t, struct err *err)
{
	int64_t deadline = clock_mono_ms() + t->wait_ms;
	enum status st = STATUS_OK;
	int r;

	while ((r = gnutls_handshake(t->session)) < 0) {
		if (gnutls_error_is_fatal(r)) {
			err_set(err, "the TLS handshake failed: %s", why(t, r));
			return STATUS_IO;
		}
		if (is_passing(r))
			st = wait_more(t, deadline);
		if (st == STATUS_OK && clock_mono_ms() > deadline)
			st = STATUS_TIMEOUT;
		if (st != STATUS_OK) {
			err_set(err, "the TLS handshake did not end in time");
			return st;
		}
	}
	return STATUS_OK;
}

static int
set_up(struct tls_session *t)
{
	const char *host = t->trust->host;
	int r = gnutls_certificate_allocate_credentials(&t->credentials);

	if (r == 0)
		r = gnutls_init(&t->session,
			GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL);
	if (r == 0)
		r = gnutls_priority_set_direct(t->session, priority, NULL);
	if (r == 0)
		r = gnutls_credentials_set(
			t->session, GNUTLS_CRD_CERTIFICATE, t->credentials);
	if (r == 0 && !tls_is_address(host))
		r = gnutls_server_name_set(
			t->session, GNUTLS_NAME_DNS, host, strlen(host));
	if (r == 0)
		gnutls_transport_set_int(t->session, t->fd);
	return r;
}

enum status
tls_session_open(int fd, const struct tls_trust *trust, int64_t wait_ms,
	struct tls_session **t, struct err *err)
{
	struct tls_session *new = xcalloc(1, sizeof(*new));
	enum status st = STATUS_IO;
	int r;

	new->fd = fd;
	new->trust = trust;
	new->wait_ms = wait_ms;
	r = set_up(new);
	if (r == 0)
		st = shake_hands(new, err);
	else
		err_set(err, "TLS: %s", gnutls_strerror(r));
	if (st != STATUS_OK) {
		tls_session_free(new);
		return st;
	}
	*t = new;
	return STATUS_OK;
}

enum status
tls_session_verify(struct tls_session *t, struct err *err)
{
	struct bytes chain[TLS_CHAIN_MAX];
	const gnutls_datum_t *list;
	unsigned int count = 0;

	list = gnutls_certificate_get_peers(t->session, &count);
	for (unsigned int i = 0; i < count && i < TLS_CHAIN_MAX; i++)
		chain[i] = bytes_make(list[i].data, list[i].size);
	return tls_verify_chain(chain, count, t->trust, err);
}

ssize_t
tls_session_read(struct tls_session *t, void *data, size_t size)
{
	int64_t deadline = clock_mono_ms() + t->wait_ms;
	ssize_t r;

	while ((r = gnutls_record_recv(t->session, data, size)) < 0) {
		if (!is_passing(r) || clock_mono_ms() > deadline ||
			wait_more(t, deadline) != STATUS_OK)
			return -1;
	}
	return r;
}

ssize_t
tls_session_write(struct tls_session *t, const void *data, size_t size)
{
	int64_t deadline = clock_mono_ms() + t->wait_ms;
	ssize_t r;

	/* After AGAIN the library has the octets: it wants the same again. */
	while ((r = gnutls_record_send(t->session, data, size)) < 0) {
		if (!is_passing(r) || wait_more(t, deadline) != STATUS_OK)
			return -1;
	}
	return r;
}

const char *
tls_session_version(const struct tls_session *t)
{
	const char *name = gnutls_protocol_get_name(
		gnutls_protocol_get_version(t->session));

	return name != NULL ? name : "TLS";
}

void
tls_session_free(struct tls_session *t)
{
	if (t == NULL)
		return;
	if (t->session != NULL) {
		(void)gnutls_bye(t->session, GNUTLS_SHUT_WR);
		gnutls_deinit(t->session);
	}
	if (t->credentials != NULL)
		gnutls_certificate_free_credentials(t->credentials);
	free(t);
}
