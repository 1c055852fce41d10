#include "mailagent/child.h"

#include <signal.h>
#include <stdnoreturn.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

static noreturn void
run_child(void (*run)(int fd, void *ctx), void *ctx,
	enum status (*confine)(void), int fd, pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	if (getppid() == parent && dup2(fd, 3) >= 0 &&
		close_range(4, ~0U, 0) == 0 &&
		(confine == NULL || confine() == STATUS_OK))
		run(3, ctx);
	_exit(1);
}

enum status
child_start(void (*run)(int fd, void *ctx), void *ctx,
	enum status (*confine)(void), pid_t *pid, int *fd)
{
	pid_t me = getpid(), made;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return STATUS_IO;
	made = fork();
	if (made == 0)
		run_child(run, ctx, confine, pair[1], me);
	close(pair[1]);
	if (made < 0) {
		close(pair[0]);
		return STATUS_IO;
	}
	*pid = made;
	*fd = pair[0];
	return STATUS_OK;
}

void
child_end(pid_t pid)
{
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
}
