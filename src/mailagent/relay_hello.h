/*
 * relay_hello.h - what a server says that it can do
 *
 * Our own reading of the answer to EHLO and LHLO: libetpan's knows no SCRAM.
 *
 * Threads: pure.
 * Source:  RFC 5321 section 4.1.1.1, 1870, 3207, 3461, 4954.
 */
#ifndef KEYPOST_MAILAGENT_RELAY_HELLO_H
#define KEYPOST_MAILAGENT_RELAY_HELLO_H

#include <stdbool.h>
#include <stddef.h>

struct relay_hello {
	bool starttls, dsn, size;
	size_t size_max; /* 0: it did not say */
	char auth[400];  /* mechanisms, parted by blanks; more are cut */
};

/* The text of the answer: a line for each keyword, after the server's name. */
void relay_hello_read(const char *text, struct relay_hello *hello);
/* Is this mechanism among the words? Either case. */
bool relay_hello_has(const char *words, const char *mechanism);

#endif
