/*
 * conf_auth.h - has a peer what its `auth` needs, and nothing else?
 *
 * Threads: one.
 * Errors:  MALFORMED; *key is the key at fault.
 */
#ifndef KEYPOST_CONF_CONF_AUTH_H
#define KEYPOST_CONF_CONF_AUTH_H

#include "mail/mail.h"

MUST_CHECK enum status conf_check_auth(const struct mail_settings *mail,
	const struct peer_settings *peer, const char **key, struct err *err);

#endif
