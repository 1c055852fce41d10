/*
 * prepare_state.h - one certificate on its way from the store to the writer
 *
 * Memory:  as work.h says; this itself lives on a worker's stack.
 * Threads: the worker that holds the submission.
 */
#ifndef KEYPOST_INGEST_PREPARE_STATE_H
#define KEYPOST_INGEST_PREPARE_STATE_H

#include "ingest/policy.h"
#include "ingest/tombstone_rules.h"
#include "ingest/work.h"
#include "pgp/merge.h"

/* What is under way for one certificate. */
struct prepare {
	struct store_session *s;
	const struct policy *policy;
	struct submission *sub;
	struct work_cert *wc;
	struct cert_row stored; /* when wc->was_stored */
	struct cert *old;       /* NULL: not stored */
	struct cert *kept;      /* NULL: refused */
	enum verdict refused;
	struct delta delta;
	struct bytes had; /* see prepare_had; not asked for yet: no octets */
	const struct cert *merged; /* of old and what came; digested */
	const atomic_bool *stop;   /* set by another thread: give up */
	bool raises;  /* a row is to reach the level, whatever it takes */
	bool trimmed; /* the level left something out, or moved it */
	bool reduced; /* it is blocked */
	bool banned;  /* a tombstone left something out */
	struct policy
		as_stored; /* that of a row which is left below the level */
	const struct tombstones *tombstones;
	enum tombstone_rule rule; /* of its primary key */
};

struct outcome *prepare_outcome(const struct prepare *p);
/* What its verifications are counted against; NULL: nothing. */
struct verify_budget *prepare_budget(const struct prepare *p);
/* What the level keeps of `merged` becomes p->kept. */
MUST_CHECK enum status prepare_level(
	struct prepare *p, const struct cert *merged);
/* Row and search rows of what is kept. */
MUST_CHECK enum status prepare_row(struct prepare *p);
/* level(stored union submission), and whether that is news. */
MUST_CHECK enum status prepare_merge(struct prepare *p, bool *news);
/* Placed digests of what was stored. */
MUST_CHECK enum status prepare_had(struct prepare *p, struct bytes *had);
/* The delta becomes what the row holds and the stored one did not. */
MUST_CHECK enum status prepare_trim_delta(struct prepare *p);

#endif
