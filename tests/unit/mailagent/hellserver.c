#include "../unit.h"

#include "hellserver.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct talk {
	int fd, said;
	const struct hell_script *script;
	bool in_data;
	unsigned letters;
};

static bool
put(int fd, const char *text)
{
	return send(fd, text, strlen(text), MSG_NOSIGNAL) ==
	       (ssize_t)strlen(text);
}

static void
wait_for_end(int fd)
{
	char c;

	while (read(fd, &c, 1) > 0)
		;
}

/* False when the session is over. */
static bool
answer(struct talk *t, const char *scripted, const char *good)
{
	const char *text = scripted != NULL ? scripted : good;

	if (strcmp(text, HELL_DROP) == 0)
		return false;
	if (strcmp(text, HELL_SILENT) == 0) {
		wait_for_end(t->fd);
		return false;
	}
	if (strcmp(text, HELL_ENDLESS) == 0) {
		while (put(t->fd, "250 xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"))
			;
		return false;
	}
	if (strcmp(text, HELL_LINES) == 0) {
		while (put(t->fd, "250-and so on\r\n"))
			;
		return false;
	}
	return put(t->fd, text) && put(t->fd, "\r\n");
}

static bool
take_line(struct talk *t, const char *line)
{
	const struct hell_script *s = t->script;

	if (t->in_data) {
		if (strcmp(line, ".") != 0)
			return true;
		t->in_data = false;
		if (!answer(t, s->dot, "250 2.0.0 taken"))
			return false;
		return s->letters == 0 || ++t->letters < s->letters;
	}
	if (strncasecmp(line, "EHLO", 4) == 0 ||
		strncasecmp(line, "LHLO", 4) == 0)
		return answer(t, s->hello,
			"250-hell.example\r\n250-DSN\r\n250 SIZE 100000");
	if (strncasecmp(line, "HELO", 4) == 0)
		return answer(t, s->hello, "250 hell.example");
	if (strncasecmp(line, "MAIL", 4) == 0)
		return answer(t, s->mail, "250 2.1.0 ok");
	if (strncasecmp(line, "RCPT", 4) == 0)
		return answer(t, s->rcpt, "250 2.1.5 ok");
	if (strncasecmp(line, "RSET", 4) == 0)
		return answer(t, s->rset, "250 2.0.0 ok");
	if (strncasecmp(line, "STARTTLS", 8) == 0)
		return answer(t, s->starttls, "502 5.5.1 no");
	if (strncasecmp(line, "DATA", 4) == 0) {
		t->in_data = s->data == NULL;
		return answer(t, s->data, "354 go on");
	}
	return false;
}

static void
talk(struct talk *t)
{
	static char line[100000];
	size_t n = 0;
	char c;

	if (!answer(t, t->script->greeting, "220 hell.example"))
		return;
	while (read(t->fd, &c, 1) == 1) {
		(void)!write(t->said, &c, 1);
		if (c != '\n') {
			if (n < sizeof(line) - 1)
				line[n++] = c;
			continue;
		}
		if (n > 0 && line[n - 1] == '\r')
			n--;
		line[n] = '\0';
		n = 0;
		if (!take_line(t, line))
			return;
	}
}

static void
serve(int listener, int said, const struct hell_script *first,
	const struct hell_script *rest)
{
	struct talk t;
	int fd;

	signal(SIGPIPE, SIG_IGN);
	for (;;) {
		fd = accept(listener, NULL, NULL);
		if (fd < 0)
			_exit(1);
		t = (struct talk){.fd = fd, .said = said, .script = first};
		talk(&t);
		close(fd);
		first = rest;
	}
}

void
hell_start(struct hell *h, const struct hell_script *first,
	const struct hell_script *rest)
{
	struct sockaddr_in at = {.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t len = sizeof(at);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int ends[2];

	assert_true(listener >= 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&at, len), 0);
	assert_int_equal(listen(listener, 16), 0);
	assert_int_equal(
		getsockname(listener, (struct sockaddr *)&at, &len), 0);
	assert_int_equal(pipe(ends), 0);
	snprintf(h->smtp, sizeof(h->smtp), "smtp://127.0.0.1:%d",
		ntohs(at.sin_port));
	snprintf(h->smtps, sizeof(h->smtps), "smtps://127.0.0.1:%d",
		ntohs(at.sin_port));
	snprintf(h->lmtp, sizeof(h->lmtp), "lmtp://127.0.0.1:%d",
		ntohs(at.sin_port));
	h->pid = fork();
	assert_true(h->pid >= 0);
	if (h->pid == 0)
		serve(listener, ends[1], first, rest);
	close(listener);
	close(ends[1]);
	h->said = ends[0];
}

void
hell_stop(struct hell *h, char *said, size_t size)
{
	size_t n = 0;
	ssize_t got;

	kill(h->pid, SIGTERM);
	assert_int_equal(waitpid(h->pid, NULL, 0), h->pid);
	while (n < size - 1 &&
		(got = read(h->said, said + n, size - 1 - n)) > 0)
		n += (size_t)got;
	said[n] = '\0';
	close(h->said);
}
