/*
 * walk.h - everything, a stretch at a time
 *
 * A certificate's place is its row's number: AUTOINCREMENT gives it once, and
 * it stays when the row is replaced.
 *
 * Threads: the session's.
 */
#ifndef KEYPOST_STORE_SQLITE_WALK_H
#define KEYPOST_STORE_SQLITE_WALK_H

#include "store/sqlite/db.h"

enum status sqlite_list_keys(struct store_session *s, struct bytes after,
	size_t max, struct arena *arena, struct key_list *keys,
	struct err *err);
enum status sqlite_list_certs(struct store_session *s, struct store_walk *walk,
	struct arena *arena, struct cert_rows *rows, struct err *err);
enum status sqlite_last_place(
	struct store_session *s, int64_t *place, struct err *err);

#endif
