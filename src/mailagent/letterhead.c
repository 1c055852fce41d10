#include "mailagent/letterhead.h"

#include <string.h>

#include "base/frame.h"
#include "base/mailaddr.h"
#include "mailagent/classify.h"
#include "mailagent/mime.h"
#include "mailagent/text.h"
#include "mailagent/word.h"

struct letterhead {
	struct arena *arena;
	const struct head *head;
	struct buf *fields;
	struct err *why;
};

/* The value, unfolded, of a field with addresses; LIMIT if it nests. */
static enum status
address_value(struct letterhead *l, struct bytes raw, struct bytes *value)
{
	enum status st = head_check_comments(raw);

	if (st != STATUS_OK) {
		err_set(l->why, "comments nested deeper than %d",
			HEAD_COMMENT_DEPTH);
		return st;
	}
	return head_unfold(l->arena, raw, value);
}

/* The first usable address of the field into `out`, or "". */
static enum status
read_address(struct letterhead *l, const char *name, struct mailaddr *out)
{
	struct bytes value;
	size_t pos = 0;
	enum status st;

	out->text[0] = '\0';
	while (head_next(l->head, name, &pos, &value)) {
		st = address_value(l, value, &value);
		if (st != STATUS_OK)
			return st;
		if (mailaddr_parse(value, out) == STATUS_OK)
			return STATUS_OK;
		out->text[0] = '\0';
	}
	return STATUS_OK;
}

static enum status
put_address(struct letterhead *l, uint8_t field, const struct mailaddr *a)
{
	if (a->text[0] == '\0')
		return STATUS_OK;
	return frame_put_field(l->fields, field, bytes_of(a->text));
}

/* All addresses of the named fields; `over` when there were more. */
static enum status
put_addresses(struct letterhead *l, const char *name, uint8_t field, size_t max,
	size_t *count, size_t *octets)
{
	struct bytes value;
	struct mailaddr a;
	size_t pos = 0, at;
	enum status st, next;

	while (head_next(l->head, name, &pos, &value)) {
		*octets += value.len;
		st = address_value(l, value, &value);
		at = 0;
		while (st == STATUS_OK && (next = mailaddr_next(value, &at,
						   &a)) != STATUS_NOT_FOUND) {
			/* What is no address stands between those that are. */
			if (next != STATUS_OK || (*count)++ >= max ||
				*octets > DECODE_SEEN_OCTETS)
				continue;
			st = put_address(l, field, &a);
		}
		if (st != STATUS_OK)
			return st;
	}
	return STATUS_OK;
}

static size_t
count_fields(const struct head *head, const char *name)
{
	struct bytes value;
	size_t pos = 0, n = 0;

	while (head_next(head, name, &pos, &value))
		n++;
	return n;
}

static enum status
put_seen(struct letterhead *l)
{
	size_t count = 0, octets = 0;
	enum status st;

	st = put_addresses(l, "X-KeyServer-Sent", LETTER_SEEN, DECODE_SEEN_MAX,
		&count, &octets);
	/* Whatever a server wrote into it: a server wrote it. */
	if (st == STATUS_OK && count == 0 &&
		count_fields(l->head, "X-KeyServer-Sent") > 0)
		st = frame_put_field(l->fields, LETTER_SEEN, bytes_make("", 0));
	if (st != STATUS_OK)
		return st;
	if (count <= DECODE_SEEN_MAX && octets <= DECODE_SEEN_OCTETS &&
		count_fields(l->head, "Received") <= DECODE_RECEIVED_MAX)
		return STATUS_OK;
	return frame_put_number(
		l->fields, LETTER_SEEN_OVER, count > 0 ? count : 1);
}

static enum status
put_recipients(struct letterhead *l)
{
	static const char *const names[] = {
		"Delivered-To", "X-Original-To", "To", "Cc"};
	size_t count = 0, octets = 0;
	enum status st = STATUS_OK;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (st == STATUS_OK)
			st = put_addresses(l, names[i], LETTER_TO,
				DECODE_TO_MAX, &count, &octets);
	}
	return st;
}

/* From the top: those of our own mail server stand there. */
static enum status
put_results(struct letterhead *l)
{
	struct bytes value;
	size_t pos = 0, n = 0;
	enum status st = STATUS_OK;

	while (st == STATUS_OK && n++ < DECODE_RESULTS_MAX &&
		head_next(l->head, "Authentication-Results", &pos, &value)) {
		st = text_printable(l->arena, value, DECODE_RESULT_MAX, &value);
		if (st == STATUS_OK)
			st = frame_put_field(
				l->fields, LETTER_AUTH_RESULTS, value);
	}
	return st;
}

static enum status
put_printable(struct letterhead *l, const char *name, uint8_t field, size_t max)
{
	struct bytes value;
	enum status st;

	if (!head_find(l->head, name, &value))
		return STATUS_OK;
	st = text_printable(l->arena, value, max, &value);
	if (st != STATUS_OK || value.len == 0)
		return st;
	return frame_put_field(l->fields, field, value);
}

