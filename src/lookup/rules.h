/*
 * rules.h - which searches this server answers
 *
 * Memory:  the arena; the lists are borrowed.
 * Threads: pure.
 * Errors:  UNSUPPORTED (not offered here), MALFORMED (short key IDs), with
 *          the sentence for the client.
 * Source:  spec hkp section 2.
 */
#ifndef KEYPOST_LOOKUP_RULES_H
#define KEYPOST_LOOKUP_RULES_H

#include "lookup/query.h"

struct lookup_rules {
	bool word_search;
	bool short_ids;
	/* Domains whose addresses may be listed; "all": any. */
	char **enumerate;
	size_t enumerate_count;
};

/*
 * Takes out of the query what is not offered. When nothing is left that is
 * the answer; else q->miss says what it is if nothing is found.
 */
MUST_CHECK enum status rules_apply(struct arena *arena,
	const struct lookup_rules *rules, struct query *q, struct err *err);

#endif
