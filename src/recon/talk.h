/*
 * talk.h - one talk of gossip, handshake to difference: octets in, octets out
 *
 * It knows no socket: whoever owns one feeds it what was read and writes what
 * it has to say, at once in both directions. Who took the connection asks, who
 * opened it answers (and does the algebra). Nothing a partner says makes it
 * allocate beyond its limits or work beyond its budget.
 *
 *     talk_take(in) -> talk_out, talk_said -> ... -> talk_state
 *
 * Memory:  owns its buffers and what it learned, all within its limits. The
 *          tree is borrowed and must not change until talk_free.
 * Threads: one at a time.
 * Units:   octets; milliseconds of CPU.
 * Errors:  in talk_state and talk_why; no call fails.
 * Source:  spec sks-recon sections 6 to 9, 14 and 15.
 */
#ifndef KEYPOST_RECON_TALK_H
#define KEYPOST_RECON_TALK_H

#include "recon/message.h"
#include "recon/prefix_tree.h"
#include "recon/talk_limits.h"

enum talk_role { TALK_ASKER, TALK_ANSWERER };

enum talk_state {
	TALK_GREETING, /* configurations and verdicts */
	TALK_TALKING,
	/* Ended: say what is left to say, then close. */
	TALK_DONE,    /* all was said, or enough for once */
	TALK_BUSY,    /* it has no time for us, or we said so */
	TALK_REFUSED, /* one of us refused the other's configuration */
	TALK_FAILED   /* a fault of protocol, or a limit */
};

struct talk_settings {
	const char *filters; /* sorted: profile.h */
	const char *version; /* of the protocol, three numbers */
	uint32_t http_port;  /* where our keys are fetched */
	const char *busy;    /* refuse, as "busy: " and this; NULL: talk */
	struct talk_limits limits;
};

struct talk;

/* What is known of the partner and the talk so far; for logs and people. */
struct talk_facts {
	uint32_t http_port; /* where it serves keys; 0 until it said so */
	char filters[512];  /* as it announced; cut, and printable */
	char version[32];
	uint64_t in, out;       /* octets */
	uint64_t messages;      /* whole ones that came: for deadlines */
	uint64_t rounds;        /* Flushes */
	uint64_t requests;      /* asked, or answered */
	uint64_t solved, split; /* how many of them, and how not */
	uint64_t owed;          /* digests that we told it it lacks */
	uint64_t bad;           /* elements that are none */
	int64_t solve_ms;       /* of CPU */
	size_t memory;          /* octets that it holds, beside the tree */
};

/* Strings of the settings are copied. */
struct talk *talk_new(enum talk_role role, const struct talk_settings *settings,
	const struct prefix_tree *tree);
void talk_free(struct talk *t);

/* How many octets it can take now; 0: it has enough to say first, or ended. */
size_t talk_room(const struct talk *t);
/* What came, at most that much; what comes after the end is dropped. */
void talk_take(struct talk *t, struct bytes in);
/* The partner closed, or the connection failed. */
void talk_lost(struct talk *t);
/* What is to be sent; borrowed until the next call of talk_take or _said. */
struct bytes talk_out(const struct talk *t);
/* So much of it was sent. */
void talk_said(struct talk *t, size_t n);

enum talk_state talk_state(const struct talk *t);
/* Why it is as it is, as a sentence; printable. */
const char *talk_why(const struct talk *t);
void talk_get_facts(const struct talk *t, struct talk_facts *out);
/*
 * Digests that the partner has and the tree has not: ascending, each once.
 * They count however the talk ended, or when its owner has no more time; none
 * are left when it FAILED by a lie that was seen.
 */
const struct sks_digest *talk_learned(struct talk *t, size_t *count);

#endif
