/*
 * verdict.h - what became of a packet, and by which rule: as data
 *
 * One enumeration for every place that explains: the answer to a submission,
 * the mail reply, add, load, explain and simulate on the command line. A row
 * of the table holds a word for machines and a sentence for people.
 *
 * Threads: constants.
 * Source:  spec openpgp sections 1, 2, 3, 8.
 */
#ifndef KEYPOST_PGP_VERDICT_H
#define KEYPOST_PGP_VERDICT_H

#include <stdbool.h>

enum verdict {
	VERDICT_KEPT,
	VERDICT_DUPLICATE, /* folded with an equal packet */
	VERDICT_BAD_HEADER,
	VERDICT_TRUNCATED,
	VERDICT_UNUSABLE_KEY,
	VERDICT_UNUSABLE_SUBKEY,
	VERDICT_UNKNOWN_TAG,
	VERDICT_IGNORED_TAG,
	VERDICT_SECRET,
	VERDICT_NO_KEY,           /* nothing that is key material */
	VERDICT_UNKNOWN_PRIMARY,  /* a signature without its certificate */
	VERDICT_TOO_LARGE,        /* L9: packet over its limit */
	VERDICT_OVER_LIMIT,       /* L12: lowest rank dropped */
	VERDICT_TOO_MANY_CERTS,   /* L7 */
	VERDICT_TOO_MANY_PACKETS, /* L8 */
	VERDICT_BAD_ARMOR,
	VERDICT_BLOCKED,
	VERDICT_BUSY,
	/* levels clean and strict */
	VERDICT_MALFORMED,      /* a signature that cannot be read */
	VERDICT_WRONG_TYPE,     /* a type that belongs below no component */
	VERDICT_IMPLAUSIBLE,    /* signs nothing in this certificate */
	VERDICT_NOT_EXPORTABLE, /* says so itself */
	VERDICT_BAD_SIGNATURE,  /* names the primary, which did not make it */
	VERDICT_VARIANT,        /* another packet holds the same signature */
	VERDICT_NOT_BOUND,      /* a component without a valid signature */
	VERDICT_COMPONENT_GONE, /* what it hangs on was left out */
	VERDICT_BAD_PARAMETERS, /* L10: numbers of a key out of bounds */
	VERDICT_NOTHING_LEFT,   /* no component, no word by the primary */
	VERDICT_TOO_MUCH_WORK,  /* L13: over the budget of verifications */
	VERDICT_NOT_APPROVED,   /* strict: by others, without approval */
	VERDICT_NO_ATTRIBUTES,  /* strict: user attributes are not kept */
	/* Kept, and why: from here on. Told to who asks (level_rules). */
	VERDICT_PRIMARY,
	VERDICT_VERIFIED,        /* the primary made it */
	VERDICT_BOUND,           /* a component that the primary signed */
	VERDICT_UNVERIFIABLE,    /* plausible; the algorithm is not known */
	VERDICT_THIRD_PARTY,     /* plausible, by another key */
	VERDICT_APPROVED,        /* the same, and the owner approved it */
	VERDICT_NAMED_REVOKER,   /* by whom the primary names as revoker */
	VERDICT_UNNAMED_REVOKER, /* by another; told to nobody as revoked */
	VERDICT_UNCHECKED,       /* level sks: as it came */
	VERDICT_COUNT
};

/* Does a packet with this verdict stay? */
static inline bool
verdict_is_kept(enum verdict v)
{
	return v == VERDICT_KEPT || v >= VERDICT_PRIMARY;
}

/* "kept", "truncated", ...: for machines and logs. */
const char *verdict_word(enum verdict v);
/* By its word; false: there is none of it. */
bool verdict_of(const char *word, enum verdict *out);
/* A sentence without a full stop: for people. */
const char *verdict_sentence(enum verdict v);

#endif
