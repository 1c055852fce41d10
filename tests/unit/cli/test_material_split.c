/*
 * A giant certificate comes in pieces: what is kept of them is what would be
 * kept of the whole, and the owner's word is in them whatever it stands
 * behind.
 */
#include "../unit.h"

#include <stdio.h>
#include <string.h>

#include "../pgp/attack.h"
#include "cli/material_split.h"
#include "pgp/level.h"
#include "pgp/merge.h"

enum { OTHERS = 150000, NAMES = 110000 };

/* A store of one certificate, which is levelled as its pieces come. */
struct store {
	enum level level;
	size_t max; /* packets of a piece */
	struct arena *arena;
	struct cert *cert;
	size_t pieces, settled, faults, secret, cut_short;
};

static enum status
take(void *ctx, const struct material_piece *piece, struct err *err)
{
	struct bytes octets = piece->octets;
	struct level_rules rules = {.limits = &cert_limits_default};
	struct cert_limits limits = cert_limits_default;
	struct store *s = ctx;
	struct cert_list list = {0};
	struct level_result r;
	struct delta delta;
	struct bytes copy;
	struct cert *c;
	size_t i;

	rules.level = s->level;
	limits.max_packets = SIZE_MAX;
	limits.secret = CERT_SECRET_SKIPS;
	/* One at a time: what came before is on disk. */
	assert_int_equal(s->settled, s->pieces);
	s->pieces++;
	assert_ok(arena_copy(s->arena, octets, &copy));
	assert_ok(cert_read(s->arena, copy, &limits, &list, err));
	assert_true(list.packets <= s->max);
	for (i = 0; i < list.note_count; i++) {
		s->secret += list.notes[i].verdict == VERDICT_SECRET;
		s->cut_short += list.notes[i].verdict == VERDICT_OVER_LIMIT;
	}
	if (list.count == 0)
		return STATUS_OK;
	assert_int_equal(list.count, 1);
	c = list.list[0];
	if (s->cert != NULL)
		assert_ok(merge_certs(s->arena, s->cert, c, &c, &delta));
	assert_ok(cert_digest(s->arena, c));
	assert_ok(level_apply(s->arena, &rules, c, &r));
	if (r.cert != NULL)
		s->cert = r.cert;
	return STATUS_OK;
}

static enum status
settle(void *ctx, struct err *err)
{
	struct store *s = ctx;

	(void)err;
	s->settled++;
	return STATUS_OK;
}

static void
count_fault(void *ctx, const char *what)
{
	struct store *s = ctx;

	(void)what;
	s->faults++;
}

static void
split(struct store *s, struct bytes cert, size_t packets, size_t octets)
{
	const struct material_sink sink = {take, count_fault, s, settle, NULL};
	const struct material_piece whole = {cert, 0, 0, false};
	struct err err;

	s->max = packets;
	assert_ok(material_split(&whole, packets, octets, &sink, &err));
}

static bool
is_equal(const struct cert *a, const struct cert *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return memcmp(&a->sks_digest, &b->sks_digest, sizeof(a->sks_digest)) ==
	       0;
}

static bool
is_same(const struct cert *cert, enum level level, size_t packets)
{
	struct store s = {.level = level, .arena = arena_new(512 << 20)};
	const struct cert *whole =
		vectors_level(s.arena, level, &cert_limits_default, cert);
	bool same;

	split(&s, vectors_canonical(s.arena, cert), packets, SPLIT_OCTETS);
	same = is_equal(s.cert, whole);
	arena_free(s.arena);
	return same;
}

/* Only where a signature stands in the wrong place, pieces may differ. */
static bool
is_excused(const struct vector *v)
{
	return strstr(v->file, "misplaced") != NULL;
}

static void
test_pieces_are_the_whole(void **state)
{
	size_t i, k, n, checked = 0;

	(void)state;
	for (i = 0; i < vectors_all.count; i++) {
		const struct vector *v = &vectors_all.list[i];
		struct cert_list list = {0};

		if (v->missing || is_excused(v) ||
			vectors_read(vectors_arena, buf_view(&v->octets),
				v->armored, &cert_limits_default,
				&list) != STATUS_OK)
			continue;
		for (k = 0; k < list.count; k++) {
			struct cert *c = list.list[k];

			size_t least = 3 + c->packet_count / 64;

			/* Of the primary alone there is nothing to split. */
			for (n = least; n < least + 3 && c->packet_count > 1;
				n++) {
				if (!is_same(c, LEVEL_SKS, n) ||
					!is_same(c, LEVEL_CLEAN, n) ||
					!is_same(c, LEVEL_STRICT, n))
					fail_msg("%s in pieces of %zu", v->file,
						n);
				checked++;
			}
		}
	}
	assert_true(checked > 300);
}

/* ---- behind whatever strangers add ------------------------------------- */

static bool
is_revoked(const struct cert *c)
{
	size_t i;

	for (i = 0; c != NULL && i < c->primary.sig_count; i++)
		if (c->primary.sigs[i].info.type == SIG_KEY_REVOCATION &&
			c->primary.sigs[i].info.issuer == c->primary.key.key_id)
			return true;
	return false;
}

