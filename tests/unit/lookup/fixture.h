/*
 * fixture.h - files, rows and a store for the tests of looking up
 *
 * Memory:  the arena given.
 */
#ifndef KEYPOST_UNIT_LOOKUP_FIXTURE_H
#define KEYPOST_UNIT_LOOKUP_FIXTURE_H

#include "../unit.h"

#include "pgp/cert.h"
#include "store/store.h"

/* A file below tests/data. */
struct bytes read_data(struct arena *arena, const char *name);
/* What a store would hold of the first certificate in `octets`. */
struct cert_row row_of(
	struct arena *arena, struct bytes octets, struct cert **cert);

struct shelf {
	char dir[256];
	struct store *store;
	struct store_session *read;
	struct store_session *write;
	struct arena *arena;
};

void shelf_open(struct shelf *s);
void shelf_close(struct shelf *s);
/*
 * Stores the first certificate in `octets`, found by its keys, the words
 * (blank between) and the address.
 */
struct cert_row shelf_put(struct shelf *s, struct bytes octets,
	const char *words, const char *email);

#endif
