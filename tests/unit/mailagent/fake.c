#include "../scratch.h"
#include "../unit.h"

#include "fake.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/net.h"
#include "mailagent/agent.h"

enum { WAIT_MS = 20 * 1000 };

static int64_t
soon(void)
{
	return clock_mono_ms() + WAIT_MS;
}

static void
make_dir(const char *path)
{
	assert_int_equal(mkdir(path, 0700), 0);
}

void
fake_init(struct fake *f)
{
	char path[300];

	memset(f, 0, sizeof(*f));
	scratch_make(f->dir, sizeof(f->dir));
	snprintf(f->data, sizeof(f->data), "%s/data", f->dir);
	snprintf(f->maildir, sizeof(f->maildir), "%s/Maildir", f->dir);
	snprintf(f->lmtp, sizeof(f->lmtp), "unix:%s/lmtp", f->dir);
	make_dir(f->data);
	make_dir(f->maildir);
	snprintf(path, sizeof(path), "%s/new", f->maildir);
	make_dir(path);
	snprintf(path, sizeof(path), "%s/cur", f->maildir);
	make_dir(path);
}

static void
put(struct buf *b, uint8_t name, const char *text)
{
	assert_int_equal(frame_put_field(b, name, bytes_of(text)), STATUS_OK);
}

static void
configure(struct fake *f, int what)
{
	char path[300];
	struct buf b = {.len = 0};

	put(&b, CONFIG_DATA, f->data);
	if (what & FAKE_MAILDIR)
		put(&b, CONFIG_MAILDIR, f->maildir);
	if (what & FAKE_LMTP)
		put(&b, CONFIG_LMTP, f->lmtp);
	if (what & FAKE_BROKEN_IMAP) {
		snprintf(path, sizeof(path), "%s/password", f->data);
		put(&b, CONFIG_IMAP, "imaps://a@127.0.0.1:1/INBOX");
		put(&b, CONFIG_IMAP_PASSWORD, path);
		assert_ok(frame_put_number(&b, CONFIG_RENEW_MS, 500));
	}
	put(&b, CONFIG_ADDRESS, what & FAKE_ANY_ADDRESS ? "" : FAKE_ADDRESS);
	put(&b, CONFIG_HOST, "a.example");
	assert_int_equal(
		frame_send(f->in, FRAME_CONFIG, 0, buf_view(&b), soon()),
		STATUS_OK);
	buf_done(&b);
}

void
fake_start(struct fake *f, int what)
{
	static volatile sig_atomic_t never;
	int in[2], out[2];
	struct err err = {""};

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, in), 0);
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, out), 0);
	f->pid = fork();
	assert_true(f->pid >= 0);
	if (f->pid == 0) {
		/* Another agent's sockets must not live on in this one. */
		if (dup2(in[1], 200) != 200 || dup2(out[1], 201) != 201 ||
			close_range(3, 199, 0) != 0)
			_exit(2);
		if (agent_run(200, 201, &never, &err) == STATUS_CLOSED)
			_exit(0);
		fprintf(stderr, "agent: %s\n", err.text);
		_exit(1);
	}
	close(in[1]);
	close(out[1]);
	f->in = in[0];
	f->out = out[0];
	frame_reader_init(&f->from_in, FRAME_MAX);
	frame_reader_init(&f->from_out, FRAME_MAX);
	configure(f, what);
}

static int
end(struct fake *f)
{
	int status = -1;

	close(f->in);
	close(f->out);
	frame_reader_done(&f->from_in);
	frame_reader_done(&f->from_out);
	assert_int_equal(waitpid(f->pid, &status, 0), f->pid);
	return status;
}

