/* Promises about who takes part in gossip, and what filters are announced. */

#include "../unit.h"

#include <string.h>

#include "pgp/cert.h"
#include "recon/profile.h"
#include "vectors.h"

enum { ARENA = 1024 * 1024 };

static const struct profile *
named(const char *name)
{
	const struct profile *p = NULL;

	assert_ok(profile_find(name, &p));
	return p;
}

/* ---- the table ---------------------------------------------------------- */

static void
test_filters_are_sorted_and_without_blanks(void **state)
{
	const struct profile *p;

	(void)state;
	for (size_t i = 0; (p = profile_at(i)) != NULL; i++) {
		char list[PROFILE_FILTERS_MAX], *rest = NULL, *word, *last = "";

		assert_true(strlen(p->filters) < sizeof(list));
		strcpy(list, p->filters);
		assert_null(strpbrk(list, " \t\n"));
		for (word = strtok_r(list, ",", &rest); word != NULL;
			word = strtok_r(NULL, ",", &rest)) {
			assert_true(strcmp(last, word) < 0);
			last = word;
		}
	}
}

static void
test_each_profile_is_found_by_name_and_by_filters(void **state)
{
	const struct profile *p, *found = NULL;
	size_t i;

	(void)state;
	for (i = 0; (p = profile_at(i)) != NULL; i++) {
		assert_ptr_equal(named(p->name), p);
		assert_ptr_equal(profile_of_filters(bytes_of(p->filters)), p);
	}
	assert_true(i >= 5);
	assert_ptr_equal(
		profile_of_filters(bytes_of("yminsky.merge,yminsky.dedup")),
		named("sks-1.1.6"));
	assert_status(profile_find("sks", &found), STATUS_NOT_FOUND);
	assert_null(profile_of_filters(bytes_of("yminsky.dedup")));
	assert_null(profile_of_filters(bytes_of("")));
}

static void
test_only_profiles_that_can_be_computed_may_be_used(void **state)
{
	const struct profile *p;

	(void)state;
	for (size_t i = 0; (p = profile_at(i)) != NULL; i++)
		assert_int_equal(
			p->lacks != NULL, strstr(p->filters, "drop:") != NULL);
	assert_int_equal(named("sks-1.1.6")->level, LEVEL_SKS);
	assert_int_equal(named("keypost.clean.1")->level, LEVEL_CLEAN);
	assert_int_equal(named("keypost.strict.1")->level, LEVEL_STRICT);
}

/* ---- who takes part ------------------------------------------------------ */

/* How SKS reads a key: spec 3.1. `tags` of its packets in their order. */
static bool
sks_can_parse(const uint8_t *tags, size_t count, uint8_t version)
{
	size_t i = 1;

	if (count == 0 || tags[0] != 6 || version < 2 || version > 4)
		return false;
	while (i < count && tags[i] == 2)
		i++;
	while (i < count && (tags[i] == 13 || tags[i] == 17))
		for (i++; i < count && tags[i] == 2;)
			i++;
	while (version == 4 && i < count && tags[i] == 14)
		for (i++; i < count && tags[i] == 2;)
			i++;
	return i == count;
}

struct tags {
	uint8_t list[64];
	size_t count;
};

static enum status
note_tag(void *ctx, const struct packet *p, const struct component *under,
	const struct digest *placed)
{
	struct tags *t = ctx;

	(void)under;
	(void)placed;
	assert_true(t->count < sizeof(t->list));
	t->list[t->count++] = p->tag;
	return STATUS_OK;
}

static bool
sks_can_hold(const struct cert *cert)
{
	struct tags t = {.count = 0};

	assert_ok(cert_walk(cert, note_tag, &t));
	return sks_can_parse(t.list, t.count, cert->primary.key.fpr.version);
}

