#include "mailagent/lmtp.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "mailagent/lmtp_rcpt.h"

static void
reply(struct lmtp *s, const char *line)
{
	enum status st = buf_puts(&s->out, line);

	if (st == STATUS_OK)
		st = buf_puts(&s->out, "\r\n");
	/* A client that never reads its replies. */
	if (st != STATUS_OK)
		s->state = LMTP_QUIT;
}

/* A command that made no sense; too many end the session. */
static void
reject(struct lmtp *s, const char *line)
{
	reply(s, line);
	if (++s->errors > LMTP_ERRORS_MAX)
		lmtp_close(s, "too many errors");
}

static void
release_data(struct lmtp *s)
{
	*s->held -= s->data.len;
	buf_done(&s->data);
}

static void
reset(struct lmtp *s)
{
	release_data(s);
	s->has_mail = s->has_sender = s->to_bounces = false;
	s->rcpt_count = 0;
	s->too_long = s->no_room = false;
}

void
lmtp_init(struct lmtp *s, const struct lmtp_settings *settings, size_t *held)
{
	char line[400];

	*s = (struct lmtp){.settings = settings, .held = held};
	s->out.max = LMTP_OUT_MAX;
	snprintf(line, sizeof(line), "220 %.255s LMTP keypost ready",
		settings->host);
	reply(s, line);
}

void
lmtp_done(struct lmtp *s)
{
	release_data(s);
	buf_done(&s->in);
	buf_done(&s->out);
}

static void
do_lhlo(struct lmtp *s, struct bytes arg)
{
	char line[400];

	if (bytes_trim(arg).len == 0) {
		reject(s, "501 5.5.4 LHLO needs a name");
		return;
	}
	reset(s);
	s->greeted = true;
	snprintf(line, sizeof(line), "250-%.255s", s->settings->host);
	reply(s, line);
	reply(s, "250-PIPELINING");
	reply(s, "250-8BITMIME");
	snprintf(line, sizeof(line), "250-SIZE %d", LMTP_LETTER_MAX);
	reply(s, line);
	reply(s, "250 ENHANCEDSTATUSCODES");
}

static void
do_hello(struct lmtp *s, struct bytes arg)
{
	(void)arg;
	reject(s, "500 5.5.1 this is LMTP: say LHLO");
}

/* The next word of MAIL's parameters; false at the end. */
static bool
next_param(struct bytes *rest, struct bytes *word)
{
	size_t n = 0;

	*rest = bytes_trim(*rest);
	while (n < rest->len && rest->data[n] != ' ')
		n++;
	*word = bytes_make(rest->data, n);
	*rest = bytes_make(rest->data + n, rest->len - n);
	return n > 0;
}

static uint64_t
read_number(struct bytes digits)
{
	uint64_t v = 0;
	size_t i;

	for (i = 0; i < digits.len && v < UINT32_MAX; i++) {
		if (digits.data[i] < '0' || digits.data[i] > '9')
			break;
		v = v * 10 + (uint64_t)(digits.data[i] - '0');
	}
	return v;
}

/* False after a reply. */
static bool
take_params(struct lmtp *s, struct bytes rest)
{
	struct bytes word;

	while (next_param(&rest, &word)) {
		if (bytes_starts_nocase(word, "SIZE=")) {
			word = bytes_make(word.data + 5, word.len - 5);
			if (read_number(word) <= LMTP_LETTER_MAX)
				continue;
			reply(s, "552 5.3.4 letter too long");
			return false;
		}
		if (bytes_starts_nocase(word, "BODY="))
			continue;
		reject(s, "555 5.5.4 parameter not known");
		return false;
	}
	return true;
}

static void
take_sender(struct lmtp *s, struct bytes path)
{
	struct mailaddr *a = &s->sender;

	memset(a, 0, sizeof(*a));
	if (path.len > 0)
		memcpy(a->text, path.data, path.len);
	/* An address that we would not repeat counts as unknown. */
	s->has_sender = path.len == 0 || mailaddr_is_safe(a->text);
}

