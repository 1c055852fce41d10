/*
 * letter_log.h - copies of the letters that a relay accepted, for people
 *
 * Threads: the courier's.
 */
#ifndef KEYPOST_MAIL_LETTER_LOG_H
#define KEYPOST_MAIL_LETTER_LOG_H

#include "base/bytes.h"

/* PEER.FIRST-LAST.eml in `folder`; NULL or "": nothing. Failure is logged. */
void letter_log_write(const char *folder, const char *peer, int64_t first,
	int64_t last, struct bytes text);

#endif
