/*
 * A signature written anew by a stranger - another unhashed area, longer
 * numbers, octets at the end - never takes the place of the good one, and
 * never makes two of it, in whatever order they come.
 */
#include "../unit.h"

#include <stdlib.h>
#include <string.h>

#include "base/reader.h"
#include "forge.h"
#include "pgp/merge.h"
#include "vectors.h"

enum { VARIANTS_MAX = 16, SUB_ISSUER = 16, SUB_FLAGS = 27, SUB_EMBEDDED = 32 };

static const uint8_t alice[] = "Alice <alice@example.org>";

struct variants {
	struct forge owner, sub;
	struct buf head; /* of the certificate, up to the signature */
	struct buf list[VARIANTS_MAX]; /* bodies; the first is the owner's */
	size_t count;
};

static struct bytes
alice_id(void)
{
	return bytes_make(alice, sizeof(alice) - 1);
}

static int
setup(void **state)
{
	struct variants *v = xcalloc(1, sizeof(*v));

	forge_open(&v->owner, 1);
	forge_open(&v->sub, 2);
	*state = v;
	return 0;
}

static int
teardown(void **state)
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

static struct buf *
add(struct variants *v)
{
	assert_true(v->count < VARIANTS_MAX);
	return &v->list[v->count++];
}

static void
add_with_unhashed(struct variants *v, const void *octets, size_t len)
{
	struct bytes first = buf_view(&v->list[0]);

	forge_with_unhashed(first, bytes_make(octets, len), add(v));
}

/* The signature's last number is announced and written longer by n octets. */
static void
add_with_zeros(struct variants *v, size_t n)
{
	struct bytes first = buf_view(&v->list[0]);
	struct signature_info info;
	struct buf *out = add(v);
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

static void
add_with_tail(struct variants *v, size_t n)
{
	struct bytes first = buf_view(&v->list[0]);
	struct buf *out = add(v);

	assert_ok(buf_put(out, first));
	while (n-- > 0)
		assert_ok(buf_put_u8(out, 0xaa));
}

static struct cert *
cert_with(struct variants *v, const size_t *which, size_t n)
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

static const struct component *
place(const struct cert *c)
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
	at = place(c);
	assert_int_equal(at->sig_count, 1);
	assert_true(bytes_eq(at->sigs[0].packet.body, buf_view(&v->list[0])));
}

static struct cert *
unite(const struct cert *a, const struct cert *b, enum level level)
{
	struct cert *merged;
	struct delta delta;

	assert_ok(merge_certs(vectors_arena, a, b, &merged, &delta));
	assert_ok(cert_digest(vectors_arena, merged));
	return vectors_level(
		vectors_arena, level, &cert_limits_default, merged);
}

/* Each alone before and after the good one, and all at once. */
static void
check_first_stays(struct variants *v)
{
	static const enum level levels[] = {LEVEL_CLEAN, LEVEL_STRICT};
	size_t all[VARIANTS_MAX], good = 0, i, k;

	for (k = 0; k < 2; k++) {
		struct cert *first = vectors_level(vectors_arena, levels[k],
			&cert_limits_default, cert_with(v, &good, 1));

		assert_only_first(v, first);
		for (i = 0; i < v->count; i++) {
			struct cert *one = cert_with(v, &i, 1), *kept;

			all[i] = v->count - 1 - i;
			assert_only_first(v, unite(first, one, levels[k]));
			kept = vectors_level(vectors_arena, levels[k],
				&cert_limits_default, one);
			if (kept != NULL)
				assert_only_first(
					v, unite(kept, first, levels[k]));
		}
		assert_only_first(v, vectors_level(vectors_arena, levels[k],
					     &cert_limits_default,
					     cert_with(v, all, v->count)));
	}
}

static void
make_head(struct variants *v)
{
	forge_put(&v->head, PACKET_PUBLIC_KEY, buf_view(&v->owner.body));
	forge_put(&v->head, PACKET_USER_ID, alice_id());
}

