/*
 * wake.h - a descriptor that makes another thread's poll return
 *
 * Memory:  embedded; wake_done closes it.
 * Threads: wake_signal from any; wake_clear by the thread that polls.
 */
#ifndef KEYPOST_BASE_WAKE_H
#define KEYPOST_BASE_WAKE_H

#include <stdatomic.h>
#include <stdbool.h>

#include "base/status.h"

struct wake {
	int fd; /* readable when signalled */
	atomic_bool set;
};

MUST_CHECK enum status wake_init(struct wake *w, struct err *err);
void wake_done(struct wake *w);
void wake_signal(struct wake *w);
/* Before looking at what one may have been woken for. */
void wake_clear(struct wake *w);

#endif
