/*
 * agent.h - keypost-mail as the daemon sees it: started, watched, replaced
 *
 * `inbox` starts it and hears its beat; `courier` is offered the other socket.
 * When either finds its socket broken, or the beat stops, both are closed,
 * which ends the program, and a new one is started after a while.
 *
 * Memory:  borrows settings and spawn.
 * Threads: agent_out_* by courier, the rest by inbox.
 * Units:   milliseconds of the monotonic clock.
 * Source:  design: reliability X1, X4, P5.
 */
#ifndef KEYPOST_MAIL_AGENT_H
#define KEYPOST_MAIL_AGENT_H

#include "base/wake.h"
#include "mail/mail.h"

struct agent;

enum {
	AGENT_WRITE_MS = 10 * 1000, /* for FRAME_CONFIG to be taken */
	AGENT_BEAT_MS = 60 * 1000,  /* silent for so long: it hangs */
	AGENT_STEADY_MS = 60 * 1000 /* lived so long: back-off starts anew */
};

struct agent *agent_new(const struct mail_settings *settings,
	const struct mail_spawn *spawn, struct wake *inbox,
	struct wake *courier);
void agent_free(struct agent *a);

/* The `in` socket, or -1 while there is no program. */
int agent_in(const struct agent *a);
/*
 * Starts it if it is not there and it is time; drops one that hangs or whose
 * `out` socket broke. True if it was started just now.
 */
bool agent_tend(struct agent *a, int64_t now);
/* When agent_tend wants to be called again. */
int64_t agent_next(const struct agent *a);
void agent_beat(struct agent *a, int64_t now);
/* FRAME_BEAT tells which sources of letters cannot be opened. */
void agent_hear_beat(struct agent *a, struct bytes payload);
/* The `in` socket broke: both are closed. */
void agent_lost(struct agent *a, const char *why, int64_t now);
/* For good. */
void agent_stop(struct agent *a);

/* Did the `out` socket change? Then *fd is the new one, the caller's; or -1. */
bool agent_out_changed(struct agent *a, int *fd);
/* The caller closed its `out` socket because it broke. */
void agent_out_broken(struct agent *a);

#endif
