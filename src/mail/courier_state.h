/*
 * courier_state.h - what the courier's own files share
 *
 * Threads: all of it is the courier thread's, but for what says otherwise.
 */
#ifndef KEYPOST_MAIL_COURIER_STATE_H
#define KEYPOST_MAIL_COURIER_STATE_H

#include <pthread.h>

#include "base/counter.h"
#include "base/frame.h"
#include "base/mend.h"
#include "base/thread.h"
#include "base/workq.h"
#include "mail/carrier.h"
#include "mail/courier.h"
#include "mail/draft.h"
#include "mail/retry.h"

enum {
	LETTERS_IN_FLIGHT = 16,           /* and planned by one commit (D4) */
	LETTERS_AHEAD = 16,               /* composed while those travel */
	LETTERS_OCTETS = 2 * 1024 * 1024, /* composed ahead for one peer */
	OUT_MAX = 4 * 1024 * 1024,        /* octets waiting for the socket */
	JOB_RETRY_MS = 1000,              /* after a failed commit or read */
	PEEK_MS = 500,         /* how often an unfinished letter is looked at */
	SKIP_SETTLE_MS = 1000, /* a cursor that moved without letters */
	STOP_MS = 5000,        /* for letters on their way */
	PRUNE_MS = 60 * 1000
};

enum letter_state {
	LETTER_COMPOSED, /* in memory only */
	LETTER_PLANNED,  /* its row is committed */
	LETTER_SENT,     /* handed to keypost-mail */
	LETTER_DELIVERED,
	LETTER_OWED, /* given up: its certificates are noted */
	LETTER_HALVE /* refused for what it is: to be sent in two */
};

/* What the commit under way does with a letter. */
enum in_job { IN_JOB_NOT, IN_JOB_PLANNED, IN_JOB_SETTLED, IN_JOB_HALVED };

struct out_letter {
	enum letter_state state;
	int64_t first, last;
	uint32_t attempts;  /* refusals for now */
	uint64_t id;        /* of its frame */
	unsigned int round; /* of the peer when it was sent */
	size_t keys;        /* 0: not known (planned before a restart) */
	struct buf text;    /* empty: compose it again */
	char reason[160];   /* why it is owed */
	enum in_job in_job;
	bool bounced; /* it was delivered before, and came back */
};

/* What a commit does for one peer; the writer's while it runs. */
struct peer_job {
	struct write_job job;
	struct courier_peer *peer;
	struct arena *arena;
	int64_t cursor;      /* 0: stays */
	int64_t told;        /* letters cover the log up to here */
	struct letter *drop; /* rows to delete */
	size_t drop_count;
	struct letter *put;
	size_t put_count;
	struct owed_range {
		int64_t first, last;
		const char *reason;
	} * owed;
	size_t owed_count;
	uint32_t set_flags; /* added to the row's */
	uint32_t attempts;
	int64_t next_try; /* wall */
	int64_t last_sent;
	char last_error[160];
	enum status result;
};

/* Letters that the relay accepted, the last ones: they may come back. */
enum { SENT_REMEMBERED = 256 };

struct sent_letters {
	struct sent_letter {
		int64_t first, last;
		unsigned int bounces;
	} list[SENT_REMEMBERED];
	size_t next; /* counts all that were ever put */
};

struct courier_peer {
	struct courier *c;
	const struct peer_settings *set;
	struct draft_peer draft;
	int64_t cursor;             /* as committed */
	int64_t scanned;            /* composed or stepped over up to here */
	uint32_t flags;             /* enum peer_flag */
	struct out_letter *letters; /* by first */
	size_t count, cap;
	uint64_t serial; /* of frames */
	unsigned int round;
	unsigned int failures; /* in a row */
	unsigned int refusals; /* of the recipient, in a row */
	int64_t next_try;      /* monotonic */
	int64_t last_sent;     /* wall */
	char last_error[160];
	bool dirty;        /* the row does not say what is above */
	bool changed;      /* the log grew since we last looked */
	int64_t due;       /* monotonic: send what there is; 0: not set */
	int64_t peek;      /* monotonic: look again */
	int64_t settle_at; /* monotonic: write a cursor that only moved; 0 */
	int64_t tokens;    /* letters_per_minute, in thousandths */
	int64_t tokens_at;
	struct sent_letters *sent; /* NULL: none yet */
	struct peer_job job;
	bool job_runs;
	int64_t job_retry;
	struct extra *extras; /* courier_extra.c: in their order */
	int64_t extra_next;   /* monotonic: no sooner */
	unsigned int extra_failures;
	_Atomic size_t extra_count; /* with those still in the queue */
	_Atomic bool even;          /* for courier_is_even */
	_Atomic size_t letters_waiting, octets_waiting; /* courier_look */
	struct mend_counters shown;                     /* of those two */
};

struct courier {
	struct courier_parts p;
	struct courier_peer *peers; /* those with an address */
	size_t peer_count;
	struct store_session *session;
	struct draft *draft;
	struct brake *brake;
	struct workq *events;
	int fd; /* -1: no keypost-mail */
	struct carrier *carrier;
	struct frame_reader reader;
	struct buf out;
	size_t out_sent; /* octets of `out` already written */
	struct thread thread;
	int64_t stop_at; /* monotonic; 0: running */
	_Atomic bool stopping;
	_Atomic bool changed; /* set by the writer's thread */
	_Atomic bool pending;
	_Atomic int64_t low_cursor;
	_Atomic size_t replies, reply_octets;    /* taken and not handed over */
	struct event *reply_first, **reply_last; /* those, in order */
	size_t replies_sent; /* handed over and not answered */
	extra_ended *on_extra;
	void *on_extra_ctx;
	struct prune_job *prune; /* NULL: none runs */
	int64_t prune_at;
	int64_t prune_upto; /* the end of the log at the last turn */
	int64_t prune_now;  /* wall, kept from jumping (D10) */
	int64_t prune_mono, prune_wall;
	struct counter *delivered, *deferred, *refused, *owed, *replied;
};

