/*
 * datadir.h - the data folder: there, ours, and closed to others
 *
 * Nothing in it is ever deleted at start, but what a dead process left: stale
 * sockets and temporary files.
 *
 * Errors:  REJECTED or IO with the path and what to do.
 * Source:  reliability S5, section 9.
 */
#ifndef KEYPOST_CONF_DATADIR_H
#define KEYPOST_CONF_DATADIR_H

#include "conf/identity.h"

/* As root, or whoever started us: the folder and its parents exist. */
MUST_CHECK enum status datadir_make(
	const char *path, const struct identity *id, struct err *err);
/* As the user: it is ours, and 0700. */
MUST_CHECK enum status datadir_prepare(
	const char *path, const struct identity *id, struct err *err);

#endif
