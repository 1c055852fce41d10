/*
 * relay_tls.h - the way to a relay: where, how safe, and as whom
 *
 * Memory:  a way borrows from the settings.
 * Threads: pure.
 * Source:  design: reliability section 7, TLS.
 */
#ifndef KEYPOST_MAIL_RELAY_TLS_H
#define KEYPOST_MAIL_RELAY_TLS_H

#include "mail/mail.h"

/* "" is none. */
struct relay_way {
	const char *relay;
	enum relay_tls tls;
	const char *user, *password_file, *ca, *pin;
};

/* What `tls` says, and for a host like ours none unless it is written. */
enum relay_tls relay_tls_for(
	const struct mail_settings *settings, const char *relay);
/*
 * To this peer; NULL: for answers to people. A peer with a relay of its own
 * gets nothing of [mail] but what is no secret: tls and the authorities.
 *
 * A pin asks for TLS as `tls` written does; smtps:// is never in clear.
 */
void relay_way_for(const struct mail_settings *settings,
	const struct peer_settings *peer, struct relay_way *way);
/* As fields of FRAME_SEND. */
MUST_CHECK enum status relay_way_put(
	const struct relay_way *way, struct buf *payload);

#endif
