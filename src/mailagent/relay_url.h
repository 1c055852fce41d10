/*
 * relay_url.h - smtp://host:port and its like, taken apart
 *
 * Threads: pure.
 * Errors:  UNSUPPORTED, MALFORMED with a sentence.
 */
#ifndef KEYPOST_MAILAGENT_RELAY_URL_H
#define KEYPOST_MAILAGENT_RELAY_URL_H

#include "base/net.h"

struct relay_url {
	struct endpoint at;
	bool is_lmtp;
	bool is_tls; /* from the first octet on */
};

/* smtp://H:P smtps://H:P lmtp://H:P lmtp+unix:/path; a port may be absent. */
MUST_CHECK enum status relay_url_read(
	const char *text, struct relay_url *url, struct err *err);

#endif
