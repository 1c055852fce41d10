#include "mail/incoming.h"

#include <string.h>

#include "base/frame.h"
#include "base/mailaddr.h"

/* What is gathered while fields come by. */
struct reading {
	struct arena *arena;
	struct incoming *in;
	size_t seen_cap;
	size_t seen_octets;
	size_t block_cap;
	enum letter_block kind; /* of the next block */
};

typedef enum status field_reader(struct reading *rd, struct bytes value);

/* A safe address, or NULL. */
static enum status
read_address(struct reading *rd, struct bytes value, const char **out)
{
	char *text;

	if (value.len == 0 || value.len > MAILADDR_MAX ||
		memchr(value.data, 0, value.len))
		return STATUS_OK;
	text = arena_str(rd->arena, value);
	if (text == NULL)
		return STATUS_LIMIT;
	if (mailaddr_is_safe(text))
		*out = text;
	return STATUS_OK;
}

/* Printable ASCII of bounded length, or nothing. */
static enum status
read_text(struct reading *rd, struct bytes value, const char **out)
{
	char *text;

	if (value.len == 0 || value.len > INCOMING_TEXT_MAX)
		return STATUS_OK;
	for (size_t i = 0; i < value.len; i++) {
		if (value.data[i] < 0x20 || value.data[i] > 0x7e)
			return STATUS_OK;
	}
	text = arena_str(rd->arena, value);
	if (text == NULL)
		return STATUS_LIMIT;
	*out = text;
	return STATUS_OK;
}

static enum status
read_source(struct reading *rd, struct bytes value)
{
	return read_text(rd, value, &rd->in->source);
}

static enum status
read_sender(struct reading *rd, struct bytes value)
{
	rd->in->sender_known = true;
	return value.len == 0 ? STATUS_OK
			      : read_address(rd, value, &rd->in->sender);
}

static enum status
read_from(struct reading *rd, struct bytes value)
{
	return read_address(rd, value, &rd->in->from);
}

static enum status
read_reply_to(struct reading *rd, struct bytes value)
{
	return read_address(rd, value, &rd->in->reply_to);
}

static enum status
read_subject(struct reading *rd, struct bytes value)
{
	rd->in->subject = bytes_trim(value);
	return STATUS_OK;
}

/* An id with a blank or a bracket in it cannot be quoted in a reply. */
static enum status
read_message_id(struct reading *rd, struct bytes value)
{
	for (size_t i = 0; i < value.len; i++) {
		if (strchr("<> \t", value.data[i]) != NULL)
			return STATUS_OK;
	}
	return read_text(rd, value, &rd->in->message_id);
}

static enum status
read_references(struct reading *rd, struct bytes value)
{
	return read_text(rd, value, &rd->in->references);
}

static enum status
read_seen(struct reading *rd, struct bytes value)
{
	const char *address = NULL;
	void *list = rd->in->seen;
	enum status st;

	rd->in->has_seen = true;
	rd->seen_octets += value.len;
	if (rd->in->seen_count >= INCOMING_SEEN_MAX ||
		rd->seen_octets > INCOMING_SEEN_OCTETS) {
		rd->in->seen_over = true;
		return STATUS_OK;
	}
	st = read_address(rd, value, &address);
	if (st != STATUS_OK || address == NULL)
		return st;
	st = arena_grow(rd->arena, &list, &rd->seen_cap, rd->in->seen_count + 1,
		sizeof(*rd->in->seen));
	if (st != STATUS_OK)
		return st;
	rd->in->seen = list;
	rd->in->seen[rd->in->seen_count++] = address;
	return STATUS_OK;
}

/* Those over the limit are not looked at. */
static enum status
read_to(struct reading *rd, struct bytes value)
{
	const char *address = NULL;
	enum status st = read_address(rd, value, &address);

	if (st != STATUS_OK || address == NULL ||
		rd->in->to_count >= INCOMING_TO_MAX)
		return st;
	if (rd->in->to == NULL)
		rd->in->to = arena_array(
			rd->arena, INCOMING_TO_MAX, sizeof(*rd->in->to));
	if (rd->in->to == NULL)
		return STATUS_LIMIT;
	rd->in->to[rd->in->to_count++] = address;
	return STATUS_OK;
}

static enum status
read_auth(struct reading *rd, struct bytes value)
{
	rd->in->auth = value;
	return STATUS_OK;
}

static enum status
read_signed(struct reading *rd, struct bytes value)
{
	rd->in->signed_part = value;
	return STATUS_OK;
}

static enum status
read_signature(struct reading *rd, struct bytes value)
{
	rd->in->signature = value;
	return STATUS_OK;
}

static enum status
read_results(struct reading *rd, struct bytes value)
{
	if (rd->in->result_count < INCOMING_RESULTS_MAX)
		rd->in->results[rd->in->result_count++] = value;
	return STATUS_OK;
}

static enum status
read_seen_over(struct reading *rd, struct bytes value)
{
	if (frame_number(value) != 0)
		rd->in->seen_over = true;
	return STATUS_OK;
}

static enum status
read_machine(struct reading *rd, struct bytes value)
{
	uint64_t n = frame_number(value);

	if (n > MACHINE_REPLY)
		return STATUS_MALFORMED;
	rd->in->machine = (enum letter_machine)n;
	return STATUS_OK;
}

