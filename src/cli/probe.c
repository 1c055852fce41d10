#include "cli/probe.h"

#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/agent_fd.h"
#include "base/agent_program.h"
#include "base/clock.h"
#include "base/frame.h"

enum { PROBE_MS = 60 * 1000 };

static void
run_session(int fd, const char *host)
{
	char program[4096];

	agent_find_program(program, sizeof(program));
	/* dup2 of a descriptor to itself would leave it close-on-exec. */
	if (fd == AGENT_FD_IN)
		fd = dup(fd);
	if (fd < 0 || dup2(fd, AGENT_FD_IN) < 0)
		_exit(127);
	closefrom(AGENT_FD_IN + 1);
	execl(program, AGENT_PROGRAM, "-p", host, (char *)NULL);
	_exit(127);
}

static enum status
ask(int fd, const struct relay_way *way)
{
	struct buf payload = {0};
	enum status st;

	st = frame_put_field(&payload, SEND_PEER, bytes_of("@probe"));
	if (st == STATUS_OK)
		st = relay_way_put(way, &payload);
	if (st == STATUS_OK)
		st = frame_put_number(&payload, SEND_PROBE, 1);
	if (st == STATUS_OK)
		st = frame_send(fd, FRAME_SEND, 1, buf_view(&payload),
			clock_mono_ms() + PROBE_MS);
	buf_done(&payload);
	return st;
}

/* Where it ended, for people. */
static const char *
stage_word(uint64_t stage)
{
	static const char *const words[] = {[STAGE_CONNECT] = "connecting",
		[STAGE_GREETING] = "greeting",
		[STAGE_TLS] = "TLS",
		[STAGE_AUTH] = "login"};

	return stage < sizeof(words) / sizeof(words[0]) ? words[stage]
							: "session";
}

static enum status
tell(struct bytes payload, struct err *err)
{
	struct reader r = reader_of(payload);
	uint64_t stage = STAGE_CONNECT, code = 0;
	struct bytes value, text = {0};
	uint8_t name;

	while (frame_next_field(&r, &name, &value)) {
		if (name == SENT_STAGE)
			stage = frame_number(value);
		else if (name == SENT_CODE)
			code = frame_number(value);
		else if (name == SENT_TEXT)
			text = value;
	}
	err_set(err, "%.*s", (int)text.len, (const char *)text.data);
	if (stage == STAGE_DONE)
		return STATUS_OK;
	if (code != 0)
		err_prefix(err, "it says %u", (unsigned int)code);
	err_prefix(err, "%s", stage_word(stage));
	return STATUS_REJECTED;
}

static enum status
hear(int fd, struct err *err)
{
	struct frame_reader in;
	struct frame f;
	enum status st;

	frame_reader_init(&in, FRAME_MAX);
	st = frame_read(&in, fd, clock_mono_ms() + PROBE_MS, &f);
	if (st == STATUS_OK && f.type == FRAME_SENT)
		st = tell(f.payload, err);
	else if (st == STATUS_TIMEOUT)
		err_set(err, "no answer within %d s", PROBE_MS / 1000);
	else
		err_set(err, "keypost-mail did not answer");
	frame_reader_done(&in);
	return st;
}

enum status
probe_relay(const struct relay_way *way, const char *host, struct err *err)
{
	enum status st;
	int pair[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
		err_set(err, "no socket for keypost-mail");
		return STATUS_IO;
	}
	pid = fork();
	if (pid == 0)
		run_session(pair[1], host);
	close(pair[1]);
	st = pid > 0 ? ask(pair[0], way) : STATUS_IO;
	if (st == STATUS_OK)
		st = hear(pair[0], err);
	else
		err_set(err, "keypost-mail cannot be run");
	close(pair[0]);
	if (pid > 0) {
		(void)kill(pid, SIGKILL);
		(void)waitpid(pid, NULL, 0);
	}
	return st;
}
