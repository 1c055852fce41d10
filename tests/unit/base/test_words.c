/* Sentences in the languages that the program has. */
#include "../unit.h"

#include <pthread.h>
#include <string.h>

#include "base/words.h"

static void
test_english_needs_no_catalogue(void **state)
{
	(void)state;
	assert_string_equal(words_spoken()->tag, "en");
	assert_string_equal(
		_("a sentence nobody says"), "a sentence nobody says");
	assert_string_equal(_("Search"), "Search");
}

static void
test_numbers_choose_their_form(void **state)
{
	(void)state;
	assert_string_equal(words_count("one", "many", 1), "one");
	assert_string_equal(words_count("one", "many", 0), "many");
	assert_string_equal(words_count("one", "many", 2), "many");
	words_speak_here(words_language("de"));
	assert_string_equal(words_count("%s day", "%s days", 1), "%s Tag");
	assert_string_equal(words_count("%s day", "%s days", 2), "%s Tage");
	assert_string_equal(words_count("one", "many", 2), "many");
	words_speak_here(NULL);
}

static void
test_every_sentence_of_a_catalogue_is_found(void **state)
{
	const char *const *tags = words_tags();
	size_t count = 0, i;

	(void)state;
	for (; *tags != NULL; tags++) {
		const struct language *l = words_language(*tags);

		words_speak_here(l);
		for (i = 0; i < l->count; i++)
			assert_ptr_equal(
				words_of(l->rows[i].english), l->rows[i].forms);
		count += l->count;
	}
	words_speak_here(NULL);
	assert_true(count > 300);
}

static void *
speak_german(void *arg)
{
	const char **said = arg;

	words_speak_here(words_language("de"));
	*said = _("Search");
	return NULL;
}

static void
test_each_thread_speaks_for_itself(void **state)
{
	const char *said = NULL;
	pthread_t t;

	(void)state;
	assert_int_equal(pthread_create(&t, NULL, speak_german, &said), 0);
	assert_int_equal(pthread_join(t, NULL), 0);
	assert_string_equal(said, "Suchen");
	assert_string_equal(_("Search"), "Search");
}

static void
test_what_the_process_speaks_is_for_who_says_nothing(void **state)
{
	(void)state;
	words_speak(words_language("de"));
	assert_string_equal(_("Search"), "Suchen");
	words_speak_here(words_language("en"));
	assert_string_equal(_("Search"), "Search");
	words_speak_here(NULL);
	assert_string_equal(_("Search"), "Suchen");
	words_speak(words_language("en"));
	assert_string_equal(_("Search"), "Search");
}

static void
test_languages_have_names(void **state)
{
	static const char *const none[] = {"", "d", "deu", "xx", "../de",
		"de/x", "de_", "de-", "de_DE", "de.UTF-8", NULL};
	size_t i;

	(void)state;
	assert_string_equal(words_language("de")->tag, "de");
	assert_string_equal(words_language("DE")->tag, "de");
	assert_string_equal(words_language("en")->tag, "en");
	for (i = 0; none[i] != NULL; i++)
		assert_null(words_language(none[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_english_needs_no_catalogue),
		cmocka_unit_test(test_numbers_choose_their_form),
		cmocka_unit_test(test_every_sentence_of_a_catalogue_is_found),
		cmocka_unit_test(test_each_thread_speaks_for_itself),
		cmocka_unit_test(
			test_what_the_process_speaks_is_for_who_says_nothing),
		cmocka_unit_test(test_languages_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