static void
do_mail(struct lmtp *s, struct bytes arg)
{
	struct bytes path, rest;

	if (!s->greeted || s->has_mail) {
		reject(s, "503 5.5.1 not now");
		return;
	}
	if (!bytes_starts_nocase(arg, "FROM:") ||
		lmtp_path_read(bytes_make(arg.data + 5, arg.len - 5), &path,
			&rest) != STATUS_OK ||
		path.len > MAILADDR_MAX ||
		(path.len > 0 && memchr(path.data, '\0', path.len) != NULL)) {
		reject(s, "501 5.5.4 MAIL FROM:<address>");
		return;
	}
	if (!take_params(s, rest))
		return;
	take_sender(s, path);
	s->has_mail = true;
	reply(s, "250 2.1.0 sender ok");
}

static void
do_rcpt(struct lmtp *s, struct bytes arg)
{
	struct bytes path, rest;
	enum rcpt_kind kind;

	if (!s->has_mail) {
		reject(s, "503 5.5.1 MAIL first");
		return;
	}
	if (!bytes_starts_nocase(arg, "TO:") ||
		lmtp_path_read(bytes_make(arg.data + 3, arg.len - 3), &path,
			&rest) != STATUS_OK ||
		path.len == 0) {
		reject(s, "501 5.5.4 RCPT TO:<address>");
		return;
	}
	if (rest.len > 0) {
		reject(s, "555 5.5.4 parameter not known");
		return;
	}
	if (s->rcpt_count == LMTP_RCPT_MAX) {
		reply(s, "452 4.5.3 too many recipients");
		return;
	}
	kind = lmtp_rcpt_kind(path, s->settings->address);
	if (kind == RCPT_FOREIGN) {
		reject(s, "550 5.1.1 no such mailbox here");
		return;
	}
	s->to_bounces = s->to_bounces || kind == RCPT_BOUNCES;
	s->rcpt_count++;
	reply(s, "250 2.1.5 recipient ok");
}

static void
do_data(struct lmtp *s, struct bytes arg)
{
	(void)arg;
	if (s->rcpt_count == 0) {
		reject(s, "503 5.5.1 RCPT first");
		return;
	}
	s->state = LMTP_DATA;
	s->at_start = true;
	s->last = '\n';
	reply(s, "354 go on, end with a dot");
}

static void
do_rset(struct lmtp *s, struct bytes arg)
{
	(void)arg;
	reset(s);
	reply(s, "250 2.0.0 reset");
}

static void
do_noop(struct lmtp *s, struct bytes arg)
{
	(void)arg;
	reply(s, "250 2.0.0 still here");
}

static void
do_vrfy(struct lmtp *s, struct bytes arg)
{
	(void)arg;
	reply(s, "252 2.1.5 send it and see");
}

static void
do_quit(struct lmtp *s, struct bytes arg)
{
	(void)arg;
	reply(s, "221 2.0.0 bye");
	s->state = LMTP_QUIT;
}

static const struct {
	const char *word;
	void (*run)(struct lmtp *s, struct bytes arg);
} commands[] = {
	{"MAIL", do_mail},
	{"RCPT", do_rcpt},
	{"DATA", do_data},
	{"RSET", do_rset},
	{"NOOP", do_noop},
	{"LHLO", do_lhlo},
	{"QUIT", do_quit},
	{"VRFY", do_vrfy},
	{"EHLO", do_hello},
	{"HELO", do_hello},
};

static void
run_line(struct lmtp *s, struct bytes line)
{
	size_t i, n = 0;
	struct bytes word, arg;

	while (n < line.len && line.data[n] != ' ')
		n++;
	word = bytes_make(line.data, n);
	if (n < line.len)
		n++;
	arg = bytes_make(line.data + n, line.len - n);
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		if (bytes_eq_nocase(word, bytes_of(commands[i].word))) {
			commands[i].run(s, arg);
			return;
		}
	}
	reject(s, "500 5.5.2 command not known");
}

/* One command line; gives the octets used, 0: not all there yet. */
static size_t
step_command(struct lmtp *s, struct bytes in)
{
	const uint8_t *lf;
	size_t n;

	lf = memchr(
		in.data, '\n', in.len < LMTP_LINE_MAX ? in.len : LMTP_LINE_MAX);
	if (lf == NULL) {
		if (in.len >= LMTP_LINE_MAX) {
			reply(s, "500 5.5.2 line too long");
			s->state = LMTP_QUIT;
		}
		return 0;
	}
	n = (size_t)(lf - in.data);
	run_line(s, bytes_trim(bytes_make(in.data, n)));
	return n + 1;
}

