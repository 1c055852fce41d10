/*
 * v2_prefixlog.h - HKP v2: which fingerprints changed on a day, roughly
 *
 * Threads: the search thread.
 * Source:  spec hkp section 6.4.
 */
#ifndef KEYPOST_HTTP_KEYS_V2_PREFIXLOG_H
#define KEYPOST_HTTP_KEYS_V2_PREFIXLOG_H

#include "http/message/request.h"

enum {
	PREFIXLOG_LINES = 1000, /* more: shorter prefixes */
	PREFIXLOG_DIGITS = 8,
	PREFIXLOG_DIGITS_MIN = 4,
	/* Changes read in one go; as much again is a search more. */
	PREFIXLOG_TURN = 20000
};

MUST_CHECK enum status v2_prefixlog(struct request *req, struct reply *reply);

/* "2026-11-22" as the day's first second; MALFORMED for what is no day. */
MUST_CHECK enum status prefixlog_day(struct bytes text, int64_t *start);

#endif
