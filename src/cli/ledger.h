/*
 * ledger.h - how far a bulk load has come in which file, so that it can go on
 *
 * A text file in the data folder, a line for each file that is done: size,
 * time of change in nanoseconds, path; and lines that begin with "@OFFSET " for
 * one that is done up to there. The last one counts. A file that has changed
 * since counts as new.
 *
 * Memory:  the lines, and a table of them.
 * Threads: one.
 * Errors:  IO.
 */
#ifndef KEYPOST_CLI_LEDGER_H
#define KEYPOST_CLI_LEDGER_H

#include "base/bytes.h"

enum { LEDGER_MAX = 64 * 1024 * 1024 };

#define LEDGER_DONE UINT64_MAX /* all of it, whatever its size is */

struct ledger_entry {
	char *file;    /* as in its line; NULL: free */
	uint64_t upto; /* octets, or LEDGER_DONE */
};

struct ledger {
	struct ledger_entry *entries; /* a hash table */
	size_t room, count;
	struct buf news;  /* lines that are not in the file yet */
	struct buf asked; /* of the file last asked for */
	uint64_t noted;   /* how far that one was when it was last noted */
	size_t octets;    /* of the file */
	int64_t since;    /* milliseconds: when it was written last */
	char *path;
};

/* An absent ledger is an empty one. */
MUST_CHECK enum status ledger_open(
	struct ledger *l, const char *data, struct err *err);
void ledger_close(struct ledger *l);
/* How far is this file done, as it is now? 0: not at all. */
uint64_t ledger_find(struct ledger *l, const char *file);
/* It will be read all the same, from its start. */
void ledger_forget(struct ledger *l);
/* What is read next is no file: nothing is noted of it. */
void ledger_unask(struct ledger *l);
/* Notes it as it was when asked for, before it was read: what is written to it
 * meanwhile counts as new. ledger_write makes it last, once what it is of does.
 * What the ledger has no room for is simply loaded again. */
void ledger_add(struct ledger *l, uint64_t upto);
/* Is there something to write, for some seconds? */
bool ledger_is_due(const struct ledger *l);
MUST_CHECK enum status ledger_write(struct ledger *l, struct err *err);

#endif
