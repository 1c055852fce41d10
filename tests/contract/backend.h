/*
 * backend.h - what the contract's cases share: a store of the backend under
 * test in a new place, and made-up certificates
 *
 * A case takes a backend from the table and knows no more of it.
 */
#ifndef KEYPOST_TESTS_CONTRACT_BACKEND_H
#define KEYPOST_TESTS_CONTRACT_BACKEND_H

#include "store/store.h"

struct fixture {
	char where[256];
	struct store_settings settings;
	struct store *store;
	struct store_session *w; /* writing */
	struct store_session *r; /* reading */
	struct arena *arena;
	struct err err;
};

int fixture_setup(void **state);
int fixture_teardown(void **state);
void fixture_open(struct fixture *f);
void fixture_close(struct fixture *f);
/* Changes up to that one, in a transaction of its own. */
void fixture_prune(struct fixture *f, int64_t upto);

/* A certificate that is all made up from its number. */
struct made {
	struct cert_row row;
	struct cert_search search;
	struct key_ref keys[3];
	struct bytes words[4];
	struct bytes emails[1];
	struct bytes domains[1];
	char word[2][32];
	char email[64];
	uint8_t digests[64];
	uint8_t octets[4096];
};

/* version 3 to 6; `size` of its octets, at most 4096. */
void made_init(struct made *m, uint8_t version, uint32_t number, size_t size);
/* Another body, another digest: as after a merge. */
void made_change(struct made *m, uint8_t fill);
/* Begins, puts, appends a change with origin "http", commits. */
int64_t made_store(struct fixture *f, const struct made *m);
/* Every column of it. */
void assert_row(const struct cert_row *got, const struct made *want);
/* store_find with the reading session. */
enum status find_rows(struct fixture *f, const struct store_query *q,
	size_t max, struct cert_rows *rows);
uint64_t made_key_id(const struct fingerprint *fpr);

#endif
