/*
 * lmtp_command.h - the commands of an LMTP session, and its replies
 *
 * Threads: one for each session.
 * Source:  RFC 2033 section 4; RFC 5321 section 4.1.1.
 */
#ifndef KEYPOST_MAILAGENT_LMTP_COMMAND_H
#define KEYPOST_MAILAGENT_LMTP_COMMAND_H

#include "mailagent/lmtp.h"

/* One command line without its end. */
void lmtp_run_line(struct lmtp *s, struct bytes line);
/* One reply line, without its end. */
void lmtp_reply(struct lmtp *s, const char *line);
/* As RSET: no sender, no recipients, no letter. */
void lmtp_reset(struct lmtp *s);

#endif
