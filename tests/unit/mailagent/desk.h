/*
 * desk.h - hands letters to a relay, and notes what it reports
 *
 * Threads: one.
 * Errors:  anything unexpected fails the test.
 */
#ifndef KEYPOST_TESTS_MAILAGENT_DESK_H
#define KEYPOST_TESTS_MAILAGENT_DESK_H

#include "mailagent/relay.h"

enum {
	DESK_WAIT_MS = 60 * 1000, /* for what must come */
	DESK_LONG_MS = 300 * 1000,
	DESK_SENT_MAX = 64
};

/* What was reported, in order. */
struct report {
	uint64_t id;
	uint64_t stage, code, size_max;
	char text[500];
};

struct desk {
	struct loop *loop;
	struct relay *relay;
	struct report sent[DESK_SENT_MAX];
	size_t count;
};

/* A relay that waits so long for each answer. */
void desk_open(struct desk *d, int64_t answer_ms);
void desk_close(struct desk *d);

/* Left out: peer b, keys@b.example, a letter of three lines. */
struct parcel {
	const char *peer, *relay, *to, *text;
	enum relay_tls tls;
};

void desk_post(struct desk *d, uint64_t id, const struct parcel *p);
/* Until more than so many were reported. */
void desk_turn(struct desk *d, size_t n);
/* Until so many were reported, and no more. */
void desk_wait(struct desk *d, size_t n);

#endif
