/*
 * bare_sqlite.h - a row by one statement, armored: what any server pays that
 * keeps certificates in this schema, and does nothing else
 *
 * Memory:  a response is the caller's; connections to SQLite are never closed.
 * Threads: any; each gets a connection, and one snapshot for ever.
 * Errors:  a store that cannot be opened ends the process.
 */
#ifndef KEYPOST_TESTS_BENCH_BARE_SQLITE_H
#define KEYPOST_TESTS_BENCH_BARE_SQLITE_H

#include <microhttpd.h>

void bare_sqlite_open(const char *database);
/* To a get by a version 4 fingerprint, "search=0x..."; NULL: not found. */
struct MHD_Response *bare_sqlite_respond(struct MHD_Connection *c);

#endif
