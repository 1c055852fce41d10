/* Signers of a page are gathered once each, and no more than a number. */
#include <string.h>

#include "fixture.h"

#include "lookup/signers.h"

enum { MANY = SIGNERS_MAX + 50 };

static struct signature sigs[MANY];
static struct index_sig shown[MANY];

static struct index_cert
signed_by(size_t different)
{
	struct index_cert c;
	size_t i;

	memset(&c, 0, sizeof(c));
	memset(sigs, 0, sizeof(sigs));
	memset(shown, 0, sizeof(shown));
	for (i = 0; i < MANY; i++) {
		sigs[i].info.has_issuer = true;
		sigs[i].info.issuer = 1 + i % different;
		shown[i].sig = &sigs[i];
	}
	c.key.sigs = shown;
	c.key.sig_count = MANY;
	return c;
}

static void
test_signer_is_gathered_once(void **state)
{
	struct arena *arena = arena_new(1 << 20);
	struct index_cert c = signed_by(3);
	struct signers s;

	(void)state;
	shown[0].self = true; /* 1 is there again */
	assert_ok(signers_find(NULL, &c, 1, 0, arena, &s));
	assert_int_equal(s.count, 3);
	assert_int_equal(s.left, 0);
	assert_ptr_equal(
		signers_get(&s, &sigs[1].info), signers_get(&s, &sigs[4].info));
	assert_false(signers_get(&s, &sigs[1].info)->found);
	arena_free(arena);
}

static void
test_more_than_so_many_stay_without_a_name(void **state)
{
	struct arena *arena = arena_new(1 << 20);
	struct index_cert c = signed_by(MANY);
	struct signers s;

	(void)state;
	assert_ok(signers_find(NULL, &c, 1, 0, arena, &s));
	assert_int_equal(s.count, SIGNERS_MAX);
	assert_int_equal(s.left, MANY - SIGNERS_MAX);
	assert_non_null(signers_get(&s, &sigs[SIGNERS_MAX - 1].info));
	assert_null(signers_get(&s, &sigs[SIGNERS_MAX].info));
	arena_free(arena);
}

static void
test_who_does_not_say_who_it_is_has_no_name(void **state)
{
	struct arena *arena = arena_new(1 << 20);
	struct index_cert c = signed_by(1);
	struct signature_info nobody;
	struct signers s;

	(void)state;
	memset(&nobody, 0, sizeof(nobody));
	assert_ok(signers_find(NULL, &c, 1, 0, arena, &s));
	assert_null(signers_get(&s, &nobody));
	arena_free(arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_signer_is_gathered_once),
		cmocka_unit_test(test_more_than_so_many_stay_without_a_name),
		cmocka_unit_test(test_who_does_not_say_who_it_is_has_no_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
