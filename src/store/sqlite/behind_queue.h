/*
 * behind_queue.h - octets for a file, written by a thread in their order
 *
 * Memory:  behind_new makes, behind_free frees.
 * Threads: one caller at a time.
 * Errors:  SQLITE_FULL or SQLITE_IOERR_WRITE of the first write that failed;
 *          after it nothing is written any more.
 */
#ifndef KEYPOST_STORE_SQLITE_BEHIND_QUEUE_H
#define KEYPOST_STORE_SQLITE_BEHIND_QUEUE_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>

enum { BEHIND_BLOCK = 1024 * 1024, BEHIND_BLOCKS = 6 };

struct behind;

/* NULL: the file cannot be opened so, or there is no memory or thread. */
struct behind *behind_new(const char *path);
/* What waits is written first. */
void behind_free(struct behind *b);
/* At most BEHIND_BLOCK octets, which are copied. */
int behind_put(struct behind *b, const void *data, size_t len,
	sqlite3_int64 at);
/* Does any of this wait to be written? */
bool behind_has(struct behind *b, size_t len, sqlite3_int64 at);
/* Until nothing waits. */
int behind_wait(struct behind *b);

#endif
