/*
 * file.h - files that matter: written whole, on disk before we go on
 *
 * A reader sees the old file or the new one, never a part. After OK the
 * octets and the name survive a power cut.
 *
 * Memory:  a path that is given back is the caller's.
 * Errors:  IO with the reason (path and errno); NOT_FOUND where said. A failed
 *          fsync is a failure of the whole call and is not tried again.
 * Threads: any; two writers of one path must keep apart themselves.
 * Source:  reliability D5.
 */
#ifndef KEYPOST_BASE_FILE_H
#define KEYPOST_BASE_FILE_H

#include <sys/types.h>

#include "base/bytes.h"

/*
 * First of all in a program: standard input, output and error are open. Where
 * one is not, the next file would have its number, and get what is said there;
 * now writing to it, or reading from it, fails.
 */
void file_hold_standard(void);
/* "folder/name". */
char *file_in(const char *folder, const char *name);
/*
 * Reads a regular file of at most `max` octets into `out` (appended); LIMIT
 * if it has more, NOT_FOUND if there is none. `out` keeps its length on
 * failure.
 */
MUST_CHECK enum status file_read(
	const char *path, size_t max, struct buf *out, struct err *err);
/* All of it; false with errno, when some of it may be there. */
MUST_CHECK bool file_write_all(int fd, struct bytes octets);
/* A new file, flushed; its name is durable after file_sync_dir or file_move.
 * IO if the name exists. What failed half way is removed again. */
MUST_CHECK enum status file_write_new(
	const char *path, struct bytes octets, mode_t mode, struct err *err);
/* Renames and flushes both folders. Replaces `to`; same file system only. */
MUST_CHECK enum status file_move(
	const char *from, const char *to, struct err *err);
/* file_write_new under a temporary name in the same folder, then file_move. */
MUST_CHECK enum status file_replace(
	const char *path, struct bytes octets, mode_t mode, struct err *err);
/* Unlinks and flushes the folder; NOT_FOUND if there was none. */
MUST_CHECK enum status file_remove(const char *path, struct err *err);
/* Flushes a folder, that is, the names in it. */
MUST_CHECK enum status file_sync_dir(const char *dir, struct err *err);

#endif