/* Octets of the letter; over a limit they are counted out. */
static void
keep(struct lmtp *s, struct bytes octets)
{
	enum status st;

	if (s->too_long || s->no_room)
		return;
	s->too_long = s->data.len + octets.len > LMTP_LETTER_MAX;
	s->no_room = *s->held + octets.len > s->settings->held_max;
	if (s->too_long || s->no_room) {
		release_data(s);
		return;
	}
	st = buf_put(&s->data, octets);
	assert(st == STATUS_OK);
	*s->held += octets.len;
}

static void
end_data(struct lmtp *s)
{
	size_t i;

	if (!s->too_long && !s->no_room) {
		s->state = LMTP_VERDICT;
		return;
	}
	s->state = LMTP_COMMAND;
	for (i = 0; i < s->rcpt_count; i++)
		reply(s, s->too_long ? "552 5.3.4 letter too long"
				     : "452 4.3.1 no room just now");
	reset(s);
}

/* At most one line of a letter; gives the octets used. */
static size_t
step_data(struct lmtp *s, struct bytes in)
{
	const uint8_t *lf;
	size_t skip = 0, n;

	if (s->at_start && in.data[0] == '.') {
		/* Three octets tell the end from a stuffed dot. */
		if (in.len < 3 && (in.len < 2 || in.data[1] == '\r'))
			return 0;
		if (in.data[1] == '\r' && in.data[2] == '\n') {
			end_data(s);
			return 3;
		}
		skip = 1;
	}
	lf = memchr(in.data + skip, '\n', in.len - skip);
	n = lf != NULL ? (size_t)(lf - in.data) + 1 : in.len;
	keep(s, bytes_make(in.data + skip, n - skip));
	s->at_start = false;
	if (lf != NULL)
		s->at_start = n - skip >= 2 ? in.data[n - 2] == '\r'
					    : s->last == '\r' && skip == 0;
	s->last = in.data[n - 1];
	return n;
}

void
lmtp_resume(struct lmtp *s)
{
	size_t used = 0, n = 1;

	while (n > 0 && used < s->in.len) {
		struct bytes rest =
			bytes_make(s->in.data + used, s->in.len - used);

		n = 0;
		if (s->state == LMTP_COMMAND)
			n = step_command(s, rest);
		else if (s->state == LMTP_DATA)
			n = step_data(s, rest);
		used += n;
	}
	s->in.len -= used;
	if (s->in.len > 0 && used > 0)
		memmove(s->in.data, s->in.data + used, s->in.len);
}

void
lmtp_feed(struct lmtp *s, struct bytes more)
{
	enum status st;

	if (s->state == LMTP_QUIT)
		return;
	st = buf_put(&s->in, more);
	assert(st == STATUS_OK);
	if (s->state != LMTP_VERDICT)
		lmtp_resume(s);
}

void
lmtp_answer(struct lmtp *s, enum lmtp_answer answer, const char *reason)
{
	char line[400];
	size_t i;

	assert(s->state == LMTP_VERDICT);
	s->state = LMTP_COMMAND;
	snprintf(line, sizeof(line), "%s%.200s",
		answer == LMTP_ACCEPTED ? "250 2.0.0 taken"
		: answer == LMTP_LATER  ? "451 4.3.0 try again later"
					: "554 5.6.0 ",
		answer == LMTP_REFUSED ? reason : "");
	for (i = 0; line[i] != '\0'; i++) {
		if (line[i] < ' ' || line[i] > '~')
			line[i] = '?';
	}
	for (i = 0; i < s->rcpt_count; i++)
		reply(s, line);
	reset(s);
}

size_t
lmtp_backlog(const struct lmtp *s)
{
	return s->in.len;
}

void
lmtp_close(struct lmtp *s, const char *text)
{
	char line[200];

	snprintf(line, sizeof(line), "421 4.3.2 %.100s", text);
	reply(s, line);
	s->state = LMTP_QUIT;
}
