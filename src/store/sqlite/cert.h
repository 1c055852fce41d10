/*
 * cert.h - certificate rows
 *
 * Threads: the session's.
 */
#ifndef KEYPOST_STORE_SQLITE_CERT_H
#define KEYPOST_STORE_SQLITE_CERT_H

#include "store/sqlite/db.h"
#include "store/sqlite/terms.h"

/* Version, fingerprint and body hash in columns from `column` on. */
MUST_CHECK enum status cert_read_id(const struct stmt_run *run, int column,
	struct cert_id *id, struct err *err);
/*
 * The row of a certificate, whole (CERT_COLUMNS) or its head alone: id,
 * version, fpr, body_sha256, sks_digest, level, search. `at` is left on it,
 * and its run is to be ended whatever the result.
 */
struct cert_seek {
	struct stmt_run run;
	struct handle handle; /* bound */
};
enum { CERT_HEAD_DIGEST = 4, CERT_HEAD_SEARCH = 6 };
MUST_CHECK enum status cert_seek(struct sqlite_session *s, bool whole,
	const struct cert_id *id, struct cert_seek *at, struct err *err);
/* Fingerprint, and for versions 2 and 3 the body's hash. */
bool cert_is(const struct cert_id *a, const struct cert_id *b);
struct bytes cert_body_column(const struct cert_id *id);
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
enum status sqlite_pack_cert(struct arena *arena, const struct cert_row *row,
	struct cert_search *search, struct err *err);
enum status sqlite_put_cert(struct store_session *s, const struct cert_row *row,
	const struct cert_search *search, struct err *err);
enum status sqlite_delete_cert(
	struct store_session *s, const struct cert_id *id, struct err *err);

#endif
