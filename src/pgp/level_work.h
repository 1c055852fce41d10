/*
 * level_work.h - a certificate while a level looks at it
 *
 * Parts are the primary (0), then user IDs, attributes and subkeys in
 * canonical order. Every signature is one row that knows its part; a level
 * moves rows and gives verdicts, and what is left is built anew.
 *
 * Memory:  all of it lives in the arena and borrows the certificate.
 * Threads: pure.
 */
#ifndef KEYPOST_PGP_LEVEL_WORK_H
#define KEYPOST_PGP_LEVEL_WORK_H

#include "pgp/level.h"

enum work_maker {
	MAKER_OTHER,  /* a third party, plausible */
	MAKER_CLAIMS, /* could be the primary: not looked at yet */
	MAKER_OWN     /* it is the primary, as far as can be known */
};

struct work_sig {
	const struct signature *sig;
	size_t part;          /* where it is now */
	size_t from;          /* where it stood */
	enum verdict verdict; /* VERDICT_KEPT so far, or why not */
	enum work_maker maker;
	bool known; /* kept before: not to be verified again */
	bool plain; /* its numbers, with nothing added */
	bool back_asked;
	enum verify_result back; /* of the signature that it embeds */
	bool approved;           /* by the newest 0x16 of its user ID */
	struct digest hash;      /* signature hash (spec openpgp 5) */
	struct digest rank;      /* SHA-256 of its body */
};

struct work_part {
	const struct component *c;
	enum verdict verdict;
	struct work_sig **sigs; /* those kept so far, after work_place */
	size_t count;
	struct digest rank;
};

struct work {
	struct arena *arena;
	const struct level_rules *rules;
	const struct cert *cert;
	struct verify_budget *budget;
	bool spent; /* it did not suffice */
	struct work_part *parts;
	size_t part_count;
	struct work_sig *sigs;
	size_t sig_count;
};

MUST_CHECK enum status work_open(struct work *w, struct arena *arena,
	const struct level_rules *rules, const struct cert *in);
/* Lists under each part the signatures that are kept so far. */
MUST_CHECK enum status work_place(struct work *w);
/* SHA-256 of the body, for keeping the N smallest. */
struct digest work_rank(const struct packet *p);
/* Keeps the `max` of lowest rank of these; the rest gets OVER_LIMIT. */
void work_keep_best(struct work_sig **sigs, size_t n, size_t max);
/* What has the verdict KEPT, as a certificate; and a note of all else. */
MUST_CHECK enum status work_build(struct work *w, struct cert **out);
MUST_CHECK enum status work_notes(struct work *w, struct level_result *out);

/* Steps of level clean, in their order (spec openpgp section 8). */
MUST_CHECK enum status level_find_homes(struct work *w);
MUST_CHECK enum status level_judge_own(struct work *w);
MUST_CHECK enum status level_judge_others(struct work *w);
/* Marks the certifications that the user ID's owner approved. */
void level_find_approved(struct work_part *part);

/* Over its total: the lowest ranks go. `closed`: a component and the
 * primary's signatures on it stay or go together. */
bool level_is_full(const struct cert *c, size_t max);
MUST_CHECK enum status level_trim(struct arena *arena, const struct cert *in,
	size_t max, bool closed, struct cert **out);

#endif
