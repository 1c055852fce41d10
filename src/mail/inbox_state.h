/*
 * inbox_state.h - what the inbox's own files share
 *
 * Threads: the inbox thread's, but for what says otherwise.
 */
#ifndef KEYPOST_MAIL_INBOX_STATE_H
#define KEYPOST_MAIL_INBOX_STATE_H

#include <pthread.h>

#include "base/counter.h"
#include "base/frame.h"
#include "base/thread.h"
#include "base/workq.h"
#include "mail/command.h"
#include "mail/dedupe.h"
#include "mail/inbox.h"
#include "mail/proofs.h"
#include "mail/rate.h"

enum {
	LETTERS_OCTETS_MAX = 64 * 1024 * 1024, /* under way at once */
	LETTER_ARENA_ROOM = 512 * 1024, /* beside the letter's own octets */
	SERVED_MAX = 256, /* notes of who is served, waiting to be written */
	RECEIVED_MS = 10 * 1000, /* how often last_received is written */
	INBOX_STOP_MS = 5000,
	INBOX_BOUNCES = 5 /* kinds of them, and those of nobody */
};

/* One letter under way. */
struct post {
	struct inbox *b;
	struct post *next;  /* of those under way */
	uint64_t id;        /* of its frame */
	unsigned int child; /* which keypost-mail offered it */
	struct arena *arena;
	struct incoming in;
	const struct command *command;
	struct bytes args;
	int peer; /* index, or KNOWN_NOBODY */
	const char *origin;
	const char *seen; /* what its changes will say */
	struct submission **subs;
	size_t sub_count;
	size_t waiting;            /* of them, not done */
	struct digest twin, proof; /* noted when it is taken */
	bool has_twin, has_proof;
	enum auth_verdict verdict; /* of its peer */
	bool refused;              /* one could not be submitted: later */
	size_t octets;
	int64_t started_us;
	struct write_job served;
};

/* When a peer was last heard of, on its way into its row. */
struct heard {
	struct write_job job;
	struct inbox *b;
	const char *name;
	int64_t when; /* wall */
	int64_t written_ms;
	bool job_runs;
};

struct inbox {
	struct inbox_parts p;
	struct frame_reader reader;
	struct buf out;
	size_t out_sent;
	struct workq *done;   /* submissions; put by ingest's threads */
	struct workq *served; /* write jobs that ended; put by the writer */
	struct rate *strangers, *users, *answers;
	struct dedupe *dedupe;
	struct proofs *proofs;
	struct heard *heard; /* for each peer */
	struct post *under_way;
	size_t count;  /* of those */
	size_t octets; /* of them */
	size_t served_count;
	unsigned int child; /* counts the programs started */
	struct thread thread;
	int64_t stop_at; /* monotonic; 0: running */
	_Atomic bool closing, stopping;
	struct counter *machines[MACHINE_OWN + 1]; /* by kind */
	struct counter *bounces[INBOX_BOUNCES];    /* unmatched, by kind */
	struct counter *letters, *taken, *later, *set_aside, *machine, *twins,
		*unknown, *unproven;
};

/* inbox_post.c: a frame becomes a letter under way, or is answered at once. */
void post_take(struct inbox *b, const struct frame *f);
/* Ingest is done with one of its submissions. */
void post_submission_done(struct post *post);
void post_free(struct post *post);

/* inbox_machine.c: counters, looked up once. */
void machine_init(struct inbox *b);
/*
 * True: a machine wrote it, and nothing of it is ingested or answered. A
 * bounce of a letter of ours goes to the courier.
 */
bool machine_file(struct post *post, enum letter_fate *fate, const char **word);
/* inbox_rate.c: may it be taken now? (L17) */
bool post_is_within_rate(struct post *post);
/* One letter of a person's rate, whom every spelling of an address names. */
bool person_take(
	struct rate *rate, const char *address, int64_t octets, int64_t now);
/* Whose rate a letter counts against. */
struct bytes post_source_domain(const struct incoming *in);

/* inbox_answer.c: the reply to a person, if there may be one. */
void answer_post(struct post *post);

/*
 * inbox_repair.c: what becomes of a letter of repair, within its rate, and
 * why it is let go of (NULL: it is not); and what a peer's letter, now on
 * disk, covers of that peer's log.
 */
enum letter_fate inbox_take_repair(struct post *post, const char **why);
void inbox_heard_range(struct inbox *b, const struct incoming *in, int peer);

/* inbox_served.c: its senders have what it brought (8.5). */
/* Takes the post: it is freed now, or when its note is written. */
void served_note(struct post *post);
void heard_note(struct inbox *b, int peer);
void served_ended(struct inbox *b, struct write_job *job);

/* inbox.c */
void inbox_done(struct inbox *b, unsigned int child, uint64_t id,
	enum letter_fate fate, const char *reason);

#endif