static void
make_self(struct variants *v, bool names_hashed)
{
	struct forge_sig s = {.type = SIG_POSITIVE_CERT,
		.created = 1100000000,
		.signer = &v->owner,
		.names_hashed = names_hashed,
		.user_id = alice_id()};

	make_head(v);
	forge_sign(&v->owner, &s, add(v));
}

static void
test_another_issuer_in_the_unhashed_area(void **state)
{
	struct variants *v = *state;
	uint8_t area[33] = {9, SUB_ISSUER};

	make_self(v, true);
	add_with_unhashed(v, area, 10); /* of key ID 0: sorts first */
	memset(area + 2, 0xff, 8);
	add_with_unhashed(v, area, 10);
	/* The right one, and another one after it. */
	memcpy(area + 2, v->owner.fpr + 12, 8);
	area[10] = 9;
	area[11] = SUB_ISSUER;
	add_with_unhashed(v, area, 20);
	/* Another fingerprint. */
	memset(area, 0, sizeof(area));
	area[0] = 22;
	area[1] = 33;
	area[2] = 4;
	add_with_unhashed(v, area, 23);
	check_first_stays(v);
}

/* Signatures of old say nowhere else who made them. */
static void
test_an_issuer_that_is_only_unhashed(void **state)
{
	struct variants *v = *state;
	uint8_t area[20] = {9, SUB_ISSUER};

	make_self(v, false);
	add_with_unhashed(v, area, 10);
	memcpy(area + 12, v->owner.fpr + 12, 8);
	area[10] = 9;
	area[11] = SUB_ISSUER;
	add_with_unhashed(v, area, 20);
	add_with_unhashed(v, area, 0);
	check_first_stays(v);
}

static void
test_junk_in_the_unhashed_area(void **state)
{
	static uint8_t area[60000];
	struct variants *v = *state;

	make_self(v, true);
	area[0] = 9;
	area[1] = SUB_ISSUER;
	memcpy(area + 2, v->owner.fpr + 12, 8);
	area[10] = 1;
	area[11] = 0x80 | 100; /* critical, unknown */
	add_with_unhashed(v, area, 12);
	area[10] = 255;
	area[11] = 0;
	area[12] = 0;
	area[13] = 0xa0;
	area[14] = 0;
	area[15] = SUB_EMBEDDED;
	add_with_unhashed(v, area, 15 + 0xa000);
	area[15] = 101;
	add_with_unhashed(v, area, 15 + 0xa000);
	check_first_stays(v);
}

static void
test_numbers_with_more_octets(void **state)
{
	struct variants *v = *state;

	make_self(v, true);
	add_with_zeros(v, 1);
	add_with_zeros(v, 2);
	add_with_zeros(v, 1000);
	add_with_tail(v, 1);
	add_with_tail(v, 50000);
	check_first_stays(v);
}

/* So many that they would fill the certificate, and sort before the good. */
static void
test_long_variants_take_no_room(void **state)
{
	struct variants *v = *state;
	struct cert_limits limits = cert_limits_default;
	struct forge_sig s = {.type = SIG_DIRECT_KEY,
		.created = 1,
		.signer = &v->owner,
		.names_hashed = true};
	size_t all[VARIANTS_MAX], i;
	struct cert *kept;

	forge_put(&v->head, PACKET_PUBLIC_KEY, buf_view(&v->owner.body));
	forge_sign(&v->owner, &s, add(v));
	for (i = 1; i < VARIANTS_MAX; i++)
		add_with_tail(v, 60000 + i);
	for (i = 0; i < VARIANTS_MAX; i++)
		all[i] = i;
	limits.max_total = 10000;
	kept = vectors_level(vectors_arena, LEVEL_CLEAN, &limits,
		cert_with(v, all, VARIANTS_MAX));
	assert_non_null(kept);
	assert_int_equal(kept->primary.sig_count, 1);
	assert_true(bytes_eq(
		kept->primary.sigs[0].packet.body, buf_view(&v->list[0])));
}

/* ---- back-signatures -------------------------------------------------- */

