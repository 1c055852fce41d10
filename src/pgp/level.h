/*
 * level.h - which packets of a certificate are kept: sks, clean, strict
 *
 * A level is a pure function of packets and limits: no clock, no database,
 * no order of arrival. What a verification costs is bounded by a budget; when
 * it does not suffice there is no result at all, never half of one.
 *
 * Memory:  the result lives in the arena and borrows packets of `in`.
 * Threads: pure.
 * Errors:  LIMIT if the arena is full. That the level refuses a certificate
 *          is a result.
 * Source:  spec openpgp section 8.
 */
#ifndef KEYPOST_PGP_LEVEL_H
#define KEYPOST_PGP_LEVEL_H

#include "pgp/cert.h"
#include "pgp/verify.h"

enum level { LEVEL_SKS, LEVEL_CLEAN, LEVEL_STRICT };

/* "sks", "clean", "strict" -> level; NOT_FOUND for another word. */
MUST_CHECK enum status level_parse(const char *word, enum level *out);
const char *level_word(enum level l);

struct level_rules {
	enum level level;
	const struct cert_limits *limits;
	/* Placed digests, sorted, of signatures that were kept at level clean
	 * or above before: they are not verified again. May be empty. */
	struct bytes known;
	struct verify_budget *budget; /* NULL: whatever it takes */
	bool explain;                 /* notes of what is kept, too, and why */
};

/* A packet that the level does not keep; with `explain`, any packet. */
struct level_note {
	enum verdict verdict;
	const struct packet *packet;
	const struct component *under; /* where it stood; itself, if it is a
					  component */
	const struct component *home;  /* where it belongs, if elsewhere */
	const struct packet *into;     /* folded: the packet that stays */
	const char *limit;             /* over it: its name, */
	size_t limit_max;              /* and how much it allows */
};

/* Its placed digest, as of what came in. */
void level_note_placed(const struct level_note *n, struct digest *out);

struct level_result {
	struct cert *cert;        /* digested; NULL: all of it is refused */
	enum verdict refused;     /* then: why */
	struct level_note *notes; /* none at level sks, unless `explain` */
	size_t note_count;
};

MUST_CHECK enum status level_apply(struct arena *arena,
	const struct level_rules *rules, const struct cert *in,
	struct level_result *out);

#endif
