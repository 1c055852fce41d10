/*
 * talk_limits.h - what a partner may cost in one talk
 *
 * Memory:  values only.
 * Threads: constants.
 * Units:   octets; milliseconds of CPU.
 * Source:  spec sks-recon sections 9 and 15.
 */
#ifndef KEYPOST_RECON_TALK_LIMITS_H
#define KEYPOST_RECON_TALK_LIMITS_H

#include <stddef.h>
#include <stdint.h>

struct talk_limits {
	size_t learned;      /* digests: then we are done */
	size_t requests;     /* in all, beside four for each own node */
	size_t elements;     /* heard, beside two for each own digest */
	size_t replies;      /* octets held back until Flush */
	size_t outstanding;  /* requests */
	size_t bad_elements; /* then it has failed */
	size_t full_reply;   /* digests in one answer to a Full */
	int64_t solve_ms;    /* of CPU, in all */
};

extern const struct talk_limits talk_limits_default;

#endif
