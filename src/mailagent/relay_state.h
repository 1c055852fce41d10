/*
 * relay_state.h - what the files of one SMTP session share
 *
 * Threads: one for each session.
 */
#ifndef KEYPOST_MAILAGENT_RELAY_STATE_H
#define KEYPOST_MAILAGENT_RELAY_STATE_H

#include "mailagent/relay_auth.h"
#include "mailagent/relay_hello.h"
#include "mailagent/relay_smtp.h"
#include "mailagent/relay_url.h"
#include "mailagent/wire.h"

struct smtp {
	const struct smtp_target *target;
	struct relay_url url;
	struct tls_trust trust;
	mailsmtp *session;
	struct wire *wire;
	struct relay_hello hello;
	bool verified; /* TLS, and the certificate is good */
	bool no_tls;   /* it was tried, and clear text will do */
	bool greeted;  /* it speaks when it is asked, from now on */
	bool ready;    /* for a letter, or for QUIT */
	struct smtp_stages stages;
};

/* Exported by the library, but in none of its headers. */
int mailsmtp_send_command(mailsmtp *session, char *command);
int mailsmtp_read_response(mailsmtp *session);

/* relay_open.c */
void smtp_enter(struct smtp *s, enum sent_stage stage);
/* The last reply, or the lack of one, as the result. */
void smtp_take_reply(
	struct smtp *s, enum sent_stage stage, struct smtp_result *res);

#endif
