/*
 * levels.h - which rows are below a level
 *
 * There is no index on the level: a walk in order of row number finds them,
 * and a mark in `meta` says when there is nothing to find. Whoever writes a
 * lower row lowers the mark in the same transaction.
 *
 * Errors:  as fault.h.
 * Threads: the session's.
 */
#ifndef KEYPOST_STORE_SQLITE_LEVELS_H
#define KEYPOST_STORE_SQLITE_LEVELS_H

#include "store/sqlite/db.h"

/* Before a row of this level is written. */
MUST_CHECK enum status levels_note(
	struct sqlite_session *s, uint8_t level, struct err *err);

enum status sqlite_find_below(struct store_session *session, uint8_t level,
	struct level_walk *walk, size_t max, struct level_row *list,
	size_t *count, struct err *err);
enum status sqlite_get_floor(
	struct store_session *session, uint8_t *level, struct err *err);
enum status sqlite_put_floor(
	struct store_session *session, uint8_t level, struct err *err);

#endif
