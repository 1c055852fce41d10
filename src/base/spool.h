/*
 * spool.h - letters on their way in: how `keypost deliver` hands one over
 *
 * A spool is a folder with tmp/ and new/. A file in new/ starts with one line
 *
 *     keypost-spool 1 ADDRESS      or      keypost-spool 1
 *
 * (the envelope sender, `<>` for the null sender, or unknown) and LF; the
 * letter follows as it came.
 *
 * Threads: any process may write; one takes.
 * Errors:  LIMIT for a letter over the limit (its octets are read and gone:
 *          no second try would help), IO otherwise.
 * Source:  reliability D3, D5.
 */
#ifndef KEYPOST_BASE_SPOOL_H
#define KEYPOST_BASE_SPOOL_H

#include "base/bytes.h"

enum {
	SPOOL_LETTER_MAX = 10 * 1024 * 1024, /* L16 */
	SPOOL_LINE_MAX = 512
};

/* Makes the folder, tmp/ and new/, where they are missing. */
MUST_CHECK enum status spool_open(const char *dir, struct err *err);
/*
 * Copies what `fd` gives until its end. OK: the letter is on disk in new/.
 * `sender`: the envelope sender, "" for the null one, NULL for unknown; one
 * that is no address counts as unknown.
 */
MUST_CHECK enum status spool_write(
	const char *dir, int fd, const char *sender, struct err *err);
/*
 * Splits a spool file. `known` tells whether `sender` is the envelope sender
 * (empty: null). MALFORMED if the first line is not ours.
 */
MUST_CHECK enum status spool_split(struct bytes file, bool *known,
	struct bytes *sender, struct bytes *letter);

#endif
