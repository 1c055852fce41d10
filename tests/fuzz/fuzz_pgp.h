/*
 * fuzz_pgp.h - what the fuzz targets of src/pgp share
 */
#ifndef KEYPOST_FUZZ_PGP_H
#define KEYPOST_FUZZ_PGP_H

#include <assert.h>
#include <string.h>

#include "pgp/cert.h"
#include "pgp/merge.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Enough for any input a fuzzer makes, so that LIMIT is no answer. */
static inline struct arena *
fuzz_arena(void)
{
	static bool ready;
	enum status st;

	if (!ready) {
		st = crypto_init(NULL);
		assert(st == STATUS_OK);
		(void)st;
		ready = true;
	}
	return arena_new((size_t)1024 * 1024 * 1024);
}

/* `out` is as large as the certificate says that it is. */
static inline void
fuzz_write_buf(const struct cert *cert, struct buf *out)
{
	enum status st;

	buf_init(out, 0);
	st = buf_reserve(out, cert->octets);
	assert(st == STATUS_OK);
	st = cert_write(cert, out);
	assert(st == STATUS_OK && out->len == cert->octets);
	(void)st;
}

static inline struct bytes
fuzz_write(struct arena *arena, const struct cert *cert)
{
	struct bytes copy = {NULL, 0};
	struct buf out;
	enum status st;

	fuzz_write_buf(cert, &out);
	st = arena_copy(arena, buf_view(&out), &copy);
	assert(st == STATUS_OK);
	(void)st;
	buf_done(&out);
	return copy;
}

/* Is `octets` the canonical form of this one, too? */
static inline bool
fuzz_is(const struct cert *cert, struct bytes octets)
{
	struct buf out;
	bool same;

	fuzz_write_buf(cert, &out);
	same = bytes_eq(buf_view(&out), octets);
	buf_done(&out);
	return same;
}

static inline bool
fuzz_same_digest(const struct cert *a, const struct cert *b)
{
	return memcmp(&a->sks_digest, &b->sks_digest, sizeof(a->sks_digest)) ==
	       0;
}

static inline bool
fuzz_same(const struct cert *a, const struct cert *b)
{
	struct buf out;
	bool same;

	if (a->octets != b->octets || !fuzz_same_digest(a, b))
		return false;
	fuzz_write_buf(a, &out);
	same = fuzz_is(b, buf_view(&out));
	buf_done(&out);
	return same;
}

/* The first certificate of the octets, or NULL. */
static inline struct cert *
fuzz_first(struct arena *arena, struct bytes octets)
{
	struct cert_list list = {0};
	enum status st;

	st = cert_read(arena, octets, &cert_limits_default, &list, NULL);
	if (st == STATUS_OK && list.count)
		return list.list[0];
	return NULL;
}

static inline struct cert *
fuzz_unite(struct arena *arena, const struct cert *a, const struct cert *b)
{
	struct cert *merged = NULL;
	struct delta delta;
	enum status st;

	st = merge_certs(arena, a, b, &merged, &delta);
	assert(st == STATUS_OK);
	(void)st;
	return merged;
}

#endif
