/*
 * exchange.h - another file becomes keypost.db
 *
 * At every moment keypost.db is the old one, whole, or the new one, whole; and
 * never is the old one's log beside the new one, which it would overwrite. What
 * was there is kept in a folder of its own.
 *
 * Threads: the caller holds write.lock and has no connection to the old one.
 * Errors:  IO, with what could not be done; the old one is in place then,
 *          unless the last rename itself failed.
 * Source:  reliability D5; doc/decisions/restored-stores.md.
 */
#ifndef KEYPOST_STORE_SQLITE_EXCHANGE_H
#define KEYPOST_STORE_SQLITE_EXCHANGE_H

#include "store/care.h"

struct exchange {
	const char *where;         /* the data folder */
	const char *fresh;         /* the file, in it, closed and flushed */
	const char *const *also;   /* names of files that go aside, to a NULL */
	const char *why;           /* before-WHY-TIME is the folder's name */
	char aside[CARE_PATH_MAX]; /* that folder; "": nothing was there */
};

MUST_CHECK enum status exchange_run(struct exchange *x, struct err *err);
/* Removes such a file, with what SQLite may have left beside it. */
void exchange_drop(const char *fresh);
/* Those that a restore or a repair which was killed left in the data folder. */
void exchange_clean(const char *where);

#endif
