/*
 * inside.h - what a source of letters stands before: a loop, processes that
 * decode, and a daemon that reads nothing
 */
#ifndef KEYPOST_TEST_INSIDE_H
#define KEYPOST_TEST_INSIDE_H

#include "fake.h"
#include "mailagent/channel.h"
#include "mailagent/intake.h"
#include "mailagent/loop.h"
#include "mailagent/nursery.h"
#include "mailagent/quarantine.h"

struct inside {
	struct fake folders;
	struct loop *loop;
	struct nursery *nursery;
	struct quarantine quarantine;
	struct channel *channel;
	struct intake *intake;
	int daemon;
};

/* A letter may be decoded for so long. */
void inside_open(struct inside *in, int64_t wall_ms);
/* The source is freed first. */
void inside_close(struct inside *in);

#endif
