#include "recon/message.h"

#include "pgp/digest.h"

enum { LENGTH = 4 };

/* ---- frames and primitives -------------------------------------------- */

enum status
message_cut(struct bytes in, size_t max, struct bytes *frame, size_t *used)
{
	struct reader r = reader_of(in);
	uint32_t len = reader_be32(&r);

	if (r.failed)
		return STATUS_NOT_FOUND;
	if (!len)
		return STATUS_MALFORMED;
	if (len > max)
		return STATUS_LIMIT;
	if (len > reader_left(&r))
		return STATUS_NOT_FOUND;
	*frame = reader_take(&r, len);
	*used = r.pos;
	return STATUS_OK;
}

struct bytes
message_string(struct reader *r)
{
	return reader_take(r, reader_be32(r));
}

enum status
message_put_string(struct buf *out, struct bytes text)
{
	enum status st;

	if (text.len > UINT32_MAX)
		return STATUS_LIMIT;
	st = buf_put_be32(out, (uint32_t)text.len);
	return st == STATUS_OK ? buf_put(out, text) : st;
}

/* ---- reading ---------------------------------------------------------- */

static enum status
read_prefix(struct reader *r, struct message *out)
{
	uint32_t bits = reader_be32(r);
	struct bytes octets = message_string(r);

	if (r->failed)
		return STATUS_MALFORMED;
	return prefix_of(bits, octets, &out->prefix);
}

static enum status
read_poly(struct reader *r, struct message *out)
{
	enum status st = read_prefix(r, out);
	struct bytes wire;
	unsigned int i;

	if (st != STATUS_OK)
		return st;
	out->size = reader_be32(r);
	if (reader_be32(r) != RECON_SAMPLES)
		return STATUS_MALFORMED;
	wire = reader_take(r, (size_t)RECON_SAMPLES * ZP_WIRE);
	if (r->failed)
		return STATUS_MALFORMED;
	for (i = 0; i < RECON_SAMPLES; i++)
		out->samples.at[i] = zp_read(wire.data + (size_t)i * ZP_WIRE);
	return STATUS_OK;
}

static enum status
read_elements(struct reader *r, struct message *out)
{
	uint32_t count = reader_be32(r);

	/* Before it is multiplied. */
	if (r->failed || count > reader_left(r) / ZP_WIRE)
		return STATUS_MALFORMED;
	out->elements = reader_take(r, (size_t)count * ZP_WIRE);
	return STATUS_OK;
}

static enum status
read_full(struct reader *r, struct message *out)
{
	enum status st = read_prefix(r, out);

	return st == STATUS_OK ? read_elements(r, out) : st;
}

static enum status
read_nothing(struct reader *r, struct message *out)
{
	(void)r;
	(void)out;
	return STATUS_OK;
}

static enum status
read_text(struct reader *r, struct message *out)
{
	out->text = message_string(r);
	return STATUS_OK;
}

static enum status
read_config(struct reader *r, struct message *out)
{
	return message_config_read(r, &out->config);
}

static enum status (*const read_body[MESSAGE_TYPES])(
	struct reader *r, struct message *out) = {
	[MESSAGE_POLY] = read_poly,
	[MESSAGE_FULL] = read_full,
	[MESSAGE_ELEMENTS] = read_elements,
	[MESSAGE_FULL_ELEMENTS] = read_elements,
	[MESSAGE_SYNC_FAIL] = read_nothing,
	[MESSAGE_DONE] = read_nothing,
	[MESSAGE_FLUSH] = read_nothing,
	[MESSAGE_ERROR] = read_text,
	[MESSAGE_DB_RQST] = read_text,
	[MESSAGE_DB_REPL] = read_text,
	[MESSAGE_CONFIG] = read_config,
};

enum status
message_read(struct bytes frame, struct message *out)
{
	struct reader r = reader_of(frame);
	struct message m = {0};
	uint8_t type = reader_u8(&r);
	enum status st;

	if (r.failed || type >= MESSAGE_TYPES)
		return STATUS_MALFORMED;
	m.type = (enum message_type)type;
	st = read_body[type](&r, &m);
	if (st != STATUS_OK)
		return st;
	if (r.failed || reader_left(&r))
		return STATUS_MALFORMED;
	*out = m;
	return STATUS_OK;
}

/* ---- digests ---------------------------------------------------------- */

static bool
good_element(const uint8_t *wire, struct sks_digest *digest)
{
	return zp_canonical(wire) && !zp_is_point(zp_read(wire)) &&
	       zp_to_digest(zp_read(wire), digest) == STATUS_OK;
}

enum status
message_digests(
	struct arena *arena, struct bytes elements, struct message_digests *out)
{
	size_t i, n = elements.len / ZP_WIRE;
	struct message_digests d = {0};

	d.list = arena_array(arena, n, sizeof(*d.list));
	if (!d.list)
		return STATUS_LIMIT;
	for (i = 0; i < n; i++)
		if (good_element(elements.data + i * ZP_WIRE, &d.list[d.count]))
			d.count++;
		else
			d.bad++;
	d.count = digest_sks_sort(d.list, d.count);
	*out = d;
	return STATUS_OK;
}

