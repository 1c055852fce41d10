/*
 * arena.h - the memory of one unit of work: capped, freed at once
 *
 * Memory:  what arena_* return lives until arena_free or arena_reset.
 * Threads: one thread at a time.
 * Units:   octets.
 * Errors:  NULL means that the cap is reached (the caller returns
 *          STATUS_LIMIT), never that memory is out: that ends the process.
 */
#ifndef KEYPOST_BASE_ARENA_H
#define KEYPOST_BASE_ARENA_H

#include "base/bytes.h"

struct arena;

struct arena *arena_new(size_t max);
/*
 * For a program that makes many arenas for a short time, once, before it does:
 * their memory is kept for the next one. A third of the system's time went for
 * giving pages back and fetching them again.
 */
void arena_keep_memory(void);
/*
 * For a program that lives long, once, at its start: what has a megabyte or
 * more goes back to the system with its last user. The C library would learn
 * from the first one that is freed to keep the next ones, in pieces.
 */
void arena_return_memory(void);
void arena_free(struct arena *a);
/* Empties it, keeping a first block for the next unit of work. */
void arena_reset(struct arena *a);
/* Empties it and keeps nothing: it may be long before the next one. */
void arena_release(struct arena *a);
/* Overwrites all it ever gave out, then empties it: for secret material. */
void arena_wipe(struct arena *a);
size_t arena_used(const struct arena *a);
/* What it takes of the system, also between two units of work. */
size_t arena_held(const struct arena *a);
/* How much more it may give out. */
size_t arena_left(const struct arena *a);
/* Zeroed, aligned for any type. size 0 gives a valid pointer. */
void *arena_alloc(struct arena *a, size_t size);
/* An array of n zeroed elements, overflow checked. */
void *arena_array(struct arena *a, size_t n, size_t size);
/* A copy of `b`; `copy` is untouched on failure. */
MUST_CHECK enum status arena_copy(
	struct arena *a, struct bytes b, struct bytes *copy);
/* A NUL-terminated copy. */
char *arena_str(struct arena *a, struct bytes b);
/*
 * Grows an array in the arena to hold at least `want` elements; doubles.
 * `*items` and `*cap` are replaced. NULL array with cap 0 starts one.
 */
MUST_CHECK enum status arena_grow(
	struct arena *a, void **items, size_t *cap, size_t want, size_t size);

#endif
