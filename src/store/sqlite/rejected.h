/*
 * rejected.h - digests of what was refused, for a while
 *
 * Threads: the session's.
 * Source:  spec openpgp section 10.
 */
#ifndef KEYPOST_STORE_SQLITE_REJECTED_H
#define KEYPOST_STORE_SQLITE_REJECTED_H

#include "store/sqlite/db.h"

enum status sqlite_is_rejected(struct store_session *s,
	const struct sks_digest *digest, int64_t now, bool *is_rejected,
	struct err *err);
enum status sqlite_put_rejected(struct store_session *s,
	const struct sks_digest *digest, int64_t now, int64_t until,
	const char *reason, struct err *err);
enum status sqlite_forget_rejected(struct store_session *s, struct err *err);

#endif
