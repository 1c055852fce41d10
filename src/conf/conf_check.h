/*
 * conf_check.h - is this text an address, an endpoint, a relay, a network?
 *
 * The empty text is one too, but for a network: it means "none".
 *
 * Threads: pure.
 * Errors:  MALFORMED with a sentence that quotes the text.
 */
#ifndef KEYPOST_CONF_CONF_CHECK_H
#define KEYPOST_CONF_CONF_CHECK_H

#include "base/bytes.h"

/* Digits; what follows them is left in *rest. LIMIT: beyond 63 bits. */
MUST_CHECK enum status conf_parse_digits(
	const char *text, int64_t *value, const char **rest);
MUST_CHECK enum status conf_check_address(const char *text, struct err *err);
MUST_CHECK enum status conf_check_endpoint(const char *text, struct err *err);
MUST_CHECK enum status conf_check_relay(const char *text, struct err *err);
MUST_CHECK enum status conf_check_imap(const char *text, struct err *err);
/* 64 hex digits */
MUST_CHECK enum status conf_check_pin(const char *text, struct err *err);
/* ADDRESS or ADDRESS/BITS */
MUST_CHECK enum status conf_check_net(const char *text, struct err *err);
/* "all", or a domain: what stands behind the @ of an address */
MUST_CHECK enum status conf_check_domain(const char *text, struct err *err);

#endif
