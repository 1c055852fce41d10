/*
 * upgrade.h - backup, lock, steps: what store_upgrade promises
 *
 * Errors:  as store/care.h.
 * Threads: the caller's.
 * Source:  reliability S8.
 */
#ifndef KEYPOST_STORE_SQLITE_UPGRADE_H
#define KEYPOST_STORE_SQLITE_UPGRADE_H

#include "store/care.h"

enum status sqlite_upgrade(const struct store_settings *settings,
	const struct upgrade_job *job, struct upgrade_facts *facts,
	struct err *err);

#endif
