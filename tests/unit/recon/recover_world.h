/*
 * recover_world.h - a store, a partner that keeps keys, and who fetches them
 */
#ifndef KEYPOST_UNIT_RECON_RECOVER_WORLD_H
#define KEYPOST_UNIT_RECON_RECOVER_WORLD_H

#include "keeper.h"
#include "recon/recover.h"
#include "tests/unit/ingest/fixture.h"

struct world {
	struct fixture f;
	struct keeper k;
	struct fetcher *fetcher;
	struct recover *r;
	struct sks_digest list[KEEPER_MAX];
	size_t most; /* octets of memory in use, while it ran */
};

extern const struct recover_settings world_settings;

int world_setup(void **state);
int world_teardown(void **state);
struct recover_source world_source_of(const struct world *w, const char *peer);
/* All that the partner keeps, but the last `but` ones. */
size_t world_offer_as(struct world *w, const char *peer, size_t but);
/* All of it, as "peer". */
size_t world_offer(struct world *w);
/* So many more that it keeps. */
void world_keep_certs(struct world *w, size_t n);
/* One more, whose last packet comes twice: its digest there is none here. */
void world_keep_repeated(struct world *w);
/* Into `most`, if it is more. A sanitizer's allocator says nothing. */
void world_look_at_memory(struct world *w);
/* Until nothing is under way or waiting. */
void world_run(struct world *w);
struct recover_facts world_facts_of(struct world *w, const char *peer);

#define WORLD_PROMISE(f)                                                       \
	cmocka_unit_test_setup_teardown(f, world_setup, world_teardown)

#endif
