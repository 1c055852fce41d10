/*
 * recover_state.h - what the files of recover share
 *
 * Threads: the fetcher's, but for the list of ended submissions.
 */
#ifndef KEYPOST_RECON_RECOVER_STATE_H
#define KEYPOST_RECON_RECOVER_STATE_H

#include <pthread.h>

#include "base/arena.h"
#include "recon/digest_map.h"
#include "recon/recover.h"

enum {
	FETCHES_MAX = 2, /* replies under way or being submitted */
	SUBMITTED_MAX = 16,
	SUBMITTED_OCTETS = 4 * 1024 * 1024, /* but one, of whatever size */
	DIGEST_ARENA = 32 * 1024 * 1024,
	BUSY_MS = 100,      /* the way in is busy */
	TROUBLE_MS = 10000, /* the store cannot write */
	/* In a row, and what waits for that source is dropped. */
	TIMEOUTS_MAX = 3,
	FAILURES_MAX = 12,
	RECOUNT_MS = 10000, /* what ended by itself */
	/* Digests in the log until a source is idle: the line with the sums
	 * comes in the same second, of which ten lines pass. */
	NAMED_MAX = 5,
	/* Number in the table of what no partner need be asked for. */
	OF_ALL = 0
};

struct source {
	struct recover *r;
	char *peer, *host;
	unsigned int port;
	uint32_t number;
	struct sks_digest *list; /* to be asked for: from `head` on */
	size_t head, count, cap;
	size_t size; /* digests in the next request */
	unsigned int failures, timeouts;
	int64_t not_before;  /* monotonic */
	struct batch *batch; /* under way; NULL */
	struct recover_facts facts;
	struct recover_facts told; /* as of the last line of the log */
	unsigned int named;        /* digests in the log since then */
	int64_t started;           /* monotonic; since when it is not idle */
};

enum part_state { PART_NEW, PART_NAMED, PART_SUBMITTED, PART_DONE };

/* One certificate of a reply. */
struct part {
	enum part_state state;
	struct batch *batch;
	struct part *next; /* in the list of ended ones */
	struct bytes octets;
	struct sks_digest digest;
	struct submission *sub;
};

/* One request, its reply, and what became of that. */
struct batch {
	struct source *source;
	struct sks_digest asked[RECOVER_BATCH]; /* ascending */
	bool came[RECOVER_BATCH];
	size_t count;
	struct buf body, reply;
	bool taken; /* the reply is there */
	struct part *parts;
	size_t part_count;
	size_t next; /* those before are submitted, or done */
	size_t in_flight;
	int64_t again; /* monotonic: submit no sooner */
};

struct recover {
	struct recover_settings set;
	struct fetcher *fetcher;
	struct ingest *ingest;
	struct arena *arena;
	struct source **sources;
	size_t source_count, turn;
	struct digest_map *waiting;
	struct digest_map *backoff;
	size_t batches;           /* of all sources */
	size_t in_flight, octets; /* submissions */
	bool quiet;
	bool recount; /* `backed_off` of all sources is to be counted */
	int64_t counted_ms;
	pthread_mutex_t lock;
	struct part *ended; /* under the lock */
};

/* ---- recover_known.c --------------------------------------------------- */

/* Do we ask this partner for it now? */
bool known_backed_off(struct source *s, const struct sks_digest *d);
/*
 * Do not ask for it again for a while, twice as long each time: not this
 * partner, or none at all where the reason lies in the certificate. True when
 * that is to be named in the log: the first time, unless many were, or nothing
 * is wrong with it.
 */
bool known_back_off(struct source *s, const struct sks_digest *d,
	enum recover_reason reason);
/* Is it stored, or was it refused before? */
bool known_is_settled(
	struct store_session *session, const struct sks_digest *d);

/* ---- recover_fetch.c --------------------------------------------------- */

/* Asks for the next ones; perhaps there is nothing to ask for. */
void fetch_batch(struct source *s);
/* The batch is done with: what did not come is backed off. */
void fetch_ended(struct batch *b);
void batch_free(struct batch *b);

/* ---- recover_reply.c --------------------------------------------------- */

/* MALFORMED, LIMIT: it is no answer to a request for `asked` digests. */
MUST_CHECK enum status reply_split(struct bytes reply, size_t asked,
	struct bytes list[RECOVER_BATCH], size_t *count, struct err *err);

/* Its first certificate: what stands behind it was not asked for. */
struct bytes reply_first(struct arena *arena, struct bytes blob);

/* ---- recover_submit.c -------------------------------------------------- */

/* Submits what there is room for; true when all of it is done with. */
bool submit_step(struct batch *b, int64_t now);
/* What ended on other threads. */
void submit_settle(struct recover *r, int64_t now);

#endif
