/*
 * seen.h - which servers have all of the changes in a letter
 *
 * A letter names a server as served only if every change in it has been there:
 * a union would starve that server of the others. Addresses keep the spelling
 * in which they came, and are compared normalised.
 *
 * Memory:  the list is a value; it copies the text it is given.
 * Threads: one thread at a time.
 */
#ifndef KEYPOST_MAIL_SEEN_H
#define KEYPOST_MAIL_SEEN_H

#include "base/bytes.h"

enum { SEEN_MAX = 128, SEEN_TEXT_MAX = 16 * 1024 + 2 * SEEN_MAX };

struct seen_list {
	char text[SEEN_TEXT_MAX]; /* the addresses, a NUL after each */
	const char *list[SEEN_MAX];
	size_t count;
};

/* From addresses with blanks between; "*" (everybody) is left out. */
void seen_set(struct seen_list *l, const char *addresses);
/* Keeps what is among `addresses` too. */
void seen_intersect(struct seen_list *l, const char *addresses);
bool seen_has(const struct seen_list *l, const char *address);
/* Adds one at the end; false when there is no room for it. */
bool seen_add(struct seen_list *l, const char *address);
/* Octets that the fields of all of them take in a letter. */
size_t seen_octets(const struct seen_list *l);
size_t seen_count(const struct seen_list *l);
const char *const *seen_strings(const struct seen_list *l);
/* Joined with blanks, into `out`. */
MUST_CHECK enum status seen_join(const struct seen_list *l, struct buf *out);

#endif