static bool
stored_there(const json_t *stored, const struct sks_digest *digest)
{
	struct buf b = {0};
	const json_t *one;
	size_t i;
	bool found = false;

	json_array_foreach(stored, i, one)
	{
		vectors_hex(json_string_value(one), &b);
		found |= b.len == 16 && !memcmp(b.data, digest->octets, 16);
		buf_clear(&b);
	}
	buf_done(&b);
	return found;
}

/* How many of the case take part. */
static size_t
offer_case(const json_t *odd, struct arena *arena)
{
	const char *name = vectors_text(odd, "name");
	const json_t *stored = vectors_array(odd, "sks_stored_digests");
	struct cert_list list = {0};
	struct buf blob = {0};
	struct err err = {""};
	size_t takes = 0;

	vectors_hex(vectors_text(odd, "blob"), &blob);
	assert_ok(cert_read(
		arena, buf_view(&blob), &cert_limits_default, &list, &err));
	for (size_t i = 0; i < list.count; i++) {
		struct cert *c = list.list[i];

		assert_ok(cert_digest(arena, c));
		if (!profile_takes(named("sks-1.1.6"), cert_flags(c)))
			continue;
		takes++;
		if (!sks_can_hold(c))
			fail_msg("%s takes part, and SKS cannot hold it", name);
		/* It moves to our digest when it fetches ours: spec 3.1. */
		if (json_is_true(
			    json_object_get(odd, "sks_stored_it_unchanged")) &&
			strcmp(name, "dupsig") != 0 &&
			!stored_there(stored, &c->sks_digest))
			fail_msg("%s has another digest than at SKS", name);
	}
	buf_done(&blob);
	return takes;
}

static void
test_what_sks_cannot_hold_takes_no_part(void **state)
{
	json_t *all = vectors_json("sks-key-cases.json");
	const json_t *cases = vectors_array(all, "cases"), *odd;
	struct arena *arena = arena_new(ARENA);
	size_t i, held = 0;

	(void)state;
	json_array_foreach(cases, i, odd)
	{
		bool unchanged = json_is_true(
			json_object_get(odd, "sks_stored_it_unchanged"));
		size_t takes = offer_case(odd, arena);

		held += unchanged;
		if (unchanged && takes != 1)
			fail_msg("%s takes no part, and SKS holds it",
				vectors_text(odd, "name"));
		arena_reset(arena);
	}
	assert_true(i == 25 && held == 12);
	arena_free(arena);
	json_decref(all);
}

static void
test_flags_decide(void **state)
{
	const struct profile *sks = named("sks-1.1.6"),
			     *clean = named("keypost.clean.1");

	(void)state;
	assert_true(profile_takes(sks, 0));
	assert_true(profile_takes(sks, CERT_UNVERIFIED | CERT_HAS_UNSERVED));
	assert_false(profile_takes(sks, CERT_UNVERIFIED | CERT_NOT_SKS));
	assert_true(profile_takes(clean, CERT_HAS_V5_V6 | CERT_NOT_SKS));
}

/* ---- what is announced --------------------------------------------------- */

static void
set_limit(struct policy *policy, const char *name, int64_t value)
{
	for (size_t i = 0; i < policy_row_count; i++)
		if (!strcmp(policy_rows[i].name, name)) {
			assert_ok(policy_set(policy, &policy_rows[i], value));
			return;
		}
	fail_msg("no limit %s", name);
}

static void
assert_announced(
	const char *profile, const struct policy *policy, const char *filters)
{
	char text[PROFILE_FILTERS_MAX];

	profile_filters(named(profile), policy, text);
	assert_string_equal(text, filters);
}

