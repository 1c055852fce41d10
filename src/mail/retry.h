/*
 * retry.h - what a relay's answer means, and when to try again
 *
 * Threads: pure.
 * Units:   milliseconds.
 * Source:  RFC 5321 sections 4.2.1 and 4.5.4.1; spec pks-mail section 8.2.
 */
#ifndef KEYPOST_MAIL_RETRY_H
#define KEYPOST_MAIL_RETRY_H

#include "base/bytes.h"
#include "mailagent/protocol.h"

enum retry_action {
	RETRY_DELIVERED,
	RETRY_SOON,   /* no relay there, or it fell silent: 1 s to 60 s */
	RETRY_LATER,  /* it refused for now: 1 min to 3 h */
	RETRY_PEER,   /* it refuses this recipient: three times, then stop */
	RETRY_LETTER, /* it refuses this letter: split it */
	RETRY_STOP    /* it refuses us: an operator must act */
};

enum {
	RETRY_PEER_MAX = 3,
	/* So many refusals of one letter at RETRY_LATER's pace are 5 days. */
	RETRY_LETTER_MAX = 46
};

enum retry_action retry_classify(
	enum sent_stage stage, unsigned int code, struct bytes text);
const char *retry_word(enum retry_action a);
/* After `failures` (from 1) in a row; `random` spreads it by a fifth. */
int64_t retry_wait_ms(
	enum retry_action a, unsigned int failures, uint32_t random);

#endif
