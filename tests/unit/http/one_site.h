/*
 * one_site.h - one server for all promises of a file
 */
#ifndef KEYPOST_TESTS_UNIT_HTTP_ONE_SITE_H
#define KEYPOST_TESTS_UNIT_HTTP_ONE_SITE_H

#include "tests/unit/http/site_harness.h"

extern struct site site;
/* Each promise takes keys of its own: the next, and adds to it. */
extern uint64_t one_site_next_key;

/* Of the group: starts it with the defaults, stops it. */
int one_site_start(void **state);
/* At level sks: every packet is kept, signed or not. */
int one_site_start_sks(void **state);
int one_site_stop(void **state);

/* A body of literal text around an armored key; each call has a new one. */
void one_site_wrap(
	struct buf *out, const char *before, const char *after, char fpr[41]);
/* Such a body of that type is inserted, and served then. */
void one_site_takes(const char *type, const char *before, const char *after);
/* A file of tests/data/openpgp; and the same, submitted and stored. */
void one_site_file(const char *name, struct buf *out);
void one_site_store(const char *name);
/* How often the body has this text. */
size_t one_site_count(const struct answer *a, const char *text);
/* The same request with HEAD: the same status and head, no body. */
void one_site_head_is_get(const char *target);
/* A whole head of our own: its answer. `method` and headers as given. */
struct answer one_site_ask(
	const char *method, const char *target, const char *headers);

#endif
