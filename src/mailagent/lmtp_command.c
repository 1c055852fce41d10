#include "mailagent/lmtp_command.h"

#include <stdio.h>
#include <string.h>

#include "mailagent/lmtp_rcpt.h"

/* A command that made no sense; too many end the session. */
static void
reject(struct lmtp *s, const char *line)
{
	lmtp_reply(s, line);
	if (++s->errors > LMTP_ERRORS_MAX)
		lmtp_close(s, "too many errors");
}

static void
do_lhlo(struct lmtp *s, struct bytes arg)
{
	char line[400];

	if (bytes_trim(arg).len == 0) {
		reject(s, "501 5.5.4 LHLO needs a name");
		return;
	}
	lmtp_reset(s);
	s->greeted = true;
	snprintf(line, sizeof(line), "250-%.255s", s->settings->host);
	lmtp_reply(s, line);
	lmtp_reply(s, "250-PIPELINING");
	lmtp_reply(s, "250-8BITMIME");
	snprintf(line, sizeof(line), "250-SIZE %d", LMTP_LETTER_MAX);
	lmtp_reply(s, line);
	lmtp_reply(s, "250 ENHANCEDSTATUSCODES");
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
			lmtp_reply(s, "552 5.3.4 letter too long");
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
	lmtp_reply(s, "250 2.1.0 sender ok");
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
		lmtp_reply(s, "452 4.5.3 too many recipients");
		return;
	}
	kind = lmtp_rcpt_kind(path, s->settings->address);
	if (kind == RCPT_FOREIGN) {
		reject(s, "550 5.1.1 no such mailbox here");
		return;
	}
	if (kind == RCPT_BOUNCES && !s->to_bounces) {
		/* A safe address, or it would not be of this kind. */
		memcpy(s->bounce_to, path.data, path.len);
		s->bounce_to[path.len] = '\0';
		s->to_bounces = true;
	}
	s->rcpt_count++;
	lmtp_reply(s, "250 2.1.5 recipient ok");
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
	lmtp_reply(s, "354 go on, end with a dot");
}

static void
do_rset(struct lmtp *s, struct bytes arg)
{
	(void)arg;
	lmtp_reset(s);
	lmtp_reply(s, "250 2.0.0 reset");
}

static void
do_noop(struct lmtp *s, struct bytes arg)
{
	(void)arg;
	lmtp_reply(s, "250 2.0.0 still here");
}

static void
do_vrfy(struct lmtp *s, struct bytes arg)
{
	(void)arg;
	lmtp_reply(s, "252 2.1.5 send it and see");
}

static void
do_quit(struct lmtp *s, struct bytes arg)
{
	(void)arg;
	lmtp_reply(s, "221 2.0.0 bye");
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

void
lmtp_run_line(struct lmtp *s, struct bytes line)
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
