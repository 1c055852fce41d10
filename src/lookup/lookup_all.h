/*
 * lookup_all.h - a search that finds more rows than may be held at once
 *
 * Whoever asks for the first twenty of three thousand is given the first
 * twenty of the sorted three thousand: each row is looked at, page by page in
 * one snapshot, and only what it is sorted by is kept.
 *
 * Memory:  the arena: some 200 octets for each hit; the rows that are given.
 * Threads: as lookup.h: whoever holds the session.
 * Errors:  as lookup_certs.
 * Source:  spec hkp sections 2 and 3.
 */
#ifndef KEYPOST_LOOKUP_LOOKUP_ALL_H
#define KEYPOST_LOOKUP_LOOKUP_ALL_H

#include "lookup/lookup.h"

/* Drops from `rows` what does not count. */
typedef enum status lookup_filter(const struct query *q,
	const struct lookup_limits *limits, struct cert_rows *rows,
	struct err *err);

/* At most limits->max_results of them; `total` counts all that are left. */
MUST_CHECK enum status lookup_all(struct store_session *s,
	const struct query *q, size_t try, const struct lookup_limits *limits,
	lookup_filter *filter, int64_t now, struct arena *arena,
	struct cert_rows *rows, struct err *err);

#endif
