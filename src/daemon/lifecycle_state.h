/*
 * lifecycle_state.h - what the files of the lifecycle share
 *
 * Threads: main.
 */
#ifndef KEYPOST_DAEMON_LIFECYCLE_STATE_H
#define KEYPOST_DAEMON_LIFECYCLE_STATE_H

#include <pthread.h>

#include "daemon/control.h"
#include "daemon/heart.h"
#include "conf/identity.h"
#include "daemon/lifecycle.h"
#include "daemon/starter.h"

struct lifecycle {
	char *path;
	struct conf *conf;
	/* HTTP goes on borrowing from the one it was started with. */
	struct conf *http_conf;
	struct identity id;
	struct starter *starter;
	struct heart *heart;
	struct store *store;
	struct ingest *ingest;
	struct server *server;
	struct mail *mail;
	struct gossip *gossip; /* NULL: nobody to gossip with */
	struct control *control;
	const char *sandbox;
	int64_t fed_ms;
	bool reload_later; /* somebody was at the control socket */
	bool ingesting;
	bool serving;
	pthread_mutex_t commit_lock;
	bool committed; /* the last commit is done */
};

/* lifecycle_reload.c: OK, too, when there is nothing to make. */
MUST_CHECK enum status lifecycle_make_mail(
	struct lifecycle *l, struct err *err);
/* Made and listening; ports may need root. */
MUST_CHECK enum status lifecycle_make_gossip(
	struct lifecycle *l, struct err *err);

#endif
