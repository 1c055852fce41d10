/*
 * bob.h - the peer bob, as the test plays it, for promises of repair
 */
#ifndef KEYPOST_TEST_BOB_H
#define KEYPOST_TEST_BOB_H

#include "mail/repair_state.h"
#include "world.h"

#define STORE "0123456789abcdef0123456789abcdef"
#define OTHER "fedcba9876543210fedcba9876543210"

/* A world in which nothing is late and nobody compares by himself. */
int bob_setup(void **state);

#define BOB_PROMISE(f)                                                         \
	cmocka_unit_test_setup_teardown(f, bob_setup, world_teardown)

/* Bob's letter with one key and what it says of itself. */
void hear_range(struct world *w, unsigned int seed, const char *range);
/* A letter of repair, begun as all are; and sent by bob. */
void begin(struct buf *body);
void hear_repair(struct world *w, struct buf *body);
void hear_ask(struct world *w, const char *store, const char *range);
/* The body of a letter of repair that left. */
struct buf body_of(const struct sent *s);
/* The value of a field of it as text; "" when it is not there. */
void field_of(const struct buf *body, uint8_t want, char out[128]);
/* The next letter is one of repair, and says this. */
void expect_repair(struct world *w, uint8_t field, const char *want);

#endif
