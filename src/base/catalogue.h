/*
 * catalogue.h - the catalogues of po/, as scripts/embed-words writes them
 *
 * They are a part of the program: no locale has to be on the system, nothing
 * is read from files, and each thread may speak another language.
 *
 * Memory:  static.
 * Threads: constants.
 */
#ifndef KEYPOST_BASE_CATALOGUE_H
#define KEYPOST_BASE_CATALOGUE_H

#include <stddef.h>

struct sentence {
	const char *english;
	const char *forms; /* one after the other, a NUL behind each */
};

struct language {
	const char *tag;             /* as HTML and HTTP write it: pt-BR */
	const struct sentence *rows; /* by strcmp */
	size_t count;
	size_t (*form)(size_t n); /* which of the forms goes with n */
};

/* English, which needs no rows, is the first of both. */
extern const char *const catalogue_tags[]; /* a NULL at the end */
extern const struct language catalogue_languages[];

#endif
