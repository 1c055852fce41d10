/*
 * query_address.h - search texts that are, or were, an address
 *
 * Memory:  the arena.
 * Threads: pure.
 * Errors:  LIMIT when the arena is full. That a text is none is no error.
 * Source:  spec hkp sections 1.5 and 2, row 9.
 */
#ifndef KEYPOST_LOOKUP_QUERY_ADDRESS_H
#define KEYPOST_LOOKUP_QUERY_ADDRESS_H

#include "lookup/query.h"

/* Adds a try for an address by itself, or a text that ends in <address>. */
MUST_CHECK enum status query_try_address(struct arena *arena, struct query *q);

/*
 * The same for an address that lost its plus signs: dirmngr sends them raw,
 * and in a query they mean blanks. So a+b@example.org comes as
 * "a b@example.org".
 */
MUST_CHECK enum status query_try_plus(struct arena *arena, struct query *q);

#endif
