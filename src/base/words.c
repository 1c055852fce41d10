#include "base/words.h"

#include "config.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#ifdef ENABLE_NLS
#include <libintl.h>
#endif

bool
words_is_language(const char *language)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	size_t n = strspn(language, letters);

	if (n < 2 || n > 3)
		return false;
	if (language[n] == '\0')
		return true;
	return language[n] == '_' && strlen(language + n + 1) == 2 &&
	       strspn(language + n + 1, letters) == 2;
}

#ifdef ENABLE_NLS

/* The catalogue's head, read now: a sandbox comes later. */
static bool
has_catalogue(void)
{
	return strstr(gettext(""), "Content-Type:") != NULL;
}

/*
 * gettext heeds LANGUAGE in any locale but "C", with glibc 2.41 also none that
 * begins with "C.". This one is on every system; it is found by the second
 * name, too. Numbers and times stay as they are.
 */
static bool
has_locale(void)
{
	static const char *const names[] = {"C.UTF-8", "C_KP.UTF-8"};
	bool any = false;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		any = setlocale(LC_MESSAGES, names[i]) != NULL || any;
		if (has_catalogue())
			break;
	}
	return any;
}

enum status
words_speak(const char *language, const char *folder, struct err *err)
{
	if (strcmp(language, "en") == 0)
		return STATUS_OK;
	if (setenv("LANGUAGE", language, 1) != 0 ||
		bindtextdomain("keypost", folder) == NULL ||
		bind_textdomain_codeset("keypost", "UTF-8") == NULL ||
		textdomain("keypost") == NULL || !has_locale()) {
		err_set(err, "language: this system has no locale C.UTF-8");
		return STATUS_UNSUPPORTED;
	}
	if (!has_catalogue()) {
		err_set(err, "language: there is no catalogue for '%s' in %s",
			language, folder);
		return STATUS_NOT_FOUND;
	}
	return STATUS_OK;
}

const char *
words_of(const char *sentence)
{
	return gettext(sentence);
}

const char *
words_count(const char *one, const char *many, size_t n)
{
	return ngettext(one, many, n);
}

#else

enum status
words_speak(const char *language, const char *folder, struct err *err)
{
	(void)folder;
	if (strcmp(language, "en") == 0)
		return STATUS_OK;
	err_set(err, "language: this build speaks English only");
	return STATUS_UNSUPPORTED;
}

const char *
words_of(const char *sentence)
{
	return sentence;
}

const char *
words_count(const char *one, const char *many, size_t n)
{
	return n == 1 ? one : many;
}

#endif
