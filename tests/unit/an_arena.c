#include "an_arena.h"

struct arena *arena;

int
arena_begin(void **state)
{
	(void)state;
	arena = arena_new(64 << 20);
	return 0;
}

int
arena_end(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}