static void
add_names(void)
{
	char text[32];
	uint32_t i;

	for (i = 0; i < NAMES; i++) {
		(void)snprintf(text, sizeof(text), "Nobody %u", (unsigned)i);
		forge_put(&attack.input, PACKET_USER_ID, bytes_of(text));
	}
}

/* More than a submission holds, and the owner's word is the last of it. */
static void
test_an_owners_revocation_survives_what_it_is_behind(void **state)
{
	const struct material_limits limits = {1 << 18, 500, 10000, false};
	struct store s = {.level = LEVEL_CLEAN,
		.max = SPLIT_PACKETS,
		.arena = arena_new((size_t)1 << 30)};
	const struct material_sink sink = {take, count_fault, &s, settle, NULL};
	struct err err;

	(void)state;
	attack_start();
	attack_add_named(
		attack_sig(SIG_GENERIC_CERT, NULL, &attack.other), OTHERS);
	add_names();
	attack_add(attack_sig(SIG_KEY_REVOCATION, &attack.owner, NULL), 1);
	assert_ok(material_cut(buf_view(&attack.input), &limits, &sink, &err));
	assert_true(s.pieces > (OTHERS + NAMES) / SPLIT_PACKETS);
	assert_int_equal(s.settled, s.pieces);
	assert_int_equal(s.cut_short, 0);
	/* Below a user ID that nobody signed it signs nothing of this key but
	 * the key: it is at home there. */
	assert_true(is_revoked(s.cert));
	assert_int_equal(s.cert->user_id_count, 1);
	assert_int_equal(s.cert->user_ids[0].sig_count,
		1 + cert_limits_default.max_third_party);
	arena_free(s.arena);
}

/* False ones in the owner's name are in nobody's way either: each piece
 * verifies its own. */
static void
test_an_owners_revocation_survives_false_ones(void **state)
{
	struct store s = {.level = LEVEL_CLEAN, .arena = vectors_arena};

	(void)state;
	attack_start();
	attack_add(attack_sig(SIG_KEY_REVOCATION, NULL, &attack.owner), 500);
	attack_add_named(
		attack_sig(SIG_POSITIVE_CERT, NULL, &attack.owner), 500);
	attack_add(attack_sig(SIG_KEY_REVOCATION, &attack.owner, NULL), 1);
	split(&s, buf_view(&attack.input), 100, SPLIT_OCTETS);
	assert_true(is_revoked(s.cert));
	assert_int_equal(s.cert->packet_count, 4);
}

/* ---- pieces ------------------------------------------------------------ */

static void
test_octets_are_bounded_too(void **state)
{
	struct store s = {.level = LEVEL_CLEAN, .arena = vectors_arena};
	static uint8_t large[2000];

	(void)state;
	attack_start();
	attack_add_named(
		attack_sig(SIG_GENERIC_CERT, NULL, &attack.other), 100);
	split(&s, buf_view(&attack.input), 1000, 4000);
	assert_true(s.pieces > 3);
	assert_int_equal(s.cert->packet_count, 103);
	assert_int_equal(s.faults, 0);
	/* Larger than any limit lets a packet be. */
	forge_put(&attack.input, PACKET_USER_ID,
		bytes_make(large, sizeof(large)));
	split(&s, buf_view(&attack.input), 1000, 4000);
	assert_int_equal(s.faults, 1);
}

static void
test_something_secret_drops_all_of_it(void **state)
{
	struct store s = {.level = LEVEL_CLEAN, .arena = vectors_arena};

	(void)state;
	attack_start();
	attack_add_named(attack_sig(SIG_GENERIC_CERT, NULL, &attack.other), 20);
	forge_put(&attack.input, PACKET_SECRET_SUBKEY,
		buf_view(&attack.sub.body));
	split(&s, buf_view(&attack.input), 5, SPLIT_OCTETS);
	assert_int_equal(s.pieces, 1);
	assert_int_equal(s.secret, 1);
	assert_null(s.cert);
}

/* What is no key is told of once, by the packet that is none. */
static void
test_an_unusable_key_is_one_piece(void **state)
{
	struct store s = {.level = LEVEL_CLEAN, .arena = vectors_arena};
	size_t i;

	(void)state;
	buf_clear(&attack.input);
	forge_put(&attack.input, PACKET_PUBLIC_KEY, bytes_make("\x09", 1));
	for (i = 0; i < 20; i++)
		forge_put(&attack.input, PACKET_USER_ID, attack_name());
	split(&s, buf_view(&attack.input), 5, SPLIT_OCTETS);
	assert_int_equal(s.pieces, 1);
	assert_null(s.cert);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pieces_are_the_whole),
		cmocka_unit_test(
			test_an_owners_revocation_survives_what_it_is_behind),
		cmocka_unit_test(test_an_owners_revocation_survives_false_ones),
		cmocka_unit_test(test_octets_are_bounded_too),
		cmocka_unit_test(test_something_secret_drops_all_of_it),
		cmocka_unit_test(test_an_unusable_key_is_one_piece),
	};

	return cmocka_run_group_tests(tests, attack_open, attack_close);
}
