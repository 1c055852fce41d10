/*
 * file_out.h - a large file that matters, written piece by piece
 *
 * As file_replace, for what should not be in memory whole: a reader sees the
 * old file or, after file_out_end said OK, the new one.
 *
 * Memory:  the struct is the caller's; file_out_end or file_out_drop ends it.
 * Threads: one.
 * Errors:  IO with the reason; the first failure stays. Nothing changed then.
 * Source:  reliability D5.
 */
#ifndef KEYPOST_BASE_FILE_OUT_H
#define KEYPOST_BASE_FILE_OUT_H

#include <sys/types.h>

#include "base/bytes.h"

struct file_out {
	int fd;
	char *path;
	char *temp;
	struct buf chunk;
};

MUST_CHECK enum status file_out_begin(
	struct file_out *f, const char *path, mode_t mode, struct err *err);
MUST_CHECK enum status file_out_put(
	struct file_out *f, struct bytes octets, struct err *err);
/* Flushes, renames, flushes the folder; after a failure it is dropped. */
MUST_CHECK enum status file_out_end(struct file_out *f, struct err *err);
/* The old file stays. */
void file_out_drop(struct file_out *f);

#endif
