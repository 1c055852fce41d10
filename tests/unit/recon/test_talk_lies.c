/* Partners that lie, or say what means nothing: each gets what it deserves. */

#include "../unit.h"

#include <string.h>

#include "partner.h"
#include "vectors.h"

static size_t
learned(const struct partner *p)
{
	size_t count;

	(void)talk_learned(p->talk, &count);
	return count;
}

/* The samples of our set, as if `add` were in it and `part` were not. */
static void
samples_lie(const struct set *set, const struct sks_digest *add,
	const struct sks_digest *part, struct samples *s)
{
	struct prefix root = prefix_root();
	struct node_view view;
	struct samples one;

	prefix_tree_view(set->tree, &root, &view);
	*s = view.samples;
	if (add)
		samples_add(s, zp_of_digest(add));
	if (part) {
		samples_none(&one);
		samples_add(&one, zp_of_digest(part));
		samples_part(s, &one);
	}
}

/* It says it lacks what we never had, or has besides what we have. */
static void
test_a_solution_must_fit_what_we_hold(void **state)
{
	const struct {
		const struct sks_digest *add, *part;
		bool believed;
	} rows[] = {
		{&large.list[0], NULL, true},
		{NULL, &ours.list[0], true},
		{&large.list[0], &ours.list[0], true},
		{&ours.list[0], NULL, false},
		{NULL, &large.list[0], false},
		{&large.list[0], &large.list[1], false},
	};
	struct samples s;
	struct partner p;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		samples_lie(&ours, rows[i].add, rows[i].part, &s);
		partner_greet(&p, TALK_ANSWERER, NULL, &ours);
		partner_poly_of(&p, "",
			(uint32_t)ours.count + (rows[i].add != NULL) -
				(rows[i].part != NULL),
			&s);
		partner_bare(&p, MESSAGE_FLUSH);
		partner_say(&p);
		if (rows[i].believed)
			assert_hears(
				&p, MESSAGE_ELEMENTS, rows[i].part ? 1 : 0);
		else
			assert_hears(&p, MESSAGE_FULL_ELEMENTS, ours.count);
		assert_state(&p, TALK_TALKING, "");
		partner_done(&p);
	}
}

/* Below 11 only: the digest begins with other bits. */
static void
test_a_solution_must_be_below_its_prefix(void **state)
{
	struct prefix prefix = vectors_prefix("11");
	struct sks_digest low;
	struct node_view view;
	struct partner p;

	(void)state;
	memset(low.octets, 0x11, sizeof(low.octets));
	prefix_tree_view(ours.tree, &prefix, &view);
	samples_add(&view.samples, zp_of_digest(&low));
	partner_greet(&p, TALK_ANSWERER, NULL, &ours);
	partner_poly_of(&p, "11", view.size + 1, &view.samples);
	partner_bare(&p, MESSAGE_FLUSH);
	partner_say(&p);
	assert_hears(&p, MESSAGE_FULL_ELEMENTS, view.size);
	assert_int_equal(learned(&p), 0);
	partner_done(&p);
}

/* The element p - 1, no digest, and 2^128, neither. */
static void
test_a_solution_must_be_a_digest(void **state)
{
	struct prefix root = prefix_root();
	struct node_view view;
	struct partner p;
	struct zp odd[2] = {zp_neg(zp_of(77)), {{0, 0, 1}}};
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		prefix_tree_view(ours.tree, &root, &view);
		samples_add(&view.samples, odd[i]);
		partner_greet(&p, TALK_ANSWERER, NULL, &ours);
		partner_poly_of(&p, "", view.size + 1, &view.samples);
		partner_bare(&p, MESSAGE_FLUSH);
		partner_say(&p);
		assert_hears(&p, MESSAGE_FULL_ELEMENTS, ours.count);
		assert_int_equal(learned(&p), 0);
		partner_done(&p);
	}
}

static void
test_zero_samples_are_not_solved(void **state)
{
	struct samples s;
	struct partner p;

	(void)state;
	memset(&s, 0, sizeof(s));
	partner_greet(&p, TALK_ANSWERER, NULL, &ours);
	partner_poly_of(&p, "", (uint32_t)ours.count, &s);
	partner_bare(&p, MESSAGE_FLUSH);
	partner_say(&p);
	assert_hears(&p, MESSAGE_FULL_ELEMENTS, ours.count);
	partner_done(&p);
}

