/*
 * Each vector cut at every octet, and with every octet set to 0x00 and 0xFF
 * (sampled where there are many): whatever is read from it can be used for
 * everything, and the same rules hold for it as for good input. At levels
 * clean and strict no changed octet becomes the owner's word, and what is
 * kept is kept again. KEYPOST_MUTATE_ALL=1: at every octet of every vector,
 * which takes hours; KEYPOST_MUTATE_ONLY=FILE: of that one, and
 * KEYPOST_MUTATE_ALL=2/40: there at the second of each forty octets, so that
 * it can be shared out. How much was tried is told.
 */
#include "config.h"

#include "../unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pgp/armor.h"
#include "pgp/delta.h"
#include "pgp/digest.h"
#include "pgp/merge.h"
#include "pgp/user_id.h"
#include "pgp/verify.h"
#include "vectors.h"

#ifdef SANITIZED_BUILD
enum { POSITIONS_MAX = 300, LARGE_POSITIONS = 10 };
#else
enum { POSITIONS_MAX = 4096, LARGE_POSITIONS = 100 };
#endif

enum { LARGE = 4096, LEVELS_STEP = 64 };

static const size_t arena_max = 64 * 1024 * 1024;

static struct vectors vectors;

static void
use_user_ids(struct arena *arena, const struct cert *cert)
{
	struct bytes text, email, *words;
	size_t i, count;
	enum status st;

	for (i = 0; i < cert->user_id_count; i++) {
		text = cert->user_ids[i].packet.body;
		assert_ok(user_id_words(arena, text, &words, &count));
		assert_true(count <= USER_ID_WORDS_MAX);
		st = user_id_email(arena, text, &email);
		assert_true(st == STATUS_OK || st == STATUS_NOT_FOUND);
		assert_ok(user_id_text(arena, text, &text));
		assert_true(user_id_is_utf8(text));
	}
}

static enum status
use_packet(void *ctx, const struct packet *p, const struct component *under,
	const struct digest *placed)
{
	const struct cert *cert = ctx;
	size_t i;

	(void)placed;
	/* Once for each component. */
	if (p->tag == PACKET_SIGNATURE)
		return STATUS_OK;
	for (i = 0; i < under->sig_count; i++) {
		(void)verify_is_self(cert, &under->sigs[i]);
		(void)verify_is_plausible(cert, under, &under->sigs[i], NULL);
	}
	if (p->tag == PACKET_PUBLIC_SUBKEY)
		(void)verify_is_bound(cert, under, NULL);
	return STATUS_OK;
}

static void
use_cut(struct arena *arena, const struct cert *cert, struct bytes digests,
	enum delta_dialect dialect)
{
	struct cert *cut, *merged;
	struct delta delta;
	enum status st;

	st = delta_cut(arena, cert, digests, dialect, &cut);
	if (st == STATUS_NOT_FOUND)
		return;
	assert_ok(st);
	/* A cut holds nothing that the certificate has not. */
	assert_ok(merge_certs(arena, cert, cut, &merged, &delta));
	assert_int_equal(delta.new_count, 0);
}

static void
use_cert(struct arena *arena, struct cert *cert)
{
	struct bytes octets = vectors_canonical(arena, cert), digests;
	struct cert *again;

	assert_ok(cert_read_stored(arena, octets, &again, NULL));
	assert_true(bytes_eq(octets, vectors_canonical(arena, again)));
	again = vectors_cert(arena, octets);
	assert_memory_equal(&again->sks_digest, &cert->sks_digest,
		sizeof(cert->sks_digest));
	assert_true(bytes_eq(octets, vectors_canonical(arena, again)));
	assert_ok(cert_placed_digests(arena, cert, &digests));
	assert_int_equal(digests.len, 32 * cert->packet_count);
	use_cut(arena, cert, digests, DELTA_STANDARD);
	use_cut(arena, cert, digests, DELTA_PKSD);
	use_user_ids(arena, cert);
	assert_ok(cert_walk(cert, use_packet, cert));
	(void)cert_flags(cert);
}

