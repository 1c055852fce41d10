/*
 * compose_fields.h - what the writers of letters share (compose.h)
 *
 * Threads: pure.
 */
#ifndef KEYPOST_MAIL_COMPOSE_FIELDS_H
#define KEYPOST_MAIL_COMPOSE_FIELDS_H

#include "mail/compose.h"

struct compose_pair {
	const char *name;
	const char *value;
};

/* "Name: value" of each. */
MUST_CHECK enum status compose_fields(
	struct buf *out, const struct compose_pair *fields, size_t n);
/* Printable ASCII, and not too long for a field. */
bool compose_is_value(const char *value);
/* Our name in a Message-ID. */
const char *compose_host(const struct compose_site *site);
/* Who reads what people write back. */
const char *compose_maintainer(const struct compose_site *site);

#endif
