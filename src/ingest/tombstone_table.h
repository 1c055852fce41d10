/*
 * tombstone_table.h - the table of tombstones: for tombstone.c and
 * tombstone_change.c only
 *
 * Threads: what is not atomic is under the lock, or does not change.
 */
#ifndef KEYPOST_INGEST_TOMBSTONE_TABLE_H
#define KEYPOST_INGEST_TOMBSTONE_TABLE_H

#include <pthread.h>
#include <stdatomic.h>

#include "ingest/tombstone_file.h"

struct tombstones {
	char *path;
	char *secret_path;
	uint8_t secret[TOMBSTONE_SECRET_LEN];
	bool has_secret;
	struct arena *texts;
	_Atomic uint64_t generation;
	_Atomic size_t keys, parts; /* of the list */

	pthread_rwlock_t lock;     /* of what follows */
	struct tombstone_list all; /* sorted by id, each once */
	struct digest mark;
};

/* At start: what the files say. */
MUST_CHECK enum status tombstone_table_load(
	struct tombstones *t, struct err *err);

#endif
