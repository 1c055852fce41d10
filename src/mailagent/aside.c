#include "mailagent/aside.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "mailagent/channel.h"
#include "mailagent/child.h"

/* Frames between the two; the id is the letter's. */
enum { ASIDE_LETTER = 'L', ASIDE_DONE = 'D' };
enum { FIELD_SOURCE = 1, FIELD_REASON, FIELD_LETTER, FIELD_STATUS, FIELD_WHY };
enum {
	AGAIN_MS = 1000,
	TEXT_MAX = 256,
	IDS_MAX = 1024,
	LETTER_MAX = FRAME_MAX - 4096
};

struct aside {
	struct loop *loop;
	struct quarantine *quarantine;
	void (*done)(void *ctx, uint64_t id, enum status st, const char *why);
	void *ctx;
	struct channel *channel; /* NULL: no process */
	pid_t pid;
	int64_t next_start;
	uint64_t ids[IDS_MAX]; /* without an answer */
	size_t count;
};

/* ---- in the process that writes ------------------------------------------ */

static void
copy_text(char out[TEXT_MAX], struct bytes value)
{
	size_t n = value.len < TEXT_MAX ? value.len : TEXT_MAX - 1;

	if (n > 0)
		memcpy(out, value.data, n);
	out[n] = '\0';
}

static enum status
write_one(struct quarantine *q, struct bytes payload, struct err *err)
{
	char source[TEXT_MAX] = "", reason[TEXT_MAX] = "";
	struct reader r = reader_of(payload);
	struct bytes value, letter = {NULL, 0};
	uint8_t name;

	while (frame_next_field(&r, &name, &value)) {
		if (name == FIELD_SOURCE)
			copy_text(source, value);
		else if (name == FIELD_REASON)
			copy_text(reason, value);
		else if (name == FIELD_LETTER)
			letter = value;
	}
	return quarantine_put(q, source, reason, letter, err);
}

static enum status
answer(int fd, uint64_t id, enum status st, const struct err *err)
{
	struct buf payload = {.len = 0};
	enum status sent =
		frame_put_number(&payload, FIELD_STATUS, (uint64_t)st);

	if (sent == STATUS_OK)
		sent = frame_put_field(
			&payload, FIELD_WHY, bytes_of(err->text));
	if (sent == STATUS_OK)
		sent = frame_send(fd, ASIDE_DONE, id, buf_view(&payload), -1);
	buf_done(&payload);
	return sent;
}

static void
run(int fd, void *ctx)
{
	struct quarantine *q = ctx;
	struct frame_reader in;
	struct frame f;

	frame_reader_init(&in, FRAME_MAX);
	while (frame_read(&in, fd, -1, &f) == STATUS_OK) {
		struct err err = {""};
		enum status st = write_one(q, f.payload, &err);

		if (answer(fd, f.id, st, &err) != STATUS_OK)
			break;
	}
	exit(0);
}

/* ---- on our side ------------------------------------------------------- */

static void
end_process(struct aside *a)
{
	if (a->channel == NULL)
		return;
	/* It ends by itself, after the letter it is at. */
	channel_free(a->channel);
	a->channel = NULL;
	waitpid(a->pid, NULL, 0);
}

static void
fail_all(struct aside *a, const char *why)
{
	while (a->count > 0)
		a->done(a->ctx, a->ids[--a->count], STATUS_IO, why);
}

static void
on_closed(void *ctx)
{
	struct aside *a = ctx;

	end_process(a);
	a->next_start = clock_mono_ms() + AGAIN_MS;
	fail_all(a, "the process that writes it ended");
}

static void
on_frame(void *ctx, const struct frame *f)
{
	struct reader r = reader_of(f->payload);
	enum status st = STATUS_IO;
	char why[TEXT_MAX] = "";
	struct aside *a = ctx;
	struct bytes value;
	uint8_t name;
	size_t i = 0;

	while (i < a->count && a->ids[i] != f->id)
		i++;
	if (f->type != ASIDE_DONE || i == a->count)
		return;
	a->ids[i] = a->ids[--a->count];
	while (frame_next_field(&r, &name, &value)) {
		if (name == FIELD_STATUS)
			st = (enum status)frame_number(value);
		else if (name == FIELD_WHY)
			copy_text(why, value);
	}
	a->done(a->ctx, f->id, st, why);
}

static void
start(struct aside *a, int64_t now)
{
	struct channel_calls calls = {on_frame, on_closed, a};
	int fd;

	a->next_start = now + AGAIN_MS;
	if (child_start(run, a->quarantine, NULL, &a->pid, &fd) == STATUS_OK)
		a->channel = channel_new(a->loop, fd, &calls);
}

static void
on_tick(void *ctx, int64_t now)
{
	struct aside *a = ctx;

	/* What was put without a process was not sent to the next one. */
	if (a->channel == NULL)
		fail_all(a, "no process to write it");
	if (a->channel == NULL && now >= a->next_start)
		start(a, now);
}

struct aside *
aside_new(struct loop *loop, struct quarantine *quarantine,
	void (*done)(void *ctx, uint64_t id, enum status st, const char *why),
	void *ctx)
{
	struct aside *a = xcalloc(1, sizeof(*a));

	a->loop = loop;
	a->quarantine = quarantine;
	a->done = done;
	a->ctx = ctx;
	start(a, clock_mono_ms());
	loop_tick(loop, on_tick, a);
	return a;
}

void
aside_free(struct aside *a)
{
	if (a == NULL)
		return;
	end_process(a);
	free(a);
}

static enum status
put_letter(struct buf *payload, const char *source, const char *reason,
	struct bytes letter)
{
	enum status st =
		frame_put_field(payload, FIELD_SOURCE, bytes_of(source));

	if (st == STATUS_OK)
		st = frame_put_field(payload, FIELD_REASON, bytes_of(reason));
	if (st == STATUS_OK)
		st = frame_put_field(payload, FIELD_LETTER, letter);
	return st;
}

void
aside_put(struct aside *a, uint64_t id, const char *source, const char *reason,
	struct bytes letter)
{
	struct buf payload = {.max = FRAME_MAX};

	/* For people: the end of what fills a frame is no loss. */
	if (letter.len > LETTER_MAX)
		letter.len = LETTER_MAX;
	/* Without a process the next tick says no. */
	if (a->count < IDS_MAX)
		a->ids[a->count++] = id;
	if (a->channel != NULL &&
		put_letter(&payload, source, reason, letter) == STATUS_OK)
		channel_put(a->channel, ASIDE_LETTER, id, buf_view(&payload));
	buf_done(&payload);
}
