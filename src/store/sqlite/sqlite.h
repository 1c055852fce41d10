/*
 * sqlite.h - what every table of operations of this backend has
 *
 * Threads: any.
 */
#ifndef KEYPOST_STORE_SQLITE_SQLITE_H
#define KEYPOST_STORE_SQLITE_SQLITE_H

#include "store/store.h"

void sqlite_close(struct store *base);
const char *sqlite_id(const struct store *s);
const char *sqlite_describe(const struct store *s);

#endif
