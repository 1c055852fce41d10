/*
 * lmtp_rcpt.h - the paths of MAIL and RCPT
 *
 * Threads: pure; any thread.
 * Source:  RFC 5321 section 4.1.2.
 */
#ifndef KEYPOST_MAILAGENT_LMTP_RCPT_H
#define KEYPOST_MAILAGENT_LMTP_RCPT_H

#include "base/bytes.h"
#include "base/mailaddr.h"

enum rcpt_kind {
	RCPT_OURS,
	RCPT_BOUNCES, /* our bounce address */
	RCPT_FOREIGN
};

/*
 * `<path>` at the start of `text`: what stands in it, and the rest behind.
 * MALFORMED without angle brackets.
 */
MUST_CHECK enum status lmtp_path_read(
	struct bytes text, struct bytes *path, struct bytes *rest);
/*
 * Whether letters for `path` are for `ours`: the address itself, with a +tag,
 * or bounce and bounce+tag at the same host.
 */
enum rcpt_kind lmtp_rcpt_kind(struct bytes path, const char *ours);

#endif
