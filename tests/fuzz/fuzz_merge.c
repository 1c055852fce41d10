/*
 * Two inputs, cut at the length that the first two octets give: merging their
 * certificates is commutative, associative and idempotent, and loses nothing;
 * at levels clean and strict it is so for what such a level kept.
 */
#include "fuzz_pgp.h"
#include "pgp/digest.h"
#include "pgp/level.h"

static void
check_contains(
	struct arena *arena, const struct cert *all, const struct cert *part)
{
	struct bytes have, want;
	struct digest d;
	enum status st;
	size_t i;

	st = cert_placed_digests(arena, all, &have);
	assert(st == STATUS_OK);
	st = cert_placed_digests(arena, part, &want);
	assert(st == STATUS_OK);
	(void)st;
	for (i = 0; i < want.len; i += sizeof(d)) {
		memcpy(&d, want.data + i, sizeof(d));
		assert(digest_in(have, &d));
	}
}

static void
check(struct arena *arena, const struct cert *a, const struct cert *b)
{
	struct cert *ab = fuzz_unite(arena, a, b);
	struct cert *ba = fuzz_unite(arena, b, a);
	struct cert bare = *a;

	assert(fuzz_same(ab, ba));
	assert(fuzz_same(a, fuzz_unite(arena, a, a)));
	assert(fuzz_same(ab, fuzz_unite(arena, ab, b)));
	check_contains(arena, ab, a);
	check_contains(arena, ab, b);
	/* A third one: the first without its subkeys. */
	bare.packet_count -= bare.subkey_count;
	while (bare.subkey_count)
		bare.packet_count -=
			bare.subkeys[--bare.subkey_count].sig_count;
	assert(fuzz_same(
		fuzz_unite(arena, fuzz_unite(arena, &bare, b), a), ab));
	assert(fuzz_same(fuzz_unite(arena, &bare, ba), ab));
}

static struct cert *
leveled(struct arena *arena, enum level level, const struct cert *c)
{
	static struct cert_limits limits;
	struct level_rules rules = {.level = level, .limits = &limits};
	struct level_result r;
	enum status st;

	limits = cert_limits_default;
	/* So few that they are met. */
	limits.max_user_ids = limits.max_subkeys = 2;
	limits.max_third_party = limits.max_self_sigs = 3;
	st = level_apply(arena, &rules, c, &r);
	assert(st == STATUS_OK);
	(void)st;
	return r.cert;
}

/* Of what the level kept of each; NULL is no part of a union. */
static struct cert *
unite_at(struct arena *arena, enum level level, struct cert *a, struct cert *b)
{
	if (a == NULL || b == NULL)
		return a == NULL ? b : a;
	return leveled(arena, level, fuzz_unite(arena, a, b));
}

static void
check_level(struct arena *arena, enum level level, const struct cert *a,
	const struct cert *b)
{
	struct cert *x = leveled(arena, level, a),
		    *y = leveled(arena, level, b);
	struct cert *xy = unite_at(arena, level, x, y);
	struct cert *yx = unite_at(arena, level, y, x);
	struct cert *all = leveled(arena, level, fuzz_unite(arena, a, b)), *z;

	assert((xy == NULL) == (yx == NULL));
	if (xy == NULL)
		return;
	assert(all != NULL && fuzz_same(xy, yx));
	assert(fuzz_same(xy, leveled(arena, level, xy)));
	assert(fuzz_same(all, leveled(arena, level, all)));
	z = unite_at(arena, level, all, x);
	assert(z != NULL && fuzz_same(z, unite_at(arena, level, x, all)));
	assert(fuzz_same(unite_at(arena, level, xy, all),
		unite_at(arena, level, x, unite_at(arena, level, y, all))));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena *arena;
	struct cert *a, *b, *merged;
	struct delta delta;
	enum status st;
	size_t cut;

	if (size < 2)
		return 0;
	cut = (size_t)data[0] << 8 | data[1];
	data += 2;
	size -= 2;
	if (cut > size)
		cut = size;
	arena = fuzz_arena();
	a = fuzz_first(arena, bytes_make(data, cut));
	b = fuzz_first(arena, bytes_make(data + cut, size - cut));
	if (a && b &&
		bytes_eq(a->primary.packet.body, b->primary.packet.body)) {
		check(arena, a, b);
		/* Public keys are slow: one in eight. */
		if (size % 16 < 2)
			check_level(arena,
				size % 16 == 0 ? LEVEL_CLEAN : LEVEL_STRICT, a,
				b);
	} else if (a && b) {
		st = merge_certs(arena, a, b, &merged, &delta);
		assert(st == STATUS_MALFORMED);
		(void)st;
	}
	arena_free(arena);
	return 0;
}
