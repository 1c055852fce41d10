/*
 * folder.h - the data folder: who may use it, and the write lock
 *
 * Memory:  the descriptor of write.lock is the caller's.
 * Threads: any.
 * Errors:  REJECTED with a sentence: another user's folder, a network file
 *          system, another writer. IO when it cannot be made or read.
 * Source:  flock(2), statfs(2); the same-host shared memory of SQLite's WAL
 *          does not work over a network: sqlite.org/wal.html.
 */
#ifndef KEYPOST_STORE_SQLITE_FOLDER_H
#define KEYPOST_STORE_SQLITE_FOLDER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/status.h"

/* Makes it if it is missing (0700), narrows it to its owner, checks. */
MUST_CHECK enum status folder_prepare(
	const char *path, bool allow_network_fs, struct err *err);
/* Only checks: for tools that read. */
MUST_CHECK enum status folder_check(
	const char *path, bool allow_network_fs, struct err *err);
/* Is this file system type (statfs f_type) one that other hosts share? */
bool folder_type_is_network(uint64_t type);
/* Holds write.lock in the folder until the descriptor is closed. */
MUST_CHECK enum status folder_lock(const char *path, int *fd, struct err *err);
/* An empty file with mode 0600, if there is none yet. */
MUST_CHECK enum status folder_touch(const char *file, struct err *err);
/* Is there such a file, with nothing in it? */
bool folder_is_blank(const char *file);
/* Octets free for this user on the folder's disk. */
MUST_CHECK enum status folder_free(
	const char *path, int64_t *octets, struct err *err);

#endif
