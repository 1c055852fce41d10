/*
 * tombstone_file.h - the files `tombstones` and `secret`
 *
 * One line each, fields apart by tabs: id (hexadecimal), kind, reason, ticket,
 * created (UTC), by. Controls and '%' in texts stand as %XX. Lines that begin
 * with '#' say nothing, but for the first: "# keypost tombstones HEX", by which
 * a table is known to belong to the secret beside it.
 *
 * Memory:  texts live in the arena.
 * Threads: one at a time.
 * Errors:  MALFORMED: "FILE:LINE: what is wrong"; REJECTED: the secret is
 *          gone, or another; IO.
 * Source:  spec openpgp section 10, reliability D5.
 */
#ifndef KEYPOST_INGEST_TOMBSTONE_FILE_H
#define KEYPOST_INGEST_TOMBSTONE_FILE_H

#include "ingest/tombstone.h"

enum { TOMBSTONE_SECRET_LEN = 32 };

struct tombstone_list {
	struct tombstone *list; /* malloc'ed */
	size_t count, cap;
};

/* By id. */
int tombstone_cmp(const void *a, const void *b);
/* Sorted, each id once: of equal ones the last stays. */
void tombstone_list_sort(struct tombstone_list *l);

/* NOT_FOUND: there is none. */
MUST_CHECK enum status tombstone_read_secret(const char *path,
	uint8_t secret[TOMBSTONE_SECRET_LEN], struct err *err);
/* Makes one. */
MUST_CHECK enum status tombstone_make_secret(const char *path,
	uint8_t secret[TOMBSTONE_SECRET_LEN], struct err *err);
/* NOT_FOUND: no such file. `check` is what the first line must say. */
MUST_CHECK enum status tombstone_read_file(const char *path,
	const struct digest *check, struct arena *texts,
	struct tombstone_list *out, struct err *err);
MUST_CHECK enum status tombstone_write_file(const char *path,
	const struct digest *check, const struct tombstone_list *list,
	struct err *err);
/* One line of it, without its end. */
MUST_CHECK enum status tombstone_parse_line(struct bytes line,
	struct arena *texts, struct tombstone *out, struct err *err);
MUST_CHECK enum status tombstone_write_line(
	const struct tombstone *t, struct buf *out);

#endif
