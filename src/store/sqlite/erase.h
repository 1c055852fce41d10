/*
 * erase.h - rows of which nothing may stay, not even on free pages
 *
 * Deleting overwrites what is deleted (secure_delete), but not what an older
 * keypost left on free pages, the search index's older segments, or the log. A
 * scrub lets the index merge all it has, in steps; then gives the free pages
 * to values of zeros and frees them again; then the log is emptied.
 *
 * Threads: the session's.
 * Source:  spec openpgp section 10.
 */
#ifndef KEYPOST_STORE_SQLITE_ERASE_H
#define KEYPOST_STORE_SQLITE_ERASE_H

#include "store/sqlite/db.h"

enum status sqlite_erase_cert(
	struct store_session *s, const struct cert_id *id, struct err *err);
enum status sqlite_scrub(struct store_session *s, int *step, struct err *err);
void sqlite_want_empty_log(struct store_session *s);
bool sqlite_wants_empty_log(struct store_session *s);

#endif
