/*
 * relay_tls.h - must the way to this relay be encrypted?
 *
 * Threads: pure.
 * Source:  design: reliability section 7, TLS.
 */
#ifndef KEYPOST_MAIL_RELAY_TLS_H
#define KEYPOST_MAIL_RELAY_TLS_H

#include "mail/mail.h"

/* What `tls` says, and for a relay on this host none unless it is written. */
enum relay_tls relay_tls_for(
	const struct mail_settings *settings, const char *relay);

#endif
