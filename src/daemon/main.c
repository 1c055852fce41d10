/* keypostd: options, the way into the background, signals. */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/thread.h"
#include "base/words.h"
#include "conf/datadir.h"
#include "daemon/lifecycle.h"
#include "daemon/notify.h"
#include "daemon/versions.h"

enum { STOP_MS = 30000 };

static const char usage[] =
	"usage: keypostd [-c FILE] [-n] [-f]\n"
	"       keypostd -V\n"
	"  -c FILE  configuration, by default " SYSCONFDIR "/keypost.conf\n"
	"  -n       check the configuration and exit\n"
	"  -f       stay in the foreground and log to stderr\n"
	"  -V       versions of keypost and its libraries\n";

struct options {
	const char *path;
	bool check;
	bool foreground;
	bool versions;
};

static bool
read_options(int argc, char **argv, struct options *o)
{
	int c;

	while ((c = getopt(argc, argv, "c:nfV")) != -1) {
		if (c == 'c')
			o->path = optarg;
		else if (c == 'n')
			o->check = true;
		else if (c == 'f')
			o->foreground = true;
		else if (c == 'V')
			o->versions = true;
		else
			return false;
	}
	return optind == argc;
}

/* What the first process waits for: one octet, or a sentence. */
static int report_fd = -1;

static void
report(const char *text)
{
	ssize_t n;

	if (report_fd < 0)
		return;
	n = write(report_fd, text, strlen(text));
	(void)n; /* whoever waited may have been stopped */
	close(report_fd);
	report_fd = -1;
}

