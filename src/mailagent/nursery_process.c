#include "mailagent/nursery_process.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/frame.h"
#include "config.h"
#include "mailagent/lean.h"
#include "mailagent/sandbox.h"

enum { LIVE_MAX = 256, WORKER_FD = 3, READ_SIZE = 64 * 1024 };

struct process {
	int control;
	const struct nursery_settings *settings;
	pid_t live[LIVE_MAX]; /* not yet waited for: no other has the number */
	size_t count;
	unsigned waiting; /* workers without a job */
};

/* Plain read and write: the filter admits no poll. */
static bool
write_all(int fd, const uint8_t *data, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, data, len);

		if (n <= 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return true;
}

static bool
read_job(int fd, struct buf *in, struct bytes *job)
{
	struct reader r;
	uint32_t len;

	for (;;) {
		ssize_t n;

		r = reader_of(buf_view(in));
		len = reader_be32(&r);
		if (!r.failed && reader_left(&r) >= len)
			break;
		if (buf_reserve(in, READ_SIZE) != STATUS_OK)
			return false;
		n = read(fd, in->data + in->len, READ_SIZE);
		if (n <= 0)
			return false;
		in->len += (size_t)n;
	}
	(void)reader_take(&r, FRAME_HEAD - 4);
	*job = reader_rest(&r);
	return !r.failed;
}

/* One job, one answer, the end. */
static noreturn void
work(const struct nursery_settings *settings, int fd)
{
	struct buf in = {.max = FRAME_MAX + READ_SIZE};
	struct buf answer = {.max = FRAME_MAX}, out = {.len = 0};
	struct bytes job;
	uint8_t type = 0;

	if (!read_job(fd, &in, &job))
		_exit(0);
	settings->work(job, &type, &answer);
	if (frame_put(&out, type, 0, buf_view(&answer)) != STATUS_OK)
		_exit(1);
	_exit(write_all(fd, out.data, out.len) ? 0 : 1);
}

/* In the new child: keep the one socket, then lock up. */
static noreturn void
begin_worker(const struct process *p, int fd, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1);
	signal(SIGCHLD, SIG_DFL);
	if (fd != WORKER_FD && dup2(fd, WORKER_FD) < 0)
		_exit(1);
	if (close_range(WORKER_FD + 1, ~0U, 0) != 0)
		_exit(1);
#ifndef SANITIZED_BUILD
	/* A sanitizer's report needs somewhere to go. */
	close(0);
	close(1);
	close(2);
#endif
	if (sandbox_enter_decoder() != STATUS_OK)
		_exit(1);
	work(p->settings, WORKER_FD);
}

static bool
pass_up(const struct process *p, pid_t pid, int fd)
{
	struct nursery_message m = {pid, 0};
	struct iovec iov = {&m, sizeof(m)};
	union {
		struct cmsghdr head;
		char room[CMSG_SPACE(sizeof(int))];
	} control = {.room = {0}};
	struct msghdr msg = {.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control.room)};
	struct cmsghdr *c = CMSG_FIRSTHDR(&msg);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	return sendmsg(p->control, &msg, MSG_NOSIGNAL) == (ssize_t)sizeof(m);
}

/* False when no worker could be made just now. */
static bool
make_worker(struct process *p)
{
	pid_t me = getpid(), pid;
	int pair[2];

	if (p->count == LIVE_MAX ||
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return false;
	pid = lean_fork();
	if (pid == 0)
		begin_worker(p, pair[1], me);
	close(pair[1]);
	if (pid < 0) {
		close(pair[0]);
		return false;
	}
	p->live[p->count++] = pid;
	if (!pass_up(p, pid, pair[0]))
		_exit(0);
	close(pair[0]);
	p->waiting++;
	return true;
}

static void
reap(struct process *p)
{
	pid_t pid;
	size_t i;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0) {
		for (i = 0; i < p->count; i++) {
			if (p->live[i] == pid)
				p->live[i--] = p->live[--p->count];
		}
	}
}

static void
kill_worker(const struct process *p, pid_t pid)
{
	size_t i;

	for (i = 0; i < p->count; i++) {
		if (p->live[i] == pid)
			kill(pid, SIGKILL);
	}
}

/* False when the agent is gone. */
static bool
take_message(struct process *p)
{
	struct nursery_message m;
	ssize_t n = recv(p->control, &m, sizeof(m), MSG_DONTWAIT);

	if (n < 0)
		return errno == EAGAIN || errno == EINTR;
	if (n != (ssize_t)sizeof(m))
		return false;
	if (m.kill)
		kill_worker(p, m.pid);
	else if (p->waiting > 0)
		p->waiting--;
	return true;
}

noreturn void
nursery_process_run(int control, const struct nursery_settings *settings)
{
	struct process p = {.control = control, .settings = settings};
	struct pollfd wait = {control, POLLIN, 0};
	bool full;

	signal(SIGCHLD, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	lean_process();
	for (;;) {
		full = false;
		reap(&p);
		while (p.waiting < settings->ready && !full)
			full = !make_worker(&p);
		if (poll(&wait, 1, full ? 20 : 1000) > 0 && !take_message(&p))
			_exit(0);
	}
}
