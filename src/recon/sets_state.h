/*
 * sets_state.h - what sets.c and its neighbours share
 *
 * Memory:  owned by struct sets.
 * Threads: one at a time.
 * Source:  spec sks-recon section 15.
 */
#ifndef KEYPOST_RECON_SETS_STATE_H
#define KEYPOST_RECON_SETS_STATE_H

#include "recon/sets.h"
#include "store/ids.h"

enum {
	SETS_PAGE = 1024 /* digests or changes of one snapshot */
};

struct sets {
	char *file; /* NULL: never saved */
	struct store *store;
	const struct profile **profiles;
	struct prefix_tree **trees; /* one for each */
	size_t count;
	bool (*beat)(void *ctx);
	void *beat_ctx;
	bool whole; /* the trees are what the store was at facts.seq */
	struct sets_facts facts;
};

/* CLOSED when whoever waits does not want to any more. */
MUST_CHECK enum status sets_beat(const struct sets *s, struct err *err);
/* A session that sees the store as it is now, until it is let go. */
MUST_CHECK enum status sets_take_snapshot(
	const struct sets *s, struct store_session **session, struct err *err);
void sets_drop_snapshot(const struct sets *s, struct store_session *session);
/* Empty trees, which nobody may look at. */
void sets_clear(struct sets *s);

/* ---- sets_build.c: from the index of digests ---------------------------- */

/* All digests that a profile takes, ascending, each once; page by page, each
 * a snapshot of its own. */
struct sets_scan {
	const struct sets *s;
	const struct profile *profile;
	struct digest_row rows[SETS_PAGE];
	struct sks_digest last;
	bool began, ended;
	enum status st;
	struct err why;
};

void sets_scan_begin(struct sets_scan *x, const struct sets *s,
	const struct profile *profile);
/* Of a struct prefix_source; 0 also after a failure, which is in `st`. */
size_t sets_scan_read(void *scan, struct sks_digest *list, size_t max);
/* All trees; what changes meanwhile may be in them or not. */
MUST_CHECK enum status sets_build(struct sets *s, struct err *err);

/* ---- sets_follow.c: from the log ----------------------------------------- */

/*
 * All that changed, until the trees are what the store is. NOT_FOUND: the log
 * does not tell all of it, and `why` says so in a static text.
 */
MUST_CHECK enum status sets_catch_up(
	struct sets *s, const char **why, struct err *err);

/* ---- sets_save.c, sets_load.c -------------------------------------------- */

#define SETS_FILE_MAGIC "KPTREE\r\n"

enum { SETS_FILE_VERSION = 1 };

extern const char sets_no_file[], sets_other_profiles[]; /* as `why` */

size_t sets_tree_size(const struct sets *s, size_t i);
/* As the head of the file names it. */
MUST_CHECK enum status sets_put_profile(
	const struct profile *p, struct buf *out);

/* NOT_FOUND: there is none that is good for this store and these profiles;
 * MALFORMED: it is damaged; `why` is static. The trees are whole after OK,
 * else empty. */
MUST_CHECK enum status sets_load(
	struct sets *s, const char **why, struct err *err);
/* The change it reflects, without reading the rest; 0: it is of no use. */
int64_t sets_peek(const struct sets *s);

/* ---- sets_check.c -------------------------------------------------------- */

/*
 * The nodes on the way to a digest by chance, with each other and, when the
 * tree is as new as the store, with the store: NULL when all is right, else
 * what is not.
 */
MUST_CHECK enum status sets_probe(
	struct sets *s, size_t tree, const char **wrong, struct err *err);

#endif
