/*
 * places.h - all certificates in the order of their rows; changes by place
 *
 * A place is the row's number: AUTOINCREMENT gives it once, and it stays when
 * the row is replaced. Octets are read in the order of the file.
 *
 * Threads: as its session.
 */
#ifndef KEYPOST_STORE_SQLITE_PLACES_H
#define KEYPOST_STORE_SQLITE_PLACES_H

#include "store/store.h"

enum status sqlite_walk(struct store_session *s, struct store_walk *walk,
	struct buf *out, struct err *err);
enum status sqlite_read_places(struct store_session *s, int64_t after,
	struct change_place *list, size_t max, size_t *count, struct err *err);
enum status sqlite_log_start(
	struct store_session *s, int64_t *seq, int64_t *time, struct err *err);

#endif
