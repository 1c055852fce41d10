#include "daemon/starter.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/agent_fd.h"
#include "base/agent_program.h"

enum { ANSWER_SECONDS = 10, FDS = 2 };

struct starter {
	pthread_mutex_t lock;
	int fd;
	pid_t pid;
};

/* What the starter answers; the descriptors travel beside it. */
struct answer {
	int32_t pid;
	int32_t error; /* errno, 0: all went well */
};

union control_buffer {
	struct cmsghdr align;
	char space[CMSG_SPACE(sizeof(int) * FDS)];
};

static void
send_answer(int fd, const struct answer *a, const int *fds)
{
	struct iovec iov;
	union control_buffer control;
	struct msghdr m = {.msg_iov = &iov, .msg_iovlen = 1};
	struct answer copy = *a;
	struct cmsghdr *c;

	iov = (struct iovec){.iov_base = &copy, .iov_len = sizeof(copy)};
	if (fds != NULL) {
		memset(&control, 0, sizeof(control));
		m.msg_control = control.space;
		m.msg_controllen = sizeof(control.space);
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int) * FDS);
		memcpy(CMSG_DATA(c), fds, sizeof(int) * FDS);
	}
	(void)sendmsg(fd, &m, MSG_NOSIGNAL);
}

static void
run_agent(const char *program, int in, int out)
{
	char *const argv[] = {(char[]){AGENT_PROGRAM}, NULL};
	sigset_t none;
	int null;

	/* Away from the numbers that are about to be overwritten. */
	in = fcntl(in, F_DUPFD_CLOEXEC, 16);
	out = fcntl(out, F_DUPFD_CLOEXEC, 16);
	null = open("/dev/null", O_RDONLY);
	if (in < 0 || out < 0 || null < 0 || dup2(null, 0) < 0 ||
		dup2(in, AGENT_FD_IN) < 0 || dup2(out, AGENT_FD_OUT) < 0)
		_exit(127);
	closefrom(AGENT_FD_OUT + 1);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)signal(SIGCHLD, SIG_DFL);
	(void)signal(SIGPIPE, SIG_DFL);
	/* Its decoders are forked without the libraries they do not call, so
	 * none of its functions may be left to be found later. */
	(void)setenv("LD_BIND_NOW", "1", 1);
	execv(program, argv);
	fprintf(stderr, "%s: %s\n", program, strerror(errno));
	_exit(127);
}

static void
spawn_agent(int fd, const char *program)
{
	struct answer a = {0};
	int in[2], out[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, in) != 0) {
		a.error = errno;
		send_answer(fd, &a, NULL);
		return;
	}
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, out) != 0) {
		a.error = errno;
		send_answer(fd, &a, NULL);
		goto close_in;
	}
	pid = fork();
	if (pid == 0)
		run_agent(program, in[1], out[1]);
	a.pid = pid;
	if (pid < 0) {
		a.error = errno;
		send_answer(fd, &a, NULL);
	} else {
		send_answer(fd, &a, (int[]){in[0], out[0]});
	}
	close(out[0]);
	close(out[1]);
close_in:
	close(in[0]);
	close(in[1]);
}

/* The whole life of the starter's process. */
static void
serve(int fd, const char *program, const struct identity *id)
{
	struct err err;
	sigset_t all;
	char order;
	ssize_t n;

	if (fd != AGENT_FD_IN && dup2(fd, AGENT_FD_IN) < 0)
		_exit(1);
	fd = AGENT_FD_IN;
	(void)fcntl(fd, F_SETFD, FD_CLOEXEC);
	closefrom(fd + 1);
	/* A terminal's Ctrl-C is for the daemon, which stops the agent. */
	(void)setsid();
	(void)prctl(PR_SET_NAME, "keypost-starter", 0, 0, 0);
	if (identity_become(id, &err) != STATUS_OK) {
		fprintf(stderr, "keypost-starter: %s\n", err.text);
		_exit(1);
	}
	/* The daemon decides when we end: by closing its end. */
	sigfillset(&all);
	(void)sigprocmask(SIG_SETMASK, &all, NULL);
	(void)signal(SIGCHLD, SIG_IGN); /* no zombies */
	for (;;) {
		n = recv(fd, &order, 1, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			_exit(0);
		spawn_agent(fd, program);
	}
}

enum status
starter_new(const char *program, const struct identity *id,
	struct starter **starter, struct err *err)
{
	const struct timeval limit = {.tv_sec = ANSWER_SECONDS};
	struct starter *s;
	int pair[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
		err_set(err, "starter: %s", strerror(errno));
		return STATUS_IO;
	}
	pid = fork();
	if (pid == 0)
		serve(pair[1], program, id);
	close(pair[1]);
	if (pid < 0) {
		err_set(err, "starter: %s", strerror(errno));
		close(pair[0]);
		return STATUS_IO;
	}
	(void)setsockopt(
		pair[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	s = xcalloc(1, sizeof(*s));
	pthread_mutex_init(&s->lock, NULL);
	s->fd = pair[0];
	s->pid = pid;
	*starter = s;
	return STATUS_OK;
}

void
starter_free(struct starter *s)
{
	if (s == NULL)
		return;
	close(s->fd);
	while (waitpid(s->pid, NULL, 0) < 0 && errno == EINTR)
		;
	pthread_mutex_destroy(&s->lock);
	free(s);
}

static enum status
read_answer(int fd, struct answer *a, int *fds, struct err *err)
{
	struct iovec iov = {.iov_base = a, .iov_len = sizeof(*a)};
	union control_buffer control;
	struct msghdr m = {.msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = control.space,
		.msg_controllen = sizeof(control.space)};
	const struct cmsghdr *c;
	ssize_t n;

	do
		n = recvmsg(fd, &m, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)sizeof(*a)) {
		err_set(err, "the starter of keypost-mail is gone");
		return STATUS_CLOSED;
	}
	c = CMSG_FIRSTHDR(&m);
	if (a->error != 0 || c == NULL ||
		c->cmsg_len != CMSG_LEN(sizeof(int) * FDS)) {
		err_set(err, "keypost-mail: %s", strerror(a->error));
		return STATUS_IO;
	}
	memcpy(fds, CMSG_DATA(c), sizeof(int) * FDS);
	return STATUS_OK;
}

enum status
starter_spawn(void *starter, int *in_fd, int *out_fd, int *pid, struct err *err)
{
	struct starter *s = starter;
	struct answer a = {0};
	int fds[FDS];
	enum status st;

	pthread_mutex_lock(&s->lock);
	if (send(s->fd, "1", 1, MSG_NOSIGNAL) != 1) {
		err_set(err, "the starter of keypost-mail is gone");
		st = STATUS_CLOSED;
	} else {
		st = read_answer(s->fd, &a, fds, err);
	}
	pthread_mutex_unlock(&s->lock);
	if (st != STATUS_OK)
		return st;
	/* As base/net makes them: reading and writing has deadlines. */
	(void)fcntl(fds[0], F_SETFL, O_NONBLOCK);
	(void)fcntl(fds[1], F_SETFL, O_NONBLOCK);
	*in_fd = fds[0];
	*out_fd = fds[1];
	*pid = a.pid;
	return STATUS_OK;
}
