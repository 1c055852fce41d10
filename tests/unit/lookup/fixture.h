/*
 * fixture.h - files, rows and a store for the tests of looking up
 *
 * Memory:  the arena given.
 */
#ifndef KEYPOST_UNIT_LOOKUP_FIXTURE_H
#define KEYPOST_UNIT_LOOKUP_FIXTURE_H

#include "../unit.h"

#include "lookup/lookup.h"
#include "pgp/cert.h"
#include "store/store.h"

/* A file below tests/data. */
struct bytes read_data(struct arena *arena, const char *name);
/* What a store would hold of the first certificate in `octets`. */
struct cert_row row_of(
	struct arena *arena, struct bytes octets, struct cert **cert);

/* For what needs no store. */
extern struct arena *scratch;
int scratch_arena_setup(void **state);
int scratch_arena_teardown(void **state);

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

enum { SHELF_NOW = 1700000000 }; /* in 2023 */

/* A hundred results. */
extern const struct lookup_limits shelf_plenty;
/* Looks a text up, at SHELF_NOW. */
enum status shelf_find(struct shelf *s, const char *text, bool exact,
	const struct lookup_limits *limits, struct cert_rows *rows,
	struct err *err);

/* The text finds this row and no other; or nothing. */
void shelf_hit(struct shelf *s, const char *text, const struct cert_row *want);
void shelf_miss(struct shelf *s, const char *text);

/* Set-up and teardown of a promise: an empty shelf. */
int shelf_setup(void **state);
int shelf_teardown(void **state);

#define SHELF_PROMISE(f)                                                       \
	cmocka_unit_test_setup_teardown(f, shelf_setup, shelf_teardown)

#endif
