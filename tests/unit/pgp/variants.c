#include "variants.h"

#include <stdlib.h>

#include "../unit.h"
#include "base/reader.h"
#include "pgp/merge.h"

static const uint8_t alice[] = "Alice <alice@example.org>";

struct bytes
variants_name(void)
{
	return bytes_make(alice, sizeof(alice) - 1);
}

int
variants_open(void **state)
{
	struct variants *v = xcalloc(1, sizeof(*v));

	forge_open(&v->owner, 1);
	forge_open(&v->sub, 2);
	*state = v;
	return 0;
}

int
variants_close(void **state)
{
	struct variants *v = *state;
	size_t i;

	for (i = 0; i < v->count; i++)
		buf_done(&v->list[i]);
	buf_done(&v->head);
	forge_close(&v->owner);
	forge_close(&v->sub);
	free(v);
	arena_reset(vectors_arena);
	return 0;
}

struct buf *
variants_add(struct variants *v)
{
	assert_true(v->count < VARIANTS_MAX);
	return &v->list[v->count++];
}

void
variants_add_unhashed(struct variants *v, const void *octets, size_t len)
{
	struct bytes first = buf_view(&v->list[0]);

	forge_with_unhashed(first, bytes_make(octets, len), variants_add(v));
}

/* The signature's last number is announced and written longer by n octets. */
void
variants_add_zeros(struct variants *v, size_t n)
{
	struct bytes first = buf_view(&v->list[0]);
	struct signature_info info;
	struct buf *out = variants_add(v);
	struct reader in;
	size_t before, bits;

	assert_ok(signature_parse(first, &info, NULL));
	in = reader_of(info.material);
	reader_take(&in, ((size_t)reader_be16(&in) + 7) / 8);
	before = first.len - info.material.len + in.pos;
	bits = reader_be16(&in);
	bits = (bits + 7) / 8 * 8 + 8 * n;
	assert_ok(buf_put(out, bytes_make(first.data, before)));
	assert_ok(buf_put_u8(out, (uint8_t)(bits >> 8)));
	assert_ok(buf_put_u8(out, (uint8_t)bits));
	while (n-- > 0)
		assert_ok(buf_put_u8(out, 0));
	before += 2;
	assert_ok(buf_put(
		out, bytes_make(first.data + before, first.len - before)));
}

void
variants_add_tail(struct variants *v, size_t n)
{
	struct bytes first = buf_view(&v->list[0]);
	struct buf *out = variants_add(v);

	assert_ok(buf_put(out, first));
	while (n-- > 0)
		assert_ok(buf_put_u8(out, 0xaa));
}

struct cert *
variants_cert(struct variants *v, const size_t *which, size_t n)
{
	struct buf all = {0};
	struct cert *cert;
	struct bytes kept;
	size_t i;

	assert_ok(buf_put(&all, buf_view(&v->head)));
	for (i = 0; i < n; i++)
		forge_put(&all, PACKET_SIGNATURE, buf_view(&v->list[which[i]]));
	assert_ok(arena_copy(vectors_arena, buf_view(&all), &kept));
	buf_done(&all);
	cert = vectors_cert(vectors_arena, kept);
	assert_non_null(cert);
	return cert;
}

const struct component *
variants_place(const struct cert *c)
{
	if (c->subkey_count > 0)
		return &c->subkeys[0];
	return c->user_id_count > 0 ? &c->user_ids[0] : &c->primary;
}

static void
assert_only_first(const struct variants *v, const struct cert *c)
{
	const struct component *at;

	assert_non_null(c);
	at = variants_place(c);
	assert_int_equal(at->sig_count, 1);
	assert_true(bytes_eq(at->sigs[0].packet.body, buf_view(&v->list[0])));
}

struct cert *
variants_unite(const struct cert *a, const struct cert *b, enum level level)
{
	struct cert *merged;
	struct delta delta;

	assert_ok(merge_certs(vectors_arena, a, b, &merged, &delta));
	assert_ok(cert_digest(vectors_arena, merged));
	return vectors_level(
		vectors_arena, level, &cert_limits_default, merged);
}

/* Each alone before and after the good one, and all at once. */
void
variants_check(struct variants *v)
{
	static const enum level levels[] = {LEVEL_CLEAN, LEVEL_STRICT};
	size_t all[VARIANTS_MAX], good = 0, i, k;

	for (k = 0; k < 2; k++) {
		struct cert *first = vectors_level(vectors_arena, levels[k],
			&cert_limits_default, variants_cert(v, &good, 1));

		assert_only_first(v, first);
		for (i = 0; i < v->count; i++) {
			struct cert *one = variants_cert(v, &i, 1), *kept;

			all[i] = v->count - 1 - i;
			assert_only_first(
				v, variants_unite(first, one, levels[k]));
			kept = vectors_level(vectors_arena, levels[k],
				&cert_limits_default, one);
			if (kept != NULL)
				assert_only_first(v,
					variants_unite(kept, first, levels[k]));
		}
		assert_only_first(v, vectors_level(vectors_arena, levels[k],
					     &cert_limits_default,
					     variants_cert(v, all, v->count)));
	}
}
