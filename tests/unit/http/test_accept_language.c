/*
 * Which language a visitor would rather read.
 */
#include <stdlib.h>

#include "http/message/accept_language.h"
#include "tests/unit/unit.h"

static const char *const tags[] = {"en", "de", "pt-BR", NULL};

static void
chooses(const char *value, const char *want)
{
	assert_string_equal(accept_language(bytes_of(value), tags, "en"), want);
}

static void
test_wishes_are_heeded(void **state)
{
	static const struct {
		const char *value, *want;
	} rows[] = {
		{"", "en"},
		{"de", "de"},
		{"DE", "de"},
		{"fr", "en"},
		/* as browsers write it */
		{"de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7", "de"},
		{"en-US,en;q=0.9,de;q=0.8", "en"},
		{"fr-CH, fr;q=0.9, de;q=0.8, en;q=0.7, *;q=0.5", "de"},
		/* weights, then places */
		{"en;q=0.5, de;q=0.6", "de"},
		{"de;q=0.5, en;q=0.6", "en"},
		{"de, en", "de"},
		{"en, de", "en"},
		{"de;q=0.001", "de"},
		{" de ; q=0.3 ,\ten;q=0.2 ", "de"},
		/* a longer range falls back, a shorter one takes any */
		{"de-AT", "de"},
		{"de-Latn-AT-1996", "de"},
		{"pt", "pt-BR"},
		{"pt-br", "pt-BR"},
		{"pt-BR-abl1943", "pt-BR"},
		{"pt-PT", "en"},
		{"de-CH;q=0.9, en;q=0.8, de;q=0.1", "de"},
		/* refused */
		{"de;q=0", "en"},
		{"de-AT, de;q=0", "en"},
		{"de-AT;q=0, de", "de"},
		{"en;q=0, de;q=0.1", "de"},
		{"pt;q=0, pt-BR", "en"},
		/* everything else */
		{"*", "en"},
		{"*;q=0.1", "en"},
		{"en;q=0, *", "de"},
		{"fr, *;q=0.5", "en"},
		{"de;q=0.5, *;q=0.1", "de"},
		{"de;q=0.1, *;q=0.5", "en"},
		{"*, de;q=0", "en"},
		{"*;q=0, de", "de"},
		{"en;q=0, de;q=0, *;q=0", "en"},
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		chooses(rows[i].value, rows[i].want);
}

static void
test_who_wishes_for_nothing_gets_what_the_operator_speaks(void **state)
{
	static const char *const values[] = {
		"", "fr", "*", "*;q=0.1", "fr, *;q=0.5", "de;q=0"};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		assert_string_equal(
			accept_language(bytes_of(values[i]), tags, "de"), "de");
	assert_string_equal(
		accept_language(bytes_of("en, de"), tags, "de"), "en");
	assert_string_equal(
		accept_language(bytes_of("de, en"), tags, "de"), "de");
}

static void
test_garbage_is_no_wish(void **state)
{
	static const char *const values[] = {",", ";", ";;;,,,", "=", "q=1",
		";q=1", "-", "-de", "d", "deutsch", "de_AT", "de/../en", "**",
		"*-DE", "\"de\"", "(de)", "de de", "\x80\xFF", "d\xC3\xA9",
		"../de", "q=0.5;de"};
	static const uint8_t nul[] = {'d', 'e', 0, 'x'};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		chooses(values[i], "en");
	assert_string_equal(
		accept_language(bytes_make(nul, sizeof(nul)), tags, "en"),
		"en");
	assert_string_equal(
		accept_language(bytes_make(NULL, 0), tags, "en"), "en");
	/* It takes nothing from the wishes around it. */
	chooses(",, ;q, \x01=\x02, de ,,", "de");
}

/* `count` members of nobody's language, then German. */
static void
after_others(size_t count, const char *want)
{
	struct buf b = {0};

	while (count-- > 0)
		assert_ok(buf_puts(&b, "x,"));
	assert_ok(buf_puts(&b, "de"));
	assert_string_equal(accept_language(buf_view(&b), tags, "en"), want);
	buf_done(&b);
}

static void
test_so_many_ranges_are_read(void **state)
{
	(void)state;
	after_others(ACCEPT_LANGUAGE_RANGES - 1, "de");
	after_others(ACCEPT_LANGUAGE_RANGES, "en");
	after_others(ACCEPT_LANGUAGE_RANGES * 10, "en");
}

/* German, and blanks up to that many octets. */
static void
of_length(size_t len, const char *want)
{
	uint8_t *value = malloc(len);

	assert_non_null(value);
	memset(value, ' ', len);
	value[0] = 'd';
	value[1] = 'e';
	assert_string_equal(
		accept_language(bytes_make(value, len), tags, "en"), want);
	free(value);
}

static void
test_so_long_a_value_is_read(void **state)
{
	(void)state;
	of_length(ACCEPT_LANGUAGE_MAX, "de");
	of_length(ACCEPT_LANGUAGE_MAX + 1, "en");
	of_length(1 << 20, "en");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_wishes_are_heeded),
		cmocka_unit_test(
			test_who_wishes_for_nothing_gets_what_the_operator_speaks),
		cmocka_unit_test(test_garbage_is_no_wish),
		cmocka_unit_test(test_so_many_ranges_are_read),
		cmocka_unit_test(test_so_long_a_value_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
