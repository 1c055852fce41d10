/*
 * quarantine.h - letters set aside for people to look at
 *
 * A file per letter, named by its time: one line with time, source and reason,
 * then the letter as it came. At most 1,000 files or 100 MB: the oldest go.
 *
 * Threads: one; one process.
 * Errors:  IO when the letter is not on disk: it must be kept elsewhere.
 * Source:  reliability D8.
 */
#ifndef KEYPOST_MAILAGENT_QUARANTINE_H
#define KEYPOST_MAILAGENT_QUARANTINE_H

#include "base/bytes.h"

enum { QUARANTINE_FILES_MAX = 1000, QUARANTINE_OCTETS_MAX = 100 * 1000 * 1000 };

struct quarantine {
	char *dir;
	size_t files;
	uint64_t octets;
	unsigned next; /* tells letters of one second apart */
};

/* Makes the folder if it is missing. */
MUST_CHECK enum status quarantine_open(
	struct quarantine *q, const char *dir, struct err *err);
void quarantine_done(struct quarantine *q);
/* OK: on disk, with its name. */
MUST_CHECK enum status quarantine_put(struct quarantine *q, const char *source,
	const char *reason, struct bytes letter, struct err *err);

#endif
