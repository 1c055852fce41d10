/*
 * change.h - the change log's rows
 *
 * Threads: the session's.
 */
#ifndef KEYPOST_STORE_SQLITE_CHANGE_H
#define KEYPOST_STORE_SQLITE_CHANGE_H

#include "store/sqlite/db.h"

enum status sqlite_read_changes(struct store_session *s, int64_t after,
	size_t max, struct arena *arena, struct change_batch *batch,
	struct err *err);
enum status sqlite_last_seq(
	struct store_session *s, int64_t *seq, struct err *err);
enum status sqlite_append_change(struct store_session *s,
	const struct change *c, int64_t *seq, struct err *err);
enum status sqlite_add_seen(struct store_session *s, const struct cert_id *id,
	struct bytes covered, const char *addresses, int64_t after,
	struct err *err);
enum status sqlite_prune_changes(
	struct store_session *s, int64_t upto, struct err *err);

#endif
