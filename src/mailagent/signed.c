#include "mailagent/signed.h"

#include "base/frame.h"
#include "mailagent/protocol.h"

/* The line end before a boundary belongs to the boundary. */
static struct bytes
without_end(struct bytes part)
{
	if (part.len > 0 && part.data[part.len - 1] == '\n')
		part.len--;
	if (part.len > 0 && part.data[part.len - 1] == '\r')
		part.len--;
	return part;
}

/* As it was signed, however a relay or a folder ends lines. */
static enum status
put_canonical(struct buf *out, struct bytes part)
{
	enum status st = STATUS_OK;

	for (size_t i = 0; st == STATUS_OK && i < part.len; i++) {
		if (part.data[i] == '\n' &&
			(i == 0 || part.data[i - 1] != '\r'))
			st = buf_put_u8(out, '\r');
		if (st == STATUS_OK)
			st = buf_put_u8(out, part.data[i]);
	}
	return st;
}

static enum status
read_signature(struct arena *arena, struct bytes part, struct bytes *out,
	struct err *why)
{
	struct head head;
	struct bytes type;
	enum status st = head_scan(arena, part, &head, why);

	if (st != STATUS_OK)
		return st;
	*out = bytes_make(part.data + head.body, part.len - head.body);
	if (!head_find(&head, "Content-Type", &type) ||
		!bytes_starts_nocase(
			bytes_trim(type), "application/pgp-signature") ||
		out->len > SIGNED_SIGNATURE_MAX)
		out->len = 0;
	return STATUS_OK;
}

enum status
signed_put(struct arena *arena, const struct mime_part *top, struct buf *fields,
	struct err *why)
{
	struct bytes parts[3], signature;
	struct buf canonical = {.max = SIGNED_PART_MAX + SIGNED_CRLF_MAX};
	enum status st;

	if (!top->is_signed || mime_cut(top, parts, 3) != 2 ||
		parts[0].len > SIGNED_PART_MAX)
		return STATUS_OK;
	st = read_signature(arena, parts[1], &signature, why);
	if (st != STATUS_OK || signature.len == 0)
		return st;
	if (put_canonical(&canonical, without_end(parts[0])) != STATUS_OK) {
		buf_done(&canonical);
		return STATUS_OK;
	}
	st = frame_put_field(fields, LETTER_SIGNED, buf_view(&canonical));
	if (st == STATUS_OK)
		st = frame_put_field(fields, LETTER_SIGNATURE, signature);
	buf_done(&canonical);
	return st;
}
