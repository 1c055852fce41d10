/*
 * quoted.h - text -> quoted-printable, for what is not plain ASCII lines
 *
 * Threads: pure.
 * Errors:  LIMIT.
 * Source:  RFC 2045 section 6.7.
 */
#ifndef KEYPOST_MAIL_QUOTED_H
#define KEYPOST_MAIL_QUOTED_H

#include "base/bytes.h"

/* Is it ASCII in lines that every relay passes on as they are? */
bool quoted_is_plain(struct bytes text);
/* Lines of at most 76 characters; LF line ends. */
MUST_CHECK enum status quoted_write(struct buf *out, struct bytes text);

#endif
