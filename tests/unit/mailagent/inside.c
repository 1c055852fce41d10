#include "inside.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../unit.h"
#include "mailagent/job.h"

static void
on_frame(void *ctx, const struct frame *f)
{
	(void)ctx;
	(void)f;
}

static void
on_end(void *ctx)
{
	(void)ctx;
}

void
inside_open(struct inside *in, int64_t wall_ms)
{
	struct nursery_settings set = {
		.ready = 2, .max = 4, .wall_ms = wall_ms, .work = job_work};
	struct channel_calls calls = {on_frame, on_end, in};
	struct err err = {""};
	char aside[400];
	int pair[2];

	memset(in, 0, sizeof(*in));
	fake_init(&in->folders);
	in->loop = loop_new();
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
	in->daemon = pair[1];
	snprintf(aside, sizeof(aside), "%s/aside", in->folders.data);
	assert_ok(quarantine_open(&in->quarantine, aside, &err));
	assert_ok(nursery_new(in->loop, &set, &in->nursery, &err));
	in->channel = channel_new(in->loop, pair[0], &calls);
	in->intake =
		intake_new(in->loop, in->nursery, in->channel, &in->quarantine);
}

void
inside_close(struct inside *in)
{
	intake_free(in->intake);
	nursery_free(in->nursery);
	channel_free(in->channel);
	quarantine_done(&in->quarantine);
	loop_free(in->loop);
	close(in->daemon);
	fake_done(&in->folders);
}
