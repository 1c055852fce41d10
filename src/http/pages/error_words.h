/*
 * error_words.h - an error for people: what it is called, what to do next
 *
 * Beside this the page shows the server's own words, which programs look for.
 *
 * Memory:  static; marked for translation, not translated.
 * Threads: constants.
 * Source:  spec hkp section 11.
 */
#ifndef KEYPOST_HTTP_PAGES_ERROR_WORDS_H
#define KEYPOST_HTTP_PAGES_ERROR_WORDS_H

struct error_words {
	unsigned int status; /* 0: any */
	const char *begins;  /* of the server's words; "" for all others */
	const char *title;
	const char *advice;
};

/* `text`: the server's words. */
const struct error_words *error_words_for(
	unsigned int status, const char *text);
/* All of them, for tests; the last has status 0. */
const struct error_words *error_words_table(void);

#endif
