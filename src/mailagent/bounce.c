#include "mailagent/bounce.h"

#include <string.h>

#include "base/frame.h"
#include "base/mailaddr.h"
#include "mailagent/protocol.h"
#include "mailagent/text.h"

static const char tag[] = "bounce+";

/* "rfc822;user@host", "dns; 550 ..." : what stands behind the type. */
static struct bytes
behind_type(struct bytes value)
{
	const uint8_t *semi = memchr(value.data, ';', value.len);

	if (semi == NULL)
		return value;
	return bytes_make(
		semi + 1, value.len - (size_t)(semi - value.data) - 1);
}

static enum status
put_address(struct buf *fields, struct bytes value)
{
	struct mailaddr a;

	if (mailaddr_parse(behind_type(value), &a) != STATUS_OK)
		return STATUS_OK;
	return frame_put_field(fields, LETTER_BOUNCE_RCPT, bytes_of(a.text));
}

static enum status
put_word(struct arena *arena, const struct head *h, const char *name,
	uint8_t field, bool typed, struct buf *fields)
{
	struct bytes value;
	enum status st;

	if (!head_find(h, name, &value))
		return STATUS_OK;
	if (typed)
		value = behind_type(value);
	st = text_printable(arena, value, BOUNCE_WORD_MAX, &value);
	if (st != STATUS_OK || value.len == 0)
		return st;
	return frame_put_field(fields, field, value);
}

/* One recipient; true in *told when that was one. */
static enum status
put_recipient(struct arena *arena, const struct head *h, struct buf *fields,
	bool *told)
{
	static const char *const recipients[] = {
		"Final-Recipient", "Original-Recipient"};
	struct bytes value;
	enum status st = STATUS_OK;

	*told = head_find(h, "Action", &value);
	if (!*told)
		return STATUS_OK;
	st = put_word(arena, h, "Action", LETTER_BOUNCE_ACTION, false, fields);
	if (st == STATUS_OK)
		st = put_word(arena, h, "Status", LETTER_BOUNCE_STATUS, false,
			fields);
	if (st == STATUS_OK)
		st = put_word(arena, h, "Diagnostic-Code", LETTER_BOUNCE_TEXT,
			true, fields);
	for (size_t i = 0; st == STATUS_OK && i < 2; i++) {
		if (head_find(h, recipients[i], &value))
			st = put_address(fields, value);
	}
	return st;
}

/* Groups of fields, the first about the letter, the others about each
 * recipient: the first of those counts. */
static enum status
put_status(struct arena *arena, struct bytes body, struct buf *fields,
	struct err *why)
{
	bool told = false;
	enum status st = STATUS_OK;

	for (size_t i = 0; st == STATUS_OK && !told && body.len > 0 &&
			   i <= BOUNCE_RECIPIENTS_MAX;
		i++) {
		struct head h;

		st = head_scan(arena, body, &h, why);
		if (st == STATUS_OK)
			st = put_word(arena, &h, "Original-Envelope-Id",
				LETTER_BOUNCE_ENVID, false, fields);
		if (st == STATUS_OK)
			st = put_recipient(arena, &h, fields, &told);
		if (st == STATUS_OK && h.body == 0)
			break;
		if (st == STATUS_OK)
			body = bytes_make(
				body.data + h.body, body.len - h.body);
	}
	return st;
}

static enum status
put_report(struct arena *arena, const struct mime_part *top, struct buf *fields,
	struct err *why)
{
	struct mime_walk walk;
	struct mime_part part;
	struct bytes body;
	enum status st;

	mime_walk_init(&walk, arena, top);
	while ((st = mime_next(&walk, &part, why)) == STATUS_OK) {
		if (part.kind != MIME_STATUS)
			continue;
		st = transfer_decode(arena, part.transfer, part.body, &body);
		return st == STATUS_OK ? put_status(arena, body, fields, why)
				       : st;
	}
	return st == STATUS_NOT_FOUND ? STATUS_OK : st;
}

/* "<kp.PEER.1-2.STORE@host>" wherever it stands in what came back. */
static enum status
put_id(struct bytes body, struct buf *fields)
{
	const uint8_t *p =
		body.len > 0 ? memmem(body.data, body.len, "<kp.", 4) : NULL;
	size_t left, n = 1;

	if (p == NULL)
		return STATUS_OK;
	left = body.len - (size_t)(p - body.data);
	while (n < left && n <= BOUNCE_WORD_MAX && p[n] > 0x20 && p[n] < 0x7f &&
		p[n] != '>')
		n++;
	if (n >= left || p[n] != '>')
		return STATUS_OK;
	return frame_put_field(
		fields, LETTER_BOUNCE_ID, bytes_make(p + 1, n - 1));
}

/* Where our MTA says that it came to, when To does not say it. */
static enum status
put_doors(const struct head *head, struct buf *fields)
{
	static const char *const names[] = {
		"Delivered-To", "X-Original-To", "Envelope-To", "To"};
	struct bytes value;
	struct mailaddr a;
	enum status st = STATUS_OK;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!head_find(head, names[i], &value) ||
			head_check_comments(value) != STATUS_OK ||
			mailaddr_parse(value, &a) != STATUS_OK ||
			!bytes_starts_nocase(bytes_of(a.text), tag))
			continue;
		st = frame_put_field(
			fields, LETTER_BOUNCE_TO, bytes_of(a.text));
		if (st != STATUS_OK)
			break;
	}
	return st;
}

enum status
bounce_put(struct arena *arena, const struct head *head,
	const struct mime_part *top, struct buf *fields, struct err *why)
{
	enum status st = put_doors(head, fields);

	if (st == STATUS_OK)
		st = put_id(top->body, fields);
	if (st == STATUS_OK && top->report)
		st = put_report(arena, top, fields, why);
	return st;
}
