/*
 * vectors.h - reading tests/data/recon
 *
 * Memory: what vectors_json gives is the caller's (json_decref).
 */
#ifndef KEYPOST_TESTS_RECON_VECTORS_H
#define KEYPOST_TESTS_RECON_VECTORS_H

#include <jansson.h>

#include "recon/field.h"
#include "recon/prefix.h"

/* These end the test when the file is not as it should be. */
json_t *vectors_json(const char *file);
const char *vectors_text(const json_t *object, const char *key);
unsigned int vectors_number(const json_t *object, const char *key);
const json_t *vectors_array(const json_t *object, const char *key);
/* A decimal number. */
struct zp vectors_zp(const json_t *decimal);
struct zp vectors_zp_at(const json_t *object, const char *key);
/* 17 octets in hexadecimal. */
struct zp vectors_wire(const json_t *hex);
/* By one of those two. How many there were; `out` has room for max. */
size_t vectors_zps(const json_t *array, struct zp (*read)(const json_t *),
	struct zp *out, size_t max);
void vectors_hex(const char *hex, struct buf *out);
/* Of '0' and '1'. */
struct prefix vectors_prefix(const char *bits);
/* The lines of digests-5000.txt; malloced. */
struct sks_digest *vectors_digests(size_t *count);
int vectors_digest_cmp(const void *a, const void *b);

#endif
