/* Whether two sides may talk, by what their Config frames say. */

#include "../unit.h"

#include <string.h>

#include "recon/message.h"
#include "recon/profile.h"

static const struct message_config *
ours(void)
{
	static struct message_config c = {.has = CONFIG_ALL,
		.bitquantum = 2,
		.http_port = 11371,
		.mbar = 5};

	c.filters = bytes_of("yminsky.dedup,yminsky.merge");
	c.version = bytes_of("1.1.6");
	return &c;
}

static void
assert_judged(const struct message_config *their, const char *why)
{
	struct buf said = {0};
	struct err words;

	assert_status(message_config_judge(ours(), their, &said, &words),
		*why ? STATUS_REJECTED : STATUS_OK);
	assert_int_equal(*words.text != '\0', *why != '\0');
	assert_true(said.len >= strlen(why));
	if (said.len)
		assert_memory_equal(said.data, why, strlen(why));
	buf_done(&said);
}

static void
test_filters_agree_as_sets(void **state)
{
	struct message_config their = *ours();

	(void)state;
	assert_judged(&their, "");
	their.filters = bytes_of("yminsky.merge,yminsky.dedup,yminsky.merge");
	assert_judged(&their, "");
	their.filters = bytes_of("yminsky.dedup");
	assert_judged(&their, "filters do not match.");
	their.filters = bytes_of("yminsky.dedup,yminsky.merge,other");
	assert_judged(&their, "filters do not match.");
	their.filters = bytes_of("");
	assert_judged(&their, "filters do not match.");
}

static void
test_a_mismatch_names_both_lists_whole(void **state)
{
	struct message_config their = *ours();
	struct buf said = {0};
	struct err words;
	char list[600];

	(void)state;
	memset(list, 'x', sizeof(list) - 1);
	memcpy(list + sizeof(list) - 10, ",drop:UAT", 10);
	their.filters = bytes_of(list);
	assert_status(message_config_judge(ours(), &their, &said, &words),
		STATUS_REJECTED);
	assert_ok(buf_puts(&said, ""));
	assert_non_null(strstr((char *)said.data, list));
	assert_non_null(
		strstr((char *)said.data, "[ yminsky.dedup,yminsky.merge ]"));
	buf_done(&said);
}

/* What is told to our own people, once `their` was refused. */
static void
assert_words(const struct message_config *their, const char *want)
{
	struct buf said = {0};
	struct err words;

	assert_status(message_config_judge(ours(), their, &said, &words),
		STATUS_REJECTED);
	assert_string_equal(words.text, want);
	buf_done(&said);
}

/* Lists of Hockeypuck are longer than a line of the log. */
static void
test_our_people_are_told_which_filters_differ(void **state)
{
	struct message_config their = *ours();
	const struct profile *hockeypuck;

	(void)state;
	their.filters = bytes_of("yminsky.merge,mine");
	assert_words(&their,
		"filters only here: yminsky.dedup; only there: mine");
	their.filters = bytes_of("keypost.clean.1");
	assert_words(&their,
		"its filters are those of keypost at level clean: only here: "
		"yminsky.dedup, yminsky.merge; only there: keypost.clean.1");
	assert_ok(profile_find("hockeypuck-2.4", &hockeypuck));
	their.filters = bytes_of(hockeypuck->filters);
	assert_words(&their,
		"its filters are those of Hockeypuck 2.4 (its second beta): "
		"only there: drop:UAT, drop:hardRevokedCruft, "
		"drop:implausible, ...");
}

static void
test_our_people_are_told_what_else_differs(void **state)
{
	struct message_config their = *ours();

	(void)state;
	their.mbar = 6;
	assert_words(&their, "mbar is 5 here and 6 there");
	their = *ours();
	their.bitquantum = 3;
	assert_words(&their, "bitquantum is 2 here and 3 there");
	their = *ours();
	their.has &= ~(unsigned int)CONFIG_FILTERS;
	assert_words(&their, "its configuration leaves out 'filters'");
	their = *ours();
	their.version = bytes_of("0.1.4");
	assert_words(
		&their, "Requires version at least 0.1.5.  0.1.4 provided ");
}

static void
test_a_version_is_three_numbers_from_0_1_5_on(void **state)
{
	static const struct {
		const char *version, *why;
	} rows[] = {
		{"1.1.6", ""},
		{"0.1.5", ""},
		{"0.2.0", ""},
		{"1.0.0", ""},
		{"0.1.4", "Requires version at least 0.1.5.  0.1.4 provided "},
		{"0.0.9", "Requires version at least 0.1.5.  0.0.9 provided "},
		{"1.1.6+", "Error parsing configdata: "},
		{"1.1.6-kp", "Error parsing configdata: "},
		{"2.3", "Error parsing configdata: "},
		{"1.1.6.1", "Error parsing configdata: "},
		{"1..6", "Error parsing configdata: "},
		{"1.1.", "Error parsing configdata: "},
		{"", "Error parsing configdata: "},
		{"1.1.99999999999999999999", "Error parsing configdata: "},
	};
	struct message_config their = *ours();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		their.version = bytes_of(rows[i].version);
		assert_judged(&their, rows[i].why);
	}
}

static void
test_numbers_agree_and_nothing_is_missing(void **state)
{
	struct message_config their = *ours();
	unsigned int bit;

	(void)state;
	their.http_port = 80;
	assert_judged(&their, "");
	their.mbar = 6;
	assert_judged(&their, "mbar values do not match");
	their.bitquantum = 1;
	assert_judged(&their, "bitquantum values do not match");
	for (bit = 1; bit < CONFIG_ALL; bit *= 2) {
		their = *ours();
		their.has &= ~bit;
		assert_judged(&their, "Missing entry in configdata");
	}
}

/* Of two faults SKS names the one that it looks for first. */
static void
test_of_two_faults_the_first_of_sks_is_named(void **state)
{
	struct message_config their = *ours();

	(void)state;
	their.mbar = 6;
	their.bitquantum = 1;
	assert_judged(&their, "bitquantum values do not match");
	their.has &= ~(unsigned int)CONFIG_HTTP_PORT;
	assert_judged(&their, "bitquantum values do not match");
	their.filters = bytes_of("other");
	assert_judged(&their, "filters do not match.");
	their.has &= ~(unsigned int)CONFIG_BITQUANTUM;
	assert_judged(&their, "filters do not match.");
	their.version = bytes_of("0.1.4");
	assert_judged(
		&their, "Requires version at least 0.1.5.  0.1.4 provided ");
	their.has &= ~(unsigned int)CONFIG_VERSION;
	assert_judged(&their, "Missing entry in configdata");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_filters_agree_as_sets),
		cmocka_unit_test(test_our_people_are_told_which_filters_differ),
		cmocka_unit_test(test_our_people_are_told_what_else_differs),
		cmocka_unit_test(test_a_mismatch_names_both_lists_whole),
		cmocka_unit_test(test_a_version_is_three_numbers_from_0_1_5_on),
		cmocka_unit_test(test_numbers_agree_and_nothing_is_missing),
		cmocka_unit_test(test_of_two_faults_the_first_of_sks_is_named),
	};

	return cmocka_run_group_tests_name("config", tests, NULL, NULL);
}
