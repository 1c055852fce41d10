/*
 * starter.h - a small process that starts keypost-mail, again and again
 *
 * The daemon may not execute programs (reliability X4), so before it opens
 * store and listeners it forks the starter, which holds neither. Asked for an
 * agent, the starter makes two socket pairs, executes keypost-mail with one
 * end of each as AGENT_FD_IN and AGENT_FD_OUT, and passes the other ends back.
 * It ends when the daemon does.
 *
 * Threads: starter_new from main before threads; starter_spawn from any.
 * Errors:  IO with a sentence; CLOSED when the starter is gone.
 */
#ifndef KEYPOST_DAEMON_STARTER_H
#define KEYPOST_DAEMON_STARTER_H

#include "conf/identity.h"

struct starter;

/* `program`: the path of keypost-mail. The starter becomes `id` first. */
MUST_CHECK enum status starter_new(const char *program,
	const struct identity *id, struct starter **starter, struct err *err);
void starter_free(struct starter *s);
/* The shape of mail_spawn.spawn: `starter` is a struct starter *. */
MUST_CHECK enum status starter_spawn(
	void *starter, int *in_fd, int *out_fd, int *pid, struct err *err);

#endif
