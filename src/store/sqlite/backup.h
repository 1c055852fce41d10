/*
 * backup.h - a copy of the database beside whoever writes it
 *
 * Errors:  as store/care.h.
 * Source:  reliability S7; sqlite.org/c3ref/backup_finish.html.
 */
#ifndef KEYPOST_STORE_SQLITE_BACKUP_H
#define KEYPOST_STORE_SQLITE_BACKUP_H

#include "store/care.h"

enum status sqlite_backup(const struct store_settings *settings,
	const struct backup_job *job, struct backup_facts *facts,
	struct err *err);

#endif
