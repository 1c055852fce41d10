/*
 * ask.h - what hkpload asks of a server, one request after the other
 *
 * Memory:  what ask_open reads stays until the program ends.
 * Errors:  end the program.
 */
#ifndef KEYPOST_TESTS_BENCH_ASK_H
#define KEYPOST_TESTS_BENCH_ASK_H

#include "tests/bench/keyring.h"

/* What is asked, and the answer that is no failure. */
struct verb {
	const char *name;
	const char *target; /* before the term; NULL: a submission */
	const char *header;
	const char *good;
};

struct asker {
	const struct verb *verb;
	const char *host, *port; /* for the Host field */
	bool close_each;
	struct keyring keys; /* add */
	struct bytes *terms; /* all others, percent-encoded */
	size_t term_count;
	size_t next;
	uint32_t random;
};

void ask_open(struct asker *a, const char *verb, const char *file);
/* The next request; false when everything was asked. */
bool ask_next(struct asker *a, struct buf *request);

void ask_die(const char *what, const char *why);
void ask_must(enum status st, const char *what);

#endif