/* What others hand to the thread. */
enum event_kind {
	EVENT_JOB,
	EVENT_PRUNED,
	EVENT_REPLY,
	EVENT_BOUNCE,
	EVENT_EXTRA,
	EVENT_RETRY,
	EVENT_PAUSE,
	EVENT_RESUME
};

struct event {
	enum event_kind kind;
	struct courier_peer *peer; /* NULL: all */
	char *to;
	uint64_t name; /* of an extra letter */
	struct buf text;
	struct event *next;
	struct bounce bounce;
};

/* courier_peer.c */
void peer_step(struct courier_peer *p, int64_t now);
/* When it wants to be called again; INT64_MAX: when something happens. */
int64_t peer_next(const struct courier_peer *p, int64_t now);
/* What a relay, or who is fed over HTTP, said of a letter. */
struct answer {
	enum sent_stage stage;
	unsigned int code; /* 0: none; the text is our own */
	uint64_t size_max; /* 0: not told */
	struct bytes text;
};
void peer_answered(struct courier_peer *p, uint64_t id, const struct answer *a,
	int64_t now);
/* keypost-mail is gone: what was on its way is offered to the next one. */
void peer_on_agent_lost(struct courier_peer *p);
void peer_retry(struct courier_peer *p);
void peer_resume(struct courier_peer *p);
bool peer_is_busy(const struct courier_peer *p);
void peer_done(struct courier_peer *p);

/* The peer waits, for what `l` met. */
void peer_back_off(struct courier_peer *p, enum retry_action action,
	const struct out_letter *l, int64_t now);
/* Until an operator says otherwise. */
void peer_stop(struct courier_peer *p, const char *why);
/* Gives the letter up: its certificates are noted. */
void peer_owe(struct courier_peer *p, struct out_letter *l, const char *why);

/* courier_bounce.c */
void peer_remember_sent(struct courier_peer *p, const struct out_letter *l);
void peer_on_bounce(
	struct courier_peer *p, const struct bounce *b, int64_t now);
bool peer_take_token(struct courier_peer *p, int64_t now);
/*
 * Hands over what covers these changes, by mail or by HTTP; false: it could
 * not be. What cannot be fed is answered before this returns.
 */
bool peer_send(struct courier_peer *p, uint64_t id, int64_t first, int64_t last,
	struct bytes text);
/* For frames: unlike any before. */
uint64_t peer_next_id(struct courier_peer *p);

/* courier_extra.c: letters beside the log */
void extra_add(struct courier_peer *p, uint64_t name, struct buf *text);
void extra_step(struct courier_peer *p, int64_t now);
void extra_answered(struct courier_peer *p, uint64_t id, const struct answer *a,
	int64_t now);
void extra_on_agent_lost(struct courier_peer *p);
size_t extra_octets(const struct courier_peer *p);
void extra_done(struct courier_peer *p);

/* courier_plan.c */
void plan_letters(struct courier_peer *p, int64_t now);
MUST_CHECK enum status plan_again(struct courier_peer *p, struct out_letter *l);
struct out_letter *plan_insert(
	struct courier_peer *p, size_t at, int64_t first, int64_t last);
void plan_remove(struct courier_peer *p, size_t at);

/* courier_rows.c */
MUST_CHECK enum status rows_make(struct courier *c, struct err *err);
/*
 * A cursor that went on over changes which nobody need tell the peer leaves
 * behind how far letters told of the log: the next one covers them, too.
 */
MUST_CHECK enum status rows_put_told(struct store_session *w, const char *name,
	int64_t told, int64_t cursor, struct err *err);

/* courier_job.c */
bool job_is_due(const struct courier_peer *p, int64_t now);
void job_start(struct courier_peer *p, int64_t now);
void job_ended(struct courier_peer *p, int64_t now);

/* courier_prune.c */
void prune_start(struct courier *c, int64_t now);
/* The job is done: peers moved up over lost changes hear of it. */
void prune_ended(struct courier *c, int64_t now);

/*
 * courier_socket.c: courier_send is true if the frame was queued. The
 * upper bits of its id are the peer's number, from 1; 0: a person's answer.
 */
bool courier_send(struct courier *c, uint64_t id, const char *peer,
	const char *sender, const char *to, const char *envid,
	struct bytes text);
/* Nothing of what was on its way is known any more. */
void courier_forget_socket(struct courier *c);
void courier_write(struct courier *c);
void courier_read(struct courier *c, int64_t now);

/* courier_reply.c: takes an EVENT_REPLY; sends when peers' letters let it. */
void reply_line_up(struct courier *c, struct event *e);
void reply_step(struct courier *c);
void reply_on_sent(struct courier *c, const struct frame *f);
void reply_forget(struct courier *c);

/* courier.c */
void courier_post(
	struct courier *c, enum event_kind kind, struct courier_peer *peer);
/* Takes the event, also when it fails. */
enum status courier_put(struct courier *c, struct event *e);
void event_free(struct event *e);

#endif
