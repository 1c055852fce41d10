/*
 * source_maildir.h - letters in a Maildir, in new/ and unseen ones in cur/
 *
 * The folder is keypost's own: a letter is unlinked when the daemon, or the
 * quarantine, has it on disk. How often decoding was begun is counted in a
 * folder of the spool, before it is begun.
 *
 * Threads: one.
 * Errors:  IO when the folder is not usable.
 */
#ifndef KEYPOST_MAILAGENT_SOURCE_MAILDIR_H
#define KEYPOST_MAILAGENT_SOURCE_MAILDIR_H

#include "mailagent/intake.h"

struct source_maildir;

MUST_CHECK enum status source_maildir_new(struct loop *loop,
	struct intake *intake, const char *maildir, const char *counts,
	struct source_maildir **out, struct err *err);
void source_maildir_free(struct source_maildir *s);

#endif
