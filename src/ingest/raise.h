/*
 * raise.h - rows of a lower level are levelled again, in the background
 *
 * One thread walks over all rows. Those below the level of the configuration
 * go through the level and the writer like anything that came, and the level
 * column of each row says what is left to do: a walk that was stopped, or
 * killed, starts again and finds the rest. When none is left the store
 * remembers it (store_put_floor), so that the next start does not look. The
 * thread works for a share of the time, waits while submissions wait, and goes
 * to work again when something is written at a lower level.
 *
 * Threads: start and stop from main; the state is told by counters.
 * Errors:  a store that does not take it is tried again.
 * Source:  spec openpgp sections 8 and 9.
 */
#ifndef KEYPOST_INGEST_RAISE_H
#define KEYPOST_INGEST_RAISE_H

#include "base/status.h"

struct ingest;
struct raise;

MUST_CHECK enum status raise_new(
	struct ingest *in, struct raise **raise, struct err *err);
MUST_CHECK enum status raise_start(struct raise *r, struct err *err);
/* The row in hand is not finished; joins. The writer still runs. */
void raise_stop(struct raise *r);
void raise_free(struct raise *r);

#endif