/* What a level keeps it keeps again; limits are met, and a budget too. */
static void
use_levels(struct arena *arena, const struct cert *cert)
{
	struct verify_budget budget = {1 << 24, 200};
	struct level_rules rules = {
		.limits = &cert_limits_default, .budget = &budget};
	struct level_result r;
	const struct cert *again;

	for (rules.level = LEVEL_CLEAN; rules.level <= LEVEL_STRICT;
		rules.level++) {
		assert_ok(level_apply(arena, &rules, cert, &r));
		assert_true((r.cert == NULL) == (r.refused != VERDICT_KEPT));
		if (r.cert == NULL || budget.operations < 100)
			continue;
		again = vectors_level(
			arena, rules.level, &cert_limits_default, r.cert);
		assert_non_null(again);
		assert_memory_equal(&again->sks_digest, &r.cert->sks_digest,
			sizeof(again->sks_digest));
	}
}

/* The copy has the exact size, so that a sanitizer sees where it ends. */
static void
use(struct arena *arena, const uint8_t *data, size_t len, bool armored,
	bool levels)
{
	struct cert_limits limits = vectors_limits;
	struct cert_list list = {0};
	uint8_t *exact = xmalloc(len ? len : 1);
	struct bytes text = bytes_make(exact, len);
	enum status st;
	size_t i;

	if (len)
		memcpy(exact, data, len);
	limits.secret = CERT_SECRET_SKIPS;
	st = vectors_read(arena, text, armored, &limits, &list);
	assert_true(st == STATUS_OK || st == STATUS_MALFORMED ||
		    (armored && st == STATUS_REJECTED));
	for (i = 0; i < list.count; i++) {
		use_cert(arena, list.list[i]);
		if (levels)
			use_levels(arena, list.list[i]);
	}
	arena_reset(arena);
	free(exact);
}

/* Which octets: of each `step` one, from `first` on. */
struct positions {
	size_t first, step;
	bool all; /* and of each at which level */
};

static struct positions
positions_of(size_t len)
{
	const char *all = getenv("KEYPOST_MUTATE_ALL");
	struct positions p = {0, 1, all != NULL};
	size_t part, parts;

	if (all == NULL)
		p.step = len / (len > LARGE ? LARGE_POSITIONS : POSITIONS_MAX) +
			 1;
	else if (sscanf(all, "%zu/%zu", &part, &parts) == 2 && part > 0 &&
		 part <= parts)
		p = (struct positions){part - 1, parts, true};
	return p;
}

static void
test_vector_mutated(void **state)
{
	const struct vector *v = *state;
	size_t len = v->octets.len, i, tried = 0;
	struct positions p = positions_of(len);
	struct arena *arena = arena_new(arena_max);
	uint8_t *data = xmalloc(len + 1), before;
	bool levels;

	memcpy(data, v->octets.data, len);
	for (i = p.first; i < len; i += p.step) {
		/* Public keys are slow: a sample of a sample. */
		levels = p.all || i / p.step % LEVELS_STEP == 0;
		use(arena, data, i, v->armored, levels);
		before = data[i];
		data[i] = 0x00;
		use(arena, data, len, v->armored, levels);
		data[i] = 0xff;
		use(arena, data, len, v->armored, levels);
		data[i] = before;
		tried++;
	}
	print_message("# %s: cut, 0x00 and 0xff at %zu of %zu octets\n",
		v->file, tried, len);
	free(data);
	arena_free(arena);
}

int
main(void)
{
	const char *only = getenv("KEYPOST_MUTATE_ONLY");
	struct CMUnitTest *tests;
	size_t i, n = 0;
	struct err err;
	int failed;

	if (crypto_init(&err) != STATUS_OK)
		return 1;
	vectors_load(&vectors);
	tests = xcalloc(vectors.count, sizeof(*tests));
	for (i = 0; i < vectors.count; i++) {
		if (vectors.list[i].missing || vectors.list[i].octets.len == 0)
			continue;
		if (only != NULL && strcmp(only, vectors.list[i].file) != 0)
			continue;
		tests[n].name = vectors.list[i].file;
		tests[n].test_func = test_vector_mutated;
		tests[n].initial_state = &vectors.list[i];
		n++;
	}
	failed = _cmocka_run_group_tests("mutations", tests, n, NULL, NULL);
	free(tests);
	vectors_free(&vectors);
	return failed;
}
