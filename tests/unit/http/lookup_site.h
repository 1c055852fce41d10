/*
 * lookup_site.h - what the promises of looking up ask of a server
 */
#ifndef KEYPOST_TESTS_UNIT_HTTP_LOOKUP_SITE_H
#define KEYPOST_TESTS_UNIT_HTTP_LOOKUP_SITE_H

#include "tests/unit/http/one_site.h"

/* A file below tests/data, whole; free it. */
struct buf data_read(const char *name);
/* Submits it as it is; the server takes it. */
void data_add(const char *name);
/* A certificate with this user ID; `fpr` may be NULL. */
void user_id_add(const char *user_id, char fpr[41]);

/* GET /pks/lookup?REST&search=TERM, the term escaped. */
struct answer lookup_ask(const char *rest, const char *term);
/* The same with header lines, each with its line end. */
struct answer lookup_ask_with(
	const char *rest, const char *term, const char *fields);

/* The index finds just these (NULL ends them), in this order. */
void lookup_finds(const char *term, const char *const *fprs);
void lookup_finds_one(const char *term, const char *fpr);
void lookup_misses(const char *term);
/* The same with exact=on. */
void lookup_finds_exactly(const char *term, const char *fpr);
void lookup_misses_exactly(const char *term);

#endif
