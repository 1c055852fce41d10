/*
 * runs.h - records sorted by their octets, however many there are
 *
 * What does not fit the memory goes, sorted, to a file without a name in the
 * data folder, which is gone with the process; runs_next merges.
 *
 * Memory:  runs_new makes, runs_free frees; RUNS_MEMORY, and as much again
 *          while it sorts.
 * Threads: one at a time.
 * Units:   records of a size that runs_new is told, RUNS_RECORD at most.
 * Errors:  IO: the file cannot be written or read; the sentence says why.
 */
#ifndef KEYPOST_STORE_SQLITE_RUNS_H
#define KEYPOST_STORE_SQLITE_RUNS_H

#include "base/bytes.h"

enum { RUNS_RECORD = 44, RUNS_MEMORY = 16 * 1024 * 1024 };

struct runs;

/* `folder` is borrowed for its life; `memory` in octets. */
struct runs *runs_new(const char *folder, size_t record, size_t memory);
void runs_free(struct runs *r);
void runs_add(struct runs *r, const uint8_t *record);
/* Those in memory, and back to so many of them: what was added since is
 * taken out. Not across runs_tidy. */
size_t runs_count(const struct runs *r);
void runs_cut(struct runs *r, size_t count);
/* Writes a run when the memory is full. */
MUST_CHECK enum status runs_tidy(struct runs *r, struct err *err);
/* After all was added, once; then the records in order, until NOT_FOUND. */
MUST_CHECK enum status runs_merge(struct runs *r, struct err *err);
MUST_CHECK enum status runs_next(
	struct runs *r, uint8_t *record, struct err *err);

#endif
