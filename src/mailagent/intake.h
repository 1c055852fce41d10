/*
 * intake.h - letters on their way in, from a source to the daemon's verdict
 *
 * A source offers a letter; it is decoded in a worker, sent to the daemon and
 * answered. What the daemon or the decoder wants set aside is in quarantine,
 * on disk, before the source hears that it may let go.
 *
 * Memory:  intake_offer takes the letter's octets.
 * Threads: one.
 * Units:   octets.
 * Source:  reliability D3, D8.
 */
#ifndef KEYPOST_MAILAGENT_INTAKE_H
#define KEYPOST_MAILAGENT_INTAKE_H

#include "mailagent/channel.h"
#include "mailagent/nursery.h"
#include "mailagent/protocol.h"
#include "mailagent/quarantine.h"

enum {
	INTAKE_LETTERS_MAX = 2 * AGENT_LETTERS_MAX,
	INTAKE_OCTETS_MAX = 64 * 1024 * 1024,
	INTAKE_TRIES_MAX = 2, /* with a death that we saw */
	INTAKE_BEGINS_MAX = 6 /* without: whoever killed us */
};

/* The verdict, as a source needs it. */
enum intake_fate {
	INTAKE_TAKEN, /* let go of it */
	INTAKE_LATER, /* keep it, offer it again */
	INTAKE_REFUSED,
	INTAKE_FOREIGN /* TAKEN, but others may want it */
};

/* How a source hears of its letter; `token` is its own. */
struct intake_source {
	const char *name; /* LETTER_SOURCE */
	bool refuses;     /* can say no to the sender */
	bool trust_path;  /* a Return-Path on top is our MTA's */
	bool keeps;       /* others read it: what cannot be decoded stays */
	/* Before decoding: gives how often that was begun. */
	unsigned (*begin)(void *source, void *token);
	/* Decoded well: earlier deaths do not count any more. */
	void (*decoded)(void *source, void *token);
	void (*finish)(void *source, void *token, enum intake_fate fate,
		const char *reason);
	void *source;
};

struct intake_offer {
	const struct intake_source *source; /* borrowed as long as letters */
	void *token;
	struct buf octets;   /* taken: where the letter stands in */
	struct bytes letter; /* inside of octets */
	bool has_sender;
	struct bytes sender; /* copied */
	bool to_bounces;
	struct bytes bounce_to; /* then: the address; copied */
	bool too_long;          /* cut at the limit: only to be set aside */
};

struct intake;

struct intake *intake_new(struct loop *loop, struct nursery *nursery,
	struct channel *daemon, struct quarantine *quarantine);
void intake_free(struct intake *in);
/* False: a folder offers later. */
bool intake_has_room(const struct intake *in);
/* No letter is in hand. */
bool intake_is_empty(const struct intake *in);
/* False: not even a client that waits can be served; no offer is allowed. */
bool intake_is_open(const struct intake *in);
uint64_t intake_offer(struct intake *in, struct intake_offer *offer);
/* The source gave up; `finish` is not called any more. */
void intake_forget(struct intake *in, uint64_t id);
/* FRAME_DONE. */
void intake_done(struct intake *in, uint64_t id, struct bytes payload);

#endif
