#include "pieces.h"

#include <stdio.h>
#include <string.h>

#include "../unit.h"
#include "pgp/armor.h"

const struct material_limits pieces_each = {1, 1, 1000, true};

void
pieces_put_cert(struct buf *b, uint8_t n)
{
	static const uint8_t head[] = {
		0x99, 0, 141, 4, 1, 2, 3, 4, 1, 4, 0, 0x80};
	static const uint8_t tail[] = {0, 17, 1, 0, 1};
	static const uint8_t uid[] = {0xb4, 6, 'a', '@', 'a', '.', 'd', 'e'};

	assert_ok(buf_put(b, bytes_make(head, sizeof(head))));
	for (int i = 0; i < 127; i++)
		assert_ok(buf_put_u8(b, n));
	assert_ok(buf_put(b, bytes_make(tail, sizeof(tail))));
	assert_ok(buf_put(b, bytes_make(uid, sizeof(uid))));
}

static void
put_block(struct buf *out, uint8_t first, bool sum, size_t *body)
{
	struct buf octets = {0};
	struct bytes view;

	for (uint8_t i = 0; i < PIECES_BLOCK; i++)
		pieces_put_cert(&octets, (uint8_t)(first + i));
	view = buf_view(&octets);
	if (body != NULL)
		*body = out->len + strlen("-----BEGIN PGP PUBLIC KEY BLOCK-----"
					  "\n\n");
	assert_ok(armor_write(out, &view, 1, NULL, sum));
	buf_done(&octets);
}

void
pieces_put_block(struct buf *out, uint8_t first, size_t *body)
{
	put_block(out, first, true, body);
}

void
pieces_put_block_without_sum(struct buf *out, uint8_t first, size_t *body)
{
	put_block(out, first, false, body);
}

static enum status
take_piece(void *ctx, const struct material_piece *piece, struct err *err)
{
	struct bytes octets = piece->octets;
	struct pieces *p = ctx;

	(void)err;
	assert_true(p->count < PIECES_MAX);
	assert_true(octets.len > 0);
	p->at[p->count] = piece->at;
	p->outside += !piece->within;
	p->first[p->count] = octets.data[0];
	p->len[p->count++] = octets.len;
	return buf_put(&p->all, octets);
}

static void
take_fault(void *ctx, const char *what)
{
	struct pieces *p = ctx;

	p->faults++;
	snprintf(p->fault, sizeof(p->fault), "%s", what);
}

static void
take_note(void *ctx, const char *what)
{
	struct pieces *p = ctx;

	p->notes++;
	snprintf(p->note, sizeof(p->note), "%s", what);
}

void
pieces_cut(
	struct pieces *p, struct bytes in, const struct material_limits *limits)
{
	const struct material_sink sink = {
		take_piece, take_fault, p, NULL, take_note};
	struct err err;

	memset(p, 0, sizeof(*p));
	assert_ok(material_cut(in, limits, &sink, &err));
}

void
pieces_cut_without(
	struct pieces *p, const struct buf *sound, size_t at, size_t len)
{
	struct buf in = {0};

	assert_ok(buf_put(&in, bytes_make(sound->data, at)));
	assert_ok(buf_put(&in, bytes_make(sound->data + at + len,
				       sound->len - at - len)));
	pieces_cut(p, buf_view(&in), &pieces_each);
	buf_done(&in);
}

bool
pieces_has(const struct pieces *p, uint8_t n)
{
	size_t at = 0;

	for (size_t i = 0; i < p->count; at += p->len[i++])
		if (p->len[i] == PIECES_CERT && p->all.data[at + 20] == n)
			return true;
	return false;
}

void
pieces_have(const struct pieces *p, uint8_t first, uint8_t n)
{
	for (uint8_t i = 0; i < n; i++)
		assert_true(pieces_has(p, (uint8_t)(first + i)));
}

void
pieces_cost_no_others(struct pieces *p, size_t from, size_t upto)
{
	for (uint8_t i = 0; i < PIECES_BLOCK; i++) {
		size_t at = i * (size_t)PIECES_CERT;

		if (at >= upto || at + PIECES_CERT <= from)
			assert_true(pieces_has(p, i));
		else if (!pieces_has(p, i))
			assert_true(p->faults > 0);
	}
	buf_done(&p->all);
}
