/*
 * ledger.h - which files a bulk load has finished, so that it can go on
 *
 * A text file in the data folder, one line for each file: size, time of
 * change in nanoseconds, path. A file that has changed since counts as new.
 *
 * Threads: one.
 * Errors:  IO.
 */
#ifndef KEYPOST_CLI_LEDGER_H
#define KEYPOST_CLI_LEDGER_H

#include "base/bytes.h"

enum { LEDGER_MAX = 64 * 1024 * 1024 };

struct ledger {
	struct buf text; /* as read, and what was added */
	size_t written;  /* octets of it that are in the file */
	int64_t since;   /* milliseconds: when it was written last */
	char *path;
	struct buf asked; /* the line of the file last asked for */
};

/* An absent ledger is an empty one. */
MUST_CHECK enum status ledger_open(
	struct ledger *l, const char *data, struct err *err);
void ledger_close(struct ledger *l);
/* Was this file finished as it is now? */
bool ledger_has(struct ledger *l, const char *file);
/* Notes it as it was when asked for, before it was read: what is written to it
 * meanwhile counts as new. ledger_write makes it last, once what it is of does.
 * What the ledger has no room for is simply loaded again. */
void ledger_add(struct ledger *l);
/* Is there something to write, for some seconds? */
bool ledger_is_due(const struct ledger *l);
MUST_CHECK enum status ledger_write(struct ledger *l, struct err *err);

#endif