/* All that a small set has, unless the partner would owe us too much. */
static void
test_a_small_set_says_sync_fail_to_a_large_one(void **state)
{
	struct samples s;
	struct partner p;

	(void)state;
	samples_lie(&large, NULL, NULL, &s);
	partner_greet(&p, TALK_ANSWERER, NULL, &ours);
	partner_poly_of(&p, "", 600, &s);
	partner_poly_of(&p, "", 601, &s);
	partner_poly_of(&p, "", UINT32_MAX, &s);
	partner_full(&p, "", theirs.list, theirs.count);
	partner_bare(&p, MESSAGE_FLUSH);
	partner_say(&p);
	assert_hears(&p, MESSAGE_FULL_ELEMENTS, ours.count);
	assert_hears(&p, MESSAGE_SYNC_FAIL, 0);
	assert_hears(&p, MESSAGE_SYNC_FAIL, 0);
	/* Never to a Full. */
	assert_hears(&p, MESSAGE_ELEMENTS, 8);
	partner_done(&p);
}

/* What is unsolved is given whole below 150 digests. */
static void
test_149_digests_are_given_and_150_are_not(void **state)
{
	struct talk_facts facts;
	struct set set, none;
	struct samples s;
	struct partner p;
	size_t count;

	(void)state;
	samples_none(&s);
	for (count = 149; count <= 150; count++) {
		sets_make(10, 0, count, 0, &set, &none);
		partner_greet(&p, TALK_ANSWERER, NULL, &set);
		partner_poly_of(&p, "", 0, &s);
		partner_bare(&p, MESSAGE_FLUSH);
		partner_say(&p);
		if (count < 150)
			assert_hears(&p, MESSAGE_FULL_ELEMENTS, count);
		else
			assert_hears(&p, MESSAGE_SYNC_FAIL, 0);
		/* Which says nothing of what it lacks. */
		talk_get_facts(p.talk, &facts);
		assert_int_equal(facts.owed, 0);
		partner_done(&p);
		set_free(&set);
		set_free(&none);
	}
}

static void
test_any_prefix_is_answered(void **state)
{
	char bits[129];
	struct samples none;
	struct partner p;

	(void)state;
	memset(bits, '1', 128);
	bits[128] = '\0';
	samples_none(&none);
	partner_greet(&p, TALK_ANSWERER, NULL, &ours);
	partner_poly_of(&p, bits, 0, &none);
	partner_poly_of(&p, bits, UINT32_MAX, &none);
	bits[60] = '\0';
	partner_poly_of(&p, bits, 0, &none);
	partner_full(&p, bits, NULL, 0);
	partner_bare(&p, MESSAGE_FLUSH);
	partner_say(&p);
	assert_hears(&p, MESSAGE_ELEMENTS, 0);
	/* So deep nobody is sent on. */
	assert_hears(&p, MESSAGE_FULL_ELEMENTS, 0);
	assert_hears(&p, MESSAGE_ELEMENTS, 0);
	assert_hears(&p, MESSAGE_ELEMENTS, 0);
	assert_state(&p, TALK_TALKING, "");
	partner_done(&p);
}

/* It offers what we hold, the same twice, and what is below other nodes. */
static void
test_only_what_we_lack_is_learned(void **state)
{
	struct partner p;

	(void)state;
	partner_greet(&p, TALK_ASKER, NULL, &ours);
	partner_elements(&p, MESSAGE_ELEMENTS, theirs.list, theirs.count);
	partner_say(&p);
	assert_state(&p, TALK_DONE, "all was asked and answered");
	assert_true(learned_exactly(p.talk, &ours, &theirs));
	partner_done(&p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_solution_must_fit_what_we_hold),
		cmocka_unit_test(test_a_solution_must_be_below_its_prefix),
		cmocka_unit_test(test_a_solution_must_be_a_digest),
		cmocka_unit_test(test_zero_samples_are_not_solved),
		cmocka_unit_test(
			test_a_small_set_says_sync_fail_to_a_large_one),
		cmocka_unit_test(test_149_digests_are_given_and_150_are_not),
		cmocka_unit_test(test_any_prefix_is_answered),
		cmocka_unit_test(test_only_what_we_lack_is_learned),
	};

	return cmocka_run_group_tests_name(
		"talk_lies", tests, sets_few, sets_gone);
}
