/*
 * talks.h - two talks with each other, and sets to talk about
 *
 * Memory: sets and talks are the caller's: set_free, pair_done.
 */
#ifndef KEYPOST_TESTS_RECON_TALKS_H
#define KEYPOST_TESTS_RECON_TALKS_H

#include "recon/talk.h"

struct set {
	struct sks_digest *list; /* ascending */
	size_t count;
	struct prefix_tree *tree;
};

/*
 * `common` digests that are in both sets, and so many that only one has; the
 * same for the same seed.
 */
void sets_make(uint32_t seed, size_t common, size_t only_a, size_t only_b,
	struct set *a, struct set *b);
struct set set_of(const struct sks_digest *list, size_t count);
/* Somebody ground them: they part at the last octet only, from..to-1. */
struct set set_ground(unsigned int from, unsigned int to);
void set_free(struct set *s);
/* Did it learn what b has and a has not, and nothing else, in order? */
bool learned_exactly(
	struct talk *talk, const struct set *a, const struct set *b);

extern const struct talk_settings talks_settings;

struct pair {
	struct talk *asker, *answerer;
};

void pair_init(
	struct pair *p, const struct set *asking, const struct set *answering);
void pair_done(struct pair *p);
/* How many octets go at once, the n-th time; both directions in turn. */
typedef size_t (*pair_chunk)(size_t n);
size_t chunk_one(size_t n);
size_t chunk_odd(size_t n);
size_t chunk_whole(size_t n);
/* Until neither has anything to say; how many turns that took. */
size_t pair_run(struct pair *p, pair_chunk chunk);
/* From one to the other, at most that much; how much went. */
size_t pair_move(struct talk *from, struct talk *to, size_t most);

#endif