/* A binding that says it signs; its area of embedded ones comes later. */
static void
make_binding(struct variants *v, struct buf *good, struct buf *bogus)
{
	static const uint8_t flags[] = {2, SUB_FLAGS, 0x02};
	struct forge_sig back = {.type = SIG_PRIMARY_BINDING,
		.created = 1100000000,
		.signer = &v->sub,
		.names_hashed = true,
		.subkey = &v->sub,
		.bare = true};
	struct forge_sig bind = {.type = SIG_SUBKEY_BINDING,
		.created = 1100000000,
		.signer = &v->owner,
		.names_hashed = true,
		.subkey = &v->sub,
		.hashed = {flags, sizeof(flags)}};
	struct buf area = {0};

	forge_put(&v->head, PACKET_PUBLIC_KEY, buf_view(&v->owner.body));
	forge_put(&v->head, PACKET_PUBLIC_SUBKEY, buf_view(&v->sub.body));
	forge_sign(&v->owner, &back, good);
	/* Of the right look, made by nobody. */
	back.signer = NULL;
	back.names = &v->sub;
	forge_sign(&v->owner, &back, bogus);
	forge_put_subpacket(&area, SUB_EMBEDDED, buf_view(good));
	bind.unhashed = buf_view(&area);
	forge_sign(&v->owner, &bind, add(v));
	buf_done(&area);
}

static void
add_embedded(struct variants *v, const struct buf *one, const struct buf *two)
{
	struct buf area = {0};

	if (one != NULL)
		forge_put_subpacket(&area, SUB_EMBEDDED, buf_view(one));
	if (two != NULL)
		forge_put_subpacket(&area, SUB_EMBEDDED, buf_view(two));
	add_with_unhashed(v, area.data, area.len);
	buf_done(&area);
}

static void
test_a_back_signature_is_not_pushed_out(void **state)
{
	struct variants *v = *state;
	struct buf good = {0}, bogus = {0};

	make_binding(v, &good, &bogus);
	add_embedded(v, NULL, NULL);
	add_embedded(v, &bogus, NULL);
	add_embedded(v, &bogus, &good);
	add_embedded(v, &good, &bogus);
	add_embedded(v, &bogus, &bogus);
	check_first_stays(v);
	buf_done(&good);
	buf_done(&bogus);
}

/* The better of any two is better in any order of three. */
static void
test_variants_have_one_order(void **state)
{
	static const size_t orders[][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2},
		{1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
	struct variants *v = *state;
	struct buf good = {0}, bogus = {0};
	struct cert *a[3], *kept, *first = NULL;
	size_t i, k;

	make_binding(v, &good, &bogus);
	add_embedded(v, NULL, NULL);
	add_embedded(v, &bogus, NULL);
	add_embedded(v, &bogus, &good);
	for (i = 0; i < 6; i++) {
		for (k = 0; k < 3; k++) {
			size_t one = 1 + orders[i][k];

			a[k] = cert_with(v, &one, 1);
		}
		kept = unite(a[0], a[1], LEVEL_CLEAN);
		kept = unite(kept, a[2], LEVEL_CLEAN);
		assert_non_null(kept);
		if (first == NULL)
			first = kept;
		assert_memory_equal(&first->sks_digest, &kept->sks_digest,
			sizeof(kept->sks_digest));
		assert_true(bytes_eq(place(kept)->sigs[0].packet.body,
			buf_view(&v->list[3])));
	}
	buf_done(&good);
	buf_done(&bogus);
}

#define PROMISE(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		PROMISE(test_another_issuer_in_the_unhashed_area),
		PROMISE(test_an_issuer_that_is_only_unhashed),
		PROMISE(test_junk_in_the_unhashed_area),
		PROMISE(test_numbers_with_more_octets),
		PROMISE(test_long_variants_take_no_room),
		PROMISE(test_a_back_signature_is_not_pushed_out),
		PROMISE(test_variants_have_one_order),
	};

	return cmocka_run_group_tests(tests, vectors_setup, vectors_teardown);
}