static enum status
read_block(struct reading *rd, struct bytes value)
{
	void *list = rd->in->blocks;
	enum status st;

	if (rd->in->block_count >= INCOMING_BLOCKS_MAX)
		return STATUS_LIMIT;
	st = arena_grow(rd->arena, &list, &rd->block_cap,
		rd->in->block_count + 1, sizeof(*rd->in->blocks));
	if (st != STATUS_OK)
		return st;
	rd->in->blocks = list;
	rd->in->blocks[rd->in->block_count].kind = rd->kind;
	rd->in->blocks[rd->in->block_count].text = value;
	rd->in->block_count++;
	rd->kind = BLOCK_PLAIN;
	return STATUS_OK;
}

static enum status
read_block_kind(struct reading *rd, struct bytes value)
{
	uint64_t n = frame_number(value);

	if (n > BLOCK_HTML)
		return STATUS_MALFORMED;
	rd->kind = (enum letter_block)n;
	return STATUS_OK;
}

static enum status
read_size(struct reading *rd, struct bytes value)
{
	rd->in->size = frame_number(value);
	return STATUS_OK;
}

static enum status
read_precedence(struct reading *rd, struct bytes value)
{
	rd->in->precedence = bytes_trim(value);
	return STATUS_OK;
}

static enum status
read_report(struct reading *rd, struct bytes value)
{
	rd->in->report = frame_number(value) != 0;
	return STATUS_OK;
}

static enum status
read_batch(struct reading *rd, struct bytes value)
{
	/* Of another version or no version: as if it were not there. */
	(void)batch_read(value, &rd->in->batch);
	return STATUS_OK;
}

static enum status
read_repair(struct reading *rd, struct bytes value)
{
	rd->in->repair = value;
	return STATUS_OK;
}

/* The road's own word comes first. */
static enum status
read_bounce_to(struct reading *rd, struct bytes value)
{
	const char **to = &rd->in->bounce.to;

	return *to != NULL ? STATUS_OK : read_address(rd, value, to);
}

static enum status
read_bounce_envid(struct reading *rd, struct bytes value)
{
	return read_text(rd, value, &rd->in->bounce.envid);
}

static enum status
read_bounce_rcpt(struct reading *rd, struct bytes value)
{
	const char **recipient = &rd->in->bounce.recipient;

	return *recipient != NULL ? STATUS_OK
				  : read_address(rd, value, recipient);
}

static enum status
read_bounce_action(struct reading *rd, struct bytes value)
{
	return read_text(rd, value, &rd->in->bounce.action);
}

static enum status
read_bounce_status(struct reading *rd, struct bytes value)
{
	return read_text(rd, value, &rd->in->bounce.status);
}

static enum status
read_bounce_text(struct reading *rd, struct bytes value)
{
	return read_text(rd, value, &rd->in->bounce.text);
}

static enum status
read_bounce_id(struct reading *rd, struct bytes value)
{
	return read_text(rd, value, &rd->in->bounce.id);
}

static field_reader *const readers[] = {
	[LETTER_SOURCE] = read_source,
	[LETTER_SENDER] = read_sender,
	[LETTER_FROM] = read_from,
	[LETTER_REPLY_TO] = read_reply_to,
	[LETTER_SUBJECT] = read_subject,
	[LETTER_MESSAGE_ID] = read_message_id,
	[LETTER_REFERENCES] = read_references,
	[LETTER_SEEN] = read_seen,
	[LETTER_SEEN_OVER] = read_seen_over,
	[LETTER_MACHINE] = read_machine,
	[LETTER_BLOCK] = read_block,
	[LETTER_BLOCK_KIND] = read_block_kind,
	[LETTER_SIZE] = read_size,
	[LETTER_PRECEDENCE] = read_precedence,
	[LETTER_REPORT] = read_report,
	[LETTER_BATCH] = read_batch,
	[LETTER_REPAIR] = read_repair,
	[LETTER_BOUNCE_TO] = read_bounce_to,
	[LETTER_BOUNCE_ENVID] = read_bounce_envid,
	[LETTER_BOUNCE_RCPT] = read_bounce_rcpt,
	[LETTER_BOUNCE_ACTION] = read_bounce_action,
	[LETTER_BOUNCE_STATUS] = read_bounce_status,
	[LETTER_BOUNCE_TEXT] = read_bounce_text,
	[LETTER_BOUNCE_ID] = read_bounce_id,
	[LETTER_TO] = read_to,
	[LETTER_AUTH] = read_auth,
	[LETTER_SIGNED] = read_signed,
	[LETTER_SIGNATURE] = read_signature,
	[LETTER_AUTH_RESULTS] = read_results,
};

enum status
incoming_read(struct arena *arena, struct bytes payload, struct incoming *out,
	struct err *err)
{
	struct incoming in = {.source = "", .sender = ""};
	struct reading rd = {.arena = arena, .in = &in};
	struct reader r = reader_of(payload);
	struct bytes value;
	uint8_t name;

	while (frame_next_field(&r, &name, &value)) {
		enum status st;

		if (name >= sizeof(readers) / sizeof(readers[0]) ||
			readers[name] == NULL)
			continue;
		st = readers[name](&rd, value);
		if (st != STATUS_OK) {
			err_set(err, "letter: field %u: %s", name,
				status_name(st));
			return st;
		}
	}
	if (r.failed) {
		err_set(err, "letter: its fields do not fit the frame");
		return STATUS_MALFORMED;
	}
	if (in.size < payload.len)
		in.size = payload.len;
	*out = in;
	return STATUS_OK;
}
