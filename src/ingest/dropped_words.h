/*
 * dropped_words.h - a packet that was not kept, in words
 *
 * One wording for HTTP, mail and the command line.
 *
 * Threads: pure.
 * Source:  spec hkp section 5.
 */
#ifndef KEYPOST_INGEST_DROPPED_WORDS_H
#define KEYPOST_INGEST_DROPPED_WORDS_H

#include "ingest/submission.h"

enum { DROPPED_LINE_MAX = 256 };

/*
 * "dropped signature 0x10 by 0123456789ABCDEF: a packet over the size limit
 * was left out". Only digits and sentences of ours.
 */
void dropped_line(const struct dropped_packet *d, char line[DROPPED_LINE_MAX]);
/* "and 3 more", or "" when all are described. */
void dropped_rest(const struct outcome *o, char line[DROPPED_LINE_MAX]);

#endif
