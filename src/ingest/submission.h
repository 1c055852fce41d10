/*
 * submission.h - one delivery of key material: source, octets, outcome
 *
 * Memory:  owns its arena and body; whoever made it frees it after `done`.
 * Threads: belongs to its maker until ingest_submit takes it, to the ingest
 *          threads until `done` runs, to the maker again from then on.
 */
#ifndef KEYPOST_INGEST_SUBMISSION_H
#define KEYPOST_INGEST_SUBMISSION_H

#include "base/arena.h"
#include "pgp/armor.h"
#include "pgp/fingerprint.h"
#include "pgp/level.h"

enum outcome_kind {
	OUTCOME_NEW,
	OUTCOME_UPDATED,
	OUTCOME_UNCHANGED,
	OUTCOME_REFUSED
};

/* A packet that was not kept, and why. */
struct dropped_packet {
	enum verdict verdict;
	uint8_t tag;      /* 0: what follows was no packet */
	uint8_t sig_type; /* of a signature that could be read, with has_issuer
			     who made it */
	bool is_sig;
	bool has_issuer;
	uint64_t issuer;
};

/* More are only counted. */
enum { DROPPED_TOLD_MAX = 32 };

/* For one certificate, in the order of the input. */
struct outcome {
	enum outcome_kind kind;
	enum verdict verdict; /* why, when refused; what was dropped else */
	bool has_fpr;         /* false: it never became a certificate */
	struct fingerprint fpr;
	/* With has_fpr, unless refused: what came for it, as placed digests,
	 * sorted; mail adds its senders to `seen` of changes that this covers
	 */
	struct cert_id id;
	struct bytes came;
	size_t dropped;                 /* packets that were not kept */
	struct dropped_packet *packets; /* the first of them; in the arena */
	size_t packet_count;
	uint32_t lost[VERDICT_PRIMARY]; /* of them all, by verdict */
	bool lost_own;      /* one was, or held, something of the key's own */
	const char *detail; /* a sentence, or NULL; in the arena */
	size_t at; /* where it begins in a binary body; SIZE_MAX: unknown */
};

struct submission {
	/* filled by the maker */
	const char *origin; /* peer name, http, mail, gossip, load, admin */
	const char *seen;   /* bare addresses, blank between; "" for none */
	enum armor_mode armor;
	bool by_gossip; /* not by a letter, when origin is a peer's name */
	bool bulk;      /* load: secret keys skipped; L3, L7, L8 lifted */
	bool has_level; /* load: `level`, not the configured one */
	enum level level;
	bool no_change_log; /* load into an empty store */
	bool whole;         /* refuse what would lose packets of its own */
	struct bytes body;  /* borrowed until done: armored or binary */
	bool wipe_body;     /* body may be overwritten: secret material is,
			       before `done` */
	void (*done)(struct submission *sub); /* exactly once; must not block */
	void *ctx;                            /* the maker's */

	/* filled by ingest; valid in and after `done` */
	enum status status; /* OK: outcomes tell. Else nothing was stored, or,
			       of a submission in several turns, a part:
			       MALFORMED no key material at all; REJECTED
			       secret material; LIMIT L8, L12; BUSY, IO,
			       TIMEOUT, CLOSED: try again later (IO: the
			       store cannot write, so not soon) */
	bool too_dear;      /* LIMIT for L13: it was not gone through */
	struct err err;     /* the sentence for a human when not OK */
	struct outcome *outcomes;
	size_t outcome_count;
	size_t counts[OUTCOME_REFUSED + 1];
	struct arena *arena;

	/* ingest's own */
	int64_t started_ms; /* monotonic, when it was queued */
	struct submission_work *work;
};

/* Zeroed but for a new arena of at most arena_max octets. */
struct submission *submission_new(size_t arena_max);
void submission_free(struct submission *sub);

/* "new", "updated", "unchanged", "refused". */
const char *outcome_word(enum outcome_kind k);

#endif
