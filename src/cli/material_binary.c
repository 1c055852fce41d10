/* Packets, cut before primary keys, and past what is damaged. */
#include <string.h>

#include "cli/material_cutter.h"
#include "cli/material_split.h"
#include "pgp/packet.h"

#define CHUNKS_ARENA_MAX ((size_t)1 << 30)

struct binary {
	struct cutter *c;
	struct bytes in;
	uint64_t base;
	struct packet_reader r;
	size_t start; /* of the piece being gathered */
	size_t cert;  /* start of its last certificate */
	size_t last;  /* of the packet whose length may be wrong */
	size_t certs;
	size_t packets;
	size_t in_cert; /* packets of the last certificate */
};

/* `last`: with the last certificate. */
static enum status
flush_upto(struct binary *b, size_t end, bool last, struct err *err)
{
	const struct cutter *c = b->c;
	struct material_piece piece = {
		bytes_make(b->in.data + b->start, end - b->start),
		c->in_armor ? c->text_at : b->base + b->start,
		c->in_armor ? c->armor_at : b->base + b->start, !c->in_armor};
	bool giant =
		last && b->start == b->cert &&
		(piece.octets.len > SPLIT_OCTETS || b->in_cert > SPLIT_PACKETS);

	b->start = end;
	b->certs = last ? 0 : 1;
	b->packets = last ? 0 : b->in_cert;
	if (piece.octets.len == 0)
		return STATUS_OK;
	if (giant && c->sink->settle != NULL)
		return material_split(
			&piece, SPLIT_PACKETS, SPLIT_OCTETS, c->sink, err);
	return c->sink->piece(c->sink->ctx, &piece, err);
}

static bool
is_too_much(const struct binary *b, size_t end)
{
	return end - b->start > b->c->limits->octets ||
	       b->packets > b->c->limits->packets;
}

/* Everything before `at` is whole. */
static enum status
end_cert(struct binary *b, size_t at, struct err *err)
{
	enum status st = STATUS_OK;

	/* The last certificate made it too much: it opens the next piece. */
	if (is_too_much(b, at) && b->cert > b->start)
		st = flush_upto(b, b->cert, false, err);
	if (st == STATUS_OK &&
		(is_too_much(b, at) || b->certs >= b->c->limits->certs))
		st = flush_upto(b, at, true, err);
	return st;
}

/* A primary key begins at `at`. */
static enum status
begin_cert(struct binary *b, size_t at, struct err *err)
{
	enum status st = end_cert(b, at, err);

	b->cert = at;
	b->certs++;
	b->in_cert = 0;
	return st;
}

static bool
is_primary(const struct packet *p)
{
	return p->tag == PACKET_PUBLIC_KEY || p->tag == PACKET_SECRET_KEY;
}

/*
 * The next packet. One of too many chunks is one, too: it is dropped by whoever
 * reads it. LIMIT: it is cut by the end. MALFORMED: there is none; a length of
 * "all that follows" would take the certificates behind it, as would a key
 * that is none.
 */
static enum status
next_packet(struct binary *b, struct packet *p, struct err *why)
{
	size_t at = b->r.pos;
	enum status st = packet_next(&b->r, p, why);
	bool header = st == STATUS_MALFORMED && packet_peek_tag(&b->r) != 0;

	if (header)
		return STATUS_LIMIT;
	if (st == STATUS_UNSUPPORTED)
		return STATUS_OK;
	if (st != STATUS_OK)
		return st == STATUS_NOT_FOUND ? st : STATUS_MALFORMED;
	if ((b->in.data[at] & 0xc3) == 0x83)
		err_set(why, "offset %zu: packet without a length", at);
	else if (is_primary(p) && !cutter_is_key(p->body))
		err_set(why, "offset %zu: not a key", at);
	else
		return STATUS_OK;
	b->r.pos = at;
	return STATUS_MALFORMED;
}

static bool
is_blank(struct bytes b)
{
	return bytes_trim(b).len == 0;
}

