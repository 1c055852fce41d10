/*
 * migrate.h - from any older schema to the current one
 *
 * Steps are only ever appended. Each is one transaction that raises
 * user_version by one, so that a crash leaves the old version or the new.
 *
 * Errors:  IO and BUSY as fault.h; the version reached stays.
 * Threads: the caller's session, which is the only one.
 */
#ifndef KEYPOST_STORE_SQLITE_MIGRATE_H
#define KEYPOST_STORE_SQLITE_MIGRATE_H

#include <stddef.h>

#include "base/status.h"

struct sqlite_session;

struct migrate_step {
	const char *sql;
	/* Optional: what SQL alone cannot do, in the same transaction. */
	enum status (*run)(struct sqlite_session *s, struct err *err);
};

/* The version that this program reads and writes. */
int migrate_current(void);
/* Brings the session's database to the current version. */
MUST_CHECK enum status migrate_up(struct sqlite_session *s, struct err *err);
/* The same with a table of one's own: for tests. */
MUST_CHECK enum status migrate_run(struct sqlite_session *s,
	const struct migrate_step *steps, size_t count, struct err *err);

#endif
