/*
 * source_spool.h - letters that `keypost deliver` wrote (base/spool.h)
 *
 * How often decoding was begun is counted on disk (tries.h) before it is begun:
 * whoever dies, the next one knows. A file goes when the daemon, or the
 * quarantine, has the letter on disk.
 *
 * Threads: one.
 * Errors:  IO when the folder is not usable.
 */
#ifndef KEYPOST_MAILAGENT_SOURCE_SPOOL_H
#define KEYPOST_MAILAGENT_SOURCE_SPOOL_H

#include "mailagent/intake.h"

struct source_spool;

MUST_CHECK enum status source_spool_new(struct loop *loop,
	struct intake *intake, const char *dir, struct source_spool **out,
	struct err *err);
void source_spool_free(struct source_spool *s);

#endif
