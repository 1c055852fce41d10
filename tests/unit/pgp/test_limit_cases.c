/*
 * What small settings leave of the vectors that name some: by rank, so that
 * the result is one exact certificate.
 */
#include "../unit.h"

#include <string.h>

#include "base/hex.h"
#include "vectors.h"

struct setting {
	const char *name;
	size_t offset;
};

static const struct setting settings[] = {
	{"max_uid_octets", offsetof(struct cert_limits, max_user_id)},
	{"max_uids", offsetof(struct cert_limits, max_user_ids)},
	{"max_thirdparty", offsetof(struct cert_limits, max_third_party)},
};

static size_t cases;

static void
take_settings(const json_t *set, struct cert_limits *limits)
{
	size_t i, n, taken = 0;
	const json_t *value;

	for (i = 0; i < sizeof(settings) / sizeof(settings[0]); i++) {
		value = json_object_get(set, settings[i].name);
		if (value == NULL)
			continue;
		n = (size_t)json_integer_value(value);
		memcpy((char *)limits + settings[i].offset, &n, sizeof(n));
		taken++;
	}
	assert_int_equal(taken, json_object_size(set));
}

static void
check_case(const struct vector *v, const json_t *limit_case)
{
	const json_t *want = json_object_get(limit_case, "clean");
	struct cert_limits limits = vectors_limits;
	struct cert_list list = {0};
	const struct cert *kept;
	char hex[33];

	if (limit_case == NULL)
		return;
	cases++;
	take_settings(json_object_get(limit_case, "set"), &limits);
	/* Packets that are too large for a submission go as it is read. */
	assert_ok(vectors_read(vectors_arena, buf_view(&v->octets), v->armored,
		&vectors_limits, &list));
	kept = vectors_level(vectors_arena, LEVEL_CLEAN, &limits, list.list[0]);
	assert_non_null(kept);
	assert_int_equal(kept->packet_count,
		json_integer_value(json_object_get(want, "packets")));
	hex_write_upper(bytes_make(kept->sks_digest.octets, 16), hex);
	assert_string_equal(
		hex, json_string_value(json_object_get(want, "digest")));
}

static void
test_small_settings_give_exact_results(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < vectors_all.count; i++) {
		const struct vector *v = &vectors_all.list[i];

		check_case(v, json_object_get(v->expect, "limit_case"));
		check_case(v, json_object_get(v->expect, "limit_case_2"));
	}
	assert_int_equal(cases, 4);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_small_settings_give_exact_results),
	};

	return cmocka_run_group_tests(tests, vectors_setup, vectors_teardown);
}
