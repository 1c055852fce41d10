/*
 * control.h - the control socket: what `keypost` asks of a running daemon
 *
 * One thread, one client at a time, with a deadline for each frame. The
 * protocol is base/control.h; the commands are a table in control.c.
 *
 * Memory:  what struct control_parts points to is borrowed until control_free.
 * Threads: control_new, start and stop from main.
 */
#ifndef KEYPOST_DAEMON_CONTROL_H
#define KEYPOST_DAEMON_CONTROL_H

#include "conf/conf.h"
#include "daemon/heart.h"
#include "recon/gossip.h"

struct control;

/* `conf`, `mail` and `gossip` change when the configuration is read again. */
struct control_parts {
	const struct conf *conf;
	const struct http_settings *http; /* as the server was started */
	struct store *store;
	struct ingest *ingest;
	struct mail *mail;     /* NULL: no mail */
	struct gossip *gossip; /* NULL: no gossip */
	struct heart *heart;
	const char *sandbox; /* one word, for the status */
};

/* Binds DATA/control.sock. */
MUST_CHECK enum status control_new(const struct control_parts *parts,
	struct control **control, struct err *err);
MUST_CHECK enum status control_start(struct control *c, struct err *err);
/*
 * Nobody is in a command between these two: parts may be replaced. NULL while
 * somebody is: a load may take minutes, and main does not wait for it.
 */
struct control_parts *control_try_lock(struct control *c);
void control_unlock(struct control *c);
/* Ends the client in progress when it next waits, removes the socket. */
void control_stop(struct control *c);
void control_free(struct control *c);

#endif
