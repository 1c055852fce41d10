/*
 * cert.h - certificate rows
 *
 * Threads: the session's.
 */
#ifndef KEYPOST_STORE_SQLITE_CERT_H
#define KEYPOST_STORE_SQLITE_CERT_H

#include "store/sqlite/db.h"

/* Version, fingerprint and body hash in columns from `column` on. */
MUST_CHECK enum status cert_read_id(const struct stmt_run *run, int column,
	struct cert_id *id, struct err *err);
/* The row number; NOT_FOUND. */
MUST_CHECK enum status cert_find_row(struct sqlite_session *s,
	const struct cert_id *id, int64_t *row, struct err *err);
/*
 * The whole row of a run that selects CERT_COLUMNS. `search` (packed terms)
 * is borrowed from the run.
 */
MUST_CHECK enum status cert_load(const struct stmt_run *run,
	struct arena *arena, struct cert_row *row, struct err *err);
struct bytes cert_search_column(const struct stmt_run *run);
/* In its place, of a run that selects the role of the key searched for. */
enum { CERT_ROLE_COLUMN = 9 };

enum status sqlite_get_cert(struct store_session *s, const struct cert_id *id,
	struct arena *arena, struct cert_row *row, struct err *err);
enum status sqlite_get_head(struct store_session *s, const struct cert_id *id,
	struct sks_digest *digest, uint8_t *level, struct err *err);
enum status sqlite_put_cert(struct store_session *s, const struct cert_row *row,
	const struct cert_search *search, struct err *err);
enum status sqlite_delete_cert(
	struct store_session *s, const struct cert_id *id, struct err *err);

#endif