/* In the first process: the daemon's fate becomes ours. */
static void
await_report(int fd)
{
	char text[300];
	size_t len = 0;
	ssize_t n;

	while (len < sizeof(text) - 1 &&
		(n = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += (size_t)n;
	text[len] = '\0';
	if (strcmp(text, "+") == 0)
		exit(0);
	fprintf(stderr, "keypostd: %s\n",
		len > 0 ? text : "ended while starting; see its log");
	exit(1);
}

/*
 * As the user that the daemon becomes: in a folder of theirs, root would
 * follow any link that they put there. What fails here is said by
 * lifecycle_start, which does it too.
 */
static int
open_log(const struct conf *conf)
{
	struct identity id;
	struct err err;
	char path[4200];
	int fd = -1;

	if (identity_find(conf->user, &id, &err) != STATUS_OK ||
		datadir_make(conf->data, &id, &err) != STATUS_OK)
		return -1;
	snprintf(path, sizeof(path), "%s/keypostd.log", conf->data);
	if (identity_try(&id, &err) == STATUS_OK)
		fd = open(path,
			O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC,
			0600);
	if (identity_back(&id, &err) != STATUS_OK)
		exit(1); /* neither one nor the other */
	return fd;
}

/* The log of a daemon that nobody started in the foreground. */
static void
move_log(const struct conf *conf)
{
	int fd = open_log(conf);

	if (fd < 0)
		fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (fd >= 0)
		(void)dup2(fd, STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

static void
go_background(const struct conf *conf)
{
	int fds[2];
	pid_t pid;
	int null;

	if (pipe2(fds, O_CLOEXEC) != 0 || (pid = fork()) < 0) {
		fprintf(stderr, "keypostd: %s\n", strerror(errno));
		exit(1);
	}
	if (pid > 0) {
		close(fds[1]);
		await_report(fds[0]);
	}
	close(fds[0]);
	report_fd = fds[1];
	(void)setsid();
	null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (null >= 0) {
		(void)dup2(null, STDIN_FILENO);
		(void)dup2(null, STDOUT_FILENO);
	}
	move_log(conf);
}

static void
block_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGHUP);
	(void)pthread_sigmask(SIG_BLOCK, set, NULL);
	(void)signal(SIGPIPE, SIG_IGN);
}

/* The next signal, or 0 after at most a second. */
static int
next_signal(const sigset_t *set)
{
	const struct timespec second = {.tv_sec = 1};
	int s = sigtimedwait(set, NULL, &second);

	return s < 0 ? 0 : s;
}

static void
serve(struct lifecycle *life, const sigset_t *set)
{
	int64_t last = 0;
	int64_t now;
	int s;

	for (;;) {
		s = next_signal(set);
		if (s == SIGTERM || s == SIGINT)
			return;
		if (s == SIGHUP)
			lifecycle_reload(life);
		now = clock_mono_ms();
		if (now - last >= 900) {
			lifecycle_tick(life);
			last = now;
		}
	}
}

static bool stopped;

static void *
stop_thread(void *life)
{
	lifecycle_stop(life);
	__atomic_store_n(&stopped, true, __ATOMIC_RELEASE);
	(void)kill(getpid(), SIGHUP); /* wakes main */
	return NULL;
}

static int
stop(struct lifecycle *life, const sigset_t *set)
{
	int64_t deadline = clock_mono_ms() + STOP_MS;
	struct thread thread;
	struct err err;
	int s;

	notify_send("STOPPING=1");
	log_line(LOG_INFO, "stop", "outcome=begun");
	if (thread_start(&thread, "stop", stop_thread, life, &err) !=
		STATUS_OK) {
		lifecycle_stop(life);
		return 0;
	}
	while (!__atomic_load_n(&stopped, __ATOMIC_ACQUIRE)) {
		s = next_signal(set);
		notify_send("WATCHDOG=1");
		if (s == SIGTERM || s == SIGINT) {
			lifecycle_hurry(life);
			log_line(LOG_INFO, "stop", "outcome=hurried");
			_exit(0);
		}
		if (clock_mono_ms() > deadline) {
			log_line(LOG_ERROR, "stop",
				"outcome=aborted why=\"not done in 30 s\"");
			_exit(1);
		}
	}
	thread_join(&thread);
	return 0;
}

static int
run(struct conf *conf, const struct options *o)
{
	bool no_file = conf->path == NULL;
	struct lifecycle *life = NULL;
	struct err err = {""};
	sigset_t set;
	int code;

	block_signals(&set);
	if (lifecycle_start(conf, o->path, &life, &err) != STATUS_OK) {
		if (report_fd < 0)
			fprintf(stderr, "keypostd: %s\n", err.text);
		else
			log_line(LOG_ERROR, "start", "%s", err.text);
		report(err.text);
		return 1;
	}
	if (no_file)
		log_line(LOG_INFO, "start",
			"no configuration file: to have peers, set [mail] "
			"address and a [peer NAME] with its mail address in "
			"%s",
			SYSCONFDIR "/keypost.conf");
	notify_send("READY=1");
	log_line(LOG_INFO, "ready", "pid=%d", (int)getpid());
	report("+");
	serve(life, &set);
	code = stop(life, &set);
	lifecycle_free(life);
	log_line(LOG_INFO, "stop", "outcome=done");
	return code;
}

/*
 * S8: what the next start would do to the store. Opened as the user that
 * owns it; where there is none to become, the start itself will say so.
 */
static int
check_store(const struct conf *conf)
{
	struct store_settings settings = conf->store;
	struct store *store = NULL;
	struct err err = {""};
	struct identity id;
	enum status st;

	if (identity_find(conf->user, &id, &err) != STATUS_OK ||
		identity_become(&id, &err) != STATUS_OK)
		return 0;
	settings.read_only = true;
	st = store_open(&settings, &store, &err);
	if (st == STATUS_OK) {
		store_close(store);
		return 0;
	}
	if (st == STATUS_NOT_FOUND)
		return 0; /* it will be made */
	fprintf(stderr, "keypostd: %s\n", err.text);
	return st == STATUS_UNSUPPORTED ? 0 : 1;
}

int
main(int argc, char **argv)
{
	struct options o = {NULL, false, false, false};
	struct conf *conf = NULL;
	struct err err = {""};
	int code;

	file_hold_standard();
	if (!read_options(argc, argv, &o)) {
		fputs(usage, stderr);
		return EX_USAGE;
	}
	if (o.versions) {
		versions_print(stdout);
		return 0;
	}
	log_set_name("keypostd");
	arena_return_memory();
	notify_init();
	if (conf_load(o.path, &conf, &err) != STATUS_OK) {
		fprintf(stderr, "keypostd: %s\n", err.text);
		return EX_CONFIG;
	}
	words_speak(words_language(conf->http.language));
	if (o.check) {
		code = check_store(conf);
		conf_free(conf);
		return code;
	}
	if (!o.foreground && !notify_wanted())
		go_background(conf);
	return run(conf, &o);
}
