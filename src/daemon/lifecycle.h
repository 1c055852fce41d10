/*
 * lifecycle.h - the order in which the daemon's parts start and stop
 *
 * Start: starter, store, ingest, listeners, user, sandbox, control socket,
 * threads. Stop: listeners and inbox, gossip goes quiet, control socket,
 * workers, courier, gossip, last commit, HTTP, store. What failed half way is
 * undone in the same order.
 *
 * Memory:  the conf is taken.
 * Threads: main; lifecycle_stop may run on a thread of its own while main
 *          waits for a second signal.
 * Errors:  REJECTED or IO with a sentence: the daemon cannot run.
 * Source:  architecture section 7, reliability sections 7 and 9.
 */
#ifndef KEYPOST_DAEMON_LIFECYCLE_H
#define KEYPOST_DAEMON_LIFECYCLE_H

#include "conf/conf.h"

struct lifecycle;

/* `path`: what conf was loaded from, for the next time; NULL: the default. */
MUST_CHECK enum status lifecycle_start(struct conf *conf, const char *path,
	struct lifecycle **life, struct err *err);
/* Each second: the sweep, the heartbeats, the watchdog. */
void lifecycle_tick(struct lifecycle *l);
/* SIGHUP: mail, peers, whom gossip talks with and how often, log level anew; the
 * old ones if they are wrong. */
void lifecycle_reload(struct lifecycle *l);
void lifecycle_stop(struct lifecycle *l);
/* A second signal: what was admitted is committed, nothing else waited for. */
void lifecycle_hurry(struct lifecycle *l);
void lifecycle_free(struct lifecycle *l);

#endif
