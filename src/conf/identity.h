/*
 * identity.h - which user the daemon is, and how root stops being root
 *
 * Started as root, the daemon opens its doors and then becomes [server] user,
 * by default "keypost", for good. `user = root` is the operator's explicit
 * wish to stay; without a user to become, it refuses to start.
 *
 * Threads: from main before any thread is started.
 * Errors:  REJECTED with a sentence; IO when the kernel refuses.
 * Source:  reliability X3.
 */
#ifndef KEYPOST_CONF_IDENTITY_H
#define KEYPOST_CONF_IDENTITY_H

#include <sys/types.h>

#include "base/bytes.h"

struct identity {
	char name[64];
	uid_t uid;
	gid_t gid;
	bool change;     /* root now, and to become `name` */
	bool stays_root; /* by the operator's wish */
};

/* `user`: "" takes the default. */
MUST_CHECK enum status identity_find(
	const char *user, struct identity *id, struct err *err);
/* Files made from here on belong to that user; identity_back undoes. */
MUST_CHECK enum status identity_try(const struct identity *id, struct err *err);
MUST_CHECK enum status identity_back(
	const struct identity *id, struct err *err);
/* For good: user, groups, no new privileges, no core, not traceable. */
MUST_CHECK enum status identity_become(
	const struct identity *id, struct err *err);

#endif
