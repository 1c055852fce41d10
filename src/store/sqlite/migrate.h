/*
 * migrate.h - from any older schema to the current one
 *
 * Steps are only ever appended. Each raises user_version by one, in one
 * transaction, so that a crash leaves the old version or the new. What a step
 * rewrites of all certificates follows in slices, each a transaction that
 * notes how far it is; a database with such a note is one whose upgrade was
 * cut short, and nobody opens it but to go on.
 *
 * Errors:  IO and BUSY as fault.h; the version reached stays. UNSUPPORTED: a
 *          step takes long, and nobody waits for it.
 * Threads: the caller's session, which is the only one.
 */
#ifndef KEYPOST_STORE_SQLITE_MIGRATE_H
#define KEYPOST_STORE_SQLITE_MIGRATE_H

#include "store/care.h"

struct sqlite_session;

/* How far the slices of the last step are; missing: all are done. */
#define META_UPGRADE "upgrade"

struct migrate_step {
	const char *sql;
	/* Optional: what SQL alone cannot do, in the same transaction. */
	enum status (*run)(struct sqlite_session *s, struct err *err);
	/* Optional: rewrites what has numbers > after and <= upto. */
	enum status (*slice)(struct sqlite_session *s, int64_t after,
		int64_t upto, struct err *err);
	const char *last; /* asks for the highest of these numbers */
};

/* Append only: the n-th step leads from version n to n + 1 (steps.c). */
extern const struct migrate_step migrate_steps[];
extern const size_t migrate_step_count;

/* The version that this program reads and writes. */
int migrate_current(void);
/* OK, or UNSUPPORTED with a sentence: an upgrade was cut short. */
MUST_CHECK enum status migrate_check_whole(
	struct sqlite_session *s, struct err *err);
/*
 * Brings the session's database to the version of the last of these steps.
 * Without a `watch` steps that would rewrite certificates are refused.
 */
MUST_CHECK enum status migrate_run(struct sqlite_session *s,
	const struct migrate_step *steps, size_t count,
	const struct care_watch *watch, struct err *err);
/* The same for an empty file, in a transaction of the caller's. */
MUST_CHECK enum status migrate_new(struct sqlite_session *s,
	const struct migrate_step *steps, size_t count, struct err *err);

#endif
