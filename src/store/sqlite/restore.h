/*
 * restore.h - a backup becomes the database
 *
 * Errors:  as store/care.h.
 * Source:  reliability D5, S7; doc/decisions/restored-stores.md.
 */
#ifndef KEYPOST_STORE_SQLITE_RESTORE_H
#define KEYPOST_STORE_SQLITE_RESTORE_H

#include "store/care.h"

enum status sqlite_restore(const struct store_settings *settings,
	const struct restore_job *job, struct restore_facts *facts,
	struct err *err);

#endif
