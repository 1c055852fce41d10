/*
 * explain.h - one certificate of an explanation: as JSON, and as text
 *
 * The text is written from the JSON, so that neither says what the other does
 * not.
 *
 * Memory:  JSON is owned by whoever got it; a view borrows.
 * Threads: one.
 */
#ifndef KEYPOST_CLI_EXPLAIN_H
#define KEYPOST_CLI_EXPLAIN_H

#include <jansson.h>
#include <stdio.h>

#include "cli/material.h"
#include "lookup/signers.h"
#include "pgp/explain.h"

struct explain_view {
	const struct explanation *all;
	size_t cert; /* EXPLAIN_NONE: what belongs to none */
	enum level level;
	const char *file;                   /* NULL: stored */
	const char *taken_down;             /* "block" or "erase"; else NULL */
	const struct cert_row *row;         /* stored; else NULL */
	const struct cert_history *history; /* of what is stored; else NULL */
	const struct index_cert *state;     /* NULL: refused */
	const struct signers *signers;      /* NULL: nobody was looked for */
};

json_t *explain_to_json(const struct explain_view *v, struct arena *arena);
void explain_to_text(FILE *out, const json_t *cert, bool colours);

/* REJECTED when there is secret material anywhere in it. The arena is reset. */
MUST_CHECK enum status explain_look_for_secret(struct bytes octets,
	const struct material_limits *limits, struct arena *arena,
	struct err *err);

#endif