static void
test_limits_that_decide_what_is_kept_are_announced(void **state)
{
	struct policy policy;

	(void)state;
	policy_init(&policy);
	assert_announced("keypost.clean.1", &policy, "keypost.clean.1");
	assert_announced("keypost.strict.1", &policy, "keypost.strict.1");
	/* Of a submission, or of this machine alone. */
	set_limit(&policy, "max_certs", 7);
	set_limit(&policy, "max_verifications", 2001);
	set_limit(&policy, "workers", 3);
	/* As level clean has it: 4 MiB. */
	set_limit(&policy, "max_cert_octets", 4 << 20);
	assert_announced("keypost.clean.1", &policy, "keypost.clean.1");
	set_limit(&policy, "max_uids", 127);
	/* printf 'max_uids=127\n' | sha256sum */
	assert_announced(
		"keypost.clean.1", &policy, "keypost.clean.1+b28904c2");
	set_limit(&policy, "max_sig_octets", 5000);
	/* printf 'max_sig_octets=5000\nmax_uids=127\n' | sha256sum */
	assert_announced(
		"keypost.strict.1", &policy, "keypost.strict.1+c904c964");
	assert_announced("sks-1.1.6", &policy, "yminsky.dedup,yminsky.merge");
}

static void
assert_sorted(const char *list, const char *sorted)
{
	char text[PROFILE_FILTERS_MAX];

	assert_ok(profile_filters_sort(list, text));
	assert_string_equal(text, sorted);
}

/* Hockeypuck compares octets with its own, which are sorted. */
static void
test_what_an_operator_wrote_is_announced_sorted(void **state)
{
	char list[PROFILE_FILTERS_MAX + 1], text[PROFILE_FILTERS_MAX];

	(void)state;
	assert_sorted("", "");
	assert_sorted("b", "b");
	assert_sorted("yminsky.merge,yminsky.dedup",
		"yminsky.dedup,yminsky.merge");
	assert_sorted("b,ab,b,a,,Z,", "Z,a,ab,b");
	for (size_t i = 0; i < sizeof(list); i++)
		list[i] = i % 2 ? ',' : 'x';
	list[sizeof(list) - 2] = '\0';
	assert_sorted(list, "x");
	list[sizeof(list) - 2] = 'x';
	list[sizeof(list) - 1] = '\0';
	assert_status(profile_filters_sort(list, text), STATUS_LIMIT);
}

static void
assert_differ(const char *ours, const char *theirs, const char *words)
{
	struct err why = {""};

	profile_filters_differ(bytes_of(ours), bytes_of(theirs), &why);
	assert_string_equal(why.text, words);
	assert_int_equal(profile_filters_eq(bytes_of(ours), bytes_of(theirs)),
		!strcmp(words, "the filters are the same"));
}

static void
test_a_mismatch_says_in_words_what_differs(void **state)
{
	(void)state;
	assert_differ("a,b", "b,a", "the filters are the same");
	assert_differ("", "", "the filters are the same");
	assert_differ("a", "", "only here: a");
	assert_differ("", "a,b", "only there: a, b");
	assert_differ("a,b,c", "b,d", "only here: a, c; only there: d");
	assert_differ("", "a\n\xff b", "only there: a???b");
}

static void
test_a_long_list_is_cut(void **state)
{
	char list[300];
	struct err why;

	(void)state;
	memset(list, 'x', sizeof(list) - 1);
	list[sizeof(list) - 1] = '\0';
	assert_differ("", list, "only there: ...");
	for (size_t i = 1; i < sizeof(list) - 1; i += 2)
		list[i] = ',';
	for (size_t i = 0; i < sizeof(list) - 1; i += 2)
		list[i] = (char)('!' + i % 11);
	profile_filters_differ(bytes_of(list), bytes_of("zz"), &why);
	assert_non_null(strstr(why.text, ", ...; only there: zz"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_filters_are_sorted_and_without_blanks),
		cmocka_unit_test(test_each_profile_is_found_by_name_and_by_filters),
		cmocka_unit_test(test_only_profiles_that_can_be_computed_may_be_used),
		cmocka_unit_test(test_what_sks_cannot_hold_takes_no_part),
		cmocka_unit_test(test_flags_decide),
		cmocka_unit_test(test_limits_that_decide_what_is_kept_are_announced),
		cmocka_unit_test(test_what_an_operator_wrote_is_announced_sorted),
		cmocka_unit_test(test_a_mismatch_says_in_words_what_differs),
		cmocka_unit_test(test_a_long_list_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
