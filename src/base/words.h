/*
 * words.h - sentences for people, in the operator's language
 *
 * English stands in the source; gettext finds the rest in a catalogue
 * (po/LANGUAGE.po). Only what people read goes through here: words that
 * programs look for stay as they are.
 *
 * Memory:  results are static, or the catalogue's, which stays.
 * Threads: words_speak before the threads start; the others any.
 * Errors:  NOT_FOUND: there is no such catalogue. UNSUPPORTED: this build
 *          speaks English only.
 */
#ifndef KEYPOST_BASE_WORDS_H
#define KEYPOST_BASE_WORDS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/status.h"

/* Marks a sentence and translates it; N_ only marks it, for tables. */
#define _(s) words_of(s)
#define N_(s) s

/* The whole process speaks it from here on. "en" needs no catalogue. */
MUST_CHECK enum status words_speak(
	const char *language, const char *folder, struct err *err);
/* Is this a name like de or pt_BR? It becomes part of a path. */
bool words_is_language(const char *language);

const char *words_of(const char *sentence)
	__attribute__((format_arg(1), returns_nonnull));
/* The form for `n`: "%zu key", "%zu keys". */
const char *words_count(const char *one, const char *many, size_t n)
	__attribute__((format_arg(1), format_arg(2), returns_nonnull));

#endif
