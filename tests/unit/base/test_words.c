/* Sentences without a catalogue, and what may name one. */
#include "../unit.h"

#include <string.h>

#include "base/words.h"

static void
test_english_needs_no_catalogue(void **state)
{
	struct err err = {""};

	(void)state;
	assert_ok(words_speak("en", "/nowhere", &err));
	assert_string_equal(
		_("a sentence nobody says"), "a sentence nobody says");
}

static void
test_numbers_choose_their_form(void **state)
{
	(void)state;
	assert_string_equal(words_count("one", "many", 1), "one");
	assert_string_equal(words_count("one", "many", 0), "many");
	assert_string_equal(words_count("one", "many", 2), "many");
}

static void
test_language_without_catalogue_is_told(void **state)
{
	struct err err = {""};

	(void)state;
	assert_true(words_speak("xx", "/nowhere", &err) != STATUS_OK);
	assert_true(strlen(err.text) > 0);
}

static void
test_names_of_languages_are_no_paths(void **state)
{
	(void)state;
	assert_true(words_is_language("de"));
	assert_true(words_is_language("nds"));
	assert_true(words_is_language("pt_BR"));
	assert_false(words_is_language(""));
	assert_false(words_is_language("d"));
	assert_false(words_is_language("deutsch"));
	assert_false(words_is_language("../de"));
	assert_false(words_is_language("de/x"));
	assert_false(words_is_language("de_"));
	assert_false(words_is_language("de_DEU"));
	assert_false(words_is_language("de.UTF-8"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_english_needs_no_catalogue),
		cmocka_unit_test(test_numbers_choose_their_form),
		cmocka_unit_test(test_language_without_catalogue_is_told),
		cmocka_unit_test(test_names_of_languages_are_no_paths),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
