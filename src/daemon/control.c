#include "daemon/control.h"

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/net.h"
#include "base/thread.h"
#include "daemon/client.h"

#define THREAD "control"

enum { GRACE_MS = 5000, AGAIN_MS = 100 };

struct control {
	struct control_parts parts;
	struct endpoint at;
	int listener;
	struct thread thread;
	bool stopping;        /* read by the thread */
	pthread_mutex_t lock; /* held while a client is served */
	pthread_mutex_t fd_lock;
	int client_fd; /* -1: none; under fd_lock */
};

struct command {
	const char *word;
	size_t words_min; /* with itself */
	size_t words_max;
	enum status (*run)(struct client *c);
};

static const struct command commands[] = {
	{"add", 1, 1, client_add},
	{"load", 1, 2, client_load},
	{"status", 1, 1, client_status},
	{"peer", 2, 4, client_peer},
	{"queue", 2, 3, client_queue},
	{"block", 3, 6, client_block},
	{"recon", 2, 3, client_recon},
};

static const struct command *
find_command(const struct client *c)
{
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (strcmp(commands[i].word, c->words[0]) == 0)
			return &commands[i];
	}
	return NULL;
}

static void
send_exit(struct client *c)
{
	struct buf b;
	enum status st;

	buf_init(&b, CONTROL_LINE_MAX);
	st = frame_put_number(&b, CONTROL_CODE, (uint64_t)c->exit_code);
	if (st == STATUS_OK)
		st = frame_put_field(
			&b, CONTROL_TEXT, bytes_of(c->exit_text.text));
	if (st == STATUS_OK)
		st = client_send(c, CONTROL_EXIT, 0, buf_view(&b));
	(void)st; /* a client that has gone needs no answer */
	buf_done(&b);
}

static void
note_client(struct control *c, int fd)
{
	pthread_mutex_lock(&c->fd_lock);
	c->client_fd = fd;
	pthread_mutex_unlock(&c->fd_lock);
}

/* A client that does not read would keep us for a minute. */
static void
hang_up(struct control *c)
{
	pthread_mutex_lock(&c->fd_lock);
	if (c->client_fd >= 0)
		(void)shutdown(c->client_fd, SHUT_RDWR);
	pthread_mutex_unlock(&c->fd_lock);
}

static void
serve_client(struct control *ctl, int fd)
{
	const struct command *cmd;
	int64_t start = clock_mono_ms();
	struct client c;
	enum status st;

	st = client_open(&c, fd, &ctl->parts, &ctl->stopping);
	if (st == STATUS_OK) {
		cmd = find_command(&c);
		if (cmd == NULL || c.word_count < cmd->words_min ||
			c.word_count > cmd->words_max)
			client_exit(
				&c, 2, "the daemon does not know this command");
		else
			st = cmd->run(&c);
		if (st == STATUS_OK)
			send_exit(&c);
		log_line(LOG_INFO, "control",
			"command=%s outcome=%s exit=%d ms=%lld",
			log_quote_str(c.words[0]).text, status_name(st),
			c.exit_code, (long long)(clock_mono_ms() - start));
	} else if (st != STATUS_CLOSED) {
		log_line(LOG_INFO, "control", "outcome=%s", status_name(st));
	}
	note_client(ctl, -1); /* before the number may be another's */
	client_close(&c);
}

static void *
run(void *arg)
{
	struct control *c = arg;
	struct sockaddr_storage from;
	enum status st;
	int fd;

	while (!__atomic_load_n(&c->stopping, __ATOMIC_ACQUIRE)) {
		heart_beat(c->parts.heart, THREAD);
		st = net_wait(c->listener, POLLIN, clock_mono_ms() + 500);
		if (st != STATUS_OK)
			continue;
		if (net_accept(c->listener, &fd, &from) != STATUS_OK) {
			/* Perhaps no descriptor is left: no busy loop. */
			(void)poll(NULL, 0, AGAIN_MS);
			continue;
		}
		pthread_mutex_lock(&c->lock);
		note_client(c, fd);
		serve_client(c, fd);
		pthread_mutex_unlock(&c->lock);
	}
	return NULL;
}

enum status
control_new(const struct control_parts *parts, struct control **control,
	struct err *err)
{
	struct control *c = xcalloc(1, sizeof(*c));
	size_t len = strlen(parts->conf->data) + strlen(CONTROL_SOCKET) + 1;
	enum status st;

	c->parts = *parts;
	c->at.is_unix = true;
	if (len >= sizeof(c->at.host)) {
		err_set(err, "the path of the data folder is too long");
		free(c);
		return STATUS_IO;
	}
	snprintf(c->at.host, sizeof(c->at.host), "%s/%s", parts->conf->data,
		CONTROL_SOCKET);
	st = net_listen(&c->at, 8, &c->listener, err);
	if (st != STATUS_OK) {
		free(c);
		return st;
	}
	pthread_mutex_init(&c->lock, NULL);
	pthread_mutex_init(&c->fd_lock, NULL);
	c->client_fd = -1;
	*control = c;
	return STATUS_OK;
}

enum status
control_start(struct control *c, struct err *err)
{
	return thread_start(&c->thread, THREAD, run, c, err);
}

struct control_parts *
control_try_lock(struct control *c)
{
	return pthread_mutex_trylock(&c->lock) == 0 ? &c->parts : NULL;
}

void
control_unlock(struct control *c)
{
	pthread_mutex_unlock(&c->lock);
}

/* What a client waits for may still be answered, for some seconds. */
static void
join(struct control *c)
{
	if (!thread_join_within(&c->thread, GRACE_MS)) {
		hang_up(c);
		thread_join(&c->thread);
	}
}

void
control_stop(struct control *c)
{
	__atomic_store_n(&c->stopping, true, __ATOMIC_RELEASE);
	if (c->thread.started)
		join(c);
	heart_forget(c->parts.heart, THREAD);
	(void)unlink(c->at.host);
}

void
control_free(struct control *c)
{
	if (c == NULL)
		return;
	close(c->listener);
	pthread_mutex_destroy(&c->fd_lock);
	pthread_mutex_destroy(&c->lock);
	free(c);
}
