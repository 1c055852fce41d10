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

#include <stdatomic.h>

#include "pgp/cert.h"
#include "pgp/verify.h"

enum level { LEVEL_SKS, LEVEL_CLEAN, LEVEL_STRICT };

/* "sks", "clean", "strict" -> level; NOT_FOUND for another word. */
MUST_CHECK enum status level_parse(const char *word, enum level *out);
const char *level_word(enum level l);

/*
 * What an administrator does not want: left out before anything else, as if it
 * had not come. A pure function, too, of a component or (sig) of a signature
 * below it; the primary itself is not asked about.
 */
struct level_ban {
	bool (*bans)(const void *ctx, const struct component *under,
		const struct signature *sig);
	const void *ctx;
};

struct level_rules {
	enum level level;
	const struct cert_limits *limits;
	/* Placed digests, sorted, of signatures that were kept at level clean
	 * or above before: they are not verified again. May be empty. */
	struct bytes known;
	struct verify_budget *budget; /* NULL: whatever it takes */
	/* Set by another thread: as if the budget were spent. May be NULL. */
	const atomic_bool *stop;
	/* Called before each verification, by who asked. May be NULL. */
	void (*beat)(void *ctx);
	void *beat_ctx;
	bool explain;                /* notes of what is kept, too, and why */
	const struct level_ban *ban; /* NULL: all may stay */
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
	struct level_note *notes; /* at level sks of what is banned only,
				     unless `explain` */
	size_t note_count;
};

/* Over what its maker signed, and the signature itself: what variants of one
 * signature share (spec openpgp section 5). */
void level_signature_hash(const struct signature *sig, struct digest *out);

/* What levelling it takes at most, when nothing of it is known: no key and
 * no hash is asked for this. */
void level_cost(const struct cert *cert, struct verify_budget *most);

MUST_CHECK enum status level_apply(struct arena *arena,
	const struct level_rules *rules, const struct cert *in,
	struct level_result *out);

#endif
