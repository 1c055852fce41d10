#include "base/words.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

static const struct language *standard = &catalogue_languages[0];
static _Thread_local const struct language *here;

const char *const *
words_tags(void)
{
	return catalogue_tags;
}

/* Without case; '_' of a name is '-' of a tag. */
static bool
is_named(const char *tag, const char *name)
{
	for (; *tag != '\0'; tag++, name++) {
		int c = tolower((unsigned char)*name);

		if (tolower((unsigned char)*tag) != (c == '_' ? '-' : c))
			return false;
	}
	return *name == '\0';
}

const struct language *
words_language(const char *name)
{
	size_t i;

	for (i = 0; catalogue_tags[i] != NULL; i++)
		if (is_named(catalogue_tags[i], name))
			return &catalogue_languages[i];
	return NULL;
}

void
words_speak(const struct language *l)
{
	standard = l;
}

const struct language *
words_standard(void)
{
	return standard;
}

void
words_speak_here(const struct language *l)
{
	here = l;
}

const struct language *
words_spoken(void)
{
	return here != NULL ? here : standard;
}

static int
compare(const void *sentence, const void *row)
{
	return strcmp(sentence, ((const struct sentence *)row)->english);
}

static const char *
find(const struct language *l, const char *sentence)
{
	const struct sentence *row;

	if (l->count == 0)
		return NULL;
	row = bsearch(sentence, l->rows, l->count, sizeof(*row), compare);
	return row == NULL ? NULL : row->forms;
}

const char *
words_of(const char *sentence)
{
	const char *said = find(words_spoken(), sentence);

	return said == NULL ? sentence : said;
}

const char *
words_count(const char *one, const char *many, size_t n)
{
	const struct language *l = words_spoken();
	const char *said = find(l, one);
	size_t i;

	if (said == NULL)
		return n == 1 ? one : many;
	for (i = l->form(n); i > 0; i--)
		said += strlen(said) + 1;
	return said;
}
