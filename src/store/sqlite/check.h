/*
 * check.h - after an unclean stop: is the file sound?
 *
 * quick_check on a reading connection and a thread of its own, beside
 * everything else. What it finds raises the store's damage flag (S6).
 *
 * Memory:  check_start makes, check_stop frees; both take NULL.
 * Threads: check_result from any.
 */
#ifndef KEYPOST_STORE_SQLITE_CHECK_H
#define KEYPOST_STORE_SQLITE_CHECK_H

#include "store/sqlite/db.h"

MUST_CHECK enum status check_start(
	struct sqlite_store *store, struct check **check, struct err *err);
/* Ends it early if need be. */
void check_stop(struct check *c);
/* "not needed" (NULL), "running", "ok", or what is wrong; lives as `c`. */
const char *check_result(const struct check *c);

#endif
