/*
 * keypost-mail - the mail agent, started by keypostd with two sockets
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "config.h"
#include "mailagent/agent.h"
#include "mailagent/protocol.h"
#include "mailagent/relay_session.h"
#include "mailagent/sandbox.h"

static volatile sig_atomic_t stop;

static void
on_term(int sig)
{
	(void)sig;
	stop = 1;
}

/* For `keypost config check --probe`: a session as any, and nothing else. */
static noreturn void
probe(const char *host)
{
	static struct relay_progress progress;

	signal(SIGPIPE, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	prctl(PR_SET_DUMPABLE, 0);
	if (sandbox_enter_relay() != STATUS_OK)
		_exit(1);
	relay_session_run(AGENT_FD_IN, host, &progress);
}

int
main(int argc, char **argv)
{
	struct sigaction act = {.sa_handler = on_term};
	struct stat info;
	struct err err = {""};

	file_hold_standard();
	if (argc > 1 && strcmp(argv[1], "-V") == 0) {
		puts("keypost-mail " PACKAGE_VERSION);
		return 0;
	}
	log_set_name("keypost-mail");
	if (argc > 2 && strcmp(argv[1], "-p") == 0)
		probe(argv[2]);
	if (fstat(AGENT_FD_IN, &info) != 0 || !S_ISSOCK(info.st_mode) ||
		fstat(AGENT_FD_OUT, &info) != 0 || !S_ISSOCK(info.st_mode)) {
		fprintf(stderr, "keypost-mail: started by keypostd only\n");
		return 64;
	}
	/* An orderly end when the daemon's starter dies: nothing is lost by
	 * it, and letters in hand are not counted as tried. */
	sigaction(SIGTERM, &act, NULL);
	signal(SIGINT, SIG_IGN);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	prctl(PR_SET_DUMPABLE, 0);
	umask(077);
	if (agent_run(AGENT_FD_IN, AGENT_FD_OUT, &stop, &err) == STATUS_CLOSED)
		return 0;
	log_line(LOG_ERROR, "agent", "state=failed reason=%s",
		log_quote_str(err.text).text);
	return 1;
}