static enum status
put_message_id(struct letterhead *l)
{
	struct bytes value;
	const uint8_t *open, *end;
	enum status st;

	if (!head_find(l->head, "Message-ID", &value))
		return STATUS_OK;
	st = text_printable(l->arena, value, 998, &value);
	if (st != STATUS_OK || value.len == 0)
		return st;
	open = memchr(value.data, '<', value.len);
	if (open != NULL) {
		size_t left = (size_t)(value.data + value.len - open) - 1;

		end = memchr(open + 1, '>', left);
		value = bytes_make(open + 1,
			end != NULL ? (size_t)(end - open) - 1 : left);
	}
	return frame_put_field(l->fields, LETTER_MESSAGE_ID, value);
}

static enum status
read_subject(struct letterhead *l, struct bytes *subject)
{
	struct bytes value;
	enum status st;

	subject->len = 0;
	if (!head_find(l->head, "Subject", &value))
		return STATUS_OK;
	st = head_unfold(l->arena, value, &value);
	if (st == STATUS_OK)
		st = word_decode(l->arena, value, subject);
	if (st != STATUS_OK)
		return st;
	if (subject->len > DECODE_SUBJECT_MAX) {
		subject->len = DECODE_SUBJECT_MAX;
		/* Not in the middle of a character. */
		while (subject->len > 0 &&
			(subject->data[subject->len] & 0xc0) == 0x80)
			subject->len--;
	}
	return STATUS_OK;
}

/* The envelope sender, from the road or from our own MTA's Return-Path. */
static enum status
read_sender(struct letterhead *l, const struct decode_hint *hint, bool *known,
	struct mailaddr *out)
{
	struct bytes value;
	enum status st;

	out->text[0] = '\0';
	*known = false;
	value = hint->sender;
	if (!hint->has_sender) {
		if (!hint->trust_path ||
			!head_find(l->head, "Return-Path", &value))
			return STATUS_OK;
		st = address_value(l, value, &value);
		if (st != STATUS_OK)
			return st;
	}
	if (bytes_trim(value).len == 0 ||
		bytes_eq(bytes_trim(value), bytes_of("<>"))) {
		*known = true;
	} else if (mailaddr_parse(value, out) == STATUS_OK) {
		*known = true;
	} else if (value.len <= MAILADDR_MAX && !text_contains(value, "<") &&
		   !text_contains(value, " ")) {
		/* A bare name such as mailer-daemon. */
		memcpy(out->text, value.data, value.len);
		out->text[value.len] = '\0';
		*known = true;
	}
	return STATUS_OK;
}

static enum status
put_people(struct letterhead *l, const struct mime_part *top,
	const struct decode_hint *hint, struct bytes subject)
{
	struct classify_facts facts = {.head = l->head,
		.subject = subject,
		.report = top->report,
		.to_bounces = hint->to_bounces};
	struct mailaddr sender, from, reply_to;
	enum status st;

	st = read_sender(l, hint, &facts.has_sender, &sender);
	if (st == STATUS_OK)
		st = read_address(l, "From", &from);
	if (st == STATUS_OK)
		st = read_address(l, "Reply-To", &reply_to);
	if (st != STATUS_OK)
		return st;
	if (facts.has_sender)
		st = frame_put_field(
			l->fields, LETTER_SENDER, bytes_of(sender.text));
	if (st == STATUS_OK)
		st = put_address(l, LETTER_FROM, &from);
	if (st == STATUS_OK)
		st = put_address(l, LETTER_REPLY_TO, &reply_to);
	facts.sender = sender.text;
	facts.from = from.text[0] != '\0' ? from.text : NULL;
	if (st == STATUS_OK)
		st = frame_put_number(l->fields, LETTER_MACHINE,
			(uint64_t)classify_letter(&facts));
	return st;
}

enum status
letterhead_put(struct arena *arena, const struct head *head,
	const struct mime_part *top, const struct decode_hint *hint,
	struct buf *fields, struct err *why)
{
	struct letterhead l = {arena, head, fields, why};
	struct bytes subject = {NULL, 0};
	enum status st;

	st = read_subject(&l, &subject);
	if (st == STATUS_OK && subject.len > 0)
		st = frame_put_field(fields, LETTER_SUBJECT, subject);
	if (st == STATUS_OK)
		st = put_people(&l, top, hint, subject);
	if (st == STATUS_OK)
		st = put_seen(&l);
	if (st == STATUS_OK)
		st = put_recipients(&l);
	if (st == STATUS_OK)
		st = put_message_id(&l);
	if (st == STATUS_OK)
		st = put_printable(&l, "References", LETTER_REFERENCES, 4000);
	if (st == STATUS_OK)
		st = put_printable(&l, "Precedence", LETTER_PRECEDENCE, 100);
	if (st == STATUS_OK)
		st = put_printable(&l, "X-Keypost-Batch", LETTER_BATCH, 500);
	if (st == STATUS_OK)
		st = put_printable(&l, "X-Keypost-Auth", LETTER_AUTH, 200);
	if (st == STATUS_OK)
		st = put_results(&l);
	if (st == STATUS_OK && top->report)
		st = frame_put_number(fields, LETTER_REPORT, 1);
	return st;
}
