/*
 * vectors.h - the inputs in tests/data/openpgp, and what they must give
 *
 * Memory: everything stays until vectors_free.
 */
#ifndef KEYPOST_TESTS_VECTORS_H
#define KEYPOST_TESTS_VECTORS_H

#include "../unit.h"

#include <jansson.h>

#include "base/bytes.h"
#include "pgp/cert.h"
#include "pgp/level.h"

struct vector {
	const char *file;
	bool armored;
	const json_t *expect; /* its object in the manifest */
	struct buf octets;
	bool missing; /* a published sample that is not here */
};

struct vectors {
	json_t *manifest;
	struct vector *list;
	size_t count;
};

/* Ends the test program when the manifest cannot be read. */
void vectors_load(struct vectors *v);
void vectors_free(struct vectors *v);
/* The vector of that name; there must be one. */
struct bytes vectors_get(const struct vectors *v, const char *file);

/* $top_srcdir/tests/data/openpgp/FILE, or FILE itself if it is absolute. */
bool vectors_read_file(const char *file, struct buf *out);

/* No limits but those that a vector is about; secret material refused. */
extern const struct cert_limits vectors_limits;

/* Armor, if any, and packets of `text`, all blocks. */
enum status vectors_read(struct arena *arena, struct bytes text, bool armored,
	const struct cert_limits *limits, struct cert_list *list);
/* The one certificate of a binary input. */
struct cert *vectors_cert(struct arena *arena, struct bytes octets);
/* What the level keeps of it, without a budget; NULL: refused. */
struct cert *vectors_level(struct arena *arena, enum level level,
	const struct cert_limits *limits, const struct cert *cert);
/* Its canonical octets, in the arena. */
struct bytes vectors_canonical(struct arena *arena, const struct cert *cert);

/* One test on a keyring of Debian's, whose path is its initial state; skipped
 * where it is not installed. */
struct CMUnitTest vectors_keyring_test(
	const char *name, void (*run)(void **state), char *path);
/* Runs `run` for every vector, which is its initial state; for main. */
int vectors_run(
	const char *group, struct vectors *v, void (*run)(void **state));

/* ---- for a group of promises: all vectors, and an arena --------------- */

extern struct vectors vectors_all;
extern struct arena *vectors_arena;

int vectors_setup(void **state);
int vectors_teardown(void **state);
/* The one certificate of that binary vector. */
struct cert *vectors_cert_of(const char *file);

/* Reads into the list, which is empty before. */
extern struct cert_list vectors_list;
enum status vectors_read_named(
	const char *file, const struct cert_limits *limits);
enum status vectors_read_octets(
	struct bytes octets, const struct cert_limits *limits);

#endif
