/*
 * behind.h - the file that a bulk load fills, written by a thread of its own
 *
 * Pages that are appended come in order, one at a time. This layer over the
 * system's own file access gathers what follows each other into blocks, which
 * a thread writes past the system's cache of pages where the file system lets
 * it: what is written is not read again, and copying it there cost a sixth of
 * a load. A read of what waits, a flush, a question for the size wait until
 * all is written, so that whatever was flushed is as durable as without.
 * Other files than the database pass through untouched.
 *
 * Memory:  BLOCKS of BLOCK_OCTETS for each open database.
 * Threads: any; a file: its connection's. No other connection of this process
 *          may have the file open: closing it ends the locks of all.
 * Errors:  of a late write: out of the next call that writes or waits, and of
 *          each one from then on. The connection is to be closed; the next
 *          one goes back to the last commit, as after a crash.
 * Source:  sqlite.org/vfs.html; open(2), O_DIRECT.
 */
#ifndef KEYPOST_STORE_SQLITE_BEHIND_H
#define KEYPOST_STORE_SQLITE_BEHIND_H

#include "store/sqlite/db.h"

/* The name for sqlite3_open_v2; NULL, for the default: it cannot be had. */
const char *behind_vfs(void);

#endif
