/*
 * A signature written anew by a stranger - another unhashed area, longer
 * numbers, octets at the end - never takes the place of the good one, and
 * never makes two of it, in whatever order they come.
 */
#include "../unit.h"

#include <string.h>

#include "variants.h"

enum { SUB_ISSUER = 16, SUB_FLAGS = 27, SUB_EMBEDDED = 32 };

static void
make_head(struct variants *v)
{
	forge_put(&v->head, PACKET_PUBLIC_KEY, buf_view(&v->owner.body));
	forge_put(&v->head, PACKET_USER_ID, variants_name());
}

static void
make_self(struct variants *v, bool names_hashed)
{
	struct forge_sig s = {.type = SIG_POSITIVE_CERT,
		.created = 1100000000,
		.signer = &v->owner,
		.names_hashed = names_hashed,
		.user_id = variants_name()};

	make_head(v);
	forge_sign(&v->owner, &s, variants_add(v));
}

static void
test_another_issuer_in_the_unhashed_area(void **state)
{
	struct variants *v = *state;
	uint8_t area[33] = {9, SUB_ISSUER};

	make_self(v, true);
	variants_add_unhashed(v, area, 10); /* of key ID 0: sorts first */
	memset(area + 2, 0xff, 8);
	variants_add_unhashed(v, area, 10);
	/* The right one, and another one after it. */
	memcpy(area + 2, v->owner.fpr + 12, 8);
	area[10] = 9;
	area[11] = SUB_ISSUER;
	variants_add_unhashed(v, area, 20);
	/* Another fingerprint. */
	memset(area, 0, sizeof(area));
	area[0] = 22;
	area[1] = 33;
	area[2] = 4;
	variants_add_unhashed(v, area, 23);
	variants_check(v);
}

/* Signatures of old say nowhere else who made them. */
static void
test_an_issuer_that_is_only_unhashed(void **state)
{
	struct variants *v = *state;
	uint8_t area[20] = {9, SUB_ISSUER};

	make_self(v, false);
	variants_add_unhashed(v, area, 10);
	memcpy(area + 12, v->owner.fpr + 12, 8);
	area[10] = 9;
	area[11] = SUB_ISSUER;
	variants_add_unhashed(v, area, 20);
	variants_add_unhashed(v, area, 0);
	variants_check(v);
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
	variants_add_unhashed(v, area, 12);
	area[10] = 255;
	area[11] = 0;
	area[12] = 0;
	area[13] = 0xa0;
	area[14] = 0;
	area[15] = SUB_EMBEDDED;
	variants_add_unhashed(v, area, 15 + 0xa000);
	area[15] = 101;
	variants_add_unhashed(v, area, 15 + 0xa000);
	variants_check(v);
}

static void
test_numbers_with_more_octets(void **state)
{
	struct variants *v = *state;

	make_self(v, true);
	variants_add_zeros(v, 1);
	variants_add_zeros(v, 2);
	variants_add_zeros(v, 1000);
	variants_add_tail(v, 1);
	variants_add_tail(v, 50000);
	variants_check(v);
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
	forge_sign(&v->owner, &s, variants_add(v));
	for (i = 1; i < VARIANTS_MAX; i++)
		variants_add_tail(v, 60000 + i);
	for (i = 0; i < VARIANTS_MAX; i++)
		all[i] = i;
	limits.max_total = 10000;
	kept = vectors_level(vectors_arena, LEVEL_CLEAN, &limits,
		variants_cert(v, all, VARIANTS_MAX));
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
	forge_sign(&v->owner, &bind, variants_add(v));
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
	variants_add_unhashed(v, area.data, area.len);
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
	variants_check(v);
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

			a[k] = variants_cert(v, &one, 1);
		}
		kept = variants_unite(a[0], a[1], LEVEL_CLEAN);
		kept = variants_unite(kept, a[2], LEVEL_CLEAN);
		assert_non_null(kept);
		if (first == NULL)
			first = kept;
		assert_memory_equal(&first->sks_digest, &kept->sks_digest,
			sizeof(kept->sks_digest));
		assert_true(bytes_eq(variants_place(kept)->sigs[0].packet.body,
			buf_view(&v->list[3])));
	}
	buf_done(&good);
	buf_done(&bogus);
}

#define PROMISE(f)                                                             \
	cmocka_unit_test_setup_teardown(f, variants_open, variants_close)

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
