#include "cli/material_split.h"

#include <inttypes.h>
#include <stdio.h>

#include "pgp/cert.h"
#include "pgp/verify.h"

#define SPLIT_ARENA_MAX ((size_t)64 << 20)

enum { HEAD_MAX = 6 };

struct splitting {
	const struct material_sink *sink;
	struct bytes in;
	size_t packets, octets; /* at most */
	struct cert owner;      /* its primary key alone */
	struct packet primary;
	struct buf under; /* the component's body; or empty: the primary */
	uint8_t under_tag;
	bool skips; /* what follows hangs from nothing that is read */
	struct buf piece;
	uint64_t at, from; /* of the whole, in the input */
	size_t count;      /* packets in the piece */
	size_t placed;     /* of them that say what the rest hangs from */
	bool under_is_in;  /* the component, in this piece */
};

static enum status
split_put(struct splitting *s, uint8_t tag, struct bytes body)
{
	s->count++;
	return packet_write(&s->piece, tag, body, false);
}

static enum status
split_flush(struct splitting *s, struct err *err)
{
	const struct material_piece piece = {
		buf_view(&s->piece), s->at, s->from, false};
	bool news = s->count > s->placed;
	enum status st = STATUS_OK;

	if (news)
		st = s->sink->piece(s->sink->ctx, &piece, err);
	if (news && st == STATUS_OK)
		st = s->sink->settle(s->sink->ctx, err);
	buf_clear(&s->piece);
	s->count = 0;
	s->under_is_in = false;
	if (st == STATUS_OK)
		st = split_put(s, s->primary.tag, s->primary.body);
	s->placed = s->count;
	return st;
}

static enum status
split_put_under(struct splitting *s)
{
	if (s->under_tag == 0 || s->under_is_in)
		return STATUS_OK;
	s->under_is_in = true;
	return split_put(s, s->under_tag, buf_view(&s->under));
}

/* Room for a packet of that size and the component that it hangs from. */
static enum status
split_make_room(struct splitting *s, size_t len, struct err *err)
{
	if (s->count + 2 <= s->packets &&
		s->piece.len + s->under.len + len + 2 * HEAD_MAX <= s->octets)
		return STATUS_OK;
	return split_flush(s, err);
}

static enum status
split_component(
	struct splitting *s, const struct packet *p, bool own, struct err *err)
{
	enum status st;

	s->skips = false;
	s->under_is_in = false;
	s->under_tag = p->tag;
	buf_clear(&s->under);
	st = buf_put(&s->under, p->body);
	/* With the owner's word comes every component, signed or not. */
	if (st == STATUS_OK && own)
		st = split_make_room(s, 0, err);
	return st == STATUS_OK && own ? split_put_under(s) : st;
}

static enum status
split_signature(
	struct splitting *s, const struct packet *p, bool own, struct err *err)
{
	struct signature sig = {.packet = *p};
	enum status st;

	sig.malformed = signature_parse(p->body, &sig.info, NULL) != STATUS_OK;
	if (s->skips || verify_is_self(&s->owner, &sig) != own)
		return STATUS_OK;
	st = split_make_room(s, p->body.len, err);
	if (st == STATUS_OK && s->under_tag != 0 && !s->under_is_in) {
		st = split_put_under(s);
		s->placed++;
	}
	return st == STATUS_OK ? split_put(s, p->tag, p->body) : st;
}

/* Does what hangs from it end the component before (spec openpgp 2)? */
static bool
split_is_passed_over(uint8_t tag)
{
	return tag >= 40 || tag == 10 || tag == 12 || tag == 16 || tag == 21;
}

/* Larger than any limit on one packet can be, or of too many chunks. */
static bool
split_is_too_large(const struct splitting *s, const struct packet *p)
{
	return p->body.data == NULL || p->body.len > s->octets / 4;
}

static enum status
split_pass_over(struct splitting *s, const struct packet *p, bool own)
{
	char text[128];

	s->skips |= p->tag != PACKET_SIGNATURE;
	snprintf(text, sizeof(text),
		"offset %" PRIu64 ": a giant packet is left out",
		s->at + (uint64_t)(p->whole.data - s->in.data));
	if (own)
		s->sink->fault(s->sink->ctx, text);
	return STATUS_OK;
}

static enum status
split_packet(
	struct splitting *s, const struct packet *p, bool own, struct err *err)
{
	if (split_is_too_large(s, p))
		return split_pass_over(s, p, own);
	switch (p->tag) {
	case PACKET_USER_ID:
	case PACKET_USER_ATTRIBUTE:
	case PACKET_PUBLIC_SUBKEY:
		return split_component(s, p, own, err);
	case PACKET_SIGNATURE:
		return split_signature(s, p, own, err);
	default:
		s->skips |= !split_is_passed_over(p->tag);
		return STATUS_OK;
	}
}

/* One packet after the other; false: that was all. One of too many chunks has
 * no body. */
static bool
split_next(struct packet_reader *r, struct packet *p)
{
	enum status st = packet_next(r, p, NULL);

	return st == STATUS_OK || st == STATUS_UNSUPPORTED;
}

static enum status
split_pass(struct splitting *s, bool own, struct err *err)
{
	struct arena *arena = arena_new(SPLIT_ARENA_MAX);
	struct packet_reader r = packet_reader_of(s->in, arena);
	enum status st = split_flush(s, err);
	struct packet p;

	s->skips = false;
	s->under_tag = 0;
	buf_clear(&s->under);
	while (st == STATUS_OK && split_next(&r, &p)) {
		if (p.tag != PACKET_PUBLIC_KEY)
			st = split_packet(s, &p, own, err);
		arena_reset(arena); /* joined chunks are not kept */
	}
	arena_free(arena);
	return st;
}

/* Something secret drops all of it: it goes with its key, to be told of. */
static bool
split_has_secret(struct splitting *s, struct arena *arena, enum status *st)
{
	struct packet_reader r = packet_reader_of(s->in, arena);
	struct packet p;

	while (split_next(&r, &p))
		if (p.tag == PACKET_SECRET_KEY ||
			p.tag == PACKET_SECRET_SUBKEY) {
			*st = split_put(s, p.tag, p.body);
			return true;
		}
	return false;
}

enum status
material_split(const struct material_piece *cert, size_t packets, size_t octets,
	const struct material_sink *sink, struct err *err)
{
	struct arena *arena = arena_new(SPLIT_ARENA_MAX + cert->octets.len);
	struct splitting s = {.sink = sink,
		.in = cert->octets,
		.at = cert->at,
		.from = cert->from,
		.packets = packets,
		.octets = octets};
	struct packet_reader r = packet_reader_of(cert->octets, arena);
	struct component *primary = &s.owner.primary;
	enum status st = STATUS_OK;
	bool usable;

	usable = split_next(&r, &s.primary) &&
		 s.primary.tag == PACKET_PUBLIC_KEY &&
		 public_key_parse(s.primary.body, &primary->key, NULL) ==
			 STATUS_OK;
	primary->packet = s.primary;
	st = split_flush(&s, err);
	if (!usable || split_has_secret(&s, arena, &st)) {
		/* Refused whole: it is told of by these packets alone. */
		s.placed = 0;
	} else {
		st = split_pass(&s, true, err);
		if (st == STATUS_OK)
			st = split_pass(&s, false, err);
	}
	if (st == STATUS_OK)
		st = split_flush(&s, err);
	buf_done(&s.piece);
	buf_done(&s.under);
	arena_free(arena);
	return st;
}
