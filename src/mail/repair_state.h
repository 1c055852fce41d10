/*
 * repair_state.h - what the files of repair share
 *
 * Threads: the repair thread's, but for what stands under the lock.
 */
#ifndef KEYPOST_MAIL_REPAIR_STATE_H
#define KEYPOST_MAIL_REPAIR_STATE_H

#include <pthread.h>

#include "base/mend.h"
#include "base/thread.h"
#include "mail/draft.h"
#include "mail/gaps.h"
#include "mail/offers.h"
#include "mail/repair.h"
#include "mail/summary.h"

enum {
	REPAIR_QUEUE_MAX = 64,   /* letters that wait to be looked at */
	REPAIR_ASK_MAX = 16,     /* ranges in one letter */
	REPAIR_ANSWERS_MAX = 32, /* ranges to be answered for one peer */
	REPAIR_AHEAD = 4,        /* letters handed to the courier */
	REPAIR_BODY_MAX = 2 * 1024 * 1024,
	REPAIR_NOTE_MS = 1000, /* how often what came is written down */
	REPAIR_WATCH_MS = 10 * 1000,
	REPAIR_ARENA = 192 * 1024 * 1024,
	REPAIR_NAME_MAX = 88
};

/* Fields of a letter of repair; those of summary.h besides. */
enum repair_field {
	REPAIR_VERSION = 1, /* number: 1 */
	REPAIR_STORE = 2,   /* the sender's */
	REPAIR_LEVEL = 3,   /* and its level, a word */
	REPAIR_SALT = 4,    /* number: of the sums behind it */
	REPAIR_ASK = 5,     /* "STORE FIRST-LAST": of the receiver's log */
	REPAIR_NONE = 6,    /* the same of the sender's: nothing is left */
	REPAIR_GONE = 7,    /* the same: it is not known any more */
	REPAIR_AGREE = 8    /* empty: your summary is ours */
};

/* The walk over all that a peer is sent again. */
struct repair_walk {
	bool on;
	int64_t place; /* handed over up to here */
	int64_t safe;  /* done with up to here: where a restart goes on */
	int64_t pause; /* monotonic: the peer takes nothing for now */
	int64_t upto;
	int64_t since; /* only what changed then or later */
	int64_t sent;
};

/* What a peer could not take, and is offered again. */
struct repair_owed {
	bool on;
	size_t refused; /* in this pass: they are owed still */
	struct cert_id cert;

	/* under the lock */
	bool wanted;
	int64_t serial; /* of the letter under way; 0: none */
	bool heard;     /* how it went: */
	enum retry_action how;
};

struct repair_peer {
	struct repair *r;
	size_t index;
	const struct peer_settings *set;
	struct draft_peer draft;

	/* under the lock */
	struct gaps gaps;
	char level[BATCH_LEVEL_SIZE]; /* its own, as it says */
	bool changed;                 /* there is something to write down */
	bool wants_walk;
	int64_t wants_since;
	struct repair_look look;
	bool gave_up;  /* the courier, with a letter of ours */
	bool mute;     /* it answers nothing any more */
	bool is_plain; /* a letter of its that names no store came last */
	unsigned int unheard; /* summaries since it was heard of repair */

	/* the thread's */
	unsigned int given_up; /* of gaps, as last seen */
	struct range answers[REPAIR_ANSWERS_MAX];
	size_t answer_count;
	uint64_t *send; /* ids */
	enum store_ids send_by;
	size_t send_count, send_at;
	struct repair_walk walk;
	struct repair_owed owed;
	struct offers offers;
	int64_t summary_next; /* monotonic; 0: none */
	int64_t summary_wait;
	int64_t agreed, differed; /* wall: the last comparisons */
	struct mend_counters shown;
	int64_t budget_day, budget_left;
	int64_t serial;
};

struct repair_letter {
	struct repair_letter *next;
	size_t index;
	struct bytes body;
};

struct repair {
	struct repair_parts p;
	struct gaps_pace pace;
	struct repair_peer *peers; /* as in the settings */
	struct store_session *session;
	struct draft *draft;
	struct wake wake;
	pthread_mutex_t lock;
	struct repair_letter *queue; /* under the lock */
	size_t queued;
	struct thread thread;
	_Atomic bool stopping;
	int64_t note_next, watch_next;
	struct sum *cache; /* of digests; NULL: not counted yet */
	int64_t cache_seq; /* changes up to here are in it */
	struct counter *asked, *answered, *summaries, *differences, *sent,
		*mended;
};

/* Is it sent anything at all? Some peers only gossip. */
static inline bool
repair_reaches(const struct repair_peer *p)
{
	return p->set->mail[0] != '\0' || peer_is_fed(p->set);
}

/*
 * repair_mute.c: under the lock. Whoever tells ranges reads letters of repair,
 * until it leaves them unanswered.
 */
bool repair_speaks(const struct repair_peer *p);
/* It wrote as one does that repairs. */
void repair_is_heard(struct repair_peer *p);
/* Not under it: is a summary to be sent? And that one was. */
bool repair_may_compare(struct repair_peer *p);
void repair_compared(struct repair_peer *p);

/* repair_write.c: letters of repair, and certificates beside the log */
struct repair_body {
	struct buf body;
	size_t empty; /* so long it is when it says nothing */
};
MUST_CHECK enum status repair_begin(
	const struct repair_peer *p, struct repair_body *b);
MUST_CHECK enum status repair_put_range(struct repair_body *b, uint8_t field,
	const char *store, const struct range *range);
/* The value of X-Keypost-Auth for it; false: this peer gets none. */
bool repair_sign(const struct repair_peer *p, const struct bytes *parts,
	size_t count, char auth[AUTH_VALUE_SIZE]);
/* Sends it if it says something; the body is done with either way. */
void repair_post(struct repair_peer *p, struct repair_body *b);
void repair_post_text(struct repair_peer *p, struct buf *text);
/* False: today's octets are used up. */
bool repair_has_budget(struct repair_peer *p);

/* repair_answer.c: one letter of repair */
void repair_read(struct repair_peer *p, struct bytes body, int64_t now);
/* Compares with this peer now. */
void repair_summary(struct repair_peer *p, int64_t now);
/* Puts the next summary off: by a day when both agree. */
void repair_plan_summary(struct repair_peer *p, int64_t now, bool agreed);

/* repair_sums.c: sums of all digests, kept up by the log */
MUST_CHECK enum status repair_source(
	struct repair *r, struct summary_source *source, struct err *err);

/* repair_send.c: what a peer is to be sent, a letter at a time */
bool repair_has_work(const struct repair_peer *p, int64_t now);
void repair_send(struct repair_peer *p);
/* A letter with just this one; false: there is none that could hold it. */
bool repair_send_cert(struct repair_peer *p, const struct cert_row *row);

/* repair_owed.c */
void repair_owed_step(struct repair_peer *p);
/* Under the lock, on the courier's thread. */
void repair_owed_done(
	struct repair_peer *p, uint64_t id, enum retry_action how);

/* repair_note.c: what outlives a restart */
MUST_CHECK enum status repair_load(
	struct repair_peer *p, int64_t now, struct err *err);
void repair_save(struct repair_peer *p);
/* Was its cursor moved up over lost changes? Then that is made good. */
void repair_watch(struct repair_peer *p, int64_t now);

#endif
