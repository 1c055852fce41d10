/*
 * suggest.h - "did you mean": the nearest of the words that would be right
 *
 * Threads: one suggestion at a time for each object.
 */
#ifndef KEYPOST_CONF_SUGGEST_H
#define KEYPOST_CONF_SUGGEST_H

#include <stddef.h>

struct suggest {
	const char *wrong;
	const char *best; /* NULL: nothing is near */
	size_t distance;
};

void suggest_start(struct suggest *s, const char *wrong);
/* Offers one right word; borrowed. */
void suggest_offer(struct suggest *s, const char *right);

#endif
