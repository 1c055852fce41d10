/*
 * repair.h - what letters lost on their way is found and sent again
 *
 * Three ways, one thread. A gap in what a peer's letters cover is asked for
 * (gaps.h) and answered out of the log. Once a day, and when a gap cannot be
 * mended, peers compare what they hold (summary.h). A peer that speaks none of
 * this is sent the store again, all of it or what changed since: resync.
 *
 * Letters of repair go to peers that are known to understand them, and are
 * never answered by others: their own type, nothing that old servers take for
 * a command. Who forges one makes us send public keys to a configured peer,
 * within a budget of octets for each peer and day.
 *
 * Memory:  borrows everything it is given until repair_free.
 * Threads: repair_heard and repair_take from inbox, repair_resync and
 *          repair_look from any, start and stop from main. Whoever has a clock
 *          of its own calls repair_open and repair_step instead of starting a
 *          thread.
 * Source:  doc/decisions/repair-by-range.md, repair-by-summary.md; reliability
 *          L26, P3.
 */
#ifndef KEYPOST_MAIL_REPAIR_H
#define KEYPOST_MAIL_REPAIR_H

#include "mail/batch.h"
#include "mail/courier.h"

struct repair;

struct repair_parts {
	const struct mail_settings *settings;
	const struct known *known;
	const struct auth *auth;
	const struct compose_site *site;
	struct store *store;
	struct writer *writer;
	struct courier *courier;
	uint32_t (*random)(void);
};

MUST_CHECK enum status repair_new(const struct repair_parts *parts,
	struct repair **repair, struct err *err);
void repair_free(struct repair *r);
/* Reads what was noted; repair_step may be called then. */
MUST_CHECK enum status repair_open(struct repair *r, struct err *err);
/* Opens it, and steps in a thread of its own. */
MUST_CHECK enum status repair_start(struct repair *r, struct err *err);
void repair_stop(struct repair *r);
/* Its thread steps soon; from any thread. */
void repair_wake(struct repair *r);
/*
 * Does what is due; `now` is of the monotonic clock. Gives when it wants to be
 * called again, if nothing happens before.
 */
int64_t repair_step(struct repair *r, int64_t now);

/* A letter of peer `index` is on disk: it told this of itself. */
void repair_heard(
	struct repair *r, size_t index, const struct batch_value *batch);
/* The body of a letter of repair. BUSY: too many wait. */
MUST_CHECK enum status repair_take(
	struct repair *r, size_t index, struct bytes body);

/* What changed since (0: all) is sent again, or, to a peer that understands
 * it and when all is meant, a summary now. NOT_FOUND for an unknown name. */
MUST_CHECK enum status repair_resync(
	struct repair *r, const char *name, int64_t since, struct err *err);

/* What a peer could not take once is offered to it again, each in a letter of
 * its own; NULL: to every peer. Unknown names are passed over. */
void repair_owed(struct repair *r, const char *name);

struct repair_look {
	bool speaks; /* letters of repair go to it */
	size_t gaps, asked;
	unsigned int given_up;
	int64_t agreed;   /* wall: a summary found no difference; 0: never */
	int64_t differed; /* wall: one found some; 0: never */
	int64_t next_ms;  /* to the next summary; -1: none */
	int64_t sent;     /* certificates sent by repair, since the start */
	int64_t budget;   /* octets that it may still get today */
	int64_t waiting;  /* certificates and ranges to be sent */
	bool resync;      /* under way */
	int64_t resync_at, resync_upto; /* of the places of all certificates */
	int64_t resync_sent;
	int64_t resync_since;
};
/* NOT_FOUND for an unknown name. */
MUST_CHECK enum status repair_look(
	struct repair *r, const char *name, struct repair_look *look);

#endif
