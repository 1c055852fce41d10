/*
 * canary_state.h - of canary*.c alone
 *
 * Threads: the canary's, but for `wake` and `stopping`.
 */
#ifndef KEYPOST_MAIL_CANARY_STATE_H
#define KEYPOST_MAIL_CANARY_STATE_H

#include <pthread.h>

#include "base/canary.h"
#include "base/fetch.h"
#include "base/thread.h"
#include "base/wake.h"
#include "mail/canary.h"
#include "mail/canary_key.h"
#include "pgp/fingerprint.h"

enum { CANARY_URL_MAX = 1024 };

struct canary_peer {
	struct canary *c;
	const struct peer_settings *set;
	struct canary_counters count;
	char url[CANARY_URL_MAX];
	int64_t next; /* look */
	bool busy;    /* it is being asked */
	bool looked;  /* it has answered since the start */
	bool failing; /* and that is in the log */
	uint32_t seen;
};

struct canary {
	const struct mail_settings *settings;
	struct ingest *ingest;
	struct canary_peer *peers; /* those with a place to look */
	size_t count;
	struct canary_key key;
	struct fingerprint fpr;
	int64_t began_s;     /* wall */
	int64_t next_submit; /* what is signed */
	bool submitted;
	struct fetcher *fetcher;
	struct wake wake;
	struct thread thread;
	atomic_bool stopping;
};

/* Begins a look-up; what it finds is counted, and the next one planned. */
void canary_look(struct canary_peer *p);

#endif
