/*
 * care.h - looking after a store: backup, restore, check, upgrade, filling it
 *
 * For tools: each call opens what it needs and closes it again. A backup is
 * taken, and a check made, beside a running daemon; a restore, a repair and
 * an upgrade need the folder to themselves.
 *
 * Memory:  the caller's; a check's is said at its job.
 * Threads: any; `show` is called on the caller's thread, by a check on its
 *          own threads, one at a time.
 * Units:   octets.
 * Errors:  NOT_FOUND: there is no such store or file; REJECTED: what is asked
 *          may not be done, or another process holds the folder; UNSUPPORTED:
 *          the backend has no such thing; IO: disk full, failed or damage.
 * Source:  reliability D5, S7, S8.
 */
#ifndef KEYPOST_STORE_CARE_H
#define KEYPOST_STORE_CARE_H

#include "pgp/cert.h"
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

/* How much of what a certificate is found by is to be worked out. */
enum check_how {
	CHECK_QUICK,    /* nothing is verified: who is bound does not matter */
	CHECK_REDACTED, /* the same, of a revoked one without user IDs */
	CHECK_SURE      /* as if it were stored now */
};

/* What the store cannot know: how ingest finds certificates. */
struct check_derive {
	enum status (*run)(void *ctx, struct arena *arena,
		const struct cert *cert, uint8_t level, enum check_how how,
		struct cert_search *search);
	void *ctx;
};

/* A fault, told as soon as it is known. */
struct check_fault {
	const char *name; /* a certificate's fingerprint, "row N", or "" */
	const char *what;
	const char *advice; /* what to do about it; NULL: --repair */
};

struct check_job {
	bool quick;  /* without the structure, which takes one long snapshot */
	bool repair; /* needs the folder to itself */
	const struct check_derive *derive;
	struct care_watch watch;
	/* One call at a time; `ctx` is that of watch. */
	void (*fault)(void *ctx, const struct check_fault *f);
	int64_t span; /* row numbers compared at once; 0: as memory allows */
};

struct check_facts {
	int64_t certs;
	int64_t damaged;  /* faults that nothing here can mend */
	int64_t derived;  /* faults in what follows from something else */
	int64_t repaired; /* of these; what a repair did to damaged ones is
			     told with each */
	bool structure;   /* the file's was checked to its end */
	char aside[CARE_PATH_MAX]; /* the folder of what a repair wrote anew;
				      "": it was mended where it is */
};

/*
 * Reads all of the store and compares: OK, whatever it finds. Memory: twenty
 * octets for each row number, of at most eight million at once.
 */
MUST_CHECK enum status store_check(const struct store_settings *settings,
	const struct check_job *job, struct check_facts *facts,
	struct err *err);

struct upgrade_job {
	bool no_backup;
	bool dry_run; /* only tells of the versions */
	struct care_watch watch;
};

struct upgrade_facts {
	int from, to; /* versions of the schema */
	bool resumed; /* an earlier one was cut short */
	char backup[CARE_PATH_MAX]; /* of what was there; "": none was made */
};

/*
 * Brings the store to the schema of this program, after a backup beside it.
 * Cut short at any moment, the next call goes on.
 */
MUST_CHECK enum status store_upgrade(const struct store_settings *settings,
	const struct upgrade_job *job, struct upgrade_facts *facts,
	struct err *err);

/*
 * Is it filled in bulk? If asked for, an empty store is, and one that such a
 * load left unfinished. Its sessions serve ingest and nothing else: they find
 * certificates by their primary keys alone, and what they commit is on disk
 * when store_bulk_sync says so, from any thread. The searches work after
 * store_bulk_finish, for which the write session is still open and nobody
 * uses it; if that does not happen, the next store_open that may write does
 * it. Both do nothing, and are OK, if it is not.
 */
bool store_is_bulk(const struct store *s);
MUST_CHECK enum status store_bulk_sync(struct store *s, struct err *err);
MUST_CHECK enum status store_bulk_finish(struct store *s, struct err *err);

#endif
