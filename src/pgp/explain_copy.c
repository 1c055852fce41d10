#include "pgp/explain_work.h"

#include <string.h>

static enum status
explain_add(struct explaining *x, const struct packet *p)
{
	struct explanation *out = x->out;
	void *list = out->list, *spots = x->spots;
	struct explained *e;
	enum status st;

	st = arena_grow(x->arena, &list, &x->cap, out->count + 1,
		sizeof(struct explained));
	if (st == STATUS_OK)
		st = arena_grow(x->arena, &spots, &x->spot_cap, out->count + 1,
			sizeof(struct spot));
	if (st != STATUS_OK)
		return st;
	out->list = list;
	x->spots = spots;
	e = &out->list[out->count];
	memset(e, 0, sizeof(*e));
	e->packet = *p;
	e->cert = e->under = e->home = e->into = EXPLAIN_NONE;
	x->spots[out->count++] = (struct spot){x->copy.len, SIZE_MAX};
	return STATUS_OK;
}

/*
 * One of too many chunks has no body here. In its place goes a packet that
 * belongs to no certificate, so that what hangs on it is skipped as well.
 */
static enum status
explain_copy(struct explaining *x, const struct packet *p, bool whole)
{
	enum { PLACEHOLDER = 1 };
	enum status st = explain_add(x, p);
	struct explained *e;

	if (st != STATUS_OK)
		return st;
	e = &x->out->list[x->out->count - 1];
	if (!whole) {
		e->verdict = VERDICT_TOO_LARGE;
		return packet_write(
			&x->copy, PLACEHOLDER, bytes_make(NULL, 0), true);
	}
	st = packet_write(&x->copy, p->tag, p->body, true);
	x->spots[x->out->count - 1].body = x->copy.len - p->body.len;
	return st;
}

static bool
explain_is_secret(uint8_t tag)
{
	return tag == PACKET_SECRET_KEY || tag == PACKET_SECRET_SUBKEY;
}

/* Where the input breaks, the rest is told as one. */
static enum status
explain_stop(struct explaining *x, const struct packet_reader *in)
{
	struct packet rest = {.tag = packet_peek_tag(in)};
	enum status st;

	if (explain_is_secret(rest.tag))
		return STATUS_REJECTED;
	st = explain_add(x, &rest);
	if (st == STATUS_OK)
		x->out->list[x->out->count - 1].verdict =
			rest.tag ? VERDICT_TRUNCATED : VERDICT_BAD_HEADER;
	return st;
}

enum status
explain_copy_all(struct explaining *x, struct bytes octets)
{
	struct packet_reader in = packet_reader_of(octets, x->arena);
	struct packet p;
	enum status st = STATUS_OK, got;

	while (st == STATUS_OK) {
		got = packet_next(&in, &p, NULL);
		if (got == STATUS_NOT_FOUND)
			return STATUS_OK;
		if (got == STATUS_MALFORMED)
			return explain_stop(x, &in);
		if (got != STATUS_OK && got != STATUS_UNSUPPORTED)
			return got;
		if (explain_is_secret(p.tag))
			return STATUS_REJECTED;
		st = explain_copy(x, &p, got == STATUS_OK);
	}
	return st;
}
