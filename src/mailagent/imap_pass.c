#include "mailagent/imap_pass.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/frame.h"

enum {
	WINDOW_OCTETS = 4 * 1024 * 1024, /* handed up without a verdict */
	SETTLED_MAX = 65536,
	WRITE_MS = 3600 * 1000
};

struct pass {
	int fd;
	const struct imap_job *job;
	struct imap_progress *progress;
	struct imap_client *client;
	struct imap_box box;
	struct frame_reader in;
	uint32_t next;
	bool first_time;          /* what was read before is none of ours */
	struct imap_uids settled; /* at `next` and above, still in the folder */
	struct imap_uids waiting; /* for a verdict */
	struct imap_uids taken;
	size_t octets; /* of those waiting */
	bool later;    /* some are to be offered again */
	struct err err;
};

static enum status
say(struct pass *p, enum imap_frame type, uint32_t id, struct bytes payload)
{
	return frame_send(
		p->fd, (uint8_t)type, id, payload, clock_mono_ms() + WRITE_MS);
}

static enum status
say_short(struct pass *p, enum imap_frame type, uint32_t id)
{
	return say(p, type, id, bytes_make(NULL, 0));
}

static enum status
settle(struct pass *p, uint32_t uid)
{
	/* What is forgotten is looked at once more: no harm. */
	if (p->settled.count < SETTLED_MAX)
		imap_uids_add(&p->settled, uid);
	return STATUS_OK;
}

/* ---- verdicts ----------------------------------------------------------- */

static void
take_verdict(struct pass *p, uint32_t uid, struct bytes payload)
{
	enum imap_verdict v = payload.len == 1
				      ? (enum imap_verdict)payload.data[0]
				      : IMAP_LATER;

	if (!imap_uids_has(&p->waiting, uid))
		return;
	imap_uids_remove(&p->waiting, uid);
	if (v == IMAP_TAKEN)
		imap_uids_add(&p->taken, uid);
	else if (v == IMAP_STAYS)
		(void)settle(p, uid);
	else
		p->later = true;
}

static enum status
let_go(struct pass *p)
{
	enum status st;

	while (p->taken.count > 0) {
		size_t n = p->taken.count < IMAP_SIZES_MAX ? p->taken.count
							   : IMAP_SIZES_MAX;
		uint32_t uids[IMAP_SIZES_MAX];

		for (size_t i = 0; i < n; i++)
			uids[i] = p->taken.list[i];
		st = imap_let_go(p->client, uids, n, &p->err);
		for (size_t i = 0; st == STATUS_OK && i < n; i++) {
			imap_uids_remove(&p->taken, uids[i]);
			st = settle(p, uids[i]);
			if (st == STATUS_OK)
				st = say_short(p, IMAP_GONE, uids[i]);
		}
		if (st != STATUS_OK)
			return st;
	}
	return STATUS_OK;
}

/* Until none is waiting; then what was taken goes. */
static enum status
hear_verdicts(struct pass *p)
{
	struct frame f;
	enum status st = STATUS_OK;

	while (st == STATUS_OK && p->waiting.count > 0) {
		/* The daemon answers in its time; our end is its business. */
		st = frame_read(&p->in, p->fd, -1, &f);
		if (st == STATUS_OK && f.type == IMAP_VERDICT)
			take_verdict(p, (uint32_t)f.id, f.payload);
	}
	p->octets = 0;
	return st == STATUS_OK ? let_go(p) : st;
}

/* ---- one pass ----------------------------------------------------------- */

static enum status
hand_up(struct pass *p, const struct imap_message *m)
{
	struct buf body = {.len = 0};
	enum status st = imap_body(
		p->client, m->uid, p->job->letter_max, &body, &p->err);

	if (st == STATUS_NOT_FOUND) {
		st = settle(p, m->uid);
	} else if (st == STATUS_OK) {
		imap_uids_add(&p->waiting, m->uid);
		p->octets += body.len;
		st = say(p, IMAP_LETTER, m->uid, buf_view(&body));
	}
	buf_done(&body);
	if (st == STATUS_OK && p->octets >= WINDOW_OCTETS)
		st = hear_verdicts(p);
	return st;
}

static enum status
say_large(struct pass *p, const struct imap_message *m)
{
	struct buf size = {.len = 0};
	enum status st = frame_put_number(&size, 1, m->size);

	if (st == STATUS_OK)
		st = say(p, IMAP_LARGE, m->uid, buf_view(&size));
	buf_done(&size);
	return st == STATUS_OK ? settle(p, m->uid) : st;
}

static enum status
look_at(struct pass *p, const struct imap_message *m)
{
	if (!m->found || m->deleted || (p->first_time && m->seen) ||
		imap_uids_has(&p->job->poison, m->uid))
		return settle(p, m->uid);
	if (imap_uids_has(&p->job->taken, m->uid)) {
		imap_uids_add(&p->taken, m->uid);
		return STATUS_OK;
	}
	if (m->size > p->job->letter_max)
		return say_large(p, m);
	return hand_up(p, m);
}

