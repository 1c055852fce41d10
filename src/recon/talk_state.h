/*
 * talk_state.h - what the files of a talk share
 *
 * talk.c has the buffers, the frames and the end; talk_greet.c what precedes
 * the first request; talk_ask.c and talk_answer.c one role each; talk_heard.c
 * what a partner's elements teach.
 *
 * Memory:  all is the talk's; what is in its arena lives for one frame.
 * Threads: one at a time.
 * Errors:  talk_end and talk_lie end the talk: the first of them counts.
 * Source:  spec sks-recon sections 6 to 9 and 15.
 */
#ifndef KEYPOST_RECON_TALK_STATE_H
#define KEYPOST_RECON_TALK_STATE_H

#include "base/arena.h"
#include "recon/talk.h"

enum {
	TALK_FULL_BELOW = 150, /* a node with fewer is given as a whole */
	TALK_DEPTH_BITS = PREFIX_STEP * PREFIX_TREE_DEPTH
};

enum talk_step { STEP_CONFIG, STEP_VERDICT, STEP_TALK, TALK_STEPS };

/* A request of ours that waits for its reply. */
struct talk_asked {
	struct prefix prefix;
	uint32_t size;
	bool full;
};

/* What became of our Polys on one level; see asks_full. */
struct talk_level {
	uint32_t answered, whole; /* whole: with FullElements */
	uint64_t ours, theirs;    /* digests of the latter */
};

/* Digests by the order of memcmp, each once. */
struct digest_list {
	const struct sks_digest *at;
	size_t count;
};

struct talk {
	enum talk_role role;
	enum talk_state state;
	enum talk_step step;
	const struct prefix_tree *tree;
	char *filters, *version, *busy;
	uint32_t http_port;
	struct talk_limits limits; /* requests, elements: all counted in */
	struct buf in, out;
	size_t said, ready; /* of out: sent, and to be sent now */
	struct arena *arena;
	struct err why;
	struct talk_facts facts;
	uint64_t frames, elements; /* heard */
	int64_t solve_us;
	bool refusing; /* we said "failed": it only tells us its verdict */
	enum talk_state refusal;

	struct sks_digest *learned;
	size_t learned_count, learned_room;
	size_t settle_at; /* so many are put in order, each once */
	bool enough;      /* learned, or asked */

	struct prefix *queue; /* nodes to ask about; the last one is next */
	size_t queue_count, queue_room;
	struct talk_asked *asked; /* a ring */
	size_t asked_first, asked_count;
	struct talk_level level[PREFIX_BITS_MAX / PREFIX_STEP + 1];
};

/* ---- talk.c ------------------------------------------------------------ */

void talk_end(struct talk *t, enum talk_state state, const char *fmt, ...)
	PRINTF_LIKE(3, 4);
/* What it told us is worth nothing either. */
void talk_lie(struct talk *t, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* What a message_put_ returned: only a limit of memory can stop it. */
void talk_put(struct talk *t, enum status st);
/* All that is written may be sent. */
void talk_flush(struct talk *t);
/* Written and not sent yet. */
size_t talk_backlog(const struct talk *t);
/* A stranger's text, for a log. */
void talk_printable(struct bytes text, char *out, size_t size);
void talk_wrong_message(struct talk *t, const struct message *m);

/* ---- talk_greet.c ------------------------------------------------------ */

void greet_start(struct talk *t);
/* These take something from `in`, say how much, or NOT_FOUND. */
enum status greet_take_config(struct talk *t, struct bytes in, size_t *used);
enum status greet_take_verdict(struct talk *t, struct bytes in, size_t *used);

/* ---- talk_heard.c ------------------------------------------------------ */

/* The elements of a message; false when the talk is over by them. */
bool heard_digests(
	struct talk *t, const struct message *m, struct digest_list *out);
/* Those that the tree has not are learned. */
void heard_learn(struct talk *t, const struct digest_list *list);
/* Sorts; counts each once; cuts at the limit. */
void heard_settle(struct talk *t);
/*
 * The first of ours below the prefix that the list has not, `max` at most;
 * in the arena.
 */
struct digest_list heard_lacks(struct talk *t, const struct prefix *prefix,
	const struct digest_list *list, size_t max);

/* ---- talk_ask.c, talk_answer.c ----------------------------------------- */

void ask_start(struct talk *t);
void ask_reply(struct talk *t, const struct message *m);
/* Asks what can be asked now, or says Done. */
void ask_on(struct talk *t);
void answer_message(struct talk *t, const struct message *m);

#endif
