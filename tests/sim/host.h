/*
 * host.h - a server as the network sees it: a process, and letters to it
 *
 * Letters that it did not let go of when it died are offered to it again, as
 * a spool would.
 */
#ifndef KEYPOST_SIM_HOST_H
#define KEYPOST_SIM_HOST_H

#include "base/frame.h"
#include "sim.h"

struct host_letter {
	uint64_t id;
	struct buf fields; /* of FRAME_LETTER */
	int64_t again;     /* offer it then; 0: it was */
	struct host_letter *next;
};

struct host {
	size_t index;
	char folder[128];
	enum sim_shape shape;
	size_t hosts;
	int fd; /* -1: it is down */
	int pid;
	struct frame_reader reader;
	struct buf out; /* what it does not take yet */
	size_t out_sent;
	struct host_letter *letters; /* not let go of */
	uint64_t next_id;
	bool answered;  /* what it was asked last */
	bool died;      /* by itself */
	size_t refused; /* letters set aside */
	size_t certs, behind;
	uint8_t sum[16];
};

struct host_parcel {
	struct host *from;
	struct bytes sender, recipient, text; /* as FRAME_SEND says */
};

/* A letter leaves; true: the relay takes it. */
typedef bool host_sends(void *ctx, const struct host_parcel *p);

void host_start(struct host *h, int64_t now);
/* SIGKILL. */
void host_kill(struct host *h);
/* An orderly end. */
void host_stop(struct host *h);

/* A letter arrives, now or when it is up again. */
void host_offer(struct host *h, struct bytes text, struct bytes sender);
/* The time is so: call host_hear until it `answered`; then it is calm. */
void host_tell_time(struct host *h, int64_t now);
/* Reads what it says and answers; waits at most so long for it. */
void host_hear(
	struct host *h, int64_t now, host_sends *sends, void *ctx, int wait_ms);
/* Submitted as by the web, and committed. */
void host_submit(struct host *h, unsigned int seed, unsigned int parts,
	int64_t now, host_sends *sends, void *ctx);
/* Reads certs, sum and behind. */
void host_ask_state(struct host *h, int64_t now, host_sends *sends, void *ctx);
void host_done(struct host *h);

#endif
