#include "mailagent/lmtp.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "mailagent/lmtp_command.h"

void
lmtp_reply(struct lmtp *s, const char *line)
{
	enum status st = buf_puts(&s->out, line);

	if (st == STATUS_OK)
		st = buf_puts(&s->out, "\r\n");
	/* A client that never reads its replies. */
	if (st != STATUS_OK)
		s->state = LMTP_QUIT;
}

/* The letter's octets go. */
static void
drop_data(struct lmtp *s)
{
	*s->held -= s->data.len;
	buf_done(&s->data);
}

void
lmtp_reset(struct lmtp *s)
{
	drop_data(s);
	s->has_mail = s->has_sender = s->to_bounces = false;
	s->bounce_to[0] = '\0';
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
	lmtp_reply(s, line);
}

void
lmtp_done(struct lmtp *s)
{
	drop_data(s);
	buf_done(&s->in);
	buf_done(&s->out);
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
			lmtp_reply(s, "500 5.5.2 line too long");
			s->state = LMTP_QUIT;
		}
		return 0;
	}
	n = (size_t)(lf - in.data);
	lmtp_run_line(s, bytes_trim(bytes_make(in.data, n)));
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
		drop_data(s);
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
		lmtp_reply(s, s->too_long ? "552 5.3.4 letter too long"
					  : "452 4.3.1 no room just now");
	lmtp_reset(s);
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
		lmtp_reply(s, line);
	lmtp_reset(s);
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
	lmtp_reply(s, line);
	s->state = LMTP_QUIT;
}
