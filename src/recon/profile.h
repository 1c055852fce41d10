/*
 * profile.h - which certificates take part in gossip, and what is said of it
 *
 * A filter looks at the certificate alone, or two servers never agree. Each
 * profile has a tree of its own. At each level one can be computed: with whom
 * announces other filters nobody talks
 * (doc/decisions/filters-of-hockeypuck.md).
 *
 * Memory:  profiles are static; texts made are the caller's.
 * Threads: pure.
 * Errors:  NOT_FOUND for a name that no profile has.
 * Source:  spec sks-recon sections 3.1, 13 and 16; what Hockeypuck announces:
 *          src/hockeypuck/hkp/sks/recon.go of its versions 2.2 to 2.4-beta2.
 */
#ifndef KEYPOST_RECON_PROFILE_H
#define KEYPOST_RECON_PROFILE_H

#include "base/bytes.h"
#include "ingest/policy.h"
#include "pgp/level.h"

enum { PROFILE_FILTERS_MAX = 512 };

struct profile {
	const char *name;     /* sks-1.1.6, ... */
	const char *filters;  /* sorted, comma separated, no blanks */
	enum level level;     /* what the store must be kept at */
	uint32_t without;     /* enum cert_flag: such certificates stay out */
	const char *software; /* whom it is for, for people */
	/* Which part of its filters cannot be computed here, for people: such a
	 * profile is known by name and must not be used. NULL: all can. */
	const char *lacks;
};

/* By number, from 0 on; NULL beyond. */
const struct profile *profile_at(size_t i);
MUST_CHECK enum status profile_find(
	const char *name, const struct profile **profile);
/* The one with these filters, in any order; NULL. */
const struct profile *profile_of_filters(struct bytes filters);
/* Does a certificate with these flags take part? */
bool profile_takes(const struct profile *p, uint32_t cert_flags);
/*
 * What to announce: the profile's filters and, for those of our own levels
 * where limits that decide what is kept are not the defaults, '+' and 8
 * digits that depend on these.
 */
void profile_filters(const struct profile *p, const struct policy *policy,
	char out[PROFILE_FILTERS_MAX]);
/*
 * A list of an operator's as it is to be announced: sorted, each once, for
 * Hockeypuck compares octets. LIMIT when there is no room for it.
 */
MUST_CHECK enum status profile_filters_sort(
	const char *list, char out[PROFILE_FILTERS_MAX]);
/* The same filters, in any order? The empty text is the empty set. */
bool profile_filters_eq(struct bytes a, struct bytes b);
/* What one side has and the other has not, as a sentence for people; long
 * lists are cut, and what cannot be printed is '?'. */
void profile_filters_differ(
	struct bytes ours, struct bytes theirs, struct err *why);

#endif