/* The packets of the last certificate that end before `end`, and no others. */
static size_t
good_upto(struct binary *b, size_t end)
{
	struct packet_reader r = b->r;
	size_t good = b->cert, n = 0;
	struct packet p;
	enum status st = STATUS_OK;

	r.pos = b->cert;
	while (r.pos < end && (st == STATUS_OK || st == STATUS_UNSUPPORTED)) {
		st = packet_next(&r, &p, NULL);
		if ((st == STATUS_OK || st == STATUS_UNSUPPORTED) &&
			r.pos <= end) {
			good = r.pos;
			n++;
		}
		arena_reset(r.arena);
	}
	b->packets -= b->in_cert - n;
	b->in_cert = n;
	return good;
}

/* No packet at b->r.pos. A length before it may have been wrong. */
static enum status
recover(struct binary *b, enum window_end end, const struct err *why,
	size_t *used, struct err *err)
{
	size_t fault = b->r.pos;
	size_t next = cutter_find(b->in, b->cert + 1, b->last);
	bool seen = next < b->in.len || end == WINDOW_LAST;
	const char *text = strstr(why->text, ": ");
	enum status st;
	size_t good;

	/* A key that is cut by the window may begin before the fault. */
	if (!seen && end == WINDOW_GROWS && next - fault < CUTTER_TAIL) {
		*used = b->cert;
		return flush_upto(b, b->cert, true, err);
	}
	good = good_upto(b, next < fault ? next : fault);
	st = end_cert(b, good, err);
	if (st == STATUS_OK)
		st = flush_upto(b, good, true, err);
	*used = next;
	if (!seen && next - good > CUTTER_TAIL)
		*used = next - CUTTER_TAIL;
	else if (!seen)
		*used = good;
	else if (is_blank(bytes_make(b->in.data + good, next - good)))
		return st;
	cutter_lose(b->c, b->base + good, text != NULL ? text + 2 : why->text);
	return st;
}

/* Stops at the end, or where there is no packet. */
static enum status
read_packets(
	struct binary *b, enum status *stop, struct err *why, struct err *err)
{
	enum status st = STATUS_OK;
	struct packet p;
	size_t at;

	while (st == STATUS_OK) {
		at = b->r.pos;
		*stop = next_packet(b, &p, why);
		if (*stop != STATUS_MALFORMED)
			b->last = at;
		if (*stop != STATUS_OK)
			break;
		if (is_primary(&p))
			st = begin_cert(b, at, err);
		b->packets++;
		b->in_cert++;
		arena_reset(b->r.arena); /* joined chunks are not kept */
	}
	return st;
}

enum status
cutter_binary(struct cutter *c, struct bytes in, uint64_t base,
	enum window_end end, size_t *used, struct err *err)
{
	struct arena *arena = arena_new(CHUNKS_ARENA_MAX);
	struct binary b = {.c = c,
		.in = in,
		.base = base,
		.r = packet_reader_of(in, arena)};
	enum status stop = STATUS_OK, st;
	struct err why = {""};
	bool more;

	st = read_packets(&b, &stop, &why, err);
	*used = in.len;
	more = end == WINDOW_GROWS || (end == WINDOW_FULL && b.cert > 0);
	if (st == STATUS_OK && more && stop != STATUS_MALFORMED) {
		/* What follows may belong to the last one. */
		*used = b.cert;
		st = flush_upto(&b, b.cert, true, err);
	} else if (st == STATUS_OK && stop == STATUS_NOT_FOUND) {
		st = end_cert(&b, in.len, err);
		if (st == STATUS_OK)
			st = flush_upto(&b, in.len, true, err);
		if (end == WINDOW_FULL)
			cutter_lose(c, base + in.len,
				"128 MiB without the end of a certificate");
	} else if (st == STATUS_OK) {
		st = recover(&b, end, &why, used, err);
	}
	arena_free(arena);
	return st;
}
