/*
 * reply.h - an answer to a person, as a letter
 *
 * Text is UTF-8; where it is more than plain lines of ASCII it travels as
 * quoted-printable. Keys go in a part of their own, 7-bit armor that any mail
 * reader saves and that gpg finds in the whole letter, too.
 *
 * Memory:  appends to the caller's buffer; everything given is borrowed.
 * Threads: pure; any thread.
 * Errors:  REJECTED for a value that may not stand in a field; LIMIT.
 *          What was appended before a failure is to be thrown away.
 * Source:  RFC 3834 section 3, RFC 2045, RFC 2047; spec pks-mail 8.7.
 */
#ifndef KEYPOST_MAIL_REPLY_H
#define KEYPOST_MAIL_REPLY_H

#include "mail/compose.h"

struct reply_letter {
	const char *to;
	const char *command;     /* its word: plain ASCII of ours */
	struct bytes args;       /* as the person wrote them */
	const char *in_reply_to; /* message id without brackets; NULL: none */
	const char *references;  /* as received; NULL: none */
	const char *token;       /* makes the Message-ID unique; letters,
				    digits and dots */
	struct bytes text;       /* UTF-8, LF line ends */
	struct bytes keys;       /* armor; empty: none */
	int64_t date;
};

MUST_CHECK enum status reply_write(const struct compose_site *site,
	const struct reply_letter *r, struct buf *out);
/*
 * "Re: COMMAND args": of what the person wrote a short line is left, without
 * anything that could end the field or look like an encoded word.
 */
MUST_CHECK enum status reply_subject(
	const char *command, struct bytes args, struct buf *out);

#endif
