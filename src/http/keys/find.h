/*
 * find.h - certificates by one key or identity, for HKP v2 and VKS
 *
 * What is one step in an index runs here and now; a whole user ID is looked
 * for by its words, and that waits for the search thread.
 *
 * Memory:  struct find lives in the request's arena.
 * Threads: a handler on a pool thread; `write` there or on the search thread.
 * Errors:  NOT_FOUND, MALFORMED: of the key asked for, as the caller tells it
 *          best; the rest is for the client (reply->err).
 * Source:  spec hkp sections 2, 6 and 7.
 */
#ifndef KEYPOST_HTTP_KEYS_FIND_H
#define KEYPOST_HTTP_KEYS_FIND_H

#include "http/keys/get_answer.h"
#include "http/message/request.h"
#include "lookup/lookup.h"

struct find {
	struct query query;
	struct lookup_limits limits;
	uint8_t version; /* of the keys; 0: any */
	const struct get_form *form;
	enum status (*write)(struct request *req, struct reply *reply,
		const struct find *f, struct cert_rows *rows);
};

/* In the request's arena, with the server's limits; writes the certificates
 * in `form`. */
MUST_CHECK enum status find_new(struct request *req,
	const struct get_form *form, size_t max_results, struct find **f);

/* 40 or 64 digits; MALFORMED otherwise. */
MUST_CHECK enum status find_set_fingerprint(
	struct request *req, struct find *f, struct bytes digits);
/* 16 digits; MALFORMED otherwise. */
MUST_CHECK enum status find_set_key_id(struct find *f, struct bytes digits);

/* What a search found; of a limit or of time that ran out reply->err tells. */
MUST_CHECK enum status find_rows(struct request *req, struct reply *reply,
	const struct query *q, const struct lookup_limits *limits,
	struct cert_rows *rows);

/* Finds and writes, now or later; a handler returns what this returns. */
MUST_CHECK enum status find_run(
	struct request *req, struct reply *reply, struct find *f);

#endif
