/*
 * Whatever is submitted, taken down and raised, and whenever somebody looks,
 * saves or begins anew: the trees are what the rows say.
 */
#include "../ingest/raise_world.h"
#include "../ingest/takedown_world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recon/sets.h"

enum { KEYS = 12, TURNS = 160, DIGESTS_MAX = 1000, ROWS_OCTETS = 64 << 20 };

static struct sets *sets;
static uint32_t chance = 1;

static uint32_t
below(uint32_t n)
{
	chance = chance * 1103515245 + 12345;
	return (chance >> 16) % n;
}

static int
digest_order(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct sks_digest));
}

static const struct profile *
profile_of(struct fixture *f)
{
	const struct profile *p = NULL;

	assert_ok(profile_find(f->settings.policy.level == LEVEL_SKS
				       ? "sks-1.1.6"
				       : "keypost.clean.1",
		&p));
	return p;
}

/* As another process: it knows no more than file and store. */
static void
begin_anew(struct fixture *f)
{
	char file[300];
	const struct profile *p = profile_of(f);
	struct sets_settings settings = {
		.file = file, .profiles = &p, .profile_count = 1};
	struct err err = {""};

	(void)snprintf(file, sizeof(file), "%.255s/tree", f->dir);
	sets_free(sets);
	sets = sets_new(&settings, f->store);
	assert_ok(sets_open(sets, &err));
}

/* By reading every row. */
static size_t
digests_of_rows(struct fixture *f, struct sks_digest *list)
{
	struct arena *arena = arena_new(ROWS_OCTETS);
	struct store_walk walk = {.max = DIGESTS_MAX};
	struct cert_rows rows;
	struct err err = {""};
	size_t n = 0;

	assert_ok(store_list_certs(f->read, &walk, arena, &rows, &err));
	assert_true(rows.count < DIGESTS_MAX);
	for (size_t i = 0; i < rows.count; i++)
		if (profile_takes(profile_of(f), rows.list[i].flags))
			list[n++] = rows.list[i].sks_digest;
	qsort(list, n, sizeof(*list), digest_order);
	arena_free(arena);
	return n;
}

static size_t
assert_right(struct fixture *f)
{
	static struct sks_digest want[DIGESTS_MAX], have[DIGESTS_MAX];
	const struct prefix_tree *t = sets_tree(sets, 0);
	struct prefix root = prefix_root();
	size_t count = digests_of_rows(f, want);

	assert_int_equal(prefix_tree_list(t, NULL, have, DIGESTS_MAX), count);
	assert_memory_equal(have, want, count * sizeof(*want));
	assert_ok(prefix_tree_check(t, &root));
	return count;
}

static void
follow(struct fixture *f)
{
	struct err err = {""};

	assert_ok(sets_follow(sets, &err));
	(void)assert_right(f);
}

/* ---- what may happen ----------------------------------------------------- */

static void
submit(struct fixture *f, struct bytes octets)
{
	submission_free(fixture_submit(f, octets));
}

/* All of it, or without one of its packets: the rest may come later. */
static void
submit_some_of(struct fixture *f, uint64_t key)
{
	struct buf whole = {0}, part = {0};
	size_t packets;

	if (below(8) == 0)
		make_revoked(&whole, key);
	else
		make_cert(&whole, key, below(4));
	packets = count_packets(buf_view(&whole));
	if (below(2) == 0) {
		make_without(&part, buf_view(&whole),
			1 + below((uint32_t)packets - 1));
		submit(f, buf_view(&part));
	} else {
		submit(f, buf_view(&whole));
	}
	buf_done(&whole);
	buf_done(&part);
}

static void
take_down(struct fixture *f, uint64_t key)
{
	static const enum tombstone_kind kinds[] = {
		TOMBSTONE_ERASE, TOMBSTONE_BLOCK};
	enum tombstone_kind kind = kinds[below(2)];
	struct buf cert = {0};
	const char *hex;

	make_cert(&cert, key, 0);
	hex = world_hex(&world_parsed(f, &cert)->id.fpr);
	(void)world_down(f, kind, hex);
	if (below(2) == 0)
		follow(f);
	world_lift(f, kind, hex);
	buf_done(&cert);
}

static void
turn(struct fixture *f)
{
	struct err err = {""};

	switch (below(8)) {
	case 0:
		take_down(f, below(KEYS));
		break;
	case 1:
		follow(f);
		break;
	case 2:
		assert_ok(sets_save(sets, &err));
		break;
	case 3:
		begin_anew(f);
		(void)assert_right(f);
		break;
	default:
		submit_some_of(f, below(KEYS));
		break;
	}
}

static void
test_whatever_is_submitted_or_taken_down(void **state)
{
	struct fixture *f = *state;
	struct sets_facts facts;

	f->settings.folder = f->dir;
	begin(f, LEVEL_SKS, 0);
	begin_anew(f);
	for (int i = 0; i < TURNS; i++)
		turn(f);
	follow(f);
	assert_true(assert_right(f) > 0);
	sets_get_facts(sets, &facts);
	assert_true(facts.seq > TURNS / 4);
	sets_free(sets);
	sets = NULL;
}

static void
test_whatever_level_the_rows_are_raised_to(void **state)
{
	struct fixture *f = *state;
	struct sets_facts facts;
	struct err err = {""};
	size_t before;

	begin(f, LEVEL_SKS, 0);
	begin_anew(f);
	(void)each_vector(put_file, f);
	end(f);
	follow(f);
	before = assert_right(f);
	sets_get_facts(sets, &facts);
	assert_ok(sets_save(sets, &err));
	/* The file is of another profile now. */
	f->settings.policy.level = LEVEL_CLEAN;
	begin_anew(f);
	assert_true(assert_right(f) > before); /* v6 takes part */
	before = assert_right(f);
	raise_to(f, LEVEL_CLEAN);
	follow(f);
	assert_true(assert_right(f) < before);
	sets_get_facts(sets, &facts);
	assert_int_equal(facts.rebuilds, 1);
	sets_free(sets);
	sets = NULL;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_PROMISE(test_whatever_is_submitted_or_taken_down),
		FIXTURE_PROMISE(test_whatever_level_the_rows_are_raised_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
