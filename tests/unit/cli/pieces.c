#include "pieces.h"

#include <stdio.h>
#include <string.h>

#include "../unit.h"

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

void
pieces_cut(
	struct pieces *p, struct bytes in, const struct material_limits *limits)
{
	const struct material_sink sink = {take_piece, take_fault, p, NULL};
	struct err err;

	memset(p, 0, sizeof(*p));
	assert_ok(material_cut(in, limits, &sink, &err));
}
