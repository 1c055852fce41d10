/*
 * sets.h - the digests of all certificates, as trees that follow the store
 *
 * One tree for each profile in use. They are derived: what they hold is what
 * the store had at the change they name, and nothing else. Kept in memory,
 * saved to DATA/tree now and then, caught up from the change log, built anew
 * from the index of digests when there is any doubt. From sets_new on the log
 * is held (store/ids.h) from where they are.
 *
 * Memory:  owns the trees: some 30 MiB for a million digests and profile.
 *          Building, catching up, loading and saving use stretches of 1,024
 *          and nothing that grows with the set.
 * Threads: one at a time.
 * Units:   change numbers; octets.
 * Errors:  IO: the store or the file; the file is never needed. CLOSED: `beat`
 *          said so. BUSY: the log was cut faster than a tree was built. After
 *          a failed call the next one goes on with what is left to do.
 * Source:  spec sks-recon section 15; design: architecture section 10.
 */
#ifndef KEYPOST_RECON_SETS_H
#define KEYPOST_RECON_SETS_H

#include "recon/prefix_tree.h"
#include "recon/profile.h"
#include "store/store.h"

struct sets;

struct sets_settings {
	const char *file; /* DATA/tree; NULL: never saved */
	const struct profile *const *profiles;
	size_t profile_count;
	/* Called now and then while something lasts; may be NULL. True: stop
	 * (CLOSED). */
	bool (*beat)(void *ctx);
	void *beat_ctx;
};

enum sets_origin { SETS_EMPTY, SETS_LOADED, SETS_BUILT };

struct sets_facts {
	enum sets_origin origin;
	int64_t seq;       /* the change that the trees reflect */
	int64_t saved_seq; /* the same of the file; -1: there is none */
	uint64_t rebuilds; /* since the start, the first one included */
	const char *why;   /* of the last one; static, NULL */
};

struct sets *sets_new(
	const struct sets_settings *settings, struct store *store);
void sets_free(struct sets *s);
/* Loads the file or builds; then as sets_follow. */
MUST_CHECK enum status sets_open(struct sets *s, struct err *err);
/* Applies what changed since. Builds anew when the log does not reach back so
 * far, or the store is older than that. */
MUST_CHECK enum status sets_follow(struct sets *s, struct err *err);
MUST_CHECK enum status sets_rebuild(
	struct sets *s, const char *why, struct err *err);
/* Whole or not at all; nothing to do when the file is as new. */
MUST_CHECK enum status sets_save(struct sets *s, struct err *err);
/*
 * Looks at one leaf of each tree by chance and at the nodes above it, and
 * compares it with the store when that is not ahead; builds anew, OK, when it
 * is wrong.
 */
MUST_CHECK enum status sets_check_one(
	struct sets *s, bool *was_wrong, struct err *err);

enum sets_file_state {
	SETS_FILE_NONE,
	SETS_FILE_RIGHT,
	SETS_FILE_OLD,  /* nothing is wrong with it, and it is of no use */
	SETS_FILE_WRONG /* damaged, or not what the certificates are */
};

struct sets_file {
	enum sets_file_state state;
	const char *why; /* of the last two; static */
	uint64_t digests;
};

/*
 * Compares the file with all certificates, also beside a daemon that writes.
 * BUSY: it writes faster than this looks.
 */
MUST_CHECK enum status sets_check_file(const char *file, struct store *store,
	struct sets_file *out, struct err *err);
/* Of the i-th profile; unchanged until the next call that is not this. NULL:
 * it could not be built yet. */
const struct prefix_tree *sets_tree(const struct sets *s, size_t i);
void sets_get_facts(const struct sets *s, struct sets_facts *out);

#endif
