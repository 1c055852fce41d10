/*
 * classify.h - is it a machine's letter, and may it be answered?
 *
 * Threads: pure.
 * Source:  RFC 3834 section 2; spec pks-mail sections 3.1, 7 and 8.7.
 */
#ifndef KEYPOST_MAIL_CLASSIFY_H
#define KEYPOST_MAIL_CLASSIFY_H

#include "mail/incoming.h"
#include "mail/known.h"

/*
 * What a letter is if it must not be read as a command, else MACHINE_NONE.
 * `is_command`: its whole subject is one. Old servers send updates with
 * Precedence: list, no sender or mailer-daemon's, so those alone drop none.
 */
enum letter_machine classify_machine(
	const struct incoming *in, bool is_command);
/* "bounce", "auto", ...: for logs. */
const char *classify_word(enum letter_machine m);

/*
 * NULL if an answer may go to *to; else why not. The answer goes to Reply-To
 * or From, and only within the domain that the envelope sender names.
 */
const char *classify_reply(
	const struct incoming *in, const struct known *k, const char **to);

#endif
