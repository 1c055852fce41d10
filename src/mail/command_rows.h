/*
 * command_rows.h - certificates that were found -> parts of an answer
 *
 * Threads: the call's.
 * Errors:  LIMIT: more than the answer may hold. IO: a row is damaged.
 */
#ifndef KEYPOST_MAIL_COMMAND_ROWS_H
#define KEYPOST_MAIL_COMMAND_ROWS_H

#include "mail/command.h"

enum { COMMAND_NEWEST_VERSION = 5 /* that readers of armor know */ };

/* A listing of them into the text. */
MUST_CHECK enum status command_put_list(struct command_call *call,
	const struct cert_rows *rows, bool signatures);
/* Their armor into the keys. */
MUST_CHECK enum status command_put_keys(
	struct command_call *call, const struct cert_rows *rows);

#endif
