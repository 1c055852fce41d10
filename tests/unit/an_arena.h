/*
 * an_arena.h - an arena for all tests of a group
 */
#ifndef KEYPOST_UNIT_AN_ARENA_H
#define KEYPOST_UNIT_AN_ARENA_H

#include "base/arena.h"

extern struct arena *arena;

/* Set-up and tear-down. */
int arena_begin(void **state);
int arena_end(void **state);

#endif
