/*
 * work.h - what the ingest threads know of a submission on its way
 *
 * Memory:  lives and dies with the submission; what it points to is in the
 *          submission's arena, but what is read from the store and made for
 *          it is in the arena of the turn, which the next turn empties.
 * Threads: whoever holds the submission: a worker, or the writer.
 */
#ifndef KEYPOST_INGEST_WORK_H
#define KEYPOST_INGEST_WORK_H

#include "ingest/submission.h"
#include "ingest/writer.h"
#include "pgp/level.h"

enum work_state {
	WORK_TO_MERGE,  /* not yet compared with the store */
	WORK_RACED,     /* another submission was faster: to merge again */
	WORK_SETTLED,   /* nothing to write, or written */
	WORK_TO_REJECT, /* refused for a tombstone: its digest is to be kept */
	WORK_TO_WRITE   /* row, search rows and change are ready */
};

enum work_write {
	WRITE_CHANGED, /* the row, and a change */
	WRITE_QUIETLY, /* the row, which holds the same packets */
	WRITE_REMOVED  /* no row any more, and a change */
};

/* What becomes of a row that is stored below the level. */
enum work_below {
	BELOW_UNASKED,
	BELOW_LEVELLED, /* what that takes was counted */
	BELOW_LEFT      /* for the background: it takes too long */
};

/* One certificate of a submission. */
struct work_cert {
	enum work_state state;
	size_t outcome;        /* index in the submission's outcomes */
	struct cert *cert;     /* as submitted */
	size_t dropped_before; /* packets lost while it was read */
	bool is_paid;          /* its verifications were counted */
	enum work_below below;
	bool was_stored;
	uint64_t generation;          /* of the tombstones it was judged by */
	struct sks_digest old_digest; /* of what it was merged with */
	enum work_write write;
	struct cert_row row; /* of one that is removed: its id */
	struct cert_search search;
	struct change change;
};

struct submission_work {
	struct write_job job; /* first: the writer hands it back */
	struct ingest *ingest;
	struct submission *sub;
	const char *thread; /* the worker that has it, for its heartbeat */
	struct work_cert *certs;
	size_t count;
	/* Revocations that came without their key; their outcomes follow one
	 * another. `certs` has room for what they become. */
	const struct packet *lone;
	size_t lone_count;
	size_t lone_outcome; /* of the first */
	struct arena *turn;
	struct verify_budget budget; /* what is left of L13 */
	struct verify_budget below;  /* left for rows below the level */
	bool spent;                  /* it did not suffice */
	bool is_paid;                /* all was counted, and it did */
	size_t weight;               /* octets admitted */
	size_t held;     /* octets counted while waiting for the writer */
	unsigned rounds; /* how often the writer sent it back */
	bool is_read;    /* certs are there */
	bool is_dear;    /* for the thread that verifies the dear ones */
	bool is_large;   /* it has the one place for large rows */
};

#endif
