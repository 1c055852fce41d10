/*
 * policy.h - limits and filters: every quantity an outsider controls
 *
 * One table (policy.c) names each with its default, bounds and meaning; conf
 * reads it to make configuration keys.
 *
 * Threads: read-only after start.
 * Source:  design: reliability section 4, spec openpgp 8.1.
 */
#ifndef KEYPOST_INGEST_POLICY_H
#define KEYPOST_INGEST_POLICY_H

#include "pgp/cert.h"
#include "pgp/level.h"

enum { POLICY_WORKERS_MAX = 16 };

struct policy {
	enum level level;
	bool redact_hard_revoked; /* such are found by keys alone */
	struct cert_limits limits; /* L7, L8, L9, L12: see policy_limits */
	size_t max_verifications;  /* L13, of one submission */
	size_t max_body;           /* L3, octets */
	size_t max_queue_items;    /* L25 */
	size_t max_queue_octets;
	size_t max_arena;      /* of one submission */
	size_t max_worked;     /* octets worked on, waiting for the writer */
	size_t commit_batch;   /* submissions in one transaction */
	size_t verify_share;   /* per cent of a core, for rows to be raised */
	size_t workers;        /* 0: CPUs - 1, 1 to 16 */
	int64_t queue_time_ms; /* submission from queue to answer */
	int64_t retry_time_ms; /* D9: how often a failed disk is tried again */
};

enum policy_unit { POLICY_COUNT, POLICY_OCTETS, POLICY_TIME_MS };

/* One number of struct policy; the level is not in the table. */
struct policy_row {
	const char *name; /* as in the configuration */
	const char *rule; /* the rule's name in the design, or "" */
	enum policy_unit unit;
	size_t offset; /* in struct policy: int64_t for times, else size_t */
	int64_t preset;
	int64_t min;
	int64_t max;
	const char *help; /* a sentence without a full stop */
};

extern const struct policy_row policy_rows[];
extern const size_t policy_row_count;

/* The defaults of the specification. */
void policy_init(struct policy *p);
int64_t policy_get(const struct policy *p, const struct policy_row *row);
/* LIMIT outside the bounds of the row; nothing is set then. */
MUST_CHECK enum status policy_set(
	struct policy *p, const struct policy_row *row, int64_t value);
/* The limits for one submission, with what the level implies; `bulk` lifts L7
 * and L8 and skips secret keys. */
struct cert_limits policy_limits(const struct policy *p, bool bulk);
/* The number of workers to start: between 1 and POLICY_WORKERS_MAX. */
size_t policy_workers(const struct policy *p);

#endif
