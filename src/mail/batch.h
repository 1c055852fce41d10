/*
 * batch.h - the value of X-Keypost-Batch: what a letter between keyposts says
 * of itself
 *
 *     v1; keys=N; sha256=HEX; range=FIRST-LAST; store=ID; level=WORD
 *
 * Readers skip what they do not know; other servers ignore the field. Whoever
 * names a range and a store understands letters of repair, too.
 *
 * Memory:  a value.
 * Threads: pure.
 * Source:  spec pks-mail 8.1.
 */
#ifndef KEYPOST_MAIL_BATCH_H
#define KEYPOST_MAIL_BATCH_H

#include "mail/ranges.h"

enum { BATCH_STORE_SIZE = 33, BATCH_LEVEL_SIZE = 8, BATCH_VALUE_SIZE = 320 };

struct batch_value {
	bool has_range;
	struct range range;           /* of the sender's log */
	char store[BATCH_STORE_SIZE]; /* "": it did not say */
	char level[BATCH_LEVEL_SIZE]; /* "": it did not say */
};

/* False, and `out` is empty: it is of another version, or breaks the form. */
bool batch_read(struct bytes value, struct batch_value *out);
/* Is it 32 lower-case hexadecimal digits? */
bool batch_is_store(struct bytes text);

#endif
