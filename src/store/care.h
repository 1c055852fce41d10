/*
 * care.h - looking after a store: backup, restore
 *
 * For tools: each call opens what it needs and closes it again. A backup is
 * taken beside a running daemon; a restore needs the folder to itself.
 *
 * Memory:  the caller's.
 * Threads: any; `show` is called on the caller's thread.
 * Units:   octets.
 * Errors:  NOT_FOUND: there is no such store or file; REJECTED: what is asked
 *          may not be done, or another process holds the folder; UNSUPPORTED:
 *          the backend has no such thing; IO: disk full, failed or damage.
 * Source:  reliability D5, S7, S8.
 */
#ifndef KEYPOST_STORE_CARE_H
#define KEYPOST_STORE_CARE_H

#include "store/store.h"

/* Who wants to see how far it is; show may be NULL. */
struct care_watch {
	void (*show)(
		void *ctx, const char *step, uint64_t done, uint64_t total);
	void *ctx;
};

enum { CARE_PATH_MAX = 1024 };

struct backup_facts {
	int64_t octets;
	int64_t certs;
	int64_t last_seq;
	int64_t last_time; /* of the last change; 0: the log is empty */
	int version;       /* of its schema */
	char store_id[33];
};

struct backup_job {
	const char *file;
	bool replace; /* a file of this name */
	bool dry_run; /* only asks whether it could */
	struct care_watch watch;
};

/*
 * A copy of the store as of the moment of the call, whole or not there at all,
 * readable by its owner only. With dry_run only octets of `facts` is filled.
 */
MUST_CHECK enum status store_backup(const struct store_settings *settings,
	const struct backup_job *job, struct backup_facts *facts,
	struct err *err);

struct restore_job {
	const char *file;
	bool dry_run; /* verifies, replaces nothing */
	struct care_watch watch;
};

struct restore_facts {
	struct backup_facts backup;
	char aside[CARE_PATH_MAX]; /* the folder of what was there; "": none */
};

/*
 * Verifies the file, then makes a copy of it the store. What was there is kept
 * aside. The restored store has a name (store_id) of its own, so that the
 * numbers it gives again are not taken for those given before.
 */
MUST_CHECK enum status store_restore(const struct store_settings *settings,
	const struct restore_job *job, struct restore_facts *facts,
	struct err *err);

#endif
