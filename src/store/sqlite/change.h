/*
 * change.h - the change log's rows
 *
 * Threads: the session's.
 */
#ifndef KEYPOST_STORE_SQLITE_CHANGE_H
#define KEYPOST_STORE_SQLITE_CHANGE_H

#include "store/sqlite/db.h"
#include "store/sqlite/stmt.h"

enum status sqlite_read_changes(struct store_session *s, int64_t after,
	size_t max, struct arena *arena, struct change_batch *batch,
	struct err *err);

/* A statement of rows after a number (?1), at most so many (?2), and how one
 * becomes an item of `size` octets. */
struct change_list {
	enum stmt_id stmt;
	enum status (*read)(
		const struct stmt_run *run, void *item, struct err *err);
	size_t size;
};

/* `list` has room for `max` items; on an error *count stays as it is. */
MUST_CHECK enum status change_list(struct store_session *s,
	const struct change_list *how, int64_t after, void *list, size_t max,
	size_t *count, struct err *err);
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
