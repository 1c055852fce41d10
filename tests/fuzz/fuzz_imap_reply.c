/* An IMAP server's octets into our session: it always ends, asks for nothing
 * over its limits, and hands up no message above the limit of a letter. */
#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/frame.h"
#include "mailagent/imap_pass.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * libetpan 1.9.4 loses what it had read when a greeting or an answer breaks
 * off. Its sessions are processes of their own, which end then.
 */
const char *__lsan_default_suppressions(void);

const char *
__lsan_default_suppressions(void)
{
	return "leak:libetpan\n";
}

enum { LETTER_MAX = 1000, WAIT_MS = 10 * 1000 };

/* The other end of the session's frames: takes every letter. */
static void *
play_parent(void *arg)
{
	int fd = *(const int *)arg;
	struct frame_reader in;
	struct frame f;
	uint8_t taken = IMAP_TAKEN;

	frame_reader_init(&in, FRAME_MAX);
	while (frame_read(&in, fd, clock_mono_ms() + WAIT_MS, &f) ==
		STATUS_OK) {
		if (f.type == IMAP_FAILED)
			break;
		if (f.type != IMAP_LETTER)
			continue;
		assert(f.id > 0 && f.id <= UINT32_MAX);
		assert(f.payload.len <= LETTER_MAX);
		if (frame_send(fd, IMAP_VERDICT, f.id, bytes_make(&taken, 1),
			    clock_mono_ms() + WAIT_MS) != STATUS_OK)
			break;
	}
	frame_reader_done(&in);
	return NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct imap_job job = {.letter_max = LETTER_MAX};
	struct imap_progress progress;
	int up[2], server[2];
	pthread_t parent;

	/* As in every process of the agent. */
	signal(SIGPIPE, SIG_IGN);
	memset(&progress, 0, sizeof(progress));
	strcpy(job.target.url.user, "u");
	strcpy(job.target.url.at.host, "h");
	strcpy(job.target.url.folder, "INBOX");
	strcpy(job.target.password, "p");
	job.target.tls = RELAY_TLS_NONE;
	assert(socketpair(AF_UNIX, SOCK_STREAM, 0, up) == 0);
	assert(socketpair(AF_UNIX, SOCK_STREAM, 0, server) == 0);
	/* All that it ever says; what we say to it goes nowhere. */
	(void)!send(server[1], data, size, MSG_NOSIGNAL | MSG_DONTWAIT);
	shutdown(server[1], SHUT_WR);
	assert(pthread_create(&parent, NULL, play_parent, &up[1]) == 0);
	imap_pass_serve(up[0], server[0], &job, &progress);
	pthread_join(parent, NULL);
	assert(atomic_load(&progress.step) == IMAP_NOTHING);
	close(server[1]);
	close(up[0]);
	close(up[1]);
	return 0;
}
