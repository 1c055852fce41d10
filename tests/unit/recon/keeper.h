/*
 * keeper.h - a partner that keeps keys, and answers hashqueries as it is told
 *
 * Its answers are like those of SKS: the last one asked for comes first.
 *
 * Threads: the test's; a request is answered on another, and what both touch
 *          is behind a lock.
 */
#ifndef KEYPOST_UNIT_RECON_KEEPER_H
#define KEYPOST_UNIT_RECON_KEEPER_H

#include <pthread.h>

#include "../unit.h"

#include "base/bytes.h"
#include "pgp/fingerprint.h"

enum { KEEPER_MAX = 400, KEEPER_REQUESTS = 1000 };

enum keeper_way {
	KEEPER_HONEST,
	KEEPER_BARE,       /* without the two octets at the end */
	KEEPER_MORE,       /* counts one more than was asked for */
	KEEPER_CUT,        /* the last certificate is not whole */
	KEEPER_GARBAGE,    /* more octets behind it */
	KEEPER_HUGE,       /* announces a certificate above the limit */
	KEEPER_FAILS,      /* 500 */
	KEEPER_BUSY,       /* 503 */
	KEEPER_SILENT,     /* until it is stopped */
	KEEPER_RESETS,     /* closes without an answer */
	KEEPER_UNEXPECTED, /* what it holds under no digest asked for */
	/* One answer without end, beside one of another partner; then it is
	 * honest. */
	KEEPER_POURS
};

struct kept {
	struct sks_digest digest;
	struct buf octets;
	bool is_poison; /* a request for it gets no answer */
	bool is_hidden; /* it is told of and not given */
};

struct keeper {
	int listener;
	unsigned int port;
	pthread_t thread;
	pthread_mutex_t lock; /* for all below */
	enum keeper_way way;
	struct kept list[KEEPER_MAX];
	size_t count;
	size_t sizes[KEEPER_REQUESTS]; /* digests of each request */
	size_t requests;
	size_t asked;    /* digests, in all */
	char head[1000]; /* of the last request */
	struct buf body; /* the same */
	bool stopping;
	struct keeper *beside; /* the other one that pours */
	_Atomic size_t poured; /* octets */
};

void keeper_start(struct keeper *k);
void keeper_stop(struct keeper *k);
/* The digest is that of the octets. */
const struct sks_digest *keeper_put(struct keeper *k, struct bytes octets);
void keeper_be(struct keeper *k, enum keeper_way way);
size_t keeper_requests(struct keeper *k);
/* Of an answer, with the empty line. */
void keeper_head(char *out, size_t size, const char *status, size_t octets,
	uint32_t certs);
/* Digests that it was asked for, in all. */
size_t keeper_asked(struct keeper *k);

#endif
