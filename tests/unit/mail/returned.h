/*
 * returned.h - a letter to bob, delivered, and reports that it came back
 */
#ifndef KEYPOST_TEST_RETURNED_H
#define KEYPOST_TEST_RETURNED_H

#include "world.h"

/* A report as most mail systems write it; what it says of a letter is added. */
extern const struct offer report;

int64_t counted(const char *name, const char *kind);
/* One letter to bob with keys 1 and 2, delivered. */
void deliver_one(struct world *w, struct sent *s);
/* The Message-ID without its brackets. */
void id_of(const struct sent *s, char id[300]);
/* Gives the fate of a report that says this; nothing in it is stored. */
unsigned int bounce(struct world *w, const struct offer_bounce *b);
/* Whatever the back-off says. */
void retry(struct world *w);
bool is_stopped(struct world *w);
/* The letter leaves once more, and is delivered. */
void expect_again(struct world *w, const struct sent *before);
/* The address that a letter of these changes to a peer would come back to. */
void address_of(
	struct world *w, const char *peer, const char *id, char to[128]);

#endif
