/*
 * mark.h - the change log by number, time and certificate alone
 *
 * For who looks for a moment in it, counts it, or asks what changed: nothing
 * that a change holds is read.
 *
 * Threads: as its session.
 */
#ifndef KEYPOST_STORE_SQLITE_MARK_H
#define KEYPOST_STORE_SQLITE_MARK_H

#include "store/store.h"

enum status sqlite_seq_before(
	struct store_session *s, int64_t time, int64_t *seq, struct err *err);
enum status sqlite_read_marks(struct store_session *s, int64_t after,
	struct change_mark *list, size_t max, size_t *count, struct err *err);
enum status sqlite_read_names(struct store_session *s, int64_t after,
	struct change_name *list, size_t max, size_t *count, struct err *err);
enum status sqlite_get_history(struct store_session *s,
	const struct cert_id *id, struct arena *arena,
	struct cert_history *history, struct err *err);
enum status sqlite_read_places(struct store_session *s, int64_t after,
	struct change_place *list, size_t max, size_t *count, struct err *err);
enum status sqlite_log_start(
	struct store_session *s, int64_t *seq, int64_t *time, struct err *err);

#endif
