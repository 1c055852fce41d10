/*
 * verdict.h - what became of a packet, and by which rule: as data
 *
 * One enumeration for every place that explains: the answer to a submission,
 * the mail reply, the load summary. A row of the table holds a word for
 * machines and a sentence for people.
 *
 * Threads: constants.
 * Source:  spec openpgp sections 1, 2, 3, 8.
 */
#ifndef KEYPOST_PGP_VERDICT_H
#define KEYPOST_PGP_VERDICT_H

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
	VERDICT_COUNT
};

/* "kept", "truncated", ...: for machines and logs. */
const char *verdict_word(enum verdict v);
/* A sentence without a full stop: for people. */
const char *verdict_sentence(enum verdict v);

#endif