void
fake_stop(struct fake *f)
{
	int status = end(f);

	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

void
fake_kill(struct fake *f)
{
	kill(f->pid, SIGKILL);
	(void)end(f);
}

void
fake_done(struct fake *f)
{
	scratch_remove(f->dir);
}

static bool
take(struct frame_reader *r, int fd, uint8_t type, struct fake_letter *l,
	int64_t wait_ms)
{
	int64_t until = clock_mono_ms() + wait_ms;
	struct frame f;
	enum status st;

	do {
		st = frame_read(r, fd, until, &f);
	} while (st == STATUS_OK && f.type != type);
	if (st == STATUS_TIMEOUT)
		return false;
	assert_int_equal(st, STATUS_OK);
	l->id = f.id;
	l->payload = (struct buf){.len = 0};
	assert_int_equal(buf_put(&l->payload, f.payload), STATUS_OK);
	return true;
}

bool
fake_take(struct fake *f, struct fake_letter *l, int64_t wait_ms)
{
	return take(&f->from_in, f->in, FRAME_LETTER, l, wait_ms);
}

bool
fake_sent(struct fake *f, struct fake_letter *l, int64_t wait_ms)
{
	return take(&f->from_out, f->out, FRAME_SENT, l, wait_ms);
}

void
fake_free(struct fake_letter *l)
{
	buf_done(&l->payload);
}

const char *
fake_field(const struct fake_letter *l, uint8_t name, size_t n)
{
	static char text[4][65536];
	static unsigned slot;
	struct reader r = reader_of(buf_view(&l->payload));
	struct bytes value;
	char *out = text[slot++ % 4];
	uint8_t at;

	while (frame_next_field(&r, &at, &value)) {
		if (at != name || n-- > 0)
			continue;
		assert_true(value.len < sizeof(text[0]));
		memcpy(out, value.data, value.len);
		out[value.len] = '\0';
		return out;
	}
	return NULL;
}

uint64_t
fake_number(const struct fake_letter *l, uint8_t name)
{
	struct reader r = reader_of(buf_view(&l->payload));
	struct bytes value;
	uint8_t at;

	while (frame_next_field(&r, &at, &value)) {
		if (at == name)
			return frame_number(value);
	}
	fail_msg("no field %u", name);
	return 0;
}

void
fake_answer(
	struct fake *f, uint64_t id, enum letter_fate fate, const char *reason)
{
	struct buf b = {.len = 0};

	assert_int_equal(
		frame_put_number(&b, DONE_FATE, (uint64_t)fate), STATUS_OK);
	put(&b, DONE_REASON, reason);
	assert_int_equal(
		frame_send(f->in, FRAME_DONE, id, buf_view(&b), soon()),
		STATUS_OK);
	buf_done(&b);
}

void
fake_send(struct fake *f, uint64_t id, const char *peer, const char *relay,
	const char *to, const char *text, enum relay_tls tls)
{
	struct buf b = {.len = 0};

	put(&b, SEND_PEER, peer);
	put(&b, SEND_RELAY, relay);
	put(&b, SEND_SENDER, "bounce+b.7@a.example");
	put(&b, SEND_RECIPIENT, to);
	put(&b, SEND_ENVID, "7-9");
	put(&b, SEND_DATA, text);
	assert_int_equal(
		frame_put_number(&b, SEND_TLS, (uint64_t)tls), STATUS_OK);
	assert_int_equal(
		frame_send(f->out, FRAME_SEND, id, buf_view(&b), soon()),
		STATUS_OK);
	buf_done(&b);
}

int
fake_connect(const struct fake *f)
{
	struct endpoint at;
	struct err err;
	int fd = -1, i;

	assert_int_equal(endpoint_parse(f->lmtp, &at, &err), STATUS_OK);
	for (i = 0; i < 500; i++) {
		if (net_connect(&at, soon(), &fd, &err) == STATUS_OK)
			break;
		usleep(10000);
	}
	assert_true(fd >= 0);
	return fd;
}

void
fake_write(int fd, const char *text)
{
	assert_int_equal(net_write(fd, bytes_of(text), soon()), STATUS_OK);
}

/* One line, octet by octet: slow, and exact about what follows. */
static size_t
read_line(int fd, char *line, size_t size)
{
	size_t n = 0, got;

	while (n < size - 1) {
		if (net_read(fd, (uint8_t *)line + n, 1, soon(), &got) !=
			STATUS_OK)
			break;
		if (line[n++] == '\n')
			break;
	}
	line[n] = '\0';
	return n;
}

int
fake_reply(int fd)
{
	char line[1000];

	do {
		if (read_line(fd, line, sizeof(line)) < 4)
			return 0;
	} while (line[3] == '-');
	return atoi(line);
}

void
fake_say(int fd, const char *line, int code)
{
	fake_write(fd, line);
	fake_write(fd, "\r\n");
	assert_int_equal(fake_reply(fd), code);
}

void
fake_post(int fd, const char *letter)
{
	struct buf b = {.len = 0};
	enum status st = STATUS_OK;

	fake_say(fd, "MAIL FROM:<sender@b.example>", 250);
	fake_say(fd, "RCPT TO:<" FAKE_ADDRESS ">", 250);
	fake_say(fd, "DATA", 354);
	for (; *letter != '\0' && st == STATUS_OK; letter++) {
		if (*letter == '\n')
			st = buf_put_u8(&b, '\r');
		if (st == STATUS_OK)
			st = buf_put_u8(&b, (uint8_t)*letter);
	}
	assert_int_equal(st, STATUS_OK);
	assert_int_equal(buf_puts(&b, "\r\n.\r\n"), STATUS_OK);
	assert_int_equal(net_write(fd, buf_view(&b), soon()), STATUS_OK);
	buf_done(&b);
}

void
fake_file(const char *dir, const char *name, const char *text)
{
	char path[600];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	file = fopen(path, "w");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

size_t
fake_count(const char *dir)
{
	DIR *d = opendir(dir);
	const struct dirent *e;
	size_t n = 0;

	if (d == NULL)
		return 0;
	while ((e = readdir(d)) != NULL)
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

bool
fake_wait_count(const char *dir, size_t n, int64_t wait_ms)
{
	int64_t until = clock_mono_ms() + wait_ms;

	while (fake_count(dir) != n) {
		if (clock_mono_ms() > until)
			return false;
		usleep(5000);
	}
	return true;
}
