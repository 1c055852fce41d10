/*
 * job.h - a letter on its way to a decoder, and what comes back
 *
 * Memory:  job_write appends; job_work is the decoder's whole work.
 * Threads: pure; any thread.
 */
#ifndef KEYPOST_MAILAGENT_JOB_H
#define KEYPOST_MAILAGENT_JOB_H

#include "mailagent/decode.h"

enum job_answer {
	JOB_FIELDS = 'F',   /* fields of FRAME_LETTER */
	JOB_SET_ASIDE = 'Q' /* the reason, one line */
};

void job_write(
	struct bytes letter, const struct decode_hint *hint, struct buf *job);
void job_work(struct bytes job, uint8_t *type, struct buf *answer);

#endif
