#include "mail/compose_signed.h"

#include <stdio.h>
#include <string.h>

#include "mail/compose_fields.h"
#include "mail/own_key.h"

/* No line of base64 or armor begins so. */
#define DELIMITER "--keypost-signed"

enum { TYPE_MAX = 100 };

/* The line end before a boundary belongs to the boundary. */
static enum status
put_part(struct buf *out, const struct compose_site *site,
	const struct compose_part *part)
{
	char type[TYPE_MAX];
	const struct compose_pair fields[] = {
		{"Content-Type", type},
		{"Content-Transfer-Encoding", part->encoding},
		{"From", site->address},
		{"To", part->to},
	};
	struct bytes body = part->body;
	enum status st;

	(void)snprintf(type, sizeof(type), "%s; hp=\"clear\"", part->type);
	if (body.len > 0 && body.data[body.len - 1] == '\n')
		body.len--;
	st = compose_fields(out, fields, sizeof(fields) / sizeof(fields[0]));
	if (st == STATUS_OK)
		st = buf_puts(out, "\n");
	return st == STATUS_OK ? buf_put(out, body) : st;
}

/* As it is signed: with the line ends that it has on its way. */
static enum status
put_canonical(struct buf *out, struct bytes part)
{
	enum status st = STATUS_OK;

	while (st == STATUS_OK && part.len > 0) {
		const uint8_t *end = memchr(part.data, '\n', part.len);
		size_t n = end == NULL ? part.len : (size_t)(end - part.data);

		st = buf_put(out, bytes_make(part.data, n));
		if (end == NULL)
			break;
		if (st == STATUS_OK)
			st = buf_puts(out, "\r\n");
		part = bytes_make(end + 1, part.len - n - 1);
	}
	return st;
}

static enum status
put_signature(struct buf *out, const struct compose_site *site,
	struct bytes part, int64_t when)
{
	struct buf canonical = {0};
	enum status st = put_canonical(&canonical, part);

	if (st == STATUS_OK)
		st = own_key_sign(
			site->own, buf_view(&canonical), (uint32_t)when, out);
	buf_done(&canonical);
	return st;
}

enum status
compose_signed(const struct compose_site *site, const struct compose_part *part,
	struct buf *out)
{
	struct buf text = {0};
	enum status st = put_part(&text, site, part);

	if (st == STATUS_OK)
		st = buf_puts(out, DELIMITER "\n");
	if (st == STATUS_OK)
		st = buf_put(out, buf_view(&text));
	if (st == STATUS_OK)
		st = buf_puts(out,
			"\n" DELIMITER "\n"
			"Content-Type: application/pgp-signature\n\n");
	if (st == STATUS_OK)
		st = put_signature(out, site, buf_view(&text), part->when);
	if (st == STATUS_OK)
		st = buf_puts(out, DELIMITER "--\n");
	buf_done(&text);
	return st;
}
