/*
 * proofs.h - proofs that were taken: none counts a second time
 *
 * Whoever reads a letter can send it again. A proof is good for fourteen days
 * at most (auth.h: seven before its time, seven after), so it is remembered
 * that long, over a restart too: one record of 24 octets is appended to
 * `mail.proofs` in the data folder for each letter that proved something, and
 * the file is written anew when it has twice as many as are remembered.
 *
 * Records are not flushed one by one: what a power cut takes away of the last
 * seconds may count once more. Only letters of peers who hold a secret are in
 * it, so that no stranger can push one out.
 *
 * Memory:  1 MiB.
 * Threads: one thread at a time.
 * Units:   seconds since 1970.
 * Errors:  none: what the disk refuses is logged once, and is remembered in
 *          memory only.
 * Source:  doc/decisions/what-proves-a-peer.md; reliability L17.
 */
#ifndef KEYPOST_MAIL_PROOFS_H
#define KEYPOST_MAIL_PROOFS_H

#include "mail/dedupe.h"

enum {
	PROOFS_MAX = DEDUPE_ENTRIES,
	PROOFS_FILE_MAX = 2 * PROOFS_MAX, /* records */
	PROOFS_AGE_S = 14 * 24 * 3600
};

struct proofs;

struct proofs *proofs_open(const char *folder, int64_t now);
void proofs_close(struct proofs *p);
bool proofs_has(const struct proofs *p, const struct digest *proof);
void proofs_add(struct proofs *p, const struct digest *proof, int64_t now);

#endif
