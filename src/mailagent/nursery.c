#include "mailagent/nursery.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "mailagent/channel.h"
#include "mailagent/nursery_process.h"
#include "mailagent/sandbox.h"

enum { READY_MAX = 64, RESTART_MS = 1000 };

struct job {
	struct nursery *nursery;
	struct channel *channel;
	pid_t pid;
	int64_t deadline;
	void (*ended)(void *ctx, enum nursery_end end, uint8_t type,
		struct bytes answer);
	void *ctx;
	struct job *next;
};

struct waiting {
	int fd;
	pid_t pid;
};

struct nursery {
	struct loop *loop;
	struct nursery_settings settings;
	pid_t pid; /* 0: to be started again */
	int control;
	struct watch *watch;
	struct waiting ready[READY_MAX];
	unsigned ready_count, running;
	struct job *jobs;
	int64_t restart;
	void (*on_ready)(void *ctx);
	void *on_ready_ctx;
};

static void
drop_process(struct nursery *n)
{
	while (n->ready_count > 0)
		close(n->ready[--n->ready_count].fd);
	if (n->pid == 0)
		return;
	loop_remove(n->watch);
	close(n->control);
	kill(n->pid, SIGKILL);
	waitpid(n->pid, NULL, 0);
	n->pid = 0;
	n->restart = clock_mono_ms() + RESTART_MS;
}

/* A message and its socket; false at the end. */
static bool
receive(int control, struct waiting *w)
{
	struct nursery_message m;
	struct iovec iov = {&m, sizeof(m)};
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} room;
	struct msghdr msg = {.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &room,
		.msg_controllen = sizeof(room.room)};
	struct cmsghdr *c;

	if (recvmsg(control, &msg, MSG_DONTWAIT | MSG_CMSG_CLOEXEC) !=
		(ssize_t)sizeof(m))
		return false;
	c = CMSG_FIRSTHDR(&msg);
	if (c == NULL || c->cmsg_type != SCM_RIGHTS)
		return false;
	memcpy(&w->fd, CMSG_DATA(c), sizeof(w->fd));
	w->pid = m.pid;
	return true;
}

static void
on_control(void *ctx, short events)
{
	struct nursery *n = ctx;
	struct waiting w;

	(void)events;
	if (!receive(n->control, &w)) {
		log_line(LOG_ERROR, "decoder", "the nursery ended");
		drop_process(n);
		return;
	}
	if (n->ready_count == READY_MAX) {
		close(w.fd);
		return;
	}
	n->ready[n->ready_count++] = w;
	if (n->on_ready != NULL)
		n->on_ready(n->on_ready_ctx);
}

static enum status
start_process(struct nursery *n, struct err *err)
{
	pid_t me = getpid();
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0)
		goto fail;
	n->pid = fork();
	if (n->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != me || dup2(pair[1], 3) < 0 ||
			close_range(4, ~0U, 0) != 0)
			_exit(1);
		nursery_process_run(3, &n->settings);
	}
	close(pair[1]);
	if (n->pid < 0) {
		close(pair[0]);
		n->pid = 0;
		goto fail;
	}
	n->control = pair[0];
	n->watch = loop_add(n->loop, n->control, POLLIN, on_control, n);
	return STATUS_OK;
fail:
	err_set(err, "decoders: %s", strerror(errno));
	return STATUS_IO;
}

static void
tell(struct nursery *n, pid_t pid, int do_kill)
{
	struct nursery_message m = {pid, do_kill};

	if (n->pid != 0)
		(void)!send(n->control, &m, sizeof(m), MSG_NOSIGNAL);
}

static void
end_job(struct job *j, enum nursery_end end, uint8_t type, struct bytes answer)
{
	struct nursery *n = j->nursery;
	struct job **at = &n->jobs;

	while (*at != j)
		at = &(*at)->next;
	*at = j->next;
	n->running--;
	j->ended(j->ctx, end, type, answer);
	channel_free(j->channel);
	free(j);
}

static void
on_answer(void *ctx, const struct frame *f)
{
	end_job(ctx, NURSERY_ANSWERED, f->type, f->payload);
}

static void
on_closed(void *ctx)
{
	end_job(ctx, NURSERY_DIED, 0, bytes_make(NULL, 0));
}

static void
on_tick(void *ctx, int64_t now)
{
	struct nursery *n = ctx;
	struct job *j, *next;
	struct err err;

	for (j = n->jobs; j != NULL; j = next) {
		next = j->next;
		if (now < j->deadline)
			continue;
		tell(n, j->pid, 1);
		end_job(j, NURSERY_TIMEOUT, 0, bytes_make(NULL, 0));
	}
	if (n->pid == 0 && now >= n->restart &&
		start_process(n, &err) != STATUS_OK) {
		log_line(LOG_ERROR, "decoder", "reason=%s",
			log_quote_str(err.text).text);
		n->restart = now + RESTART_MS;
	}
}

enum status
nursery_new(struct loop *loop, const struct nursery_settings *settings,
	struct nursery **out, struct err *err)
{
	struct nursery *n;
	enum status st = sandbox_prepare(err);

	if (st != STATUS_OK)
		return st;
	n = xcalloc(1, sizeof(*n));
	n->loop = loop;
	n->settings = *settings;
	st = start_process(n, err);
	if (st != STATUS_OK) {
		free(n);
		return st;
	}
	loop_tick(loop, on_tick, n);
	*out = n;
	return STATUS_OK;
}

void
nursery_free(struct nursery *n)
{
	if (n == NULL)
		return;
	while (n->jobs != NULL) {
		struct job *j = n->jobs;

		n->jobs = j->next;
		channel_free(j->channel);
		free(j);
	}
	drop_process(n);
	free(n);
}

bool
nursery_is_ready(const struct nursery *n)
{
	return n->ready_count > 0 && n->running < n->settings.max;
}

void
nursery_start(struct nursery *n, struct bytes job,
	void (*ended)(void *ctx, enum nursery_end end, uint8_t type,
		struct bytes answer),
	void *ctx)
{
	struct job *j = xcalloc(1, sizeof(*j));
	struct channel_calls calls = {on_answer, on_closed, j};
	struct waiting w = n->ready[--n->ready_count];

	*j = (struct job){.nursery = n,
		.pid = w.pid,
		.deadline = clock_mono_ms() + n->settings.wall_ms,
		.ended = ended,
		.ctx = ctx,
		.next = n->jobs};
	n->jobs = j;
	n->running++;
	tell(n, w.pid, 0);
	j->channel = channel_new(n->loop, w.fd, &calls);
	channel_put(j->channel, 'J', 0, job);
}

void
nursery_on_ready(struct nursery *n, void (*ready)(void *ctx), void *ctx)
{
	n->on_ready = ready;
	n->on_ready_ctx = ctx;
}
