/*
 * meta.h - facts about the store, by name
 *
 * Errors:  as fault.h; NOT_FOUND.
 * Threads: the session's.
 */
#ifndef KEYPOST_STORE_SQLITE_META_H
#define KEYPOST_STORE_SQLITE_META_H

#include "store/sqlite/db.h"

/* The store's name for life, 32 hexadecimal digits. */
#define META_STORE_ID "store_id"
/*
 * Written last by a writer that stops, with the number of certificates;
 * taken away by the first transaction of the next. Where it is missing, the
 * last stop was none: the file is checked and the rows are counted.
 */
#define META_STOPPED "stopped"

MUST_CHECK enum status meta_get_int(struct sqlite_session *s, const char *key,
	int64_t *value, struct err *err);
MUST_CHECK enum status meta_get_text(struct sqlite_session *s, const char *key,
	char *text, size_t size, struct err *err);
MUST_CHECK enum status meta_put_int(struct sqlite_session *s, const char *key,
	int64_t value, struct err *err);
MUST_CHECK enum status meta_delete(
	struct sqlite_session *s, const char *key, struct err *err);

/* Octets of a module, among the facts as "note.NAME". */
MUST_CHECK enum status sqlite_get_note(struct store_session *s,
	const char *name, struct arena *arena, struct bytes *note,
	struct err *err);
MUST_CHECK enum status sqlite_put_note(struct store_session *s,
	const char *name, struct bytes note, struct err *err);

#endif
