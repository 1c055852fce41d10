/*
 * probe.h - tries a relay as keypost-mail does, and sends no letter
 *
 * Runs keypost-mail, so that what it finds is what a letter would: name,
 * port, greeting, TLS with its certificate, and login.
 *
 * Errors:  OK and REJECTED with a sentence in err; IO when keypost-mail
 *          cannot be run; TIMEOUT.
 */
#ifndef KEYPOST_CLI_PROBE_H
#define KEYPOST_CLI_PROBE_H

#include "mail/relay_tls.h"

/* `host` is who we say that we are. */
MUST_CHECK enum status probe_relay(
	const struct relay_way *way, const char *host, struct err *err);

#endif
