/*
 * tally.h - what became of key material, by where it came from: counters
 *
 * keys_added, keys_updated, keys_ignored and keys_removed by source (http,
 * mail, recon, cli), and rejected by reason, for base/counter.
 *
 * Threads: any.
 * Source:  spec hkp section 10.
 */
#ifndef KEYPOST_INGEST_TALLY_H
#define KEYPOST_INGEST_TALLY_H

#include "ingest/submission.h"

/* Makes them all, so that each is there with 0. */
void tally_init(void);
/* When it is done: by its outcomes, or its status. */
void tally_submission(const struct submission *sub);

#endif
