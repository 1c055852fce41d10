/*
 * words.h - sentences for people, in the operator's or their own language
 *
 * English stands in the source; the rest is in a catalogue (po/LANGUAGE.po),
 * all of which are in the program. Only what people read goes through here:
 * words that programs look for stay as they are.
 *
 * Memory:  results are static.
 * Threads: words_speak before the threads start; the others any.
 */
#ifndef KEYPOST_BASE_WORDS_H
#define KEYPOST_BASE_WORDS_H

#include <stddef.h>

#include "base/catalogue.h"

/* Marks a sentence and translates it; N_ only marks it, for tables. */
#define _(s) words_of(s)
#define N_(s) s

/* The tags of all languages, English first, a NULL at the end. */
const char *const *words_tags(void);
/* By its tag, or its name (pt_BR); NULL: there is none. */
const struct language *words_language(const char *name);

/* The whole process speaks it from here on; before that English. */
void words_speak(const struct language *l);
/* What the whole process speaks. */
const struct language *words_standard(void);
/* This thread alone; NULL: what the process speaks again. */
void words_speak_here(const struct language *l);
/* What a sentence is translated to in this thread. */
const struct language *words_spoken(void);

const char *words_of(const char *sentence)
	__attribute__((format_arg(1), returns_nonnull));
/* The form for `n`: "%zu key", "%zu keys". */
const char *words_count(const char *one, const char *many, size_t n)
	__attribute__((format_arg(1), format_arg(2), returns_nonnull));

#endif