/* ---- verdicts --------------------------------------------------------- */

/* A whole string, no longer than a verdict; NOT_FOUND until it is there. */
static enum status
verdict_string(struct reader *r, struct bytes *text)
{
	uint32_t len = reader_be32(r);

	if (r->failed)
		return STATUS_NOT_FOUND;
	if (len > MESSAGE_VERDICT_MAX)
		return STATUS_LIMIT;
	*text = reader_take(r, len);
	return r->failed ? STATUS_NOT_FOUND : STATUS_OK;
}

enum status
message_read_verdict(
	struct bytes in, bool *passed, struct bytes *reason, size_t *used)
{
	struct reader r = reader_of(in);
	struct bytes word, why = {0};
	enum status st = verdict_string(&r, &word);
	bool pass;

	if (st != STATUS_OK)
		return st;
	pass = bytes_eq(word, bytes_of("passed"));
	if (!pass && !bytes_eq(word, bytes_of("failed")))
		return STATUS_MALFORMED;
	if (!pass)
		st = verdict_string(&r, &why);
	if (st != STATUS_OK)
		return st;
	*passed = pass;
	*reason = why;
	*used = r.pos;
	return STATUS_OK;
}

enum status
message_put_passed(struct buf *out)
{
	return message_put_string(out, bytes_of("passed"));
}

enum status
message_put_failed(struct buf *out, struct bytes why)
{
	enum status st = message_put_string(out, bytes_of("failed"));

	if (why.len > MESSAGE_VERDICT_MAX)
		why.len = MESSAGE_VERDICT_MAX;
	return st == STATUS_OK ? message_put_string(out, why) : st;
}

/* ---- writing ---------------------------------------------------------- */

static enum status
put_head(struct buf *out, enum message_type type, size_t body)
{
	enum status st;

	if (body >= UINT32_MAX)
		return STATUS_LIMIT;
	st = buf_reserve(out, LENGTH + 1 + body);
	if (st == STATUS_OK)
		st = buf_put_be32(out, (uint32_t)body + 1);
	return st == STATUS_OK ? buf_put_u8(out, (uint8_t)type) : st;
}

static size_t
prefix_size(const struct prefix *p)
{
	return 2 * (size_t)LENGTH + prefix_octets(p).len;
}

static enum status
put_prefix(struct buf *out, const struct prefix *p)
{
	enum status st = buf_put_be32(out, p->bits);

	return st == STATUS_OK ? message_put_string(out, prefix_octets(p)) : st;
}

static enum status
put_zp(struct buf *out, struct zp a)
{
	uint8_t wire[ZP_WIRE];

	zp_write(a, wire);
	return buf_put(out, bytes_make(wire, sizeof(wire)));
}

enum status
message_put_poly(struct buf *out, const struct prefix *prefix, uint32_t size,
	const struct samples *samples)
{
	enum status st = put_head(out, MESSAGE_POLY,
		prefix_size(prefix) + 2 * (size_t)LENGTH +
			(size_t)RECON_SAMPLES * ZP_WIRE);
	unsigned int i;

	if (st == STATUS_OK)
		st = put_prefix(out, prefix);
	if (st == STATUS_OK)
		st = buf_put_be32(out, size);
	if (st == STATUS_OK)
		st = buf_put_be32(out, RECON_SAMPLES);
	for (i = 0; i < RECON_SAMPLES && st == STATUS_OK; i++)
		st = put_zp(out, samples->at[i]);
	return st;
}

static enum status
put_list(struct buf *out, const struct sks_digest *list, size_t count)
{
	enum status st = buf_put_be32(out, (uint32_t)count);
	size_t i;

	for (i = 0; i < count && st == STATUS_OK; i++)
		st = put_zp(out, zp_of_digest(&list[i]));
	return st;
}

enum status
message_put_full(struct buf *out, const struct prefix *prefix,
	const struct sks_digest *list, size_t count)
{
	enum status st;

	if (count > UINT32_MAX / (2 * ZP_WIRE))
		return STATUS_LIMIT;
	st = put_head(out, MESSAGE_FULL,
		prefix_size(prefix) + LENGTH + count * ZP_WIRE);
	if (st == STATUS_OK)
		st = put_prefix(out, prefix);
	return st == STATUS_OK ? put_list(out, list, count) : st;
}

enum status
message_put_elements(struct buf *out, enum message_type type,
	const struct sks_digest *list, size_t count)
{
	enum status st;

	if (count > UINT32_MAX / (2 * ZP_WIRE))
		return STATUS_LIMIT;
	st = put_head(out, type, LENGTH + count * ZP_WIRE);
	return st == STATUS_OK ? put_list(out, list, count) : st;
}

enum status
message_put_bare(struct buf *out, enum message_type type)
{
	return put_head(out, type, 0);
}
