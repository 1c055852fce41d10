/*
 * fault.h - what SQLite's result codes mean to us
 *
 * Errors:  BUSY (locked), TIMEOUT (the deadline's progress handler ended it),
 *          LIMIT (a value too large), IO (all else: the sentence says whether
 *          the disk is full, failed or the file is damaged, and what to do).
 *          Damage also raises the store's flag: writing stops (S6).
 */
#ifndef KEYPOST_STORE_SQLITE_FAULT_H
#define KEYPOST_STORE_SQLITE_FAULT_H

#include "base/status.h"

struct sqlite_session;
struct sqlite_store;

MUST_CHECK enum status fault_status(
	struct sqlite_session *s, int rc, struct err *err);
/* Damage that we saw ourselves: a column of the wrong shape. */
MUST_CHECK enum status fault_damage(
	struct sqlite_store *store, const char *what, struct err *err);
/* The refusal to write once damage was seen; OK before. */
MUST_CHECK enum status fault_may_write(
	struct sqlite_store *store, struct err *err);

#endif
