/*
 * query.h - search text -> fingerprint | key ID | digest | address | words
 *
 * Memory:  views live in the arena.
 * Threads: pure.
 * Errors:  MALFORMED with the sentence of spec hkp 11 for terms that are not
 *          searchable (0x and no hex; "Insufficiently specific").
 * Source:  spec hkp section 2.
 */
#ifndef KEYPOST_LOOKUP_QUERY_H
#define KEYPOST_LOOKUP_QUERY_H

#include "store/store.h"

enum { QUERY_TEXT_MAX = 512, QUERY_WORDS_MAX = 8 };

enum { QUERY_TRIES_MAX = 2 };

/* Tried in order until one finds something. */
struct query {
	struct store_query tries[QUERY_TRIES_MAX];
	size_t count;
	bool exact;
	bool by_words; /* a try is a word search: the `search` thread's work */
	bool whole_user_id;  /* only user IDs that equal `text` (row 10) */
	bool domain_only;    /* @example.org: whoever has an address there */
	struct bytes domain; /* of that, and of an address whose other words
				are too short to count; else empty */
	struct bytes text;   /* trimmed */
	/* What it is when nothing is found: NOT_FOUND, or, with its sentence,
	 * that part of the search is not offered (rules.h). */
	enum status miss;
	const char *miss_text;
};

MUST_CHECK enum status query_parse(struct arena *arena, struct bytes text,
	bool exact, struct query *q, struct err *err);
/*
 * An identity of HKP v2 or VKS: an address by itself is found by the address
 * of a user ID; anything else must be a whole user ID. Never a key ID, never
 * a part. NOT_FOUND: nothing is found by this (two addresses; no word in it).
 */
MUST_CHECK enum status query_parse_identity(struct arena *arena,
	struct bytes text, struct query *q, struct err *err);
/* The 32 hex digits of an SKS digest (op=hget). */
MUST_CHECK enum status query_parse_digest(struct arena *arena,
	struct bytes text, struct query *q, struct err *err);

#endif
