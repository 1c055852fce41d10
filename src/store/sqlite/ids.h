/*
 * ids.h - short numbers of all certificates, in order
 *
 * Read from an index alone: by digest from cert_by_digest, by fingerprint from
 * the keys' handles (terms.h).
 *
 * Threads: the session's.
 */
#ifndef KEYPOST_STORE_SQLITE_IDS_H
#define KEYPOST_STORE_SQLITE_IDS_H

#include "store/ids.h"
#include "store/sqlite/db.h"

enum status sqlite_list_ids(struct store_session *s, enum store_ids by,
	uint64_t from, uint64_t *list, size_t max, size_t *count,
	struct err *err);
enum status sqlite_list_digests(struct store_session *s,
	const struct sks_digest *after, struct digest_row *list, size_t max,
	size_t *count, struct err *err);
enum status sqlite_has_digest(struct store_session *s,
	const struct sks_digest *digest, uint32_t without, bool *has,
	struct err *err);
enum status sqlite_find_id(struct store_session *s, enum store_ids by,
	uint64_t id, struct arena *arena, struct cert_row *row,
	struct err *err);
enum status sqlite_read_turns(struct store_session *s, int64_t after,
	struct change_turn *list, size_t max, size_t *count, struct err *err);

#endif
