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

/* What OVER_LIMIT and TOO_LARGE are told with. */
struct work_limit {
	const char *name;
	size_t max;
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
	enum verify_result back;     /* of the signature that it embeds */
	bool approved;               /* by the newest 0x16 of its user ID */
	bool named;                  /* by a revoker whom the primary names */
	const struct work_sig *into; /* that it is folded into */
	const struct work_limit *limit; /* that it is over */
	struct digest hash;             /* signature hash (spec openpgp 5) */
	struct digest rank;             /* SHA-256 of its body */
};

struct work_part {
	const struct component *c;
	enum verdict verdict;
	struct work_sig **sigs; /* those kept so far, after work_place */
	size_t count;
	struct digest rank;
	const struct work_limit *limit;
};

enum work_limit_kind {
	LIMIT_USER_ID,
	LIMIT_ATTRIBUTE,
	LIMIT_KEY,
	LIMIT_SIGNATURE,
	LIMIT_USER_IDS,
	LIMIT_ATTRIBUTES,
	LIMIT_SUBKEYS,
	LIMIT_SELF_SIGS,
	LIMIT_THIRD_PARTY,
	LIMIT_REVOCATIONS, /* of the whole key, by others */
	LIMIT_MISPLACED,   /* signatures that look for their home */
	WORK_LIMITS
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
	struct work_limit limits[WORK_LIMITS];
};

enum { HOMELESS_MAX = 256 /* all of 1,210 real keys have 16 together */ };

/* Before each verification: does somebody want it to give up? */
bool work_is_stopped(const struct work *w);
MUST_CHECK enum status work_open(struct work *w, struct arena *arena,
	const struct level_rules *rules, const struct cert *in);
/* Lists under each part the signatures that are kept so far. */
MUST_CHECK enum status work_place(struct work *w);
/* SHA-256 of the body, for keeping the N smallest. */
struct digest work_rank(const struct packet *p);
/* Keeps as many of lowest rank as the limit allows; the rest is over it. */
void work_keep_best(
	struct work_sig **sigs, size_t n, const struct work_limit *limit);
/* What has the verdict KEPT, as a certificate; and a note of all else, or with
 * `explain` of all. */
MUST_CHECK enum status work_build(struct work *w, struct cert **out);
MUST_CHECK enum status work_notes(struct work *w, struct level_result *out);
/* Nothing was looked at: a note of each packet of `in`. */
MUST_CHECK enum status level_note_all(
	struct arena *arena, const struct cert *in, struct level_result *out);
/* `before` became out->cert for its total size: notes of what went. */
MUST_CHECK enum status level_note_trimmed(struct arena *arena,
	const struct level_rules *rules, const struct cert *before,
	struct level_result *out);

/* What is banned goes before any other step: `out` is `in` if nothing is, and
 * digested. The notes are of what went. */
MUST_CHECK enum status level_without_banned(struct arena *arena,
	const struct level_ban *ban, const struct cert *in, struct cert **out,
	struct level_note **notes, size_t *note_count);

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
