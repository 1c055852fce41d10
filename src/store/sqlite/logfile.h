/*
 * logfile.h - the writer's log, written in large pieces
 *
 * SQLite hands a commit to the system as two writes for each page: a head of
 * 24 octets and the page. This layer over the system's own file access joins
 * writes to the log that follow each other and passes them on when they fill
 * the buffer, and before anything else happens to the file: a read, a flush,
 * a question for its size. Whatever was flushed is thus as durable as without
 * it. All other files pass through untouched.
 *
 * Memory:  registered once, for the life of the process.
 * Threads: any; a file: its connection's.
 * Errors:  those of a late write come out of the call that made it due.
 * Source:  sqlite.org/vfs.html, sqlite.org/walformat.html.
 */
#ifndef KEYPOST_STORE_SQLITE_LOGFILE_H
#define KEYPOST_STORE_SQLITE_LOGFILE_H

#include "store/sqlite/db.h"

/*
 * The name for sqlite3_open_v2 of a connection that writes; NULL, for the
 * default, where joining is not possible.
 */
const char *logfile_vfs(void);

#endif