static enum status
do_batch(struct pass *p, const uint32_t *uids, size_t count)
{
	struct imap_message list[IMAP_SIZES_MAX] = {{.uid = 0}};
	enum status st;

	for (size_t i = 0; i < count; i++)
		list[i].uid = uids[i];
	st = imap_sizes(p->client, list, count, &p->err);
	for (size_t i = 0; st == STATUS_OK && i < count; i++)
		st = look_at(p, &list[i]);
	return st == STATUS_OK ? hear_verdicts(p) : st;
}

/* `next` goes up over what is settled, to the first that is not. */
static enum status
move_next(struct pass *p, const struct imap_uids *seen)
{
	uint32_t next = p->next;
	size_t i = 0;

	while (i < seen->count && imap_uids_has(&p->settled, seen->list[i]))
		next = seen->list[i++] + 1;
	/* The server tells what comes next, when all before is settled. */
	if (i == seen->count && p->box.next > next)
		next = p->box.next;
	if (next <= p->next)
		return STATUS_OK;
	p->next = next;
	imap_uids_drop_below(&p->settled, next);
	return say_short(p, IMAP_SETTLED, next);
}

static enum status
work_off(struct pass *p, const struct imap_uids *seen)
{
	uint32_t batch[IMAP_SIZES_MAX];
	size_t n = 0;
	enum status st = STATUS_OK;

	for (size_t i = 0; st == STATUS_OK && i < seen->count; i++) {
		if (!imap_uids_has(&p->settled, seen->list[i]))
			batch[n++] = seen->list[i];
		if (n < IMAP_SIZES_MAX && i + 1 < seen->count)
			continue;
		if (n > 0)
			st = do_batch(p, batch, n);
		n = 0;
		/* A long pass is fine as long as it gets on. */
		atomic_store(&p->progress->pass_since, clock_mono_ms());
	}
	return st;
}

static enum status
enter_folder(struct pass *p)
{
	enum status st = imap_select(p->client, &p->box, &p->err);

	if (st != STATUS_OK)
		return st;
	if (p->box.validity == p->job->validity)
		return STATUS_OK;
	/* Other UIDs than we knew: the folder is new to us. */
	p->first_time = true;
	p->next = 1;
	return say_short(p, IMAP_FOLDER, p->box.validity);
}

static enum status
do_pass(struct pass *p)
{
	struct imap_uids seen = {NULL, 0, 0};
	uint32_t validity = p->box.validity;
	enum status st = imap_select(p->client, &p->box, &p->err);

	if (st == STATUS_OK && p->box.validity != validity) {
		err_set(&p->err, "the folder was made anew");
		st = STATUS_IO;
	}
	p->later = false;
	if (st == STATUS_OK)
		st = imap_list(p->client, &p->box, p->next, &seen, &p->err);
	if (st == STATUS_OK)
		st = work_off(p, &seen);
	if (st == STATUS_OK)
		st = move_next(p, &seen);
	/* From here on a message is new, whoever has read it. */
	if (st == STATUS_OK && !p->later)
		p->first_time = false;
	imap_uids_done(&seen);
	return st;
}

static enum status
go_on(struct pass *p)
{
	enum status st = enter_folder(p);

	while (st == STATUS_OK) {
		int64_t wait;

		atomic_store(&p->progress->pass_since, clock_mono_ms());
		st = do_pass(p);
		atomic_store(&p->progress->pass_since, 0);
		/* It let us in: this is no reason to stay away for long. */
		if (st == STATUS_REJECTED)
			st = STATUS_IO;
		wait = p->later ? p->job->rest_ms : p->job->idle_ms;
		if (st == STATUS_OK && !p->later)
			st = say_short(p, IMAP_QUIET, 0);
		if (st == STATUS_OK)
			st = imap_wait(p->client, clock_mono_ms() + wait,
				p->job->poll_ms, &p->err);
	}
	return st;
}

static void
serve(struct pass *p, enum status st)
{
	if (st == STATUS_OK)
		st = go_on(p);
	(void)!say(
		p, IMAP_FAILED, st == STATUS_REJECTED, bytes_of(p->err.text));
	imap_close(p->client);
	frame_reader_done(&p->in);
	imap_uids_done(&p->settled);
	imap_uids_done(&p->waiting);
	imap_uids_done(&p->taken);
}

static void
init(struct pass *p, int fd, const struct imap_job *job,
	struct imap_progress *progress)
{
	*p = (struct pass){.fd = fd,
		.job = job,
		.progress = progress,
		.next = job->next > 0 ? job->next : 1};
	frame_reader_init(&p->in, 1024);
}

void
imap_pass_serve(int fd, int server, const struct imap_job *job,
	struct imap_progress *progress)
{
	struct pass p;

	init(&p, fd, job, progress);
	serve(&p, imap_open_fd(
			  &job->target, server, progress, &p.client, &p.err));
}

noreturn void
imap_pass_run(
	int fd, const struct imap_job *job, struct imap_progress *progress)
{
	struct pass p;

	init(&p, fd, job, progress);
	serve(&p, imap_open(&job->target, progress, &p.client, &p.err));
	_exit(0);
}
