/*
 * ids.h - what the store has, as short numbers: to compare it with others
 *
 * Threads: the session's.
 * Errors:  those of store.h.
 */
#ifndef KEYPOST_STORE_IDS_H
#define KEYPOST_STORE_IDS_H

#include "store/store.h"

/*
 * Each certificate has two ids, numbers of 64 bits: the first eight octets of
 * its SKS digest, and eight of its fingerprint (version 4: the last eight in
 * reverse; else the first eight). Both are spread evenly, and whoever made a
 * certificate had a hand in them: two may share one.
 *
 * Ids from `from` on, rising, at most max; none is OK. No octets are read.
 */
enum store_ids { IDS_DIGEST, IDS_FINGERPRINT };
MUST_CHECK enum status store_list_ids(struct store_session *s,
	enum store_ids by, uint64_t from, uint64_t *list, size_t max,
	size_t *count, struct err *err);
/* One certificate with this id, or NOT_FOUND. */
MUST_CHECK enum status store_find_id(struct store_session *s,
	enum store_ids by, uint64_t id, struct arena *arena,
	struct cert_row *row, struct err *err);
/* A digest that is stored, and the flags of its certificate. */
struct digest_row {
	struct sks_digest digest;
	uint32_t flags; /* enum cert_flag */
};

/*
 * The digests behind `after` (NULL: from the start), rising, at most max; none
 * is OK. No row is read: all of a store take a second for each few million.
 */
MUST_CHECK enum status store_list_digests(struct store_session *s,
	const struct sks_digest *after, struct digest_row *list, size_t max,
	size_t *count, struct err *err);
/* Is there a certificate of this digest that has none of these flags? Two may
 * share a digest: whoever breaks MD5 can make them. */
MUST_CHECK enum status store_has_digest(struct store_session *s,
	const struct sks_digest *digest, uint32_t without, bool *has,
	struct err *err);
/* Changes with seq > after by their digests: at most max. None is OK. */
MUST_CHECK enum status store_read_turns(struct store_session *s, int64_t after,
	struct change_turn *list, size_t max, size_t *count, struct err *err);
/*
 * Somebody follows the log and has it up to `seq`: whoever prunes leaves the
 * rest to him, within change_keep. Of one for each store, and of this process;
 * INT64_MAX: nobody does. Any thread.
 */
void store_hold(struct store *s, int64_t seq);
int64_t store_held(const struct store_session *s);

#endif
